"""Measured seconds -> the tables that ``benchmarks/compare.py`` prints; pure functions of its JSON document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.rivals.job import TrialTime

CONTENDERS = {
    "a": "model.fit + evaluate",
    "b": "the same, jit_compile, 32 steps a call",
    "c": "KerasTuner RandomSearch (no clean train, no test)",
    "d": "Optuna + model.fit (no clean train, no test)",
    "e": "depthgauge",
    "f": "depthgauge, engine = keras",
}
ENGINES = {"e": "native", "f": "keras"}  # of depthgauge's two, which run all their trials, one a core
GOALS_HEADER = ("target", "goal", "min", "median", "max", "met")

Row = tuple[str, ...]


def model_epoch(repeat: dict[str, Any], contender: str, samples: int, setting: str, epochs: int, workers: int) -> float:
    """Seconds of the whole machine for one model-epoch in a trial of ``epochs`` epochs.

    A trial's start-up (building, tracing, compiling) is in it, the program's start-up is not. The trials of
    depthgauge run ``workers`` at a time.
    """
    times = [t for t in _times(repeat, contender, samples) if t.setting == setting]
    seconds = float(np.mean([t.at(epochs) for t in times])) / epochs
    return seconds / workers if contender in ENGINES else seconds


def end_to_end(repeat: dict[str, Any], contender: str, samples: int, epochs: int, trials: int) -> float:
    """Seconds from the command to the result of ``trials`` trials of ``epochs`` epochs, all settings in equal parts.

    Measured for depthgauge; the others' start-up is measured and their trials are scaled from fewer and shorter ones.
    """
    if contender in ENGINES:
        return float(repeat[contender][str(samples)]["wall"])
    run = repeat[contender]
    startup = run["wall"] - sum(t["seconds"] for t in run["trials"])
    return float(startup + trials * np.mean([t.at(epochs) for t in _times(repeat, contender, samples)]))


def large_batch_gain(repeat: dict[str, Any], contender: str, samples: int, setting: str) -> float:
    """Seconds that a model-epoch of rival (a) or (b) would save with evaluations in batches of 1,000."""
    (time,) = (t for t in _times(repeat, contender, samples) if t.setting == setting)
    assert time.evaluation is not None and time.evaluation_large is not None
    return time.evaluation - time.evaluation_large


def speed_table(document: dict[str, Any], samples: int) -> list[Row]:
    """Model-epochs a second of every contender and setting, and the ratio to (a)."""
    epochs, workers, repeats = document["epochs"], document["machine"]["cores"], document["repeats"]
    rows: list[Row] = [("setting", "contender", "model-epochs/s: min", "median", "max", "against (a)")]
    for setting in document["settings"]:
        for key, words in CONTENDERS.items():
            seconds = np.array([model_epoch(r, key, samples, setting, epochs, workers) for r in repeats])
            plain = np.array([model_epoch(r, "a", samples, setting, epochs, workers) for r in repeats])
            rows.append((setting, f"({key}) {words}", *spread(1 / seconds), ratio(plain / seconds)))
            if key in "ab":
                saved = np.array([large_batch_gain(r, key, samples, setting) for r in repeats])
                larger = seconds - saved
                words = f"({key}) evaluating in batches of 1,000"
                rows.append((setting, words, *spread(1 / larger), ratio(plain / larger)))
    return rows


def trials_table(document: dict[str, Any], samples: int) -> list[Row]:
    """Trials per hour of every contender, everything from the command to the result included."""
    epochs, trials, repeats = document["epochs"], document["trials"], document["repeats"]
    rows: list[Row] = [("contender", "what was run", "trials/hour: min", "median", "max", "against (a)")]
    plain = np.array([end_to_end(r, "a", samples, epochs, trials) for r in repeats])
    for key, words in CONTENDERS.items():
        seconds = np.array([end_to_end(r, key, samples, epochs, trials) for r in repeats])
        own = document["rival_epochs"][str(samples)]
        few = f"{len(document['settings'])} trials of {own} epochs, scaled"
        run = f"all {trials} trials of {epochs} epochs" if key in ENGINES else few
        rows.append((f"({key}) {words}", run, *spread(3600 * trials / seconds), ratio(plain / seconds)))
    return rows


def goals_table(document: dict[str, Any]) -> list[Row]:
    """The promises of docs/performance.md beside what was measured."""
    epochs, workers, trials = document["epochs"], document["machine"]["cores"], document["trials"]
    samples, repeats = document["samples"][0], document["repeats"]
    plain, dropout, deep = document["settings"]

    def against(contender: str, *settings: str) -> Callable[[dict[str, Any]], float]:
        def total(repeat: dict[str, Any], key: str) -> float:
            return sum(model_epoch(repeat, key, samples, setting, epochs, workers) for setting in settings)

        return lambda repeat: total(repeat, contender) / total(repeat, "e")

    def whole(contender: str, samples: int = samples) -> Callable[[dict[str, Any]], float]:
        return lambda r: end_to_end(r, contender, samples, epochs, trials) / end_to_end(r, "e", samples, epochs, trials)

    def limit(name: str) -> Callable[[dict[str, Any]], float]:
        return lambda repeat: float(repeat["limit"][name])

    few = document["samples"][-1]
    goals: list[tuple[str, float, bool, Callable[[dict[str, Any]], float]]] = [
        (f"model-epochs/s against (f), {plain}", 1.8, True, against("f", plain)),
        (f"model-epochs/s against (f), {dropout}", 1.6, True, against("f", dropout)),
        (f"model-epochs/s against (f), {deep}", 1.45, True, against("f", deep)),
        (f"model-epochs/s against (a), {plain}", 30, True, against("a", plain)),
        (f"model-epochs/s against (a), {dropout}", 30, True, against("a", dropout)),
        ("model-epochs/s against (a), all settings", 30, True, against("a", plain, dropout, deep)),
        (f"model-epochs/s against (b), {plain}", 6, True, against("b", plain)),
        (f"model-epochs/s against (b), {dropout}", 20, True, against("b", dropout)),
        (f"{trials} trials end to end against (c)", 18, True, whole("c")),
        (f"{trials} trials end to end against (d)", 16, True, whole("d")),
        (f"the same at {few:,} samples, seconds", 8, False, lambda r: end_to_end(r, "e", few, epochs, trials)),
        ("Keras's engine: training step, share of one-core sgemm", 0.55, True, limit("share")),
        ("Keras's engine: extra cost of dropout", 0.10, False, limit("dropout_extra")),
        ("Keras's engine: seconds before the first epoch: in memory", 0.1, False, limit("fixed_memory")),
        ("Keras's engine: seconds before the first epoch: on disk", 1.5, False, limit("fixed_disk")),
        ("Keras's engine: seconds before the first epoch: new", 4, False, limit("fixed_new")),
    ]
    rows: list[Row] = [GOALS_HEADER]
    for words, goal, at_least, figure in goals:
        values = np.array([figure(repeat) for repeat in repeats])
        median = float(np.median(values))
        met = median >= goal if at_least else median <= goal
        rows.append((words, f"{'>=' if at_least else '<='} {goal:g}", *spread(values), "yes" if met else "NO"))
    return rows


def spread(values: np.ndarray) -> tuple[str, str, str]:
    """Minimum, median and maximum over repeats, three digits each."""
    return number(values.min()), number(float(np.median(values))), number(values.max())


def number(value: float) -> str:
    """Three significant digits, and never an exponent."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def ratio(values: np.ndarray) -> str:
    """The median of the ratios taken within each repeat."""
    return f"{number(float(np.median(values)))}x"


def markdown(rows: list[Row]) -> str:
    """A Markdown table that can be read as it stands, too."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "|".join("-" * (w + 2) for w in widths) + "|", *lines[1:]])


def _times(repeat: dict[str, Any], contender: str, samples: int) -> list[TrialTime]:
    own = contender in ENGINES
    trials = repeat[contender][str(samples)]["trials"] if own else repeat[contender]["trials"]
    return [time for time in (TrialTime(**trial) for trial in trials) if time.samples == samples]
