"""NumPy's ``.npz``: x and y, or x_train, y_train, x_test and y_test. Sizes are checked before anything is unpacked."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from study.data.files import limits
from study.data.files.arrays import Given, Items
from study.errors import DataError

WHOLE = ("x", "y")
SPLIT = ("x_train", "y_train", "x_test", "y_test")
REMEDY = "Save it again: numpy.savez('data.npz', x=x, y=y)."
EXPECTED = f"expected the arrays {' and '.join(WHOLE)}, or {', '.join(SPLIT)}"


def read(path: Path) -> Given:
    """What the file holds; names may be in capitals. Raises :class:`DataError`."""
    try:
        if not path.stat().st_size:
            raise ValueError("the file is empty")
        with zipfile.ZipFile(path) as archive:
            members = {name.removesuffix(".npy").lower(): name for name in archive.namelist()}
            wanted = next((names for names in (SPLIT, SPLIT[:2], WHOLE) if set(names) <= set(members)), None)
            if wanted is None:
                raise DataError(f"{path}: {EXPECTED}; found {', '.join(list(members)[:8]) or 'none'}.")
            sizes = [_bytes(archive, members[name], f"{path}, array {name}") for name in wanted]
            limits.check_bytes(sum(sizes), str(path))
            arrays = {name: _array(archive, members[name]) for name in wanted}
    except (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        reason = " ".join(str(error).split()).removesuffix(".")
        raise DataError(f"{path}: cannot be read as .npz: {reason or type(error).__name__}. {REMEDY}") from error
    left = [name for name in members if name not in wanted]
    if {"x_test", "y_test"} & set(left):
        raise DataError(f"{path}: {EXPECTED}; found {', '.join(list(members)[:8])}.")
    notes = (f"{path}: arrays that are not read: {', '.join(left[:8])}.",) if left else ()
    x, y, *rest = (arrays[name] for name in wanted)
    places = [f"{path}, array {name}" for name in wanted]
    test = Items(rest[0], rest[1], *places[2:]) if rest else None
    return Given(Items(x, y, *places[:2]), test, notes)


def _bytes(archive: zipfile.ZipFile, member: str, where: str) -> int:
    """How large an array is by its header, which is all that is read of it."""
    with archive.open(member) as file:
        version = npy.read_magic(file)
        header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, kind = header(file)
    if kind.hasobject:
        raise DataError(f"{where}: expected numbers, found Python objects, which may be code. Save it as numbers.")
    size = kind.itemsize
    for length in shape:
        size *= length
    return size


def _array(archive: zipfile.ZipFile, member: str) -> NDArray[np.generic]:
    with archive.open(member) as file:
        array: NDArray[np.generic] = npy.read_array(file, allow_pickle=False)
        return array
