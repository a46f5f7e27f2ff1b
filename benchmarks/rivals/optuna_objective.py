"""Rival (d): Optuna's ``study.optimize`` with ``model.fit`` in the objective; neither clean train nor test."""

from __future__ import annotations

from benchmarks.rivals.job import BATCH, SEED, SETTINGS, Job, Timeline, load, serve


def contend(job: Job, timeline: Timeline) -> None:
    """Let Optuna go through the settings, each once."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    for samples, epochs in zip(job.samples, job.epochs, strict=True):
        optimize(samples, epochs, timeline)


def optimize(samples: int, epochs: int, timeline: Timeline) -> None:
    """One study on ``samples`` training samples, ``epochs`` epochs a trial."""
    import keras
    import optuna

    from benchmarks.rivals.model import EpochClock, build

    arrays = load(samples)

    def objective(trial: optuna.Trial) -> float:
        name = trial.suggest_categorical("setting", list(SETTINGS))
        timeline.begin(name, samples)
        keras.backend.clear_session()
        history = build(SETTINGS[name]).fit(
            arrays.x[0],
            arrays.y[0],
            batch_size=BATCH,
            epochs=epochs,
            validation_data=(arrays.x[1], arrays.y[1]),
            verbose=0,
            callbacks=[EpochClock(timeline)],
        )
        return float(max(history.history["val_accuracy"]))

    sampler = optuna.samplers.GridSampler({"setting": list(SETTINGS)}, seed=SEED)
    optuna.create_study(direction="maximize", sampler=sampler).optimize(objective, n_trials=len(SETTINGS))
    timeline.end()


if __name__ == "__main__":
    serve(contend)
