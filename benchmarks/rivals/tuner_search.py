"""Rival (c): KerasTuner's own ``RandomSearch.search`` over the settings; it records neither clean train nor test."""

from __future__ import annotations

import tempfile
from typing import Any

from benchmarks.rivals.job import BATCH, SEED, SETTINGS, Job, Timeline, load, serve


def contend(job: Job, timeline: Timeline) -> None:
    """Search with as many trials as there are settings: it tries each of them once."""
    for samples, epochs in zip(job.samples, job.epochs, strict=True):
        search(samples, epochs, timeline)


def search(samples: int, epochs: int, timeline: Timeline) -> None:
    """One search on ``samples`` training samples, ``epochs`` epochs a trial."""
    import keras
    import keras_tuner

    from benchmarks.rivals.model import EpochClock, build

    def hypermodel(hp: keras_tuner.HyperParameters) -> keras.Model:
        return build(SETTINGS[hp.Choice("setting", list(SETTINGS))])

    class TimedSearch(keras_tuner.RandomSearch):
        def run_trial(self, trial: Any, *args: Any, **kwargs: Any) -> Any:
            timeline.begin(trial.hyperparameters.get("setting"), samples)
            return super().run_trial(trial, *args, **kwargs)

    arrays = load(samples)
    with tempfile.TemporaryDirectory() as folder:
        tuner = TimedSearch(hypermodel, objective="val_accuracy", max_trials=len(SETTINGS), seed=SEED, directory=folder)
        tuner.search(
            arrays.x[0],
            arrays.y[0],
            batch_size=BATCH,
            epochs=epochs,
            validation_data=(arrays.x[1], arrays.y[1]),
            verbose=0,
            callbacks=[EpochClock(timeline)],
        )
        timeline.end()


if __name__ == "__main__":
    serve(contend)
