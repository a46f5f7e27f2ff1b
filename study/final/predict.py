"""What a saved network says of items that it has never seen."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from study.errors import InputError
from study.final.items import read_items
from study.final.model_input import FILE, ModelInput
from study.final.own_code import custom_objects
from study.final.threshold import Threshold, answers_of, threshold_words
from study.final.training import MODEL, outputs_of
from study.machine.silence import silence
from study.run.executors import worker
from study.run.executors.program_cache import cache_folder
from study.words import count

if TYPE_CHECKING:
    import keras

SCHEMA = "depthgauge-predictions-1"


@dataclass(frozen=True, slots=True)
class Predictions:
    """Probabilities (n, K) of the ``labels`` (K,) for items ``names`` (n,); ``notes`` say how a file became items.

    ``threshold`` decides between two labels; None answers with the likeliest one.
    """

    names: tuple[str, ...]
    labels: tuple[str, ...]
    probabilities: NDArray[np.float32]
    notes: tuple[str, ...]
    threshold: Threshold | None = None

    @property
    def best(self) -> tuple[tuple[str, float], ...]:
        """For each item the label that it is answered with, and the probability of that."""
        places = answers_of(self.probabilities, self.threshold)
        return tuple((self.labels[k], float(row[k])) for k, row in zip(places, self.probabilities, strict=True))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        items = [
            {
                "item": name,
                "label": label,
                "probability": probability,
                "probabilities": dict(zip(self.labels, row, strict=True)),
            }
            for name, (label, probability), row in zip(self.names, self.best, self.probabilities.tolist(), strict=True)
        ]
        decided = self.threshold
        told = None if decided is None else {"positive": self.labels[decided.positive], "share": decided.share}
        return {"schema": SCHEMA, "notes": list(self.notes), "threshold": told, "items": items}


@dataclass(frozen=True, slots=True)
class PredictedNumbers:
    """What a regression says of items ``names`` (n,): ``numbers`` (n,) in the unit of the target.

    ``deviation`` is the standard deviation of its training rows; ``notes`` say how a file became items.
    """

    names: tuple[str, ...]
    numbers: NDArray[np.float64]
    deviation: float
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        items = [{"item": name, "number": one} for name, one in zip(self.names, self.numbers.tolist(), strict=True)]
        return {"schema": SCHEMA, "notes": list(self.notes), "items": items}


def predict(model: Path, file: Path, *, centre: bool = False) -> Predictions | PredictedNumbers:
    """Predict the items of ``file`` with the network that ``depthgauge pick`` wrote to folder or file ``model``.

    With ``centre`` what is drawn in images is moved to where the training images have it, and made as large.
    Raises :class:`InputError` for a model of another origin and for a file whose items it cannot take.
    """
    folder = model if model.is_dir() else model.parent
    path = folder / MODEL if model.is_dir() else model
    if not path.is_file():
        raise InputError(f"{model}: expected a folder of depthgauge pick, or the {MODEL} in it; there is no {path}.")
    takes = ModelInput.read(folder)
    items = read_items(file, takes, centre=centre)
    os.environ.update(worker.environment(cache_folder()))
    with silence():
        outputs = outputs_of(_loaded(path, takes), items.x)
    if takes.target is not None:
        numbers = outputs[:, 0].astype(np.float64)
        return PredictedNumbers(items.names, numbers, takes.target.deviation, items.notes)
    notes = items.notes
    if (decided := takes.threshold) is not None:
        notes += (f"answered with {threshold_words(takes.labels[decided.positive], decided.share)}, as the card says",)
    return Predictions(items.names, takes.labels, outputs, notes, takes.threshold)


def _loaded(path: Path, takes: ModelInput) -> keras.Model:
    """The model in a file, which has to take what its folder says it takes."""
    worker.use_one_thread()
    import keras

    objects = custom_objects(path.parent)
    if not path.stat().st_size:
        raise InputError(f"{path} is empty: expected a Keras model. Pick again.")
    try:
        model = keras.models.load_model(path, custom_objects=objects, safe_mode=True)
    except Exception as error:  # Keras raises whatever its reader stumbles over
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{path} is damaged or no Keras model. Pick again. (Keras: {reason})") from error
    if model.input_shape != (None, *takes.shape) or model.output_shape != (None, takes.outputs):
        raise InputError(
            f"{path} takes {model.input_shape[1:]} and gives {model.output_shape[1:]}, but {FILE} beside it says "
            f"{takes.shape} and {count(takes.outputs, 'output')}. They belong to different models; pick again."
        )
    return model
