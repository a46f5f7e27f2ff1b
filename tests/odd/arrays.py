"""``.npz`` and IDX files of every type, with exact values, and files damaged anywhere.

Kinds: types of items (bytes, flags, whole numbers of each size, fractions of 16 to 64 bits, the other byte order, order
of Fortran, far from zero), shapes (rows, pictures, pictures in colours), types of labels, names of the arrays, the four
compressions; what cannot be used (NaN, infinity, complex, dates, text, lengths that differ, no rows, no values, one
class); one byte changed or the end cut off anywhere, which is refused or reads as before; IDX of each type, packed or
not, cut off, longer, of a header that lies.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tests.odd.case import Arrays, Case, Refused, seed_of

ROWS = 40
Rng = np.random.Generator
Draw = Callable[[Rng, tuple[int, ...]], np.ndarray]
Y = np.arange(ROWS) % 2
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
NAMES = (
    ("x", "y"), ("X", "Y"), ("images", "labels"), ("data", "target"), ("x_train", "y_train"),
    ("train_images", "train_labels"),
)  # fmt: skip


def draws(kind: str, low: int, reach: int, divisor: int = 1) -> Draw:
    """Values that the type holds exactly, counted in Python's whole numbers."""

    def draw(rng: Rng, shape: tuple[int, ...]) -> np.ndarray:
        digits = low + rng.integers(0, reach, (ROWS, *shape)).astype(object)
        return (digits / divisor if divisor > 1 else digits).astype(kind)

    return draw


# The type of items, how they are drawn, and what is divided by in rows and in pictures; None where it is standardised.
ITEMS: dict[str, tuple[Draw, float | None, float | None]] = {
    "bytes": (draws("u1", 0, 256), 255.0, 255.0),
    "sixteen shades": (draws("u1", 0, 17), 16.0, 16.0),
    "flags": (draws("?", 0, 2), 1.0, 1.0),
    "int64 from 0 to 255": (draws("<i8", 0, 256), None, 255.0),
    "int16 below zero": (draws("<i2", -300, 600), None, None),
    "int64 of nanoseconds": (draws("<i8", 1_700_000_000_000_000_000, 900), None, None),
    "int64 near its ends": (draws("<i8", -(2**63), 900), None, None),
    "uint64 near its end": (draws("<u8", 2**64 - 900, 890), None, None),
    "float64 far from zero": (draws("<f8", 1_700_000_000, 999, 8), None, None),
    "float32": (draws("<f4", -50, 100, 8), None, None),
    "half": (draws("<f2", -50, 100, 8), None, None),
    "float64 from 0 to 1": (draws("<f8", 0, 257, 256), None, 1.0),
    "float32 from 0 to 255": (draws("<f4", 0, 2041, 8), None, 255.0),
    "the other byte order": (draws(">i4", -300, 70_000), None, None),
    "the other byte order of float64": (draws(">f8", 10**9, 999, 8), None, None),
}
ENDS = {"bytes": (255, 0), "sixteen shades": (16, 0), "flags": (1, 0)}  # so that the largest value is known
SHAPES = ((7,), (3, 4), (2, 3, 3), (2, 2, 2, 2))
LABELS: dict[str, tuple[np.ndarray, tuple[str, ...]]] = {
    "int64": (Y, ("0", "1")),
    "bytes": (Y.astype("u1") * 200, ("0", "200")),
    "below zero in a column": ((Y * 2 - 1)[:, None], ("-1", "1")),
    "float64": (Y.astype("<f8"), ("0", "1")),
    "large": (Y + 2**62, (str(2**62), str(2**62 + 1))),
    "truth values": (Y.astype(bool), ("False", "True")),
    "text": (np.where(Y, "1_1", "11"), ("11", "1_1")),
    "text beyond ASCII": (np.where(Y, "\u00e9", "e"), ("e", "\u00e9")),
    "bytes of text": (np.where(Y, "\u00e9".encode(), b"e"), ("e", "\u00e9")),
    "the other byte order": (Y.astype(">i8"), ("0", "1")),
    "text in the other byte order": (np.where(Y, "no", "yes").astype(">U3"), ("yes", "no")),
}


