"""IDX files, the format of MNIST, also packed with gzip: a file of images beside a file of labels."""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from study.data.files import limits
from study.data.files.contents import Contents, Items
from study.data.files.paths import check_ordinary
from study.errors import DataError

NAME = re.compile(r"(?P<set>.*)(?P<what>images|labels)[-.]idx\d-[a-z]+(\.gz)?", re.IGNORECASE)
TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}  # by the third byte
TEST = re.compile(r"test|t10k", re.IGNORECASE)


def is_idx(path: Path) -> bool:
    """Whether a file is named as IDX files are."""
    return NAME.fullmatch(path.name) is not None


def stands_in(folder: Path) -> bool:
    """Whether there are IDX files in a folder."""
    return any(is_idx(path) for path in folder.iterdir())


def read(path: Path) -> Contents:
    """A folder with one pair of files, or two of which one has test or t10k in its name; or the pair of one file."""
    if path.is_dir():
        pairs = _pairs(path)
        tests = [name for name in pairs if TEST.search(name)]
        trains = [name for name in pairs if name not in tests]
        if len(trains) != 1 or len(tests) > 1:
            raise DataError(
                f"{path}: expected one pair of IDX files for training and at most one for testing, found "
                f"{', '.join(sorted(pairs))}. Name one file of images as the data set, another as data.test."
            )
        test = _items(pairs[tests[0]], tests[0]) if tests else None
        return Contents(_items(pairs[trains[0]], trains[0]), test)
    match = NAME.fullmatch(path.name)
    name = match["set"] if match else ""
    return Contents(_items(_pairs(path.parent)[name], str(path)))


def has_test_set(folder: Path) -> bool:
    """Whether :func:`read` finds a test set in a folder, by the names of the files."""
    return any(is_idx(path) and TEST.search(path.name) for path in folder.iterdir())


def _pairs(folder: Path) -> dict[str, dict[str, Path]]:
    """Files by the name of their set (``train-``) and what they hold (``images``)."""
    pairs: dict[str, dict[str, Path]] = {}
    for path in sorted(folder.iterdir()):
        if match := NAME.fullmatch(path.name):
            pairs.setdefault(match["set"], {}).setdefault(match["what"].lower(), path)
    return pairs


def _items(pair: dict[str, Path], name: str) -> Items:
    for what, other in (("images", "labels"), ("labels", "images")):
        if what not in pair:
            raise DataError(f"{pair[other]}: expected a file of {what} beside it, with {what} in place of {other}.")
    return Items(_array(pair["images"]), _array(pair["labels"]), str(pair["images"]), str(pair["labels"]))


def _array(path: Path) -> NDArray[np.generic]:
    check_ordinary(path)
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            return _parsed(file, path)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: cannot be read as an IDX file: {error}.") from error


def _parsed(file: Any, path: Path) -> NDArray[np.generic]:
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in TYPES or not 1 <= magic[3] <= 4:
        found = magic.hex(" ") or "nothing"
        raise DataError(f"{path}: expected an IDX file, which begins with 00 00 08, found {found}.")
    kind, dimensions = np.dtype(TYPES[magic[2]]), magic[3]
    header = file.read(4 * dimensions)
    if len(header) < 4 * dimensions:
        raise DataError(f"{path}: expected an IDX file, found one that ends in its header.")
    shape = tuple(int(n) for n in np.frombuffer(header, ">u4"))
    size = kind.itemsize
    for length in shape:
        size *= length
    limits.check_bytes(size, str(path))
    content = file.read(size)
    if len(content) != size or file.read(1):
        found = f"{len(content):,}" if len(content) != size else "more"
        raise DataError(f"{path}: expected {size:,} bytes of values for its shape {shape}, found {found}.")
    return np.frombuffer(content, kind).reshape(shape).astype(kind.newbyteorder("="))
