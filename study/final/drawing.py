"""Any picture -> an item as the model's training images were: their size, their colours, their background."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from study.data.files.images import DEEP, GREY, on_paper, upright
from study.errors import DataError
from study.final.drawn import DARK, LIGHT, centred
from study.final.model_input import ModelInput
from study.words import whole

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 50_000_000  # of a file; 200 MB in colours
FAINT = 8 / 255  # range of brightness below which nothing can be seen in a picture
LONGEST = 10  # times that a picture's sides may differ from the proportions of the model's


@dataclass(frozen=True, slots=True)
class Drawing:
    """An item ``x`` in the model's shape, and what was ``done`` to make the picture one."""

    x: NDArray[np.float32]
    done: tuple[str, ...]


def read_drawing(path: Path, takes: ModelInput, *, centre: bool = False) -> Drawing:
    """The picture in a file for a model of images.

    It stands as its EXIF says. With ``centre`` its ink gets the size and the place that the ink of the training images
    has; only a model of grey images with ``drawn`` can be given that. What is transparent becomes white, or black under
    light ink; colours become grey for a grey model. The size is the model's, and what is missing of its proportions is
    filled with the colour of the picture's border. For a grey model a light background becomes dark where the training
    images have a dark one, and the other way round. Raises :class:`DataError` for what is no image, has more than 8
    bits a channel, is too large or too narrow, or is blank.
    """
    grey = takes.channels == 1
    mode = "L" if grey else "RGB"
    done: list[str] = []
    with _opened(path) as opened:
        image, turned = upright(opened)
        if turned:
            done.append("turned as the file says (EXIF)")
        image, paper = on_paper(image)
        if paper:
            done.append(f"transparency became {paper}")
        if grey and _is_coloured(image):
            done.append("colours became grey")
        image = image.convert(mode)
        height, width = takes.shape[:2]
        if centre and takes.drawn is not None:
            image = centred(image, width, height, takes.drawn)
            done.append(f"what is drawn was centred, at the size that it has in training, in {width} x {height} pixels")
        elif image.size != (width, height):
            image, resized = _resized(image, width, height, path)
            done += resized
        x = np.asarray(image, np.float32) / 255
    if np.ptp(x.reshape(width * height, -1), axis=0).max() < FAINT:
        raise DataError(
            f"{path}: the picture is of one shade: nothing is drawn in it, or nothing that is left at {width} x "
            f"{height} pixels. Expected a drawing that fills the picture."
        )
    if grey and takes.border is not None:
        edge = float(np.concatenate([x[0], x[-1], x[1:-1, 0], x[1:-1, -1]]).mean())
        if (edge > LIGHT and takes.border < DARK) or (edge < DARK and takes.border > LIGHT):
            background = "dark" if takes.border < DARK else "light"
            done.append(f"inverted, because training images have a {background} background")
            x = 1 - x
    assert takes.white is not None
    return Drawing((x * takes.white).astype(np.float32).reshape(takes.shape), tuple(done))


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """An image of bounded size and 8 bits a channel; what Pillow says about others in one line."""
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's of sizes, which are checked here, and of damaged EXIF
            with Image.open(path) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise DataError(
                        f"{path}: expected an image of at most {MAX_PIXELS / 1e6:.0f} million pixels, found "
                        f"{whole(image.width)} x {whole(image.height)}. Make it smaller."
                    )
                if image.mode.startswith(DEEP):
                    raise DataError(
                        f"{path}: expected 8 bits a channel, found an image of mode {image.mode}. Save it with 8 bits."
                    )
                yield image
    except UnidentifiedImageError as error:
        raise DataError(f"{path}: expected an image, found something that is none, or is damaged.") from error
    except Image.DecompressionBombError as error:
        raise DataError(f"{path}: expected an image of at most {MAX_PIXELS / 1e6:.0f} million pixels.") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:  # Pillow raises SyntaxError for broken PNG
        reason = " ".join(str(error).split()).removesuffix(".")
        raise DataError(f"{path}: cannot be read as an image: {reason}.") from error


def _resized(image: Image.Image, width: int, height: int, path: Path) -> tuple[Image.Image, list[str]]:
    """The picture in another size with its proportions kept, and what was done for that."""
    from PIL import Image, ImageOps

    stretch = image.width * height / (image.height * width)
    if not 1 / LONGEST <= stretch <= LONGEST:
        raise DataError(
            f"{path}: expected a picture of about the proportions {width} to {height}, found {whole(image.width)} x "
            f"{whole(image.height)} pixels. Cut out what is to be recognised."
        )
    done = [f"resized to {width} x {height} pixels"]
    if abs(stretch - 1) > 0.5 / max(width, height):
        done.append("filled up to the model's proportions with the colour of its border")
    values = np.asarray(image)
    border = np.concatenate([values[0], values[-1], values[:, 0], values[:, -1]])
    colour = tuple(int(value) for value in np.median(border.reshape(-1, len(image.getbands())), axis=0))
    return ImageOps.pad(image, (width, height), Image.Resampling.LANCZOS, color=colour), done


def _is_coloured(image: Image.Image) -> bool:
    """Whether any pixel is no shade of grey."""
    if image.mode in GREY:
        return False
    values = np.asarray(image.convert("RGB"))
    return bool((values.max(axis=2) != values.min(axis=2)).any())
