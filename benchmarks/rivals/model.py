"""The network of a setting as a Keras user writes it, and the callbacks that all rivals share."""

from __future__ import annotations

import time
from typing import Any

import keras

from benchmarks.rivals.job import BATCH, LEARNING_RATE, Arrays, Setting, Timeline


def build(setting: Setting, inputs: int = 784, classes: int = 10, **compile_options: Any) -> keras.Model:
    """A compiled classifier; ``compile_options`` go to ``model.compile``."""
    l2 = keras.regularizers.L2(setting.l2) if setting.l2 else None
    model = keras.Sequential([keras.Input((inputs,))])
    for width in setting.hidden:
        model.add(keras.layers.Dense(width, activation="relu", kernel_regularizer=l2))
        if setting.dropout:
            model.add(keras.layers.Dropout(setting.dropout))
    model.add(keras.layers.Dense(classes, activation="softmax"))
    model.compile(
        optimizer=keras.optimizers.Adam(LEARNING_RATE),
        loss="sparse_categorical_crossentropy",
        **{"metrics": ["accuracy"], **compile_options},
    )
    return model


class EpochClock(keras.callbacks.Callback):
    """Tells the stop watch that an epoch is over; the last of the callbacks."""

    def __init__(self, timeline: Timeline) -> None:
        super().__init__()
        self.timeline = timeline

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Mark the time."""
        self.timeline.epoch()


class CleanRecord(keras.callbacks.Callback):
    """Evaluates train, validation and test after every epoch, the record that depthgauge keeps."""

    def __init__(self, arrays: Arrays) -> None:
        super().__init__()
        self.arrays = arrays
        self.records: list[list[dict[str, float]]] = []
        self.seconds = 0.0

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Record accuracy and pure cross-entropy of the three splits."""
        self.seconds = self.evaluate(BATCH)

    def evaluate(self, batch: int) -> float:
        """Evaluate everything in batches of ``batch`` rows; returns the seconds it took."""
        started = time.perf_counter()
        self.records.append(
            [
                self.model.evaluate(x, y, batch_size=batch, verbose=0, return_dict=True)
                for x, y in zip(self.arrays.x, self.arrays.y, strict=True)
            ]
        )
        return time.perf_counter() - started
