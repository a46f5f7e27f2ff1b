"""One image file -> its pixels as every viewer shows them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from study.data.files import limits
from study.data.files.paths import check_ordinary
from study.errors import DataError

if TYPE_CHECKING:
    from PIL.Image import Image

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp")
GREY = ("1", "L", "LA")  # Pillow's names for black and white, and shades of grey
SIGNATURES = (b"\x89PNG", b"\xff\xd8", b"BM")  # how files of these endings begin
REMEDY = "Copy or save it again, or remove it"
DEEP = ("I", "F")  # and for more than a byte a pixel
LIGHT = 0.65  # brightness, as a share of white, that makes a background or ink light
ORIENTATION = 0x0112  # the EXIF tag; 1 is upright


def read_turned(path: Path, shape: tuple[int, ...] | None = None) -> tuple[NDArray[np.uint8], bool]:
    """One image (height, width) in shades of grey or (height, width, 3) in colours, and whether it had to be turned.

    With ``shape`` it has to have that size and is given as that kind. What is transparent becomes white, or black under
    light ink; it stands as its EXIF says. Raises :class:`DataError` for what is no image,
    of another size, too large, or has more than 8 bits a channel.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with _opened(path) as opened:
            limits.check_features(opened.width * opened.height, str(path))
            image, turned = upright(opened)
            _check_image(image, shape, path)
            grey = image.mode in GREY if shape is None else len(shape) == 2
            return np.asarray(on_paper(image)[0].convert("L" if grey else "RGB")), turned
    except Image.DecompressionBombError as error:
        raise DataError(
            f"{path}: expected an image of ordinary size, found one far too large. Make it smaller."
        ) from error
    except UnidentifiedImageError as error:
        raise DataError(f"{path}: expected an image, found {_found(path)}.") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:  # Pillow raises SyntaxError for broken PNG
        reason = " ".join(str(error).split()).removesuffix(".")
        raise DataError(f"{path}: expected an image, found a damaged one ({reason}). {REMEDY}.") from error


def upright(image: Image) -> tuple[Image, bool]:
    """A picture as its EXIF says that it stands, and whether that turned it. Damaged EXIF says nothing."""
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    try:
        turn = turns.get(image.getexif().get(ORIENTATION, 1))
    except Exception:  # whatever Pillow stumbles over in a block that is not needed to see the picture
        return image, False
    return (image, False) if turn is None else (image.transpose(turn), True)


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
        warnings.simplefilter("ignore")  # of its size, and of damaged EXIF
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
    if image.mode.startswith(DEEP):
        raise DataError(f"{path}: expected 8 bits a channel, found an image of mode {image.mode}. Save it with 8 bits.")


def is_grey(path: Path) -> bool:
    """Whether an image is in shades of grey, or none at all."""
    from PIL import Image

    try:
        with _opened(path) as image:
            return bool(image.mode in GREY)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return True  # reading it will say what is wrong with it
