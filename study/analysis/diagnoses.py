"""What the training curves of one configuration say together: how many runs show what, and when."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from study.analysis.curves import Diagnosis, diagnose_all
from study.analysis.findings import ARCHITECTURE, CurveFinding, Point
from study.records.metrics import ACCURACY
from study.records.trials import EVEN, Result
from study.words import amount, capital, listed, percent_text, value_text

UNDERFITTED = 0.05
"""Training accuracy that a small network lacks, against the best-fitting one, before its fit is spoken of."""

ORDER = ("diverged", "never learned", "still improving", "overfitting", "saturated", "noisy")


def diagnose_runs(
    results: Sequence[Sequence[Result]], *, chance: float, margin: float
) -> list[tuple[CurveFinding, ...]]:
    """For each configuration, each diagnosis that some run of it shows, in the order of ORDER.

    ``results`` are the replicates of each; all are looked at together, for speed.
    """
    trajectories = [result.trajectory for runs in results for result in runs]
    diagnoses = iter(diagnose_all(trajectories, chance=chance, margin=margin))
    return [_findings(runs, [next(diagnoses) for _ in runs]) for runs in results]


def _findings(results: Sequence[Result], diagnoses: Sequence[Sequence[Diagnosis]]) -> tuple[CurveFinding, ...]:
    """What the runs of one configuration show.

    One that left no curve says nothing and is not counted, but where it diverged before the first record.
    """
    epochs: dict[str, list[int]] = {}
    runs = 0
    for result, shown in zip(results, diagnoses, strict=True):
        found = {diagnosis.kind: diagnosis.epoch for diagnosis in shown}
        if result.diverged_epoch is not None:
            found = {"diverged": result.diverged_epoch}
        runs += bool(found) or len(result.trajectory.epochs) > 0
        for kind, epoch in found.items():
            epochs.setdefault(kind, []).append(epoch)
    ordered = ((kind, epochs[kind]) for kind in ORDER if kind in epochs)
    return tuple(CurveFinding(kind, len(at), runs, round(median(at))) for kind, at in ordered)


def curves_note(points: Sequence[Point], axis: str, axis_label: str) -> str:
    """What the curves say against taking the verdict at its word; empty where they say nothing against it."""
    improving = [p.value for p in points if _most(p, "still improving")]
    lost = [p.value for p in points if _most(p, "diverged", "never learned")]
    first = f"blaming {axis}" if axis in ARCHITECTURE else "comparing them"
    said = []
    if improving:
        where = _where(improving, len(points), axis_label)
        said.append(f"{where} most runs still improve at the end: train longer before {first}.")
    if axis in ARCHITECTURE and (unlearned := _underfitted(points)):
        most = max(p.fit.mean for p in points if p.fit.mean is not None)
        levels = listed([percent_text(p.fit.mean) for p in unlearned])
        where = _where([p.value for p in unlearned], len(points), axis_label)
        said.append(
            f"{where}, networks have not learned the training data yet: training accuracy is {levels}, elsewhere "
            f"{percent_text(most)}. Trained longer or made wider, they may compare otherwise."
        )
    if lost:
        where = _where(lost, len(points), axis_label)
        said.append(f"{where} most runs diverged or never learned: what is said of them is said of failed training.")
    return " ".join(said)


def _underfitted(points: Sequence[Point]) -> list[Point]:
    """The networks at the small end that fit the training data clearly less well than the best-fitting one.

    None in a regression: a target that cannot be predicted to the last digit is fitted so by heart only. None with
    class weights either, which give accuracy away for classes that are rare.
    """
    if any(point.curve.metrics[0].name != ACCURACY.name for point in points):
        return []
    if any(point.configuration.class_weights != EVEN for point in points):
        return []
    fits = [point.fit.mean for point in points]
    known = [fit for fit in fits if fit is not None]
    if len(known) < len(fits) or not known:
        return []
    short = [fit < max(known) - UNDERFITTED for fit in known]
    return list(points[: short.index(False)])


def _most(point: Point, *kinds: str) -> bool:
    """Whether more than half of the runs show one of ``kinds``, which exclude each other."""
    shown = [finding for finding in point.curve_findings if finding.kind in kinds]
    return bool(shown) and 2 * sum(finding.runs for finding in shown) > shown[0].of


def _where(values: list[float], total: int, axis_label: str) -> str:
    if len(values) == total > 1:
        return "Everywhere,"
    *others, last = values
    return capital(f"at {listed([*map(value_text, others), amount(last, axis_label)])}")
