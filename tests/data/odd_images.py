"""Odd folders of images: turned ones, other names for the parts, what systems and archives leave lying about."""

# a line an input is what can be read here
from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

Right = dict[str, Any]
ORIENTATION = 0x0112


def draw(
    folder: Path, *, size: tuple[int, int] = (6, 4), ending: str = "png", orientation: int = 1, n: int = 12
) -> None:
    """Images of two classes."""
    for place in range(n):
        path = folder / ("cat" if place % 2 else "dog") / f"{place}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        image = Image.fromarray((np.arange(size[0] * size[1]) * 9 + place).astype(np.uint8).reshape(size[1], size[0]))
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        image.save(path, **({"exif": exif} if orientation != 1 else {}))


def plain(folder: Path) -> None:
    draw(folder / "pictures")


def turned(folder: Path) -> None:
    """Half of the pictures lie on their side and say so: as viewers show them, all are of one size."""
    draw(folder / "pictures", n=8)
    for place in range(8, 16):
        image = Image.fromarray(np.full((6, 4), place, np.uint8))
        exif = Image.Exif()
        exif[ORIENTATION] = 6
        image.save(folder / "pictures" / ("cat" if place % 2 else "dog") / f"{place}.jpg", exif=exif)


def parts(*names: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        for name in names:
            draw(folder / "pictures" / name)

    return make


def litter(folder: Path) -> None:
    plain(folder)
    top = folder / "pictures"
    (top / "__MACOSX" / "cat").mkdir(parents=True)
    (top / "__MACOSX" / "cat" / "._1.png").write_bytes(b"\0\5\x16\7")
    (top / ".DS_Store").write_bytes(b"\0")
    (top / "cat" / "Thumbs.db").write_bytes(b"\0")
    (top / "cat" / "._1.png").write_bytes(b"\0\5\x16\7")
    (top / "labels.csv").write_text("file,label\n")


def other_kinds(folder: Path) -> None:
    plain(folder)
    for n in range(6):
        Image.new("L", (6, 4)).save(folder / "pictures" / "cat" / f"more-{n}.gif")


def deeper(folder: Path) -> None:
    draw(folder / "pictures" / "pets")


def class_of_old_archive(folder: Path) -> None:
    plain(folder)
    name = os.fsencode(folder / "pictures") + b"/caf\xe9"
    os.mkdir(name)
    for n in range(3):
        Image.new("L", (6, 4), n).save(folder / "x.png")
        os.rename(folder / "x.png", name + b"/%d.png" % n)


def damaged_exif(folder: Path) -> None:
    plain(folder)
    Image.new("L", (6, 4), 9).save(
        folder / "pictures" / "cat" / "90.jpg", exif=b"Exif\0\0MM\0*\0\0\xff\xff" + b"\xee" * 30
    )


def class_named_train(folder: Path) -> None:
    plain(folder)
    (folder / "pictures" / "cat").rename(folder / "pictures" / "train")


INPUTS: list[tuple[str, str, Callable[[Path], None], Right]] = [
    ("images", "plain", plain, {"labels": ("cat", "dog")}),
    ("images", "a class called train", class_named_train, {"labels": ("dog", "train")}),
    ("images", "deeper by one folder", deeper, {"refused": True, "says": ("'pets'", "cat, dog")}),
    ("images", "other endings", other_kinds, {"says": ("6 files that are no images", "6 .gif")}),
    ("images", "a name that is not UTF-8", class_of_old_archive, {"refused": True, "says": ("UTF-8", "caf", "Rename")}),
    (
        "images",
        "litter",
        litter,
        {"labels": ("cat", "dog"), "says": ("__MACOSX", ".DS_Store", "Thumbs.db", "labels.csv")},
    ),
    ("exif", "half of them turned", turned, {"labels": ("cat", "dog"), "says": ("8 images turned", "EXIF")}),
    ("exif", "damaged", damaged_exif, {"labels": ("cat", "dog")}),
    ("parts", "train and validation", parts("train", "validation"), {"says": ("validation is the test set",)}),
    ("parts", "train, val and test", parts("train", "val", "test"), {"says": ("not read: val",)}),
    ("parts", "Training and Testing", parts("Training", "Testing"), {"labels": ("cat", "dog")}),
]
