"""What a saved model takes: ``preprocessing.json``, which travels with it."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from study.data.columns import Columns
from study.data.dataset import Dataset
from study.data.files.limits import MAX_FEATURES
from study.data.origin import Origin
from study.data.scaling import TargetScaling, fit_scaling
from study.errors import InputError
from study.final.drawn import Drawn, drawn_on
from study.final.threshold import Threshold

SCHEMA = "depthgauge-preprocessing-1"
FILE = "preprocessing.json"


@dataclass(frozen=True, slots=True)
class ModelInput:
    """How an item of the data set became what the model takes, and what its outputs mean.

    ``shape`` is that of one item as given, ``labels`` (K,) name the outputs; the one of a regression is a number, which
    the last layer brings to the unit of the target by ``target``. Inside the model an item is flattened to F features
    and divided by ``scale``; where that is None, it is ``(item - shift) / spread`` instead, with ``shift`` and
    ``spread`` (F,) from the training rows, and a missing value is its ``shift``. ``columns`` say how a row of a table
    becomes features, None for other data. Images whose black is 0 have ``white``, the value of white, and ``border``,
    the mean brightness of the training images' outermost pixels as a share of white: it tells light backgrounds from
    dark ones. ``drawn`` says where the ink of grey ones lies.

    Where float32 would not hold the digits of values as given, ``offset`` and ``unit`` (F,) say what the model takes:
    ``(given - offset) / unit``, computed in float64. They are empty where it takes values as they are given.

    ``threshold`` decides between two labels; None answers with the likeliest one.
    """

    dataset: str
    shape: tuple[int, ...]
    labels: tuple[str, ...]
    scale: float | None
    shift: tuple[float, ...]
    spread: tuple[float, ...]
    columns: Columns | None
    white: float | None
    border: float | None
    offset: tuple[float, ...] = ()
    unit: tuple[float, ...] = ()
    drawn: Drawn | None = None
    target: TargetScaling | None = None
    threshold: Threshold | None = None

    @classmethod
    def of(cls, dataset: Dataset, rows: NDArray[np.integer]) -> ModelInput:
        """The input of a model that was trained on ``rows`` of ``dataset``."""
        scaling = fit_scaling(dataset, rows) if dataset.scale is None else None
        images = dataset.columns is None and len(dataset.shape) in (2, 3)
        white = dataset.scale
        if (
            white is None and dataset.origin is None and dataset.x[rows].min() >= 0
        ):  # else nothing says which value is black
            white = float(dataset.x[rows].max())
        border = _border(dataset.x[rows].reshape(-1, *dataset.shape)) / white if images and white else None
        grey = border is not None and white is not None and dataset.shape[2:] in ((), (1,))
        drawn = _drawn(dataset, rows, white, border) if grey and white is not None and border is not None else None
        return cls(
            dataset=dataset.name,
            shape=dataset.shape,
            labels=dataset.labels,
            scale=dataset.scale,
            shift=() if scaling is None else tuple(map(float, scaling.shift)),
            spread=() if scaling is None else tuple(map(float, scaling.scale)),
            columns=dataset.columns,
            white=white if images and white else None,
            border=border,
            offset=() if dataset.origin is None else tuple(map(float, dataset.origin.offset)),
            unit=() if dataset.origin is None else tuple(map(float, dataset.origin.unit)),
            drawn=drawn,
            target=TargetScaling.of(dataset.y[rows]) if dataset.task == "regression" else None,
        )

    @property
    def origin(self) -> Origin | None:
        """Where the features that the model takes begin; None where they are as given."""
        return Origin(np.array(self.offset), np.array(self.unit)) if self.offset else None

    @property
    def images(self) -> bool:
        """Whether a picture can be made an item: (height, width) or (height, width, channels), black is 0."""
        return self.white is not None

    @property
    def channels(self) -> int:
        """Colours of a picture: 1 for grey."""
        return self.shape[2] if len(self.shape) == 3 else 1

    @property
    def features(self) -> int:
        """F."""
        return int(np.prod(self.shape))

    @property
    def outputs(self) -> int:
        """K, or 1 in a regression."""
        return len(self.labels) or 1

    def items(self, x: NDArray[np.generic]) -> NDArray[np.generic]:
        """Rows (n, F) of the data set as the model takes them: in their shape, a missing value as the training mean.

        They begin where the data set's do: :attr:`origin` brings values as given there.
        """
        if self.shift and np.isnan(x).any():
            x = np.where(np.isnan(x), np.array(self.shift, np.float32), x)
        return x.reshape(-1, *self.shape)

    def write(self, folder: Path) -> None:
        """Write ``preprocessing.json``."""
        text = json.dumps({"schema": SCHEMA, **asdict(self)}, indent=1, allow_nan=False)
        (folder / FILE).write_text(text + "\n", "utf-8")

    @classmethod
    def read(cls, folder: Path) -> ModelInput:
        """What :meth:`write` wrote. Raises :class:`InputError` where that is missing or something else."""
        from pydantic import TypeAdapter

        file = folder / FILE
        try:
            values = json.loads(file.read_text("utf-8"))
            if values.pop("schema") != SCHEMA:
                raise ValueError
            takes = TypeAdapter(cls).validate_python(values)
            if not takes._is_whole():
                raise ValueError
            return takes
        except FileNotFoundError:
            raise InputError(
                f"{folder} holds no {FILE}, so it is not known what the model in it takes. Expected a folder that "
                "depthgauge pick wrote, or the model.keras in it."
            ) from None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise InputError(f"{file} is damaged or was not written by depthgauge pick. Pick again.") from error

    def _is_whole(self) -> bool:
        """Whether the fields fit one another, as :meth:`of` makes them."""
        if not self.shape or min(self.shape) < 1 or not 1 <= math.prod(self.shape) <= MAX_FEATURES:
            return False
        scaled = 0 if self.scale is not None else self.features
        numbers = [
            *self.shift,
            *self.spread,
            *(one for one in (self.scale, self.white, self.border) if one is not None),
        ]
        return (
            len(self.shift) == len(self.spread) == scaled
            and all(map(math.isfinite, numbers))
            and all(one > 0 for one in (*self.spread, self.scale or 1.0, self.white or 1.0))
            and self.scale != 0
            and len(self.offset) == len(self.unit) == (self.features if self.offset else 0)
            and all(math.isfinite(one) for one in (*self.offset, *self.unit))
            and all(one > 0 for one in self.unit)
            and (self.drawn is None or (self.drawn.is_whole() and self.images and self.channels == 1))
            and (self.white is None or (self.white > 0 and len(self.shape) in (2, 3)))
            and (self.columns is None or self.shape == (len(self.columns.features),))
            and (self.columns is None or all(categories for _, categories in self.columns.categorical))
            and (self.target is not None) == (not self.labels)
            and (self.target is None or self.target.is_whole())
            and (self.threshold is None or (self.threshold.is_whole() and len(self.labels) == 2))
            and (not self.labels or len(set(self.labels)) == len(self.labels) >= 2)
        )


def _drawn(dataset: Dataset, rows: NDArray[np.integer], white: float, border: float) -> Drawn | None:
    """Where the ink of the training images lies; of up to 10,000 of them, spread evenly."""
    some = rows[:: max(1, len(rows) // 10_000)]
    return drawn_on(dataset.x[some].reshape(-1, *dataset.shape[:2]).astype(np.float32) / np.float32(white), border)


def _border(images: NDArray[np.generic]) -> float:
    """Mean value of the outermost pixels of ``images`` (N, H, W) or (N, H, W, C)."""
    edge = np.ones(images.shape[1:3], bool)
    edge[1:-1, 1:-1] = False
    return float(images[:, edge].mean(dtype=np.float64))
