"""Searches from scripted numbers: an isolation of depth, a plain search, and the ones at the edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from study.analysis import advice
from study.analysis.findings import Confirmed, Findings, Panel, TrialRow
from study.analysis.onset.verdict import OnsetVerdict
from study.analysis.search_findings import (
    Advice,
    CellFinding,
    Change,
    ChosenTrial,
    Importance,
    SearchFinding,
    Tried,
)
from study.design.cells import PlannedSearch
from study.design.plan import Plan, make_plan
from study.design.source import build_spec
from study.design.spec import Dimension
from study.records.parameters import Parameter, Setting
from study.records.trials import SEARCH_REPLICATE
from tests.reports import sample_findings as sample

PANEL = "300 samples"
READING = "patience=5"
SPACE = {
    "width": {"role": "nuisance", "low": 8, "high": 128, "log": True},
    "dropout": {"role": "nuisance", "low": 0.0, "high": 0.5},
    "l2": {"role": "nuisance", "low": 1e-6, "high": 1e-2, "log": True, "zero": True},
    "learning_rate": {"role": "nuisance", "low": 1e-4, "high": 1e-2, "log": True},
    "optimizer": {"role": "nuisance", "values": ["adam", "sgd"]},
    "patience": {"role": "nuisance", "values": [5, "off"]},
}
PARAMETERS = (
    Parameter("width", "int", 8, 128, log=True),
    Parameter("dropout", "float", 0.0, 0.5),
    Parameter("l2_on", "choice", values=(False, True)),
    Parameter("l2", "float", 1e-6, 1e-2, log=True, condition=("l2_on", (True,))),
    Parameter("learning_rate", "float", 1e-4, 1e-2, log=True),
    Parameter("optimizer", "choice", values=("adam", "sgd")),
)
DEPTH = Parameter("depth", "int", 1, 4)
DIVERGED = "training cross-entropy was not finite at epoch 3"
EDGE = Advice(
    "edge",
    "The best learning rate lies at the upper end of its range (0.01): the best may lie beyond it.",
    Change("space", "learning_rate", Dimension(role="nuisance", low=1e-4, high=0.1, log=True), "upper"),
)
MORE = Advice(
    "too few trials",
    "In 2 of 3 searches the second half of the trials gained more than the margin: 12 are too few to call the "
    "comparison fair.",
    Change("search", "trials", 24),
)
IMPORTANCE = (Importance("learning_rate", 0.6, 0.3, 3), Importance("dropout", 0.3, 0.5, 3))


def setting_of(rng: np.random.Generator, *, depth: bool = False) -> Setting:
    """A setting drawn from the scripted space."""
    switched = bool(rng.integers(2))
    drawn: Setting = {"depth": int(rng.integers(1, 5))} if depth else {}
    drawn |= {"width": int(rng.integers(8, 129)), "dropout": float(rng.uniform(0, 0.5)), "l2_on": switched}
    if switched:
        drawn["l2"] = float(10 ** rng.uniform(-6, -2))
    return {**drawn, "learning_rate": float(10 ** rng.uniform(-4, -2)), "optimizer": ("adam", "sgd")[rng.integers(2)]}


def plan_of(trials: int, depths: Sequence[int] = ()) -> Plan:
    """A study that isolates ``depths``, or without any searches depth with the rest."""
    depth = {"role": "scientific", "values": list(depths)} if depths else {"role": "nuisance", "low": 1, "high": 4}
    document = {
        "name": "searched",
        "replicates": 3,
        "network": {"samples": 300, "epochs": 20},
        "baseline": None,
        "space": {"depth": depth, **SPACE},
        "search": {"trials": trials},
    }
    return make_plan(build_spec(document, "a sample"))


def cell_of(
    search: PlannedSearch, trials: int, *, seed: int = 0, failing: int = 0, best: int = 1, over: bool = True
) -> CellFinding:
    """A search whose accuracy rises with the learning rate; the first ``failing`` trials failed."""
    rng, cell = np.random.default_rng(seed), search.cell
    tried = []
    for number in range(trials):
        setting = setting_of(rng, depth=cell.value is None)
        accuracy = 0.97 - 0.1 * abs(float(np.log10(float(setting["learning_rate"]))) + 2) + float(rng.normal(0, 0.01))
        configuration = cell.configuration(setting)
        if number < failing:
            tried.append(Tried(number, setting, configuration, None, None, DIVERGED))
        else:
            tried.append(Tried(number, setting, configuration, accuracy, 0.02))
    return CellFinding(search.name, PANEL, cell.value, tuple(tried), best_of(tried, best), over)


def best_of(tried: Sequence[Tried], number: int = 1) -> tuple[ChosenTrial, ...]:
    """What a search of these trials chooses."""
    ranked = sorted((one for one in tried if one.accuracy is not None), key=lambda one: -(one.accuracy or 0.0))
    return tuple(ChosenTrial(one, READING) for one in ranked[:number])


def panel_of(cells: Sequence[CellFinding]) -> Panel:
    """The panel of searches that are over: their winners' replicates reach a point less than the search said."""
    rng = np.random.default_rng(3)
    has_axis = cells[0].value is not None
    points = []
    for cell in cells:
        for rank, chosen in enumerate(cell.chosen, start=1):
            found = (chosen.tried.accuracy or 0.0) - 0.01
            accuracy = sample.accuracies(found + 0.02, found, found - 0.005, 3, 0.003, rng)
            one = sample.point(chosen.tried.configuration, cell.value or rank, accuracy)
            only = Confirmed(one.configuration, chosen.reading, one.validation, one.test, one.gap)
            points.append(replace(one, reading=chosen.reading, winners=(only,)))
    base = sample.small_panel(verdict=OnsetVerdict("inconclusive"), baseline=False)
    return replace(
        base,
        axis="depth" if has_axis else "candidate",
        axis_label="hidden layers" if has_axis else "candidates",
        verdict=base.verdict if has_axis else None,
        reading="tail",
        epochs=20,
        replicates=3,
        points=tuple(points),
        sentence="Not settled." if has_axis else f"Best of {len(points)}: {points[0].configuration.label}.",
        curves_note="",
        searches=tuple(cells),
    )


