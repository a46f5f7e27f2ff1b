"""Curves of finished runs -> what they say: does it overfit, from when, what was lost since, what stopping would keep.

The judge is that of our own runs (:mod:`study.analysis.curves`); here its answers are put together, with what a single
run, or a running average, cannot tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from statistics import median
from typing import Literal

import numpy as np

from study.analysis.curve_shape import Array, final_level, running_median
from study.analysis.curves import Curves, Diagnosis, diagnose_curves, diverged_at
from study.analysis.t_intervals import t_interval, wilson_interval
from study.errors import DataError
from study.records.intervals import Interval
from study.records.readings import best_row, halts_at
from study.records.run_curves import RunCurves
from study.words import count, number, option, percent_text, points_text, value_text

Overfits = Literal["yes", "no", "not told"]
FEWEST_RECORDS = 4  # in fewer, the last tenth, at least three records, is nearly all there is
FAILURES = ("diverged", "never learned")


@dataclass(frozen=True, slots=True)
class Stopping:
    """What early stopping with ``patience`` would have kept: the record at ``kept``, ending after ``stopped``.

    ``stopped`` is None where the patience is not used up. ``loss`` and ``accuracy`` of validation stand at ``kept``;
    ``final_loss`` and ``final_accuracy`` are the medians of the last tenth of the records. None: not logged.
    """

    patience: int
    stopped: int | None
    kept: int
    loss: float | None
    accuracy: float | None
    final_loss: float | None
    final_accuracy: float | None


@dataclass(frozen=True, slots=True)
class RunDiagnosis:
    """What the curves of one run say.

    ``judged_by`` is what overfitting was looked for in: validation loss, or validation error (1 - accuracy) where no
    loss was logged; empty where there is neither. ``lost_loss`` and ``lost_accuracy`` are what was lost from the best
    level to the end; None without overfitting or where not logged. ``gap`` is training minus validation accuracy at
    the end, None where it cannot be known; ``gap_note`` says why, or what it is worth.
    """

    curves: RunCurves
    diagnoses: tuple[Diagnosis, ...]
    overfits: Overfits
    judged_by: str
    sentence: str
    lost_loss: float | None
    lost_accuracy: float | None
    stopping: Stopping | None
    gap: float | None
    gap_note: str

    @property
    def kinds(self) -> tuple[str, ...]:
        """The diagnoses by their names."""
        return tuple(one.kind for one in self.diagnoses)

    @property
    def overfits_from(self) -> int | None:
        """The place from which it overfits, None where that is not shown."""
        return next((one.epoch for one in self.diagnoses if one.kind == "overfitting"), None)


@dataclass(frozen=True, slots=True)
class ReplicatesDiagnosis:
    """What R runs of one configuration say together; ``shown`` counts the runs that show each diagnosis.

    ``share`` is the share of the judged runs that overfit, with Wilson's interval, n = those runs. ``loss_kept`` and
    ``accuracy_kept`` are what stopping keeps against training to the end, over the runs: final minus kept loss, kept
    minus final accuracy.
    """

    runs: tuple[RunDiagnosis, ...]
    shown: tuple[tuple[str, int], ...]
    share: Interval
    onset: tuple[int, int, int] | None  # earliest, median and latest place
    loss_kept: Interval
    accuracy_kept: Interval
    sentence: str


CHOSEN = (
    "The best record was found on the same validation values that are shown, so they flatter it a little; a test part "
    "that chose nothing tells what it is worth."
)


@dataclass(frozen=True, slots=True, repr=False)
class DiagnosedRuns:
    """The diagnosis of every run that was given; ``replicates`` where they are runs of one configuration.

    ``chance``, ``margin`` and ``patience`` are what it was asked with.
    """

    runs: tuple[RunDiagnosis, ...]
    replicates: ReplicatesDiagnosis | None
    chance: float | None
    margin: float
    patience: int

    @property
    def sentence(self) -> str:
        """The answer in words: of the replicates together, else a sentence a run."""
        if self.replicates is not None:
            return self.replicates.sentence
        if len(self.runs) == 1:
            return self.runs[0].sentence
        return " ".join(f"{run.curves.name}: {run.sentence}" for run in self.runs)

    @property
    def cautions(self) -> tuple[str, ...]:
        """What these runs cannot show."""
        single = (
            "One run shows what this training did, not what another seed would do, and nothing of it has an interval. "
            f"Give several runs of the same settings with {option('replicates')} to learn how sure it is."
        )
        told = any(run.stopping is not None for run in self.runs)
        return (*(() if self.replicates is not None else (single,)), *((CHOSEN,) if told else ()))

    def shows(self, kind: str) -> bool:
        """Whether ``kind`` is shown, "overfits" or a diagnosis: by any run, of replicates by more than half of them."""
        name = "overfitting" if kind == "overfits" else kind
        showing = sum(name in run.kinds for run in self.runs)
        return 2 * showing > len(self.runs) if self.replicates is not None else showing > 0

    def __repr__(self) -> str:
        return f"<Diagnosis of {count(len(self.runs), 'run')}>\n{self.sentence}"

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(said)}</p>" for said in (self.sentence, *self.cautions))


def diagnose_run(
    run: RunCurves, *, chance: float | None = None, margin: float = 0.005, patience: int = 5
) -> RunDiagnosis:
    """What one run's curves say.

    ``chance`` is the accuracy of guessing, in [0, 1), None where that is not known; ``margin`` the difference in
    accuracy that counts; ``patience`` that of early stopping, in epochs, or in records where places are no epochs.
    """
    loss, judged_by = _judged(run)
    diagnoses = _diagnoses(run, loss, judged_by, chance, margin)
    failed = any(one.kind in FAILURES for one in diagnoses)
    overfits: Overfits = "not told"
    if any(one.kind == "overfitting" for one in diagnoses):
        overfits = "yes"
    elif loss is not None and np.isfinite(loss).sum() >= FEWEST_RECORDS and not failed:
        overfits = "no"
    lost_loss = next((one.amount for one in diagnoses if one.kind == "overfitting"), None)
    lost_accuracy = None if lost_loss is None else _lost(run.validation_accuracy)
    stopping = None if loss is None else _stopping(run, loss, patience)
    gap, gap_note = _gap(run)
    return RunDiagnosis(
        curves=run,
        diagnoses=diagnoses,
        overfits=overfits,
        judged_by=judged_by,
        sentence=_sentence(run, diagnoses, overfits, loss, judged_by, lost_accuracy, margin),
        lost_loss=lost_loss if judged_by == "validation loss" else None,
        lost_accuracy=lost_accuracy,
        stopping=stopping,
        gap=gap,
        gap_note=gap_note,
    )


def diagnose_replicates(runs: Sequence[RunDiagnosis]) -> ReplicatesDiagnosis:
    """What several runs of one configuration say together. Raises DataError where they count places differently."""
    units = {run.curves.unit for run in runs}
    if len(units) > 1:
        raise DataError(f"expected replicates that count alike, found {' and '.join(sorted(units))}s. Name them alone.")
    judged = [run for run in runs if run.overfits != "not told"]
    shown: dict[str, int] = {}
    for run in runs:
        for kind in run.kinds:
            shown[kind] = shown.get(kind, 0) + 1
    onsets = [run.overfits_from for run in runs if run.overfits_from is not None]
    onset = (min(onsets), round(median(onsets)), max(onsets)) if onsets else None
    share = wilson_interval(sum(run.overfits == "yes" for run in judged), len(judged))
    stopped = [run.stopping for run in runs if run.stopping is not None and run.overfits != "not told"]
    loss = t_interval([_less(one.final_loss, one.loss) for one in stopped])
    accuracy = t_interval([_less(one.accuracy, one.final_accuracy) for one in stopped])
    return ReplicatesDiagnosis(
        runs=tuple(runs),
        shown=tuple(shown.items()),
        share=share,
        onset=onset,
        loss_kept=loss,
        accuracy_kept=accuracy,
        sentence=_together(runs, share, onset, units.pop() if units else "epoch"),
    )


def _judged(run: RunCurves) -> tuple[Array | None, str]:
    if run.validation_loss is not None:
        return run.validation_loss, "validation loss"
    if run.validation_accuracy is not None:
        return 1 - run.validation_accuracy, "validation error"
    return None, ""


def _diagnoses(
    run: RunCurves, loss: Array | None, judged_by: str, chance: float | None, margin: float
) -> tuple[Diagnosis, ...]:
    if run.train_loss is not None and not np.isfinite(run.train_loss).all():
        first = int(np.argmin(np.isfinite(run.train_loss)))
        accuracy = float("nan") if run.train_accuracy is None else float(run.train_accuracy[-1])
        return (diverged_at(int(run.places[first]), accuracy, unit=run.unit, loss="loss"),)
    if not len(run):
        return ()
    curves = Curves(
        epochs=run.places,
        train=_one(run.train_accuracy),
        validation=_one(run.validation_accuracy),
        validation_loss=_one(loss),
        train_loss=_one(run.train_loss),
        loss=judged_by,
        nats="",
        epoch=run.unit,
    )
    found = diagnose_curves(curves, chance=chance, margin=margin)[0]
    if judged_by == "validation error":  # an error that rises by less than the margin does not matter
        found = tuple(one for one in found if one.kind != "overfitting" or one.amount > margin)
    return found


def _one(curve: Array | None) -> Array | None:
    return None if curve is None else curve[None]


def _lost(accuracy: Array | None) -> float | None:
    """From the highest level of a curve to its end; 0 where it ends there."""
    if accuracy is None:
        return None
    return max(float(running_median(accuracy[None]).max() - final_level(accuracy[None])[0]), 0.0)


def _stopping(run: RunCurves, loss: Array, patience: int) -> Stopping | None:
    places = run.places if run.unit == "epoch" else np.arange(1, len(run) + 1)
    stop = halts_at(loss, places, patience)
    seen = len(loss) if stop is None else int(np.searchsorted(places, stop, side="right"))
    best = best_row(loss[:seen])
    if best is None:
        return None
    own, accuracy = run.validation_loss, run.validation_accuracy
    return Stopping(
        patience=patience,
        stopped=None if stop is None else int(run.places[seen - 1]),
        kept=int(run.places[best]),
        loss=None if own is None else float(own[best]),
        accuracy=None if accuracy is None else float(accuracy[best]),
        final_loss=None if own is None else _finite(final_level(own[None])[0]),
        final_accuracy=None if accuracy is None else float(final_level(accuracy[None])[0]),
    )


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _gap(run: RunCurves) -> tuple[float | None, str]:
    """The gap at the end, and why there is none or what it is worth."""
    if run.train_accuracy is None or run.validation_accuracy is None:
        return None, "The gap is not told: it takes accuracy on both the training and the validation part."
    if run.measured == "running average":
        return None, (
            f"The gap is withheld: {run.kind}'s training accuracy is a running average over the epoch, measured while "
            "the network still changed and with dropout on. Measure it after the epoch, and say so with "
            f"{option('clean_train')}."
        )
    gap = float(final_level(run.train_accuracy[None])[0] - final_level(run.validation_accuracy[None])[0])
    if run.measured == "clean":
        return gap, "The gap between training and validation accuracy at the end."
    return gap, (
        "The gap is marked: nothing says whether training accuracy was measured after the epoch and without dropout. "
        f"As a running average it would look smaller than it is; {option('clean_train')} says that it is none."
    )


def _sentence(
    run: RunCurves,
    diagnoses: Sequence[Diagnosis],
    overfits: Overfits,
    loss: Array | None,
    judged_by: str,
    lost_accuracy: float | None,
    margin: float,
) -> str:
    failed = next((one for one in diagnoses if one.kind in FAILURES), None)
    if failed is not None:
        return f"Training failed, so nothing is said about overfitting; it {failed.sentence.replace(':', ',', 1)}."
    if loss is None:
        return "Nothing can be said about overfitting: neither loss nor accuracy was logged on a validation part."
    if overfits == "not told":
        records = int(np.isfinite(loss).sum())
        return (
            f"Nothing can be said about overfitting: {count(records, 'record')} of {judged_by}, and it takes "
            f"{FEWEST_RECORDS}."
        )
    if overfits == "no":
        return f"No overfitting is shown in {count(int(run.places[-1]), run.unit)}: {judged_by} does not rise for good."
    one = next(one for one in diagnoses if one.kind == "overfitting")
    lowest = float(running_median(loss[np.isfinite(loss)][None]).min())
    said = (
        f"It overfits from {run.unit} {one.epoch} on: {judged_by} rises for good, by {value_text(one.amount, 3)} above "
        f"its lowest level of {value_text(lowest, 3)}."
    )
    if judged_by == "validation error" or lost_accuracy is None:
        return said
    end = (
        percent_text(float(final_level(run.validation_accuracy[None])[0]))
        if run.validation_accuracy is not None
        else ""
    )
    if lost_accuracy > margin:
        return f"{said} Validation accuracy fell by {points_text(lost_accuracy, 1)} from its highest level, to {end}."
    return (
        f"{said} Validation accuracy did not fall with it ({end} at the end): the network grows too sure of its "
        "errors, but classifies as well."
    )


def _together(runs: Sequence[RunDiagnosis], share: Interval, onset: tuple[int, int, int] | None, unit: str) -> str:
    if not share.n:
        return f"Nothing can be said about overfitting: none of {count(len(runs), 'run')} can be judged."
    yes = round((share.mean or 0.0) * share.n)
    interval = (
        f"95 % interval of the share {number(100 * (share.low or 0), 0)} to {number(100 * (share.high or 0), 0)} %"
    )
    judged = f"{yes} of {count(share.n, 'run')} overfit{'s' if yes == 1 else ''} ({interval})"
    left = f"; {len(runs) - share.n} more cannot be judged" if len(runs) > share.n else ""
    if onset is None:
        return f"{judged}{left}."
    first, middle, last = onset
    when = f"from {unit} {first} on" if first == last else f"from {unit} {middle} on (median; {first} to {last})"
    return f"{judged}, {when}{left}."


def _less(one: float | None, other: float | None) -> float:
    return float("nan") if one is None or other is None else one - other
