"""Odd and hostile ``data.npz``: other names, large offsets, each compression damaged, headers that lie."""

# ruff: noqa: E501  # a line an input is what can be read here
from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Right = dict[str, Any]
Y = np.arange(40) % 2
X = np.random.default_rng(0).random((40, 30))
NAMES = np.array(["1_10", "11_0", "110", "10"])[np.arange(40) % 4]
PICTURES = (np.arange(40 * 9) % 251).astype(np.uint8).reshape(40, 3, 3)


def arrays(**those: np.ndarray) -> Callable[[Path], None]:
    """Saved as NumPy does."""
    return lambda folder: np.savez(folder / "data.npz", **those)  # type: ignore[arg-type]


def packed(method: int, spoil: Callable[[bytearray], None] | None = None) -> Callable[[Path], None]:
    """Two arrays in an archive of one compression, perhaps spoilt."""

    def make(folder: Path) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", method) as archive:
            for name, array in (("x", X), ("y", Y)):
                member = io.BytesIO()
                np.lib.format.write_array(member, array)
                archive.writestr(f"{name}.npy", member.getvalue())
        content = bytearray(buffer.getvalue())
        if spoil is not None:
            spoil(content)
        (folder / "data.npz").write_bytes(content)

    return make


def header(descr: str, shape: str, more: bytes = b"") -> Callable[[Path], None]:
    """An array whose header says what it likes."""

    def make(folder: Path) -> None:
        words = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode("latin1")
        words += b" " * (64 - (len(words) + 11) % 64) + b"\n"
        with zipfile.ZipFile(folder / "data.npz", "w") as archive:
            archive.writestr("x.npy", b"\x93NUMPY\x01\x00" + len(words).to_bytes(2, "little") + words + more)
            member = io.BytesIO()
            np.lib.format.write_array(member, Y)
            archive.writestr("y.npy", member.getvalue())

    return make


def middle(content: bytearray) -> None:
    """What lies in the middle is lost."""
    at = 200
    content[at : at + 60] = bytes(60)


def one_bit(content: bytearray) -> None:
    """One bit of one value is another: only the checksum says so."""
    content[700] ^= 1


def unknown_method(content: bytearray) -> None:
    """A compression that there is none of, in both places that name it."""
    for mark, at in ((b"PK\3\4", 8), (b"PK\1\2", 10)):
        place = content.find(mark)
        content[place + at : place + at + 2] = (99).to_bytes(2, "little")


def encrypted(content: bytearray) -> None:
    """The flag of a password."""
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        place = content.find(mark)
        content[place + at] |= 1


def twice(folder: Path) -> None:
    """Two arrays of one name."""
    with zipfile.ZipFile(folder / "data.npz", "w") as archive:
        for name, array in (("x", X), ("X", X + 1), ("y", Y)):
            member = io.BytesIO()
            np.lib.format.write_array(member, array)
            archive.writestr(f"{name}.npy", member.getvalue())


METHODS = {
    "stored": zipfile.ZIP_STORED, "deflated": zipfile.ZIP_DEFLATED, "bzip2": zipfile.ZIP_BZIP2, "lzma": zipfile.ZIP_LZMA,
}  # fmt: skip
NO: Right = {"refused": True, "says": ("data.npz", "cannot be read as .npz", "Save it again")}
MEDICAL = {f"{part}_{what}": value for part in ("train", "val", "test")
           for what, value in (("images", PICTURES), ("labels", Y[:, None].astype(np.uint8)))}  # fmt: skip
INPUTS: list[tuple[str, str, Callable[[Path], None], Right]] = [
    *(("npz compression", f"{name}", packed(method), {"labels": ("0", "1")}) for name, method in METHODS.items()),
    *(("npz damage", f"{name}, the middle lost", packed(method, middle), NO) for name, method in METHODS.items()),
    ("npz damage", "one bit", packed(zipfile.ZIP_STORED, one_bit), NO),
    ("npz damage", "unknown compression", packed(zipfile.ZIP_STORED, unknown_method), NO),
    ("npz damage", "a password", packed(zipfile.ZIP_DEFLATED, encrypted), NO),
    ("npz damage", "a name twice", twice, NO),
    ("npz header", "negative length", header("'<f8'", "(-4, 3)"), NO),
    ("npz header", "more than there is", header("'<f8'", "(40, 3)", bytes(80)), NO),
    ("npz header", "less than there is", header("'<f8'", "(40, 3)", bytes(40 * 3 * 8 + 8)), NO),
    ("npz header", "longer than any number", header("'<f8'", f"({10**40},)"), {"refused": True, "says": ("1,000 MB",)}),
    ("npz header", "values of no size", header("'<U0'", f"({10**15}, 3)"), {"refused": True, "says": ("1,000 MB",)}),
    ("npz header", "no type at all", header("'zzz'", "(40, 3)"), NO),
    ("npz header", "code for a type", header("__import__('os').getcwd()", "(40, 3)"), NO),
    ("npz header", "objects", header("'|O'", "(40, 3)", b"cos\nsystem\n(S'true'\ntR."),
     {"refused": True, "says": ("Python objects",)}),
    ("npz header", "fields", header("[('a', '<f8'), ('b', '<f8')]", "(40, 3)", bytes(40 * 48)),
     {"refused": True, "says": ("expected numbers",)}),
    ("npz names", "MedMNIST", arrays(**MEDICAL), {"labels": ("0", "1"), "says": ("not read: val_images, val_labels",)}),
    ("npz names", "a validation part only", arrays(x_train=X, y_train=Y, x_val=X[:9], y_val=Y[:9]),
     {"says": ("x_val and y_val are the test set",)}),
    ("npz names", "images and labels", arrays(images=PICTURES, labels=Y), {"labels": ("0", "1")}),
    ("npz names", "two other names", arrays(inputs=X, answers=Y), {"refused": True, "says": ("x=d['inputs']", "y=d['answers']")}),
    ("npz labels", "underscores", arrays(x=X, y=NAMES), {"labels": ("10", "110", "11_0", "1_10")}),
    ("npz labels", "bytes that are no UTF-8", arrays(x=X, y=np.where(Y, b"\xff", b"\xfe")), {"refused": True, "says": ("UTF-8",)}),
    ("npz labels", "half a pair of surrogates", arrays(x=X, y=np.where(Y, "\ud800", "a")), {"refused": True, "says": ("UTF-8",)}),
    ("npz labels", "no class in both", arrays(x_train=X, y_train=Y, x_test=X, y_test=Y + 7), {"refused": True, "says": ("none of them",)}),
    ("npz labels", "infinity", arrays(x=X, y=np.where(Y, np.inf, 1)), {"refused": True, "says": ("regression",)}),
    ("npz digits", "seconds since 1970", arrays(x=1_700_000_000 + np.arange(80.0).reshape(40, 2), y=Y), {"silent": ("Constant", "Copies")}),
    ("npz digits", "whole nanoseconds", arrays(x=1_700_000_000_000_000_000 + np.arange(80).reshape(40, 2), y=Y),
     {"silent": ("Constant", "Copies")}),
    ("npz digits", "rows that differ in the tenth digit", arrays(x=np.repeat(0.1 + 1e-11 * np.arange(40)[:, None], 3, 1), y=Y),
     {"silent": ("Constant", "Copies", "Conflicting")}),
]  # fmt: skip
