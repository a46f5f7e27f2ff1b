"""A folder of images with a folder for each class, or with train/ and test/ that hold these."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from study.data.files import check_ordinary, limits
from study.data.files.arrays import Given, Items
from study.errors import DataError

if TYPE_CHECKING:
    from PIL.Image import Image

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp")
GREY = ("1", "L", "LA")  # Pillow's names for black and white, and shades of grey
SIGNATURES = (b"\x89PNG", b"\xff\xd8", b"BM")  # how files of these endings begin
REMEDY = "Copy or save it again, or remove it"
DEEP = ("I", "F")  # and for more than a byte a pixel
LIGHT = 0.65  # brightness, as a share of white, that makes a background or ink light
TRAIN, TEST = "train", "test"


def read(path: Path) -> Given:
    """The images of ``path/train`` and ``path/test``, or all of ``path``, where the name of a folder is the class."""
    folders = _folders(path)
    if TRAIN not in folders:
        return _images(path)
    given = _images(folders[TRAIN])
    if TEST not in folders:
        return given
    test = _images(folders[TEST])
    others = sorted(set(folders) - {TRAIN, TEST})
    passed = (f"{path}: folders that are not read: {', '.join(others)}.",) if others else ()
    return Given(given.train, test.train, (*given.notes, *test.notes, *passed))


def read_image(path: Path, shape: tuple[int, ...] | None = None) -> NDArray[np.uint8]:
    """One image (height, width) in shades of grey or (height, width, 3) in colours.

    With ``shape`` it has to have that size and is given as that kind. What is transparent becomes white, or black under
    light ink. Raises :class:`DataError` for what is no image,
    of another size, too large, or has more than 8 bits a channel.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with _opened(path) as image:
            _check_image(image, shape, path)
            grey = image.mode in GREY if shape is None else len(shape) == 2
            return np.asarray(on_paper(image)[0].convert("L" if grey else "RGB"))
    except Image.DecompressionBombError as error:
        raise DataError(
            f"{path}: expected an image of ordinary size, found one far too large. Make it smaller."
        ) from error
    except UnidentifiedImageError as error:
        raise DataError(f"{path}: expected an image, found {_found(path)}.") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:  # Pillow raises SyntaxError for broken PNG
        reason = " ".join(str(error).split()).removesuffix(".")
        raise DataError(f"{path}: expected an image, found a damaged one ({reason}). {REMEDY}.") from error


def on_paper(image: Image) -> tuple[Image, str]:
    """A picture as it looks on white paper, or on black where its ink is light; and which it is.

    The paper is empty for a picture without transparency, which stays as it is: what lies under transparent pixels is
    seen by nobody.
    """
    from PIL import Image

    if not image.has_transparency_data:
        return image, ""
    image = image.convert("RGBA")
    if image.getchannel("A").getextrema() == (255, 255):
        return image, ""
    ink, alpha = (np.asarray(image.convert("LA").getchannel(channel), np.float32) / 255 for channel in "LA")
    colour = "black" if (ink * alpha).sum() > LIGHT * alpha.sum() else "white"
    paper = Image.new("RGBA", image.size, colour)
    paper.alpha_composite(image)
    return paper.convert("RGB"), colour


@contextmanager
def _opened(path: Path) -> Iterator[Image]:
    """An image of which only the header is read, without Pillow's warning of its size, which is checked here."""
    from PIL import Image

    check_ordinary(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        with Image.open(path) as image:
            yield image


def _found(path: Path) -> str:
    """What a file is in which Pillow sees no image, and what to do about it."""
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        return f"an empty file. {REMEDY}"
    if start.startswith(SIGNATURES):
        return f"a damaged one. {REMEDY}"
    return "a file that holds none. Remove it, or save it as an image again"


def _check_image(image: Image, shape: tuple[int, ...] | None, path: Path) -> None:
    size = (image.height, image.width)
    if shape is not None and size != tuple(shape[:2]):
        raise DataError(
            f"{path}: expected an image of {shape[1]} x {shape[0]} pixels, found {image.width} x {image.height}. "
            "All images have to be of one size."
        )
    limits.check_features(size[0] * size[1], str(path))
    if image.mode.startswith(DEEP):
        raise DataError(f"{path}: expected 8 bits a channel, found an image of mode {image.mode}. Save it with 8 bits.")


def _images(folder: Path) -> Given:
    """All images below the folders of ``folder``, in the order of their names."""
    files: list[Path] = []
    classes: list[str] = []
    ignored = 0
    for name, place in sorted(_folders(folder).items()):
        inside = sorted(path for path in place.iterdir() if not path.name.startswith("."))
        found = [path for path in inside if path.suffix.lower() in ENDINGS]
        if not found:
            raise DataError(f"{place}: expected images ({', '.join(ENDINGS)}) of class {name!r}, found none.")
        ignored += len(inside) - len(found)
        files += found
        classes += [name] * len(found)
    if not files:
        raise DataError(
            f"{folder}: expected a folder for each class with its images ({', '.join(ENDINGS)}), or IDX files; found "
            "neither."
        )
    images = _stacked(files)
    notes = [f"{folder}: {ignored:,} files that are no images were passed by."] if ignored else []
    if images.ndim == 4 and (grey := sum(map(_is_grey, files))):
        notes.append(
            f"{folder}: {grey:,} of {len(files):,} images are grey, the others in colours: all are read in colours."
        )
    return Given(Items(images, np.array(classes), str(folder), str(folder)), None, tuple(notes))


def _stacked(files: list[Path]) -> NDArray[np.uint8]:
    """All images (n, height, width), or (n, height, width, 3) as soon as one of them is in colours."""
    shape = read_image(files[0]).shape
    if len(shape) == 2 and not all(map(_is_grey, files)):
        shape = (*shape, 3)
    limits.check_features(int(np.prod(shape)), str(files[0]))
    limits.check_bytes(len(files) * int(np.prod(shape)), str(files[0].parent.parent))
    images = np.empty((len(files), *shape), np.uint8)
    for place, file in enumerate(files):
        images[place] = read_image(file, shape)
    return images


def _is_grey(path: Path) -> bool:
    from PIL import Image

    try:
        with _opened(path) as image:
            return bool(image.mode in GREY)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return True  # reading it will say what is wrong with it


def _folders(path: Path) -> dict[str, Path]:
    return {place.name: place for place in path.iterdir() if place.is_dir() and not place.name.startswith(".")}
