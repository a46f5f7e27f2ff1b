"""Rival (c): KerasTuner's own ``RandomSearch.search`` over the settings; it records neither clean train nor test."""

from __future__ import annotations

import tempfile

from benchmarks.rivals.job import BATCH, SETTINGS, Job, Timeline, load, serve


def contend(job: Job, timeline: Timeline) -> None:
    """Search with as many trials as there are settings: it tries each of them once."""
    import keras
    import keras_tuner

    from benchmarks.rivals.model import EpochClock, build

    def hypermodel(hp: keras_tuner.HyperParameters) -> keras.Model:
        return build(SETTINGS[hp.Choice("setting", list(SETTINGS))])

    class TimedSearch(keras_tuner.RandomSearch):
        def run_trial(self, trial: keras_tuner.engine.trial.Trial, *args: object, **kwargs: object) -> object:
            timeline.begin(trial.hyperparameters.get("setting"), samples)
            return super().run_trial(trial, *args, **kwargs)

    for samples, epochs in zip(job.samples, job.epochs, strict=True):
        arrays = load(samples)
        with tempfile.TemporaryDirectory() as folder:
            tuner = TimedSearch(hypermodel, objective="val_accuracy", max_trials=len(SETTINGS), directory=folder)
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