def around(panels: Sequence[Panel], search: SearchFinding, plan: Plan, *, sentence: str | None = None) -> Findings:
    """Findings around a search, whose trials stand among the study's."""
    picks = [found for panel in panels if (found := advice.pick_of(panel))]
    findings = sample.findings_of(panels, picks, name="searched", sentence=sentence, spec=plan.spec)
    facts = findings.facts
    finished, failed = facts.finished + search.trained - search.failed, facts.failed + search.failed
    planned = finished + failed if all(cell.over for cell in search.cells) else plan.most
    facts = replace(facts, finished=finished, failed=failed, planned=planned)
    lost = tuple(row_of(one) for cell in search.cells for one in cell.trained if one.accuracy is None)
    return replace(findings, facts=facts, trials=(*findings.trials, *lost), search=search)


def row_of(failed: Tried) -> TrialRow:
    """The line of a failed trial of a search among the others."""
    return TrialRow(
        key=failed.configuration.key,
        panel="search",
        name=failed.configuration.label,
        value=None,
        architecture=failed.configuration.label,
        parameters=failed.configuration.network.parameters(sample.RUN.inputs, sample.RUN.classes),
        replicate=SEARCH_REPLICATE,
        state="failed",
        train=None,
        validation=None,
        test=None,
        epochs=3,
        seconds=1.2,
        reason=failed.reason,
    )


def isolation(trials: int = 12, depths: Sequence[int] = (1, 2, 4)) -> Findings:
    """Depth isolated: one search a depth, the second with failed trials; a warning at an edge."""
    plan = plan_of(trials, depths)
    cells = tuple(
        cell_of(search, trials, seed=d, failing=2 * (i == 1))
        for i, (d, search) in enumerate(zip(depths, plan.searches, strict=True))
    )
    search = SearchFinding("optuna:tpe", trials, PARAMETERS, cells, IMPORTANCE, (EDGE, MORE))
    return around((panel_of(cells),), search, plan)


def of_two_arms() -> Findings:
    """Searches of two settings of which none is reported yet, the second with one of its depths."""
    findings = isolation()
    assert findings.search is not None
    arms, depths = ("none", "none", "dropout"), (1, 2, 1)
    cells = tuple(
        replace(cell, name=f"{arm}, depth {depth}", panel=arm, value=depth)
        for cell, arm, depth in zip(findings.search.cells, arms, depths, strict=True)
    )
    return replace(findings, panels=(), picks=(), search=replace(findings.search, cells=cells))


def plain_search() -> Findings:
    """A search over depth and the rest, its best three run again; the second is the most accurate then."""
    plan = plan_of(24)
    cell = cell_of(plan.searches[0], 24, best=3)
    search = SearchFinding("optuna:tpe", 24, (DEPTH, *PARAMETERS), (cell,), IMPORTANCE, ())
    return around((panel_of([cell]),), search, plan)


def unfinished_search() -> Findings:
    """Two cells are on their way, the third has not begun; nothing is reported yet."""
    depths = (1, 2, 4)
    plan = plan_of(12, depths)
    cells = tuple(cell_of(one, 5 * (d < 4), seed=d, over=False) for d, one in zip(depths, plan.searches, strict=True))
    search = SearchFinding("optuna:tpe", 12, PARAMETERS, cells, (), ())
    said = "The search goes on: 10 trials so far, 10 of them finished. Nothing is reported before it ends."
    return around((), search, plan, sentence=said)


def infeasible_search() -> Findings:
    """Every trial failed."""
    depths = (1, 2)
    plan = plan_of(6, depths)
    cells = tuple(cell_of(one, 6, seed=d, failing=6) for d, one in zip(depths, plan.searches, strict=True))
    search = SearchFinding("optuna:tpe", 6, PARAMETERS, cells, (), ())
    said = "None of 12 search trials could be trained, so there is nothing to report."
    return around((), search, plan, sentence=said)
