"""Folders of pictures in every mode, whose grey values and colours are known exactly.

Kinds: modes (black and white, grey, palette, colours, transparent ones of each); the eight orientations of EXIF; the
names of parts; litter of systems and archives; what is refused (sizes that differ, 16 bits, files that are none or hold
half, empty classes, a link that leads nowhere, a pipe, a bomb of pixels); the end cut off anywhere, which is refused or
reads as before.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from tests.odd.case import Arrays, Case, Refused, seed_of

ORIENTATION = 0x0112
N = 8  # pictures a class
SIZE = (6, 5)  # rows and columns: not square, so that what lies on its side is seen
LABELS = ("cat",) * N + ("dog",) * N
# How a viewer shows what is stored under each orientation, by the standard of EXIF.
SHOWN: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.T,
    6: lambda a: a.T[:, ::-1],
    7: lambda a: a.T[::-1, ::-1],
    8: lambda a: a.T[::-1],
}
UNDONE_BY = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}  # a quarter turn by the other, all else by itself
Rng = np.random.Generator
Save = Callable[[Image.Image, Path, int], object]
Write = Callable[[Path, np.ndarray], None]


def greys(rng: Rng) -> np.ndarray:
    """Grey values (2 N, rows, columns), from 0 to 255."""
    found = rng.integers(0, 256, (2 * N, *SIZE)).astype(np.uint8)
    found[0, 0, :2] = 0, 255
    return found


def placed(folder: Path, k: int, ending: str = "png") -> Path:
    """Where the picture ``k`` lies, in the order in which they are read: first the cats."""
    path = folder / "pictures" / LABELS[k] / f"{k:02}.{ending}"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def each(save: Save, ending: str = "png") -> Write:
    def write(folder: Path, x: np.ndarray) -> None:
        for k, pixels in enumerate(x):
            save(Image.fromarray(pixels), placed(folder, k, ending), k)

    return write


def paletted(image: Image.Image, path: Path, k: int) -> None:
    """A palette whose entries stand in another order than their greys."""
    table = np.roll(np.arange(256, dtype=np.uint8), 77)
    found = Image.frombytes("P", image.size, np.argsort(table).astype(np.uint8)[np.asarray(image)].tobytes())
    found.putpalette([int(value) for value in table for _ in range(3)])
    found.save(path)


def turned(orientation: int) -> Save:
    """Stored as it lies, with what brings it upright."""

    def save(image: Image.Image, path: Path, k: int) -> None:
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        stored = np.ascontiguousarray(SHOWN[UNDONE_BY[orientation]](np.asarray(image)))
        Image.fromarray(stored).save(path, exif=exif)

    return save


def coloured(x: np.ndarray) -> np.ndarray:
    """The same pictures in three channels."""
    return np.stack([x, x, x], axis=-1)


def as_it_is(x: np.ndarray) -> np.ndarray:
    return x


GREY = each(lambda image, path, k: image.save(path))
READ: dict[str, tuple[Write, Callable[[np.ndarray], np.ndarray]]] = {
    "grey": (GREY, as_it_is),
    "grey bitmaps": (each(lambda image, path, k: image.save(path), "bmp"), as_it_is),
    "endings in capitals": (each(lambda image, path, k: image.save(path), "PNG"), as_it_is),
    "an ending of another format": (each(lambda image, path, k: image.save(path, "BMP")), as_it_is),
    "grey, not transparent": (each(lambda image, path, k: image.convert("LA").save(path)), as_it_is),
    "colours": (each(lambda image, path, k: image.convert("RGB").save(path)), coloured),
    "colours, not transparent": (each(lambda image, path, k: image.convert("RGBA").save(path)), coloured),
    "some in colours": (each(lambda image, path, k: (image.convert("RGB") if k == 5 else image).save(path)), coloured),
    "palettes": (each(paletted), coloured),
    **{f"orientation {k}": (each(turned(k)), as_it_is) for k in SHOWN},
}


def readable(seed: int) -> Iterator[Case]:
    """Each mode and each orientation."""
    for kind, (write, seen) in READ.items():
        yield _read(kind, seed, greys(seed_of(f"picture {kind} {seed}")), write, seen)
    flags = seed_of(f"picture black {seed}").integers(0, 2, (2 * N, *SIZE)).astype(np.uint8) * 255
    yield _read("black and white", seed, flags, each(lambda image, path, k: image.convert("1").save(path)), as_it_is)
    for kind, ink, paper in (("dark ink on nothing", 30, 255), ("light ink on nothing", 240, 0)):
        there = seed_of(f"picture {kind} {seed}").random((2 * N, *SIZE)) < 0.5
        there[:, 0, 0], there[:, 0, 1] = True, False
        pictures = np.where(there, ink, paper).astype(np.uint8)
        yield _read(kind, seed, pictures, each(_on_nothing(ink)), as_it_is)


def _read(kind: str, seed: int, x: np.ndarray, write: Write, seen: Callable[[np.ndarray], np.ndarray]) -> Case:
    right = Arrays(seen(x), LABELS, 255.0)
    return Case(f"pictures: {kind}", f"draw {seed}", lambda folder: write(folder, x), "pictures", right)


def _on_nothing(ink: int) -> Save:
    """Everything but the ink is transparent; what lies under nothing is seen by nobody."""

    def save(image: Image.Image, path: Path, k: int) -> None:
        there = np.asarray(image) == ink
        hidden, alpha = np.where(there, ink, 99), np.where(there, 255, 0)
        Image.merge("LA", [Image.fromarray(one.astype(np.uint8)) for one in (hidden, alpha)]).save(path)

    return save


def litter(seed: int) -> Iterator[Case]:
    """What lies about is passed by and named."""
    x = greys(seed_of(f"litter {seed}"))

    def write(folder: Path) -> None:
        GREY(folder, x)
        top = folder / "pictures"
        (top / "__MACOSX" / "cat").mkdir(parents=True)
        for name in ("__MACOSX/cat/._0.png", "cat/.DS_Store", "cat/Thumbs.db", "cat/desktop.ini", "cat/._00.png"):
            (top / name).write_bytes(b"\0\5\x16\7")
        (top / "dog" / "notes.txt").write_text("see cat")
        (top / "list.csv").write_text("a\n")

    says = ("__MACOSX", "Thumbs.db", "notes.txt", "list.csv")
    yield Case("pictures: litter", f"draw {seed}", write, "pictures", Arrays(x, LABELS, 255.0, says=says))


DEEP = (np.arange(SIZE[0] * SIZE[1]).reshape(SIZE) * 1000).astype(np.uint16)
# What becomes of one picture, and words of the one line that names it.
SPOILS: dict[str, tuple[Callable[[Path], object], tuple[str, ...]]] = {
    "another size": (lambda path: Image.new("L", (5, 7)).save(path), ("pixels",)),
    "on its side": (lambda path: Image.new("L", SIZE).save(path), ("pixels",)),
    "16 bits": (lambda path: Image.fromarray(DEEP).save(path), ("8 bits",)),
    "half of it": (lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]), ("damaged",)),
    "its head alone": (lambda path: path.write_bytes(path.read_bytes()[:16]), ("damaged",)),
    "empty": (lambda path: path.write_bytes(b""), ("empty",)),
    "a page of HTML": (lambda path: path.write_bytes(b"<html>404</html>"), ("holds none",)),
    "a pointer of Git LFS": (lambda path: path.write_bytes(b"version https://git-lfs.github.com/spec/v1\n"), ("none",)),
    "a link that leads nowhere": (lambda path: (path.unlink(), path.symlink_to("nowhere")), ()),
    "a pipe": (lambda path: (path.unlink(), os.mkfifo(path)), ("pipe",)),
    "a bomb of pixels": (lambda path: Image.new("1", (14_000, 14_000)).save(path), ("far too large",)),
}


def refused(seed: int) -> Iterator[Case]:
    """One picture of all, at a random place, that cannot be used, is named."""
    for kind, (spoil, says) in SPOILS.items():
        rng = seed_of(f"picture refused {kind} {seed}")
        x, at = greys(rng), 1 + int(rng.integers(2 * N - 1))  # the first one says which size is expected

        def write(folder: Path, x: np.ndarray = x, at: int = at, spoil: Callable[[Path], object] = spoil) -> None:
            GREY(folder, x)
            spoil(placed(folder, at))

        yield Case(f"pictures refused: {kind}", f"draw {seed}", write, "pictures", Refused((f"{at:02}.png", *says)))

    def with_empty_class(folder: Path) -> None:
        GREY(folder, greys(seed_of("empty class")))
        (folder / "pictures" / "horse").mkdir()

    yield Case("pictures refused: an empty class", f"draw {seed}", with_empty_class, "pictures", Refused(("'horse'",)))


def cut_off(seed: int) -> Iterator[Case]:
    """The end of one picture is lost, anywhere: refused, or what it was."""
    for number in range(6):
        ending = ("png", "bmp")[number % 2]
        rng = seed_of(f"picture cut {seed} {number}")
        x, at, left = greys(rng), int(rng.integers(2 * N)), rng.random()

        def write(folder: Path, x: np.ndarray = x, at: int = at, left: float = left, ending: str = ending) -> None:
            each(lambda image, path, k: image.save(path), ending)(folder, x)
            path = placed(folder, at, ending)
            path.write_bytes(path.read_bytes()[: int(left * path.stat().st_size)])

        right = Arrays(x, LABELS, 255.0, damaged=True)
        yield Case("pictures: cut off anywhere", f"draw {seed}.{number}", write, "pictures", right)


PARTS = (("train", "test"), ("Train", "Test"), ("training", "testing"), ("train", "validation"), ("train", "val"))


def parts(seed: int) -> Iterator[Case]:
    """Folders of parts, by each name that people give them: the first half of each class is the training part."""
    for train, test in PARTS:
        x = greys(seed_of(f"parts {test} {seed}"))

        def write(folder: Path, x: np.ndarray = x, train: str = train, test: str = test) -> None:
            for k, pixels in enumerate(x):
                path = folder / "pictures" / (train if k % N < N // 2 else test) / LABELS[k] / f"{k:02}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(pixels).save(path)

        order = sorted(range(2 * N), key=lambda k: k % N >= N // 2)
        says = ("is the test set",) if test.startswith("val") else ()
        right = Arrays(x[order], tuple(LABELS[k] for k in order), 255.0, training=N, says=says)
        yield Case(f"pictures: {train} and {test}", f"draw {seed}", write, "pictures", right)


def cases(seed: int) -> Iterator[Case]:
    """All kinds of folders once."""
    for make in (readable, litter, refused, cut_off, parts):
        yield from make(seed)