def saved(arrays: dict[str, np.ndarray], method: int = zipfile.ZIP_STORED) -> bytes:
    """An archive as NumPy writes it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), member.getvalue(), method)
    return buffer.getvalue()


def written(content: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / "data.npz").write_bytes(content) and None


def one_of(rng: Rng, those: tuple[Any, ...]) -> Any:
    return those[int(rng.integers(len(those)))]


def readable(seed: int) -> Iterator[Case]:
    """Each type of items and of labels, under some names, of some shape and compression."""
    for kind, (draw, row, picture) in ITEMS.items():
        rng = seed_of(f"npz {kind} {seed}")
        shape, names, method = one_of(rng, SHAPES), one_of(rng, NAMES), one_of(rng, METHODS)
        x = draw(rng, shape)
        x.flat[:2] = ENDS.get(kind, (x.max(), x.min()))
        given = np.asfortranarray(x) if rng.random() < 0.5 else x
        y, words = LABELS[one_of(rng, tuple(LABELS))]
        right = Arrays(x, tuple(words[k] for k in Y), row if len(shape) == 1 else picture)
        content = saved({names[0]: given, names[1]: y}, method)
        yield Case(f"npz: {kind}", f"draw {seed}", written(content), "data.npz", right)
    for kind, (y, words) in LABELS.items():
        x = draws("<f4", -50, 100, 8)(seed_of(f"npz label {kind} {seed}"), (3,))
        right = Arrays(x, tuple(words[k] for k in Y), None)
        yield Case(f"npz labels: {kind}", f"draw {seed}", written(saved({"x": x, "y": y})), "data.npz", right)


def unusable(seed: int) -> Iterator[Case]:
    """What no way of reading is right for."""
    rng = seed_of(f"npz unusable {seed}")
    x, at = rng.normal(size=(ROWS, 3)), int(rng.integers(ROWS))
    odd = {
        "NaN": (_with(x, at, np.nan), Y, f"nan in item {at}"),
        "infinity": (_with(x, at, np.inf), Y, f"inf in item {at}"),
        "beyond float32": (_with(x, at, 1e39), Y, f"1e+39 in item {at}"),
        "complex": (x + 1j, Y, "complex128"),
        "dates": (np.full((ROWS, 2), "2024-01-05", "M8[D]"), Y, "datetime64"),
        "text": (np.full((ROWS, 2), "red"), Y, "expected numbers"),
        "one dimension": (x[:, 0], Y, "shape"),
        "no dimension": (np.float64(3), Y, "shape"),
        "no rows": (x[:0], Y[:0], "found none"),
        "no values": (x[:, :0], Y, "found 0"),
        "a label too few": (x, Y[1:], "label"),
        "one-hot labels": (x, np.eye(2)[Y], "argmax"),
        "labels of no dimension": (x, np.int64(3), "label"),
        "labels with NaN": (x, np.where(Y, np.nan, 1.0), "without one"),
        "labels that are amounts": (x, Y + 0.5, "regression"),
        "one class": (x, Y * 0, "two classes"),
        "a class of one row": (x, np.where(np.arange(ROWS) == at, 7, Y), "'7'"),
        "dates as labels": (x, np.where(Y, "2024-01-05", "2024-01-06").astype("M8[D]"), "datetime64"),
        "complex labels": (x, Y + 1j, "complex128"),
    }
    for kind, (items, labels, said) in odd.items():
        content = saved({"x": np.asarray(items), "y": np.asarray(labels)})
        yield Case(f"npz unusable: {kind}", f"draw {seed}", written(content), "data.npz", Refused(("data.npz", said)))
    content = saved({"x": x, "\x1b[2Jy\n": Y})
    right = Refused(("found x, [2jy",))
    yield Case("npz unusable: a name that a terminal obeys", f"draw {seed}", written(content), "data.npz", right)


def _with(x: np.ndarray, at: int, value: float) -> np.ndarray:
    changed = x.copy()
    changed[at, 1] = value
    return changed


def damaged(seed: int) -> Iterator[Case]:
    """One bit changed or the end cut off, anywhere: refused, or what it was."""
    for number in range(16):
        rng = seed_of(f"npz damage {seed} {number}")
        x = rng.integers(-500, 500, (ROWS, 4)).astype("<f4")
        content = bytearray(saved({"x": x, "y": Y}, METHODS[number % 4]))
        at = int(rng.integers(len(content)))
        if number % 8 < 6:
            content[at] ^= 1 << int(rng.integers(8))
        else:
            content = content[:at]
        right = Arrays(x, tuple(str(k) for k in Y), None, damaged=True)
        yield Case("npz damage", f"draw {seed}.{number}, byte {at}", written(bytes(content)), "data.npz", right)


IDX = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


def idx(array: np.ndarray, code: int, shape: tuple[int, ...] | None = None) -> bytes:
    """An IDX file; ``shape`` is what its header says."""
    head = bytes([0, 0, code, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in shape or array.shape)
    return head + array.astype(IDX[code]).tobytes()


def idx_files(seed: int) -> Iterator[Case]:
    """Pairs of IDX files."""
    for code in IDX:
        rng = seed_of(f"idx {code} {seed}")
        x = rng.integers(0, 256, (ROWS, 2, 3)) if code == 8 else rng.integers(-100, 100, (ROWS, 2, 3))
        x.flat[0] = 255 if code == 8 else -1
        ending = ".gz" if rng.random() < 0.5 else ""
        right = Arrays(x, tuple(str(k) for k in Y), 255.0 if code == 8 else None)
        pack = gzip.compress if ending else bytes
        yield Case(
            f"idx: type {code}", f"draw {seed}", _pair(pack(idx(x, code)), pack(idx(Y, 8)), ending), "mine", right
        )
    rng = seed_of(f"idx damage {seed}")
    x = rng.integers(0, 256, (ROWS, 2, 3))
    whole, labels = idx(x, 8), idx(Y, 8)
    cut = int(rng.integers(1, len(whole)))
    spoilt: dict[str, tuple[bytes, bytes | None, str]] = {
        "cut off": (whole[:-cut], labels, "images-idx3-ubyte"),
        "longer": (whole + b"\0", labels, "more"),
        "a header of more": (idx(x, 8, (ROWS, 2, 2**31)), labels, "1,000 MB"),
        "a header of nothing": (idx(x, 8, (ROWS, 0, 3)), labels, "more"),
        "another beginning": (b"\1" + whole[1:], labels, "00 00 08"),
        "nothing": (b"", labels, "nothing"),
        "labels too few": (whole, idx(Y[2:], 8), "label"),
        "no labels": (whole, None, "labels beside it"),
    }
    for kind, (images, beside, said) in spoilt.items():
        yield Case(f"idx damage: {kind}", f"draw {seed}", _pair(images, beside, ""), "mine", Refused((said,)))
    cut_off = _pair(gzip.compress(whole)[:-9], gzip.compress(labels), ".gz")
    yield Case("idx damage: gzip cut off", f"draw {seed}", cut_off, "mine", Refused(("images", "cannot be read")))


def _pair(images: bytes, labels: bytes | None, ending: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / "mine").mkdir()
        for name, content in (("images-idx3-ubyte", images), ("labels-idx1-ubyte", labels)):
            if content is not None:
                (folder / "mine" / f"train-{name}{ending}").write_bytes(content)

    return write


def cases(seed: int) -> Iterator[Case]:
    """All kinds of arrays once."""
    for make in (readable, unusable, damaged, idx_files):
        yield from make(seed)
