"""Rival (a): ``model.fit``, and ``model.evaluate`` on the three splits after every epoch, as written by hand."""

from __future__ import annotations

from typing import Any

from benchmarks.rivals.job import BATCH, LARGE_BATCH, SETTINGS, Job, Timeline, load, serve


def contend(job: Job, timeline: Timeline, **compile_options: Any) -> None:
    """Train every setting; ``compile_options`` go to ``model.compile``."""
    import keras

    from benchmarks.rivals.model import CleanRecord, EpochClock, build

    for samples, epochs in zip(job.samples, job.epochs, strict=True):
        arrays = load(samples)
        for name, setting in SETTINGS.items():
            timeline.begin(name, samples)
            keras.backend.clear_session()
            model = build(setting, metrics=["accuracy", "sparse_categorical_crossentropy"], **compile_options)
            record = CleanRecord(arrays)
            model.fit(
                arrays.x[0],
                arrays.y[0],
                batch_size=BATCH,
                epochs=epochs,
                verbose=0,
                callbacks=[record, EpochClock(timeline)],
            )
            timeline.end()
            record.evaluate(LARGE_BATCH)  # traces anew for this batch size
            timeline.trials[-1].evaluation = record.seconds
            timeline.trials[-1].evaluation_large = record.evaluate(LARGE_BATCH)


if __name__ == "__main__":
    serve(contend)
