"""Where the ink of training images lies, how much of it there is, and how a picture is brought to that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from study.words import count, option

if TYPE_CHECKING:
    from PIL import Image

DARK = 0.35  # brightness, as a share of white, that makes a background dark
LIGHT = 0.65  # and one that makes it light
SEEN = 0.2  # share of the darkest ink from which on a pixel counts as drawn
TAIL = 0.002  # share of training images on either side that do not widen the range of what is usual
ROOM = 0.05  # of a side, by which a centre may lie further off than those of the training images
MUCH = 1.4  # times the largest share of ink, and the inverse of the smallest


@dataclass(frozen=True, slots=True)
class Drawn:
    """Ranges of the training images, grey ones on a light or dark background.

    ``ink`` is the share of a picture that its ink would blacken; ``row`` and ``column`` are the ink's centre of mass as
    shares of the sides, from the upper left corner. ``centre`` is the usual centre, ``side`` the usual longer side of
    the box around the ink, as a share of the picture's longer side.
    """

    ink: tuple[float, float]
    row: tuple[float, float]
    column: tuple[float, float]
    centre: tuple[float, float]
    side: float

    def is_whole(self) -> bool:
        """Whether the numbers are those of pictures."""
        pairs = (self.ink, self.row, self.column)
        return all(0 <= low <= high <= 1 for low, high in pairs) and all(
            0 < one <= 1 for one in (*self.centre, self.side)
        )


def drawn_on(images: NDArray[np.floating], border: float) -> Drawn | None:
    """What is usual among ``images`` (N, H, W) from 0 to 1, whose outermost pixels have mean ``border``.

    None where the background is neither light nor dark, or nothing is drawn.
    """
    if DARK <= border <= LIGHT or not len(images):
        return None
    ink = _ink(images, border)
    drawn = ink[ink.reshape(len(ink), -1).max(axis=1) > 0]
    if not len(drawn):
        return None
    share, row, column = _measures(drawn)
    sides = np.array([_side(one) for one in drawn[:: max(1, len(drawn) // 1000)]])
    centre = float(np.median(row)), float(np.median(column))
    return Drawn(_range(share), _range(row), _range(column), centre, float(np.median(sides)))


def unlike_notes(images: NDArray[np.floating], border: float, usual: Drawn) -> tuple[str, ...]:
    """Says where ``images`` (n, H, W) from 0 to 1 are unlike those of training: place and amount of ink, background."""
    edge = np.ones(images.shape[1:], bool)
    edge[1:-1, 1:-1] = False
    grounds = images[:, edge].mean(axis=1)
    inverted = (grounds > LIGHT) if border < DARK else (grounds < DARK)
    share, row, column = _measures(_ink(images, border))
    notes = []
    if inverted.any():
        kinds = ("dark", "light") if border < DARK else ("light", "dark")
        notes.append(
            f"{_images(inverted)} a {kinds[1]} background, but training images have a {kinds[0]} one: invert them, or "
            "do not rely on these answers"
        )
    upright = ~inverted
    much, little = upright & (share > MUCH * usual.ink[1]), upright & (share < usual.ink[0] / MUCH)
    for wrong, word in ((much, "more"), (little, "less")):
        if wrong.any():
            example = share[wrong].max() if word == "more" else share[wrong].min()
            notes.append(
                f"{_images(wrong)} {word} ink than any training image ({100 * example:.1f} % of the picture; training "
                f"{100 * usual.ink[0]:.1f} to {100 * usual.ink[1]:.1f} %): do not rely on these answers; "
                f"{option('centre')} "
                "brings a drawing to the size of training"
            )
    away = upright & (_outside(row, usual.row) | _outside(column, usual.column)) & (share > 0)
    if away.any():
        place = int(np.argmax(away))
        notes.append(
            f"{_images(away)} ink elsewhere than the training images (centre at {100 * row[place]:.0f} % from "
            f"the top, {100 * column[place]:.0f} % from the left; training {_percent(usual.row)} and "
            f"{_percent(usual.column)}): do not rely on these answers; {option('centre')} moves it"
        )
    return tuple(notes)


def centred(image: Image.Image, width: int, height: int, usual: Drawn) -> Image.Image:
    """A grey picture whose ink has the usual size and place in a picture of ``width`` x ``height`` pixels.

    A picture without ink comes back as it is, in that size.
    """
    from PIL import Image

    values = np.asarray(image, np.float32) / 255
    border = np.concatenate([values[0], values[-1], values[:, 0], values[:, -1]])
    background = float(np.median(border))
    ink = np.abs(values - background)
    seen = ink > SEEN * ink.max()
    if not seen.any():
        return image.resize((width, height))
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    longer = max(box[2] - box[0], box[3] - box[1])
    zoom = max(1.0, usual.side * max(width, height)) / longer
    size = max(1, round((box[2] - box[0]) * zoom)), max(1, round((box[3] - box[1]) * zoom))
    cut = image.crop(box).resize(size, Image.Resampling.LANCZOS)
    _, row, column = _measures(np.abs(np.asarray(cut, np.float32)[None] / 255 - background))
    top = round(usual.centre[0] * height - float(row[0]) * size[1])
    left = round(usual.centre[1] * width - float(column[0]) * size[0])
    page = Image.new("L", (width, height), round(255 * background))
    page.paste(cut, (left, top))
    return page


def _ink(images: NDArray[np.floating], border: float) -> NDArray[np.floating]:
    return images if border < DARK else 1 - images


def _measures(ink: NDArray[np.floating]) -> tuple[NDArray[np.floating], NDArray[np.floating], NDArray[np.floating]]:
    """Share of ink (n,), and its centre of mass from above and from the left (n,), of ``ink`` (n, H, W)."""
    amount = ink.sum(axis=(1, 2), dtype=np.float64)
    down, across = ((np.arange(n) + 0.5) / n for n in ink.shape[1:])
    known = np.maximum(amount, 1e-12)
    row, column = ink.sum(axis=2) @ down / known, ink.sum(axis=1) @ across / known
    return np.clip(amount / (ink.shape[1] * ink.shape[2]), 0, 1), np.clip(row, 0, 1), np.clip(column, 0, 1)


def _side(ink: NDArray[np.floating]) -> float:
    seen = ink > SEEN * ink.max()
    return float(max(int(np.ptp(np.flatnonzero(seen.any(axis=axis)))) + 1 for axis in (0, 1)) / max(ink.shape))


def _range(values: NDArray[np.floating]) -> tuple[float, float]:
    low, high = np.quantile(values, [TAIL, 1 - TAIL])
    return float(low), float(high)


def _outside(values: NDArray[np.floating], usual: tuple[float, float]) -> NDArray[np.bool_]:
    return (values < usual[0] - ROOM) | (values > usual[1] + ROOM)


def _images(those: NDArray[np.bool_]) -> str:
    n = int(those.sum())
    return f"{count(n, 'image')} {'has' if n == 1 else 'have'}"


def _percent(bounds: tuple[float, float]) -> str:
    return f"{100 * bounds[0]:.0f} to {100 * bounds[1]:.0f} %"
