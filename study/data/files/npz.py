"""NumPy's ``.npz``: x and y, or x_train, y_train, x_test and y_test, or as MedMNIST names them.

Sizes are checked before anything is unpacked.
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from study.data.files import limits
from study.data.files.contents import Contents, Items
from study.errors import DataError
from study.words import clean

WHOLE = ("x", "y")
SHOWN = 40  # characters of a name
REMEDY = "Save it again: numpy.savez('data.npz', x=x, y=y)."
EXPECTED = "expected the arrays x and y, or x_train, y_train, x_test, y_test"
# Pairs of names for a part, as they are found: ours, and those of MedMNIST and its like.
PAIRS: tuple[Callable[[str], tuple[str, str]], ...] = (
    lambda part: (f"x_{part}", f"y_{part}"),
    lambda part: (f"{part}_images", f"{part}_labels"),
    lambda part: (f"{part}_x", f"{part}_y"),
    lambda part: (f"{part}_data", f"{part}_labels"),
)
SINGLE = (WHOLE, ("images", "labels"), ("data", "labels"), ("data", "target"), ("features", "labels"))
VALIDATION = ("val", "valid", "validation")


def read(path: Path) -> Contents:
    """What the file holds; names may be in capitals. Raises :class:`DataError`."""
    with members(path) as (archive, inside):
        wanted, notes = _wanted(path, inside)
        sizes = [_bytes(archive, inside[name], f"{path}, array {name}") for name in wanted]
        limits.check_bytes(sum(sizes), str(path))
        arrays = {name: _array(archive, inside[name]) for name in wanted}
    left = [name for name in inside if name not in wanted]
    if left:
        shown = ", ".join(clean(name, SHOWN) for name in left[:8])
        notes.append(f"{path}: arrays that are not read: {shown}.")
    x, y, *rest = (arrays[name] for name in wanted)
    places = [f"{path}, array {name}" for name in wanted]
    test = Items(rest[0], rest[1], *places[2:]) if rest else None
    return Contents(Items(x, y, *places[:2]), test, tuple(notes))


def has_test_set(path: Path) -> bool:
    """Whether :func:`read` finds a test set, by the names of the arrays. Raises :class:`DataError` as it does."""
    with members(path) as (_, inside):
        return len(_wanted(path, inside)[0]) > 2


def read_one(path: Path, names: tuple[str, ...]) -> tuple[str, NDArray[np.generic], int]:
    """The first of ``names`` that is there, its array, and the number of arrays. Raises :class:`DataError`."""
    with members(path) as (archive, inside):
        name = next((name for name in names if name in inside), None)
        if name is None:
            found = ", ".join(clean(one, SHOWN) for one in list(inside)[:8]) or "none"
            raise DataError(f"{path}: expected an array {' or '.join(names[:3])}, found {found}.")
        limits.check_bytes(_bytes(archive, inside[name], f"{path}, array {name}"), str(path))
        return name, _array(archive, inside[name]), len(inside)


@contextmanager
def members(path: Path) -> Iterator[tuple[zipfile.ZipFile, dict[str, str]]]:
    """The archive, and its members by the names of their arrays in small letters; what is wrong with it in one line."""
    try:
        if not path.stat().st_size:
            raise ValueError("the file is empty")
        with zipfile.ZipFile(path) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NumPy's on headers of old versions
            names = archive.namelist()
            inside = {name.removesuffix(".npy").lower(): name for name in names}
            if len(inside) < len(names):
                raise ValueError("two of its arrays have the same name")
            yield archive, inside
    except DataError:
        raise
    except MemoryError as error:
        raise DataError(f"{path}: too large for the memory of this machine. Use a sample of its rows.") from error
    except Exception as error:  # zipfile, four decompressors and the parser of headers raise whatever they stumble over
        reason = clean(error, 200).removesuffix(".")
        raise DataError(f"{path}: cannot be read as .npz: {reason or type(error).__name__}. {REMEDY}") from error


def _wanted(path: Path, inside: dict[str, str]) -> tuple[tuple[str, ...], list[str]]:
    """The names of the arrays to read, training part first, and what is to be said of that."""
    for pair in PAIRS:
        train, test = pair("train"), pair("test")
        if not set(train) <= set(inside):
            continue
        has = [name in inside for name in test]
        if all(has):
            return (*train, *test), []
        if any(has):
            break
        validation = next((pair(name) for name in VALIDATION if set(pair(name)) <= set(inside)), None)
        if validation is not None:
            note = f"{path}: no arrays of a test set, so {' and '.join(validation)} are the test set."
            return (*train, *validation), [note]
        return train, []
    else:
        for single in SINGLE:
            if set(single) <= set(inside):
                return single, []
    found = ", ".join(clean(name, SHOWN) for name in list(inside)[:8]) or "none"
    rename = _renaming(list(inside))
    raise DataError(f"{path}: {EXPECTED}; found {found}.{rename}")


def _renaming(names: list[str]) -> str:
    """How to save two arrays of other names."""
    if len(names) != 2 or not all(name.isidentifier() for name in names):
        return ""
    return f" To rename: d = numpy.load('FILE'); numpy.savez('data.npz', x=d[{names[0]!r}], y=d[{names[1]!r}])."


def _bytes(archive: zipfile.ZipFile, member: str, where: str) -> int:
    """How large an array is by its header, which is all that is read of it."""
    with archive.open(member) as file:
        version = npy.read_magic(file)
        header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, kind = header(file)
    if kind.hasobject:
        raise DataError(f"{where}: expected numbers, found Python objects, which may be code. Save it as numbers.")
    size = max(kind.itemsize, 1)
    for length in shape:
        if isinstance(length, bool) or length < 0:
            raise ValueError(f"its header says shape {shape}")
        size *= max(length, 1)
    return size


def _array(archive: zipfile.ZipFile, member: str) -> NDArray[np.generic]:
    with archive.open(member) as file:
        array: NDArray[np.generic] = npy.read_array(file, allow_pickle=False)
        if file.read(1):  # to its end, where the checksum is compared
            raise ValueError(f"{member} holds more than its header says")
        return array
