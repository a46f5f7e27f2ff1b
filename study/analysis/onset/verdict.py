"""The verdict on one ordered axis: a plain record, and the sentence that says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from study.analysis.interval_words import replicates_text
from study.records.intervals import Target
from study.records.metrics import ACCURACY, METRICS, Metric
from study.records.units import Unit
from study.words import count, level_text, value_text, whole

Kind = Literal["overfitting", "degradation", "unsettled", "benign", "none", "inconclusive", "training fails"]
Value = int | float
HeldOut = Literal["test", "validation"]  # what was compared: the test part, or without it what also chose


@dataclass(frozen=True, slots=True)
class FailedRuns:
    """``failed`` of the ``runs`` at ``depth`` failed in training and were left out."""

    depth: Value
    failed: int
    runs: int


@dataclass(frozen=True, slots=True)
class SpikedRuns:
    """Of the ``runs`` at ``depth`` some ended in a spike and were left out, though they had trained.

    ``accuracy`` is the metric in training of each, ascending; ``siblings`` the median of the others'.
    """

    depth: Value
    runs: int
    accuracy: tuple[float, ...]
    siblings: float


@dataclass(frozen=True, slots=True)
class LocalDip:
    """The metric on test at ``depth`` is worse by ``drop`` than at both a shallower and a deeper depth."""

    depth: Value
    drop: float


@dataclass(frozen=True, slots=True)
class OnsetVerdict:
    """What the replicates say about one axis; values in the metric's records, depths as given, None = not known.

    ``metric`` is the name of what was compared. A fall, or a drop, is a change for the worse: of accuracy it is a lower
    value, of cross-entropy a higher one. ``kind`` speaks of the depths before ``training_fails_from``:

    - ``overfitting``: the metric falls on test and does not fall with it in training;
    - ``degradation``: training gets worse, with test or before it fails outright;
    - ``unsettled``: the metric falls on test, cause not settled;
    - ``none``: no fall beyond the margin; ``benign``: none, although the gap grows;
    - ``inconclusive``: neither a fall nor its absence is shown;
    - ``training fails``: fewer than 3 depths can be trained.

    ``onset``, ``interval`` and ``guaranteed_interval`` are given for ``overfitting`` and ``unsettled``. Where no fall
    is shown before training fails, but the metric on test has fallen there, the intervals are given without an onset:
    the fall starts somewhere between what may still be the best depth and ``training_fails_from``.
    ``guaranteed_interval`` holds whatever the shape of the curve; ``interval`` is that one narrowed by the usual
    shapes. ``certain_from`` is the shallowest depth from which every depth is shown to be worse than a shallower one.
    ``test_drop`` and ``train_drop`` lead from the best depth (``reference_depth``, by its mean on test; for each
    replicate by that of the others, so that luck does not make the drop larger) to ``drop_depth``, the deepest depth
    that is shown to be
    worse, or the deepest compared one. ``test_drop_interval`` speaks of ``test_drop_speaks_of``: new data, or these
    items, or, where the answers to single items are missing, these replicates only. ``failed_runs`` counts runs that
    did not learn or diverged, ``spiked_runs`` names those that ended in a spike where most of their depth did not;
    neither takes part in the comparison. ``compared_depths`` are those that do, or where training leaves too few, those
    that could be trained. ``largest_drop_upper_bound`` bounds the true drop from any depth to the
    deepest. ``paired`` is whether replicates run through the depths; ``held_out`` the part that was compared, called
    test above. ``replicates_needed`` is given for ``inconclusive``: replicates at which that bound would be within the
    margin if the observed differences stayed; None where 1,000 would not do. ``open_depths`` are where further
    replicates could still change what is said: empty where it is settled.
    """

    kind: Kind
    onset: Value | None = None
    interval: tuple[Value, Value] | None = None
    guaranteed_interval: tuple[Value, Value] | None = None
    certain_from: Value | None = None
    reference_depth: Value | None = None
    drop_depth: Value | None = None
    test_drop: float | None = None
    test_drop_interval: tuple[float, float] | None = None
    test_drop_speaks_of: Target | None = None
    train_drop: float | None = None
    train_accuracy: float | None = None  # mean of the metric in training at ``drop_depth``
    gap_grows: bool | None = None
    local_dips: tuple[LocalDip, ...] = ()
    failed_runs: tuple[FailedRuns, ...] = ()
    spiked_runs: tuple[SpikedRuns, ...] = ()
    training_fails_from: Value | None = None
    largest_drop_upper_bound: float | None = None
    replicates_needed: int | None = None
    open_depths: tuple[Value, ...] = ()
    compared_depths: tuple[Value, ...] = ()
    replicates: tuple[int, int] = (0, 0)  # fewest and most runs of a compared depth
    paired: bool = True  # whether replicates run through the depths; else each run stands for itself
    held_out: HeldOut = "test"
    margin: float = 0.005
    alpha: float = 0.05
    procedure_version: str = ""
    metric: str = ACCURACY.name

    @property
    def replicates_to_run(self) -> int | None:
        """:attr:`replicates_needed` where somebody may want to run them; None where there is no such number.

        That is up to three times those there are, or 30. A number of hundreds helps nobody: it says that the margin is
        smaller than this study can see.
        """
        needed = self.replicates_needed
        return needed if needed is not None and needed <= max(30, 3 * self.replicates[1]) else None

    @property
    def matters(self) -> bool:
        """Whether a fall is claimed that is as large as the margin; a smaller one is shown, but does not matter."""
        return self._claimed and self.test_drop is not None and self.test_drop >= self.margin

    @property
    def outcome(self) -> str:
        """The kind, but ``small fall`` where a fall is claimed that does not matter: what a gate asks for."""
        return "small fall" if self._claimed and not self.matters else self.kind

    @property
    def _claimed(self) -> bool:
        """Whether what was shown is a fall of what was held out, not training that fails further on."""
        if self.kind == "degradation":
            return self.certain_from is not None and self.training_fails_from is None
        return self.kind in ("overfitting", "unsettled")

    def sentence(self, axis: str = "hidden layers", metric: Metric | None = None) -> str:
        """The finding in one plain sentence with its numbers; ``axis`` names the values in the plural.

        ``metric`` is that of the name, where words or unit depend on the data; by default as it is registered.
        """
        metric = metric or METRICS[self.metric]
        said = _FINDINGS[self.kind](self, axis, metric)
        rest = f"{_failing_zone(self, metric)}{_dips(self, metric)}{_failed(self)}{_spiked(self, metric)}"
        return f"{said}{rest}."


def _overfitting(verdict: OnsetVerdict, axis: str, metric: Metric) -> str:
    return f"{_onset(verdict, axis, 'overfitting starts', metric)} while {_training(verdict, metric)}"


def _unsettled(verdict: OnsetVerdict, axis: str, metric: Metric) -> str:
    claim = f"{_held_out(verdict, metric)} {metric.worsens}, cause not settled, starting"
    return (
        f"{_onset(verdict, axis, claim, metric)}; {_training(verdict, metric)}, "
        "which is not enough to tell overfitting from failing training"
    )


def _degradation(verdict: OnsetVerdict, axis: str, metric: Metric) -> str:
    if verdict.certain_from is None:
        return (
            f"{_with_replicates(verdict)}, {_more(verdict)} {axis} make training itself worse, which is not "
            f"overfitting: {_no_fall_shown(verdict, metric)}{_between(verdict, metric)}"
        )
    lead = f"training itself gets worse with {_more(verdict)} {axis}, which is not overfitting"
    if verdict.outcome == "small fall":
        lead = f"{_small(verdict, axis, metric)}, and training itself gets worse"
    return (
        f"{_with_replicates(verdict)}, {lead}: {_test_falls(verdict, metric)}, certainly from "
        f"{value_text(verdict.certain_from)}, and {_training(verdict, metric)}"
    )


def _small(verdict: OnsetVerdict, axis: str, metric: Metric) -> str:
    return (
        f"no {metric.worsening} of {_held_out(verdict, metric)} that matters was found {_up_to_last(verdict)} {axis}; "
        "a small one is shown"
    )


def _between(verdict: OnsetVerdict, metric: Metric) -> str:
    if verdict.interval is None or verdict.interval[0] == verdict.interval[1]:
        return ""
    low, high = map(value_text, verdict.interval)
    return (
        f"; {_held_out(verdict, metric)} starts to {metric.worsening} somewhere from {low} to {high} "
        f"({100 * (1 - verdict.alpha):.3g} % interval), "
        "at the latest where training fails, and whether overfitting comes before that is not settled"
    )


def _none(verdict: OnsetVerdict, axis: str, metric: Metric) -> str:
    return (
        f"{_with_replicates(verdict)}, no overfitting {_up_to_last(verdict)} {axis}: "
        f"{_bounded(verdict, metric)}, within the margin of {metric.unit.chosen(verdict.margin)}"
    )


def _benign(verdict: OnsetVerdict, axis: str, metric: Metric) -> str:
    return f"{_none(verdict, axis, metric)}, although the gap between training and {_held_out(verdict, metric)} grows"


def _inconclusive(verdict: OnsetVerdict, axis: str, metric: Metric) -> str:
    most = verdict.replicates[1]
    if len(verdict.compared_depths) < 3 or most < 2:
        return (
            f"Not enough runs for a verdict over {axis}: it takes at least 3 values with 2 replicates each, "
            f"and {'there is' if len(verdict.compared_depths) == 1 else 'there are'} "
            f"{count(len(verdict.compared_depths), 'such value')}"
        )
    needed = (
        f"; about {count(verdict.replicates_to_run, 'replicate')} would settle it" if verdict.replicates_to_run else ""
    )
    return (
        f"{_with_replicates(verdict)}, it is not settled whether overfitting starts by "
        f"{value_text(verdict.compared_depths[-1])} {axis}: {_no_fall_shown(verdict, metric)}, more than the margin "
        f"of {metric.unit.chosen(verdict.margin)}{needed}"
    )


def trained_values(verdict: OnsetVerdict, axis: str) -> str:
    """How many values of the axis can be trained, where too many cannot."""
    number = len(verdict.compared_depths)
    if not number:
        return f"no value of {axis} trains"
    return f"only {count(number, 'value')} of {axis} {'trains' if number == 1 else 'train'} as well as any"


def _training_fails(verdict: OnsetVerdict, axis: str, metric: Metric) -> str:
    return (
        f"Networks train worse on too much of the range to speak of overfitting: {trained_values(verdict, axis)}, and "
        "it takes 3"
    )


_FINDINGS = {
    "overfitting": _overfitting,
    "degradation": _degradation,
    "unsettled": _unsettled,
    "benign": _benign,
    "none": _none,
    "inconclusive": _inconclusive,
    "training fails": _training_fails,
}


def _onset(verdict: OnsetVerdict, axis: str, claim: str, metric: Metric) -> str:
    assert verdict.interval is not None and verdict.onset is not None and verdict.certain_from is not None
    low, high = verdict.interval
    interval = f"{value_text(low)} only" if low == high else f"{value_text(low)} to {value_text(high)}"
    if not verdict.matters:
        return (
            f"{_with_replicates(verdict)}, {_small(verdict, axis, metric)}, starting at {value_text(verdict.onset)} "
            f"({level_text(1 - verdict.alpha)} interval {interval}): {_test_falls(verdict, metric)}"
        )
    return (
        f"{_with_replicates(verdict)}, {claim} at {value_text(verdict.onset)} {axis} "
        f"({level_text(1 - verdict.alpha)} interval {interval}; certain from {value_text(verdict.certain_from)}): "
        f"{_test_falls(verdict, metric)}"
    )


def _test_falls(verdict: OnsetVerdict, metric: Metric) -> str:
    assert verdict.test_drop is not None and verdict.reference_depth is not None and verdict.drop_depth is not None
    notes, unit = [], metric.unit
    if verdict.test_drop_interval is not None:
        low, high = verdict.test_drop_interval
        notes.append(f"{unit.number(low)} to {unit.number(high)}")
    if verdict.test_drop < verdict.margin:  # shown to be a fall, but the study itself said that so much does not matter
        notes.append(f"less than the margin of {unit.chosen(verdict.margin)}")
    noted = f" ({'; '.join(notes)})" if notes else ""
    return (
        f"{_held_out(verdict, metric)} {metric.worsens} by {unit.fine_difference(verdict.test_drop)}{noted} from its "
        "best, at "
        f"{value_text(verdict.reference_depth)}, to {value_text(verdict.drop_depth)}"
    )


def _held_out(verdict: OnsetVerdict, metric: Metric) -> str:
    return f"{verdict.held_out} {metric.words}"


def _training(verdict: OnsetVerdict, metric: Metric) -> str:
    assert verdict.train_drop is not None and verdict.train_accuracy is not None
    level = metric.unit.value_text(verdict.train_accuracy)
    if abs(verdict.train_drop) < metric.unit.step / 2:
        return f"training {metric.words} stays at {level}"
    verb = metric.worsens if verdict.train_drop > 0 else metric.improves
    return f"training {metric.words} {verb} by {metric.unit.fine_difference(abs(verdict.train_drop))} to {level}"


def _no_fall_shown(verdict: OnsetVerdict, metric: Metric) -> str:
    said = f"no {metric.worsening} of {_held_out(verdict, metric)} is shown"
    if not verdict.compared_depths or verdict.largest_drop_upper_bound is None:
        return said
    return f"{said} {_up_to_last(verdict)}, but {_bounded(verdict, metric)}"


def _bounded(verdict: OnsetVerdict, metric: Metric) -> str:
    assert verdict.largest_drop_upper_bound is not None
    most = metric.unit.told_from(max(verdict.largest_drop_upper_bound, 0.0), verdict.margin)
    return (
        f"a {metric.worsening} of {_held_out(verdict, metric)} by up to {most} "
        f"cannot be ruled out ({level_text(1 - verdict.alpha)} bound)"
    )


def _falling_axis(verdict: OnsetVerdict) -> bool:
    """Whether overfitting is expected to grow as the values of the axis fall, as with training samples."""
    return len(verdict.compared_depths) > 1 and verdict.compared_depths[-1] < verdict.compared_depths[0]


def _more(verdict: OnsetVerdict) -> str:
    return "fewer" if _falling_axis(verdict) else "more"


def _up_to_last(verdict: OnsetVerdict) -> str:
    return f"{'down' if _falling_axis(verdict) else 'up'} to {value_text(verdict.compared_depths[-1])}"


def _failing_zone(verdict: OnsetVerdict, metric: Metric) -> str:
    if verdict.training_fails_from is None:
        return ""
    return f"; from {value_text(verdict.training_fails_from)} on, training {metric.words} itself {metric.worsens}"


def _dips(verdict: OnsetVerdict, metric: Metric) -> str:
    if not verdict.local_dips:
        return ""
    by = metric.unit.fine_difference
    dips = ", ".join(f"{value_text(dip.depth)} (by {by(dip.drop)})" for dip in verdict.local_dips)
    return f"; {_held_out(verdict, metric)} {'dips' if metric.larger_is_better else 'peaks'} at {dips}"


def _failed(verdict: OnsetVerdict) -> str:
    if not verdict.failed_runs:
        return ""
    failures = ", ".join(
        f"{whole(runs.failed)} of {count(runs.runs, 'run')} at {value_text(runs.depth)}" for runs in verdict.failed_runs
    )
    return f"; left out because training failed: {failures}"


def _spiked(verdict: OnsetVerdict, metric: Metric) -> str:
    if not verdict.spiked_runs:
        return ""
    spikes = ", ".join(
        f"{len(one.accuracy)} of {one.runs} runs at {value_text(one.depth)} ({_levels(one, metric.unit)})"
        for one in verdict.spiked_runs
    )
    return f"; left out because training ended in a spike: {spikes}"


def _levels(spikes: SpikedRuns, unit: Unit) -> str:
    low, high = (unit.number(level) for level in (spikes.accuracy[0], spikes.accuracy[-1]))
    reached = unit.with_value(low if low == high else f"{low} to {high}")
    whose = "its" if len(spikes.accuracy) == 1 else "their"
    return f"{reached} where {whose} siblings have {unit.value_text(spikes.siblings)}"


def _with_replicates(verdict: OnsetVerdict) -> str:
    if not verdict.paired:
        fewest, most = verdict.replicates
        runs = count(most, "run")
        return f"With {runs if fewest == most else f'{fewest} to {runs}'} a value, not paired"
    return f"With {replicates_text(*verdict.replicates)}"
