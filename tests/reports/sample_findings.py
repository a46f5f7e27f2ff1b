"""Findings from scripted numbers: what the default study, and the studies at the edge, look like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from study.analysis import advice
from study.analysis.findings import (
    Findings,
    MeanCurve,
    Panel,
    PickFinding,
    Point,
    RemediesFinding,
    StudyFacts,
    TrialRow,
)
from study.analysis.onset.verdict import OnsetVerdict
from study.analysis.remedies import assess_remedies
from study.analysis.t_intervals import t_interval
from study.design.source import build_spec
from study.design.spec import StudySpec
from study.records.facts import RunFacts
from study.records.intervals import Interval
from tests.reports.sample_panels import accuracies, panel, point
from tests.reports.sample_specs import spec_of

RUN = RunFacts(
    sizes=(54_000, 6_000, 10_000),
    inputs=784,
    classes=10,
    versions={"depthgauge": "0.1.0", "tensorflow": "2.21.0", "keras": "3.15.1", "python": "3.11.7"},
    command="depthgauge run depth",
)
DEPTHS = (1, 2, 3, 4, 6, 8, 10, 12)
SMALL_TEST = (0.841, 0.846, 0.846, 0.846, 0.833, 0.821, 0.805, 0.799)
LARGE_TRAIN = (0.998, 0.993, 0.996, 0.996, 0.995, 0.994, 0.994, 0.994)
LARGE_TEST = (0.979, 0.974, 0.978, 0.979, 0.978, 0.977, 0.977, 0.977)

OVERFITTING = OnsetVerdict(
    kind="overfitting",
    onset=6,
    interval=(4, 6),
    guaranteed_interval=(4, 6),
    certain_from=6,
    reference_depth=2,
    drop_depth=12,
    test_drop=0.047,
    test_drop_interval=(0.041, 0.053),
    train_drop=0.0,
    train_accuracy=1.0,
    gap_grows=True,
    compared_depths=DEPTHS,
    replicates=(8, 8),
    margin=0.01,
)
BENIGN = OnsetVerdict(
    kind="none",
    reference_depth=1,
    largest_drop_upper_bound=0.0042,
    compared_depths=(1, 2, 3, 4, 5, 6, 7, 8),
    replicates=(3, 3),
)
SHORT = OnsetVerdict(kind="inconclusive")


def hostile(text: str) -> Findings:
    """A study on the user's own data in which everything that people, files and machines named is ``text``.

    Every trial of its first arm failed.
    """
    arms = [f"{text} {i}" for i in (1, 2)]
    panels = [replace(small_panel(arm=arm), name=arm, sentence=text, curves_note=text) for arm in arms]
    by_class = tuple(t_interval([i / 10, i / 10]) for i in range(10))
    picks = [replace(pick_of(one, 1), classes=by_class) for one in panels]
    spec = spec_of(panels, dataset=text, description=text)
    findings = findings_of(panels, picks, name=text, sentence=text, spec=spec)
    labels = tuple(f"{text} {i}" for i in range(10))
    run = replace(RUN, labels=labels, data_notes=(text,), versions={text: text}, command=text)
    rows = [replace(row, state="failed", reason=text) if row.panel == arms[0] else row for row in findings.trials]
    failed = sum(row.state == "failed" for row in rows)
    facts = replace(findings.facts, run=run, finished=len(rows) - failed, failed=failed)
    return replace(findings, facts=facts, trials=tuple(rows))


def pick_of(one: Panel, index: int, *, guaranteed: bool = True) -> PickFinding:
    """A pick at a point of a panel."""
    chosen = one.points[index]
    found = advice.pick_of(one)
    assert found is not None
    place = next(i for i, c in enumerate(found.candidates) if c.value == chosen.value)
    return replace(
        found,
        index=place,
        runner_up=found.runner_up if found.runner_up != place else found.index,
        accuracy=chosen.test,
        test=chosen.test,
        gap=chosen.gap,
        guaranteed=guaranteed,
        reason=f"{chosen.configuration.label} has the fewest parameters of all networks shown to be within "
        f"{100 * one.margin:.1f} points of every other on validation.",
    )


def rows_of(panels: Sequence[Panel]) -> tuple[TrialRow, ...]:
    """One row a trial; a replicate without accuracies counts as failed."""
    rows = []
    for one in panels:
        for value, p in [*((p.value, p) for p in one.points), *([(None, one.baseline)] if one.baseline else [])]:
            for replicate, (train, validation, test) in enumerate(p.accuracy.tolist()):
                failed = not np.isfinite(test)
                rows.append(
                    TrialRow(
                        key=p.configuration.key,
                        panel=one.name,
                        name=advice.network_name(p.configuration.label, value, one),
                        value=value,
                        architecture=p.configuration.label,
                        parameters=p.parameters,
                        replicate=replicate,
                        state="failed" if failed else "finished",
                        train=None if failed else train,
                        validation=None if failed else validation,
                        test=None if failed else test,
                        epochs=3 if failed else one.epochs,
                        seconds=2.0 + 0.4 * one.epochs * (1 + 0.1 * p.value),
                        reason="training cross-entropy was not finite at epoch 3" if failed else "",
                    )
                )
    return tuple(rows)


def findings_of(
    panels: Sequence[Panel],
    picks: Sequence[PickFinding],
    *,
    name: str = "depth",
    pending: int = 0,
    failed: int | None = None,
    sentence: str | None = None,
    spec: StudySpec | None = None,
) -> Findings:
    """Findings around panels, with the facts of a study on MNIST that has them, or of ``spec``."""
    if spec is None:
        spec = spec_of(panels, name) if panels else build_spec({"name": name}, "a sample")
    trials = rows_of(panels)
    lost = sum(t.state == "failed" for t in trials) if failed is None else failed
    finished = sum(t.state == "finished" for t in trials)
    facts = StudyFacts(
        name=name,
        spec=spec,
        run=RUN,
        dataset_sha256="ab" * 32,
        planned=finished + lost + pending,
        finished=finished,
        failed=lost,
        training_minutes=9.6 if finished else 0.0,
    )
    said = " ".join(f"{p.name}: {p.sentence}" for p in panels) if sentence is None else sentence
    return Findings(facts, said, tuple(panels), tuple(picks), trials)


def small_panel(**changes: object) -> Panel:
    """300 samples, 80 epochs: overfitting starts at 6."""
    given = {"samples": 300, "epochs": 80, "replicates": 8, "verdict": OVERFITTING} | changes
    return panel("300 samples", DEPTHS, (1.0,) * 8, SMALL_TEST, **given)


def large_panel() -> Panel:
    """54,000 samples, 10 epochs: nothing falls by more than the margin."""
    return panel(
        "54,000 samples",
        (1, 2, 3, 4, 5, 6, 7, 8),
        LARGE_TRAIN,
        LARGE_TEST,
        samples=54_000,
        epochs=10,
        replicates=3,
        verdict=BENIGN,
        spread=0.0012,
        seed=1,
        arm="54,000 samples",
    )


def default_study(name: str = "depth") -> Findings:
    """The default study, finished."""
    small, large = small_panel(arm="300 samples"), large_panel()
    return findings_of((small, large), (pick_of(small, 1), pick_of(large, 0)), name=name)


def remedies_study() -> Findings:
    """Arms at 12 layers: dropout helps by 3 points, L2 does nothing, early stopping hurts by 4."""
    rng = np.random.default_rng(2)
    tests = {"none": 0.80, "dropout 0.3": 0.83, "L2 1e-3": 0.8003, "early stopping": 0.76}
    arms = {arm: accuracies(1.0, test, test, 8, 0.004, rng) for arm, test in tests.items()}
    changes = ({}, {"dropout": 0.3}, {"l2": 1e-3}, {"reading": "patience=6"})
    given = {"samples": 300, "epochs": 80, "replicates": 8, "verdict": OVERFITTING}
    panels = [
        panel(arm, DEPTHS, (1.0,) * 8, SMALL_TEST, seed=i, arm=arm, **given, **change)
        for i, (arm, change) in enumerate(zip(tests, changes, strict=True))
    ]
    findings = findings_of(panels, [pick_of(panels[0], 1)], name="remedies")
    return replace(findings, remedies=(RemediesFinding("", "12 hidden layers", assess_remedies(arms)),))


def large_study() -> Findings:
    """1,000 trials of 50 epochs: five arms of 20 depths, ten replicates each."""
    depths = range(1, 21)
    test = [0.85 - 0.003 * d for d in depths]
    given = {"samples": 300, "epochs": 50, "replicates": 10, "verdict": SHORT, "baseline": False}
    panels = [panel(f"arm {i}", depths, [1.0] * 20, test, seed=i, arm=f"arm {i}", **given) for i in range(5)]
    return findings_of(panels, [pick_of(one, 0) for one in panels], name="large")


def unfinished_study() -> Findings:
    """Two replicates of eight have run, and one of those failed at the deepest networks."""
    one = small_panel(replicates=2, verdict=SHORT, pending=54)
    one.points[-1].accuracy[:] = np.nan
    empty = Interval(None, None, None, 0)
    curve_less = MeanCurve(np.zeros(0, np.int64), np.zeros((0, 3)), np.zeros((0, 3)), 0, None, None)
    last = one.points[-1]
    bare = Point(last.value, last.configuration, last.parameters, last.accuracy, *(empty,) * 5, curve_less, "tail")
    return findings_of((replace(one, points=(*one.points[:-1], bare)),), (), pending=54)


def one_trial_study() -> Findings:
    """A single finished run."""
    one = panel(
        "300 samples", (2,), (1.0,), (0.846,), samples=300, epochs=80, replicates=1, verdict=SHORT, baseline=False
    )
    return findings_of((one,), ())


def empty_study() -> Findings:
    """Nothing has run, and the panel has no accuracies yet."""
    return findings_of((), (), pending=72, sentence="")


def all_failed_study() -> Findings:
    """Every trial failed."""
    one = small_panel(baseline=False, verdict=SHORT)
    points = tuple(point(p.configuration, p.value, np.full_like(p.accuracy, np.nan)) for p in one.points)
    return findings_of((replace(one, points=points),), ())
