"""Parallel coordinates of the searches: every trial is a line through its dots in the axis plots."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

import reports
from reports.blocks import Figure
from reports.figures import parallel, tried
from reports.page import page_of
from study.analysis.findings import Findings
from study.analysis.search_findings import CellFinding, Tried
from study.records.parameters import Parameter, Setting, Value
from study.records.trials import Configuration
from tests.reports import sample_findings as sample
from tests.reports import sample_search as scripted

LAYER = Parameter("width_1", "int", 8, 64, log=True)
RATE = Parameter("learning_rate", "float", 1e-4, 1e-2, log=True)


def searching(parameters: tuple[Parameter, ...], cells: tuple[CellFinding, ...]) -> Findings:
    findings = scripted.plain_search() if cells[0].value is None else scripted.unfinished_search()
    assert findings.search is not None
    return replace(findings, panels=(), search=replace(findings.search, parameters=parameters, cells=cells))


def cell_from(depth: int | None, settings: list[Setting]) -> CellFinding:
    def network(setting: Setting) -> Configuration:
        widths = tuple(int(value) for name, value in setting.items() if name.startswith("width_"))
        training = {name: value for name, value in setting.items() if not name.startswith("width_")}
        return Configuration.stack(widths or (128,) * (depth or 2), epochs=20, **training)

    tried = tuple(Tried(n, setting, network(setting), 0.9 + 0.001 * n, 0.0) for n, setting in enumerate(settings))
    name = "search" if depth is None else f"depth {depth}"
    return CellFinding(name, scripted.PANEL, depth, tried, scripted.best_of(tried), over=True)


def free_widths() -> Findings:
    """Networks of one and of three layers, each layer with its own width."""

    def settings(depth: int) -> list[Setting]:
        widths: list[dict[str, Value]] = [{f"width_{i}": 8 + n + i for i in range(1, depth + 1)} for n in range(4)]
        return [{"learning_rate": 1e-3, **width} for width in widths]

    layers = tuple(replace(LAYER, name=f"width_{i}") for i in (1, 2, 3))
    return searching((RATE, *layers), tuple(cell_from(depth, settings(depth)) for depth in (1, 3)))


def figures_of(findings: Findings) -> list[Figure]:
    (section,) = (s for s in page_of([findings]).sections if s.id == "search")
    return [
        b
        for b in section.blocks
        if isinstance(b, Figure) and any(isinstance(c.data, parallel.ParallelData) for c in b.charts)
    ]


def traces(data: parallel.ParallelData, name: str) -> list[dict]:
    return [trace for trace in data.draw(bare=True)["data"] if trace["name"] == name]


@pytest.mark.parametrize("make", [scripted.isolation, scripted.plain_search, scripted.unfinished_search])
def test_every_trial_of_every_search_is_a_line(make: Callable[[], Findings]) -> None:
    findings = make()
    (data,) = parallel.collect(findings)
    assert findings.search is not None
    tried = [one for cell in findings.search.cells for one in cell.tried]
    assert [(line.number, line.accuracy) for line in data.lines] == [(one.number + 1, one.accuracy) for one in tried]
    drawn = traces(data, "trials")[0]
    assert drawn["x"].count(None) >= sum(not (line.strong or line.winner) for line in data.lines)


def test_a_line_runs_through_the_places_of_its_dots_in_the_axis_plots() -> None:
    findings = scripted.isolation()
    (data,), (plots,) = parallel.collect(findings), tried.collect(findings)
    assert [row.title for row in data.rows] == [panel.title for panel in plots.panels]
    (best, *_) = data.strong
    who = f"{best.search}, trial {best.number}:"
    drawn = next(t for t in data.draw()["data"] if who in str(t.get("hovertext")))
    for place, panel in enumerate(plots.panels):
        series = next(s for s in panel.series if s.name == best.search)
        dot = next(d for d in series.dots if d.number == best.number)
        low, high = panel.scale.limits
        assert low + drawn["x"][place] * (high - low) == pytest.approx(
            panel.scale.position(dot.value, dot.number), abs=1e-4 * (high - low)
        )
    assert drawn["y"] == list(range(len(data.rows) + 1))


def test_the_last_row_is_validation_accuracy() -> None:
    (data,) = parallel.collect(scripted.isolation())
    known = [line.accuracy for line in data.lines if line.accuracy is not None]
    assert data.accuracy.ends == (100 * min(known), 100 * max(known))
    ends = {t["x"][-1] for t in traces(data, "strong") + traces(data, "winner")}
    assert max(ends) == pytest.approx(1.06 / 1.12, abs=1e-4)  # the best stands at the end of the range
    assert data.draw()["layout"]["annotations"][len(data.rows)]["text"] == "validation accuracy, %"


@pytest.mark.parametrize(("trials", "depths", "strong"), [(5, (1,), 3), (12, (1, 2, 4), 4), (100, (1, 2, 4), 20)])
def test_the_best_tenth_is_strong_from_three_to_twenty(trials: int, depths: tuple[int, ...], strong: int) -> None:
    (data,) = parallel.collect(scripted.isolation(trials, depths))
    known = sorted((line.accuracy for line in data.lines if line.accuracy is not None), reverse=True)
    assert [line.accuracy for line in data.strong] == known[:strong]


def test_winners_are_those_of_the_axis_plots_and_not_told_by_colour_alone() -> None:
    findings = scripted.isolation()
    (data,) = parallel.collect(findings)
    assert findings.search is not None
    won = [line.number for line in data.lines if line.winner]
    assert won == [cell.best.number + 1 for cell in findings.search.cells if cell.best]
    widths = {name: {t["line"]["width"] for t in traces(data, name)} for name in ("trials", "strong", "winner")}
    assert max(widths["trials"]) < min(widths["strong"]) and max(widths["strong"]) < min(widths["winner"])


def test_failed_trials_end_with_a_cross_at_their_last_hyperparameter() -> None:
    (data,) = parallel.collect(scripted.isolation())
    failed = [line for line in data.lines if line.accuracy is None]
    assert len(failed) == 2 and not any(line.strong or line.winner for line in failed)
    (crosses,) = traces(data, "infeasible")
    assert crosses["y"] == [len(data.rows) - 1] * 2 and None not in crosses["x"]
    reached = [y for y in traces(data, "trials")[0]["y"] if y == len(data.rows)]
    shown = sum(line.strong or line.winner for line in data.lines)
    assert len(reached) == len(data.lines) - len(failed) - shown


def test_a_rate_that_is_off_is_on_the_row_and_a_layer_that_is_missing_is_not() -> None:
    (data,) = parallel.collect(scripted.isolation())
    assert all(None not in line.dots for line in data.lines)
    (free,) = parallel.collect(free_widths())
    assert [row.title for row in free.rows] == [
        "hidden layers",
        "learning rate",
        "units in layer 1",
        "units in layer 2",
        "units in layer 3",
    ]
    lacking = [line for line in free.lines if line.search == "1 hidden layer"]
    assert [[dot is None for dot in line.dots] for line in lacking] == [[False, False, False, True, True]] * 4
    (figure,) = figures_of(free_widths())
    assert "dotted or missing" in figure.caption and traces(free, "gap")
    assert "dotted" not in figures_of(scripted.isolation())[0].caption and not traces(data, "gap")


def test_few_trials_or_a_single_hyperparameter_have_no_such_figure() -> None:
    assert parallel.collect(scripted.isolation(4, (1,))) == ()
    assert parallel.collect(scripted.isolation(5, (1,))) != ()
    assert parallel.collect(scripted.infeasible_search()) == parallel.collect(sample.default_study()) == ()
    one = searching((RATE,), (cell_from(None, [{"learning_rate": 1e-3 + 1e-4 * n} for n in range(8)]),))
    assert parallel.collect(one) == () and figures_of(one) == []


def test_the_page_tells_how_to_read_it_and_lists_the_best_trials() -> None:
    findings = scripted.isolation()
    (figure,) = figures_of(findings)
    (data,) = parallel.collect(findings)
    assert [sign for sign, _ in figure.legend] == ["strong-line", "chosen-line", "faint-line", "infeasible"]
    assert ("strong-line", "the best 4 of 36 trials") in figure.legend
    assert "Each line is a trial" in figure.caption
    assert [row[0] for row in figure.table.rows] == [str(line.number) for line in data.strong]
    assert figure.table.caption == "The best 4 trials; every trial stands under What was tried"
    alt = figure.charts[0].alt
    assert alt.startswith("Parallel coordinates of 36 trials") and "The best 4 have hidden layers " in alt


def test_each_setting_has_its_own_figure() -> None:
    findings = scripted.isolation()
    assert findings.search is not None
    figures = figures_of(scripted.of_two_arms())
    assert [figure.title.rpartition(": ")[2] for figure in figures] == ["none", "dropout"]
    assert len({chart.id for figure in figures for chart in figure.charts}) == 2


def test_choices_from_outside_stay_words() -> None:
    names = ("<b>adam", "sgd")
    choice = Parameter("optimizer", "choice", values=names)
    settings: list[Setting] = [{"optimizer": names[n % 2], "learning_rate": 1e-3} for n in range(6)]
    (data,) = parallel.collect(searching((choice, RATE), (cell_from(None, settings),)))
    assert "<b>adam" not in json.dumps(data.draw()) and "&lt;b&gt;adam" in json.dumps(data.draw())


def test_six_hundred_trials_are_a_small_drawing() -> None:
    (data,) = parallel.collect(scripted.isolation(100, (1, 2, 3, 4, 6, 8)))
    drawn = data.draw(bare=True)
    assert len(data.lines) == 600 and len(drawn["data"]) < 40
    assert len(json.dumps(drawn, separators=(",", ":"), allow_nan=False)) < 100_000


@pytest.mark.parametrize("make", [scripted.isolation, scripted.infeasible_search, sample.default_study])
def test_it_can_be_shown_in_a_notebook(make: Callable[[], Findings]) -> None:
    text = reports.parallel_figure(make()).to_json()
    assert "NaN" not in text and "Infinity" not in text
