"""The figures of the searches: their data, and what is drawn of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import reports
from reports.figures import history, importance, tried
from reports.figures.scale import Scale, scale_of
from study.analysis.findings import Findings
from study.analysis.search_findings import CellFinding, Tried
from study.records.parameters import Parameter
from study.records.trials import Configuration
from tests.reports import sample_findings as sample
from tests.reports import sample_search as scripted

STUDIES = [
    scripted.isolation,
    scripted.plain_search,
    scripted.unfinished_search,
    scripted.infeasible_search,
    sample.default_study,
]


def test_every_trial_is_a_dot_on_the_scale_of_each_hyperparameter_that_it_had() -> None:
    findings = scripted.isolation()
    (data,) = tried.collect(findings)
    assert [p.parameter for p in data.panels[1:]] == ["width", "dropout", "l2", "learning_rate", "optimizer"]
    assert findings.search is not None
    for panel in data.panels[1:]:
        assert [len(series.dots) for series in panel.series] == [12, 12, 12]
        for series, cell in zip(panel.series, findings.search.cells, strict=True):
            assert [d.accuracy for d in series.dots] == [one.accuracy for one in cell.tried]
            assert [d.value for d in series.dots] == [one.setting.get(panel.parameter) for one in cell.tried]


def test_the_isolation_shows_what_was_tried_and_what_was_reached_again_at_each_depth() -> None:
    findings = scripted.isolation()
    isolation = tried.collect(findings)[0].panels[0]
    assert (isolation.title, isolation.scale.choices) == ("hidden layers", ("1", "2", "4"))
    assert [{d.value for d in s.dots} for s in isolation.series] == [{"1"}, {"2"}, {"4"}]
    points = findings.panels[0].points
    assert isolation.again == tuple((f"{p.value:g}", p.validation) for p in points)
    assert tried.collect(scripted.unfinished_search())[0].panels[0].again == ()
    assert all(p.parameter for p in tried.collect(scripted.plain_search())[0].panels)


def test_searches_are_told_apart_by_strength_in_the_order_of_the_axis() -> None:
    (data,) = tried.collect(scripted.isolation())
    assert [s.name for s in data.panels[0].series] == ["1 hidden layer", "2 hidden layers", "4 hidden layers"]
    strengths = [s.strength for s in data.panels[0].series]
    assert strengths == sorted(strengths) and len(set(strengths)) == 3


def test_the_winner_of_each_search_is_marked_with_its_value() -> None:
    findings = scripted.isolation()
    (data,) = tried.collect(findings)
    assert findings.search is not None
    marked = [[d.number for d in s.dots if d.winner] for s in data.panels[0].series]
    assert marked == [[cell.best.number + 1] for cell in findings.search.cells if cell.best]
    assert [d.winner for s in data.panels[0].series for d in s.dots if d.winner] == ["1", "2", "4"]


def test_on_ties_the_winner_is_the_trial_that_was_chosen() -> None:
    findings = scripted.isolation()
    assert findings.search is not None
    first, *others = findings.search.cells
    assert first.best is not None
    trials = tuple(replace(one, accuracy=first.best.accuracy) for one in first.tried)
    cells = (replace(first, tried=trials), *others)
    (data,) = tried.collect(replace(findings, search=replace(findings.search, cells=cells)))
    assert 0 < first.best.number < len(trials) - 1
    for panel in data.panels:
        assert [d.number for d in panel.series[0].dots if d.winner] == [first.best.number + 1]


def test_failed_trials_are_crosses_at_the_bottom_edge_whatever_the_scale() -> None:
    (data,) = tried.collect(scripted.isolation())
    drawn = data.only(data.panels[0]).draw(bare=True)
    crosses = [t for t in drawn["data"] if t["marker"]["symbol"] == "x-thin"]
    assert [len(t["x"]) for t in crosses] == [2]
    edge = drawn["layout"][crosses[0]["yaxis"].replace("y", "yaxis")]
    assert edge["range"] == [0, 1] and max(crosses[0]["y"]) < 0.1
    assert drawn["layout"]["meta"]["own"][0] < drawn["layout"]["yaxis"]["range"][0]


def test_a_rate_that_is_off_stands_left_of_its_range() -> None:
    (data,) = tried.collect(scripted.isolation())
    scale = next(p.scale for p in data.panels if p.parameter == "l2")
    assert scale.off and scale.position(None) < scale.position(1e-6) == -6
    assert scale.ticks()[1][0] == "off" and scale.limits[0] < scale.position(None)


def test_a_warning_belongs_to_its_hyperparameter_and_its_end() -> None:
    (data,) = tried.collect(scripted.isolation())
    assert {p.parameter: p.edge for p in data.panels if p.warnings} == {"learning_rate": "upper"}
    panel = next(p for p in data.panels if p.edge)
    band = data.only(panel).draw(bare=True)["layout"]["shapes"][0]
    assert band["x0"] < panel.scale.ends[1] < band["x1"]


def test_deeper_searches_have_layers_that_the_first_one_has_not() -> None:
    layers = tuple(Parameter(f"width_{i}", "int", 8, 64, log=True) for i in (1, 2))

    def cell(depth: int) -> CellFinding:
        setting = {f"width_{i}": 8 * i for i in range(1, depth + 1)}
        one = Tried(0, setting, Configuration.stack(tuple(setting.values()), epochs=20), 0.9, 0.0)
        return CellFinding(f"depth {depth}", scripted.PANEL, depth, (one,), scripted.best_of([one]), over=False)

    findings = scripted.unfinished_search()
    assert findings.search is not None
    search = replace(findings.search, parameters=layers, cells=(cell(1), cell(2)))
    (data,) = tried.collect(replace(findings, search=search))
    assert [p.title for p in data.panels] == ["hidden layers", "units in layer 1", "units in layer 2"]
    assert [[len(s.dots) for s in p.series] for p in data.panels[1:]] == [[1, 1], [0, 1]]


def test_the_history_never_falls_and_fails_do_not_count() -> None:
    findings = scripted.isolation()
    (data,) = history.collect(findings)
    assert [line.label for line in data.lines] == ["1", "2", "4"]
    assert data.lines[1].best[:2] == (None, None)
    for line in data.lines:
        known = [v for v in line.best if v is not None]
        assert known == sorted(known) and known[-1] == max(v for v in line.tried if v is not None)


def test_labels_at_the_ends_of_the_history_keep_apart() -> None:
    (data,) = history.collect(scripted.isolation())
    ends = sorted(a["yshift"] for a in data.draw(bare=True)["layout"]["annotations"])
    assert min(np.diff(ends)) >= history.LABEL_ROW - 0.2 and ends[-1] <= history.PLOT_HEIGHT


def test_importance_has_a_bar_for_accuracy_and_one_for_the_gap() -> None:
    data = importance.collect(scripted.isolation())
    assert [(r.title, r.accuracy, r.gap, r.cells) for r in data.rows] == [
        ("learning rate", 0.6, 0.3, 3),
        ("dropout rate", 0.3, 0.5, 3),
    ]
    assert [trace["x"] for trace in data.draw()["data"]] == [[60.0, 30.0], [30.0, 50.0]]


@pytest.mark.parametrize(
    ("parameter", "texts"),
    [
        (Parameter("learning_rate", "float", 1e-4, 1e-2, log=True), ["0.0001", "0.0003", "0.001", "0.003", "0.01"]),
        (Parameter("width", "int", 8, 128, log=True), ["10", "20", "50", "100"]),
        (Parameter("dropout", "float", 0.0, 0.5), ["0", "0.1", "0.2", "0.3", "0.4", "0.5"]),
        (Parameter("depth", "int", 1, 4), ["1", "2", "3", "4"]),
        (Parameter("width", "int", 32, 40, log=True), ["32", "40"]),
        (Parameter("batch_norm", "choice", values=(True, False)), ["on", "off"]),
        (Parameter("width", "int", 64, 64), ["64"]),
    ],
)
def test_scales_have_few_round_ticks(parameter: Parameter, texts: list[str]) -> None:
    scale = scale_of(parameter, off=False)
    places, written = scale.ticks()
    assert written == texts
    low, high = scale.limits
    assert low < min(places) and max(places) < high


def test_equal_choices_are_moved_apart_and_stay_with_their_tick() -> None:
    scale = Scale(0.0, 1.0, False, False, ("adam", "sgd"), False)
    places = [scale.position("sgd", number) for number in range(40)]
    assert len(set(places)) == 40 and all(abs(place - 1) < 0.3 for place in places)


@pytest.mark.parametrize("make", STUDIES)
@pytest.mark.parametrize("figure", [reports.search_figure, reports.importance_figure, reports.history_figure])
def test_every_figure_of_every_search_can_be_shown(
    figure: Callable[[Findings], object], make: Callable[[], Findings]
) -> None:
    text = figure(make()).to_json()  # type: ignore[attr-defined]
    assert "NaN" not in text and "Infinity" not in text
