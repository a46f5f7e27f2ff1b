"""Searches from scripted numbers: an isolation of depth, a plain search, and the ones at the edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from study.analysis import advice
from study.analysis.findings import Findings, Panel
from study.analysis.onset.verdict import OnsetVerdict
from study.analysis.search_findings import Advice, CellFinding, Importance, SearchFinding, Tried
from study.records.parameters import Parameter, Setting
from study.records.trials import Configuration
from tests.reports import sample_findings as sample

PARAMETERS = (
    Parameter("width", "int", 8, 128, log=True),
    Parameter("dropout", "float", 0.0, 0.5),
    Parameter("l2_on", "choice", values=(False, True)),
    Parameter("l2", "float", 1e-6, 1e-2, log=True, condition=("l2_on", (True,))),
    Parameter("learning_rate", "float", 1e-4, 1e-2, log=True),
    Parameter("optimizer", "choice", values=("adam", "sgd")),
)
DEPTH = Parameter("depth", "int", 1, 4)
EDGE = Advice(
    "edge",
    "The best learning_rate lies at the upper end of its range (0.01): the best may lie beyond it.",
    '[space]\nlearning_rate = { role = "nuisance", low = 0.0001, high = 0.1, log = true }',
)
MORE = Advice(
    "too few trials",
    "In 2 of 3 searches the second half of the trials gained more than the margin: 12 trials are too few to call the "
    "comparison fair.",
    "[search]\ntrials = 24",
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


def cell_of(name: str, trials: int, *, seed: int = 0, depth: bool = False, failing: int = 0) -> CellFinding:
    """A search whose accuracy rises with the learning rate; the first ``failing`` trials failed."""
    rng = np.random.default_rng(seed)
    tried = []
    for number in range(trials):
        setting = setting_of(rng, depth=depth)
        accuracy = 0.97 - 0.1 * abs(float(np.log10(float(setting["learning_rate"]))) + 2) + float(rng.normal(0, 0.01))
        failed = number < failing
        tried.append(Tried(number, setting, None if failed else accuracy, None if failed else 0.02))
    feasible = [one for one in tried if one.accuracy is not None]
    best = max(feasible, key=lambda one: one.accuracy or 0.0, default=None)
    return CellFinding(name, tuple(tried), best, over=True)


def configuration_of(setting: Setting, depth: int) -> Configuration:
    """The network of a setting."""
    return Configuration.stack(
        hidden=(int(setting["width"]),) * int(setting.get("depth", depth)),
        epochs=20,
        dropout=float(setting["dropout"]),
        l2=float(setting.get("l2", 0.0)),
        learning_rate=float(setting["learning_rate"]),
        optimizer=str(setting["optimizer"]),
    )


def panel_of(winners: Sequence[tuple[float, Tried, int]], *, has_axis: bool, reading: str = "patience=5") -> Panel:
    """A panel of winners, each (value, trial, depth), whose replicates reach a point less than the search said."""
    rng = np.random.default_rng(3)
    points = []
    for value, tried, depth in winners:
        found = (tried.accuracy or 0.0) - 0.01
        accuracy = sample.accuracies(found + 0.02, found, found - 0.005, 3, 0.003, rng)
        one = sample.point(configuration_of(tried.setting, depth), value, accuracy)
        points.append(replace(one, reading=reading))
    base = sample.small_panel(verdict=OnsetVerdict("inconclusive"), baseline=False)
    return replace(
        base,
        axis="depth" if has_axis else "candidate",
        axis_label="hidden layers" if has_axis else "candidates",
        has_axis=has_axis,
        reading="tail",
        epochs=20,
        replicates=3,
        points=tuple(points),
        sentence="Not settled." if has_axis else f"Best of {len(points)}: {points[0].configuration.label}.",
        curves_note="",
    )


def around(
    panels: Sequence[Panel], search: SearchFinding, *, pending: int = 0, sentence: str | None = None
) -> Findings:
    """Findings around a search."""
    picks = [found for panel in panels if (found := advice.pick_of(panel))]
    findings = sample.findings_of(panels, picks, name="searched", pending=pending, sentence=sentence)
    done = sum(len(cell.feasible) for cell in search.cells)
    lost = sum(len(cell.tried) for cell in search.cells) - done
    facts = findings.facts
    facts = replace(
        facts, finished=facts.finished + done, failed=facts.failed + lost, planned=facts.planned + done + lost
    )
    return replace(findings, facts=facts, search=search)


def isolation(trials: int = 12, depths: Sequence[int] = (1, 2, 4)) -> Findings:
    """Depth isolated: one search a depth, the second with failed trials; a warning at an edge."""
    cells = tuple(cell_of(f"depth {d}", trials, seed=d, failing=2 * (i == 1)) for i, d in enumerate(depths))
    winners = [(float(d), cell.best, d) for d, cell in zip(depths, cells, strict=True) if cell.best]
    search = SearchFinding("optuna:tpe", trials, PARAMETERS, cells, IMPORTANCE, (EDGE, MORE))
    return around((panel_of(winners, has_axis=True),), search)


def plain_search() -> Findings:
    """A search over depth and the rest, its best three run again; the second is the most accurate then."""
    cell = cell_of("search", 24, depth=True)
    ranked = sorted(cell.feasible, key=lambda one: -(one.accuracy or 0.0))[:3]
    panel = panel_of([(float(i), one, 0) for i, one in enumerate(ranked, start=1)], has_axis=False)
    search = SearchFinding("optuna:tpe", 24, (DEPTH, *PARAMETERS), (cell,), IMPORTANCE, ())
    return around((panel,), search)


def unfinished_search() -> Findings:
    """Two cells are on their way, the third has not begun; nothing is reported yet."""
    cells = tuple(replace(cell_of(f"depth {d}", 5 * (d < 4), seed=d), over=False) for d in (1, 2, 4))
    search = SearchFinding("optuna:tpe", 12, PARAMETERS, cells, (), ())
    return around((), search, pending=20, sentence="The search goes on: 10 trials so far, 10 of them finished.")


def infeasible_search() -> Findings:
    """Every trial failed."""
    cells = tuple(cell_of(f"depth {d}", 6, seed=d, failing=6) for d in (1, 2))
    search = SearchFinding("optuna:tpe", 6, PARAMETERS, cells, (), ())
    return around((), search, sentence="None of 12 search trials could be trained, so there is nothing to report.")
