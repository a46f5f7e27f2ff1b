"""The figures' data, before anything is drawn; and that every drawing is one that Plotly accepts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pytest

import reports
from reports.figures import accuracy_sweep, candidates, effects, gap_sweep, mean_curves
from reports.figures.axis import Axis
from reports.figures.estimates import error_bars
from reports.figures.marks import Marks, lines_of, mark_shapes
from reports.figures.theme import DARK, LIGHT, SIGNS, dark_colours
from study.analysis.findings import Findings
from study.records.intervals import Interval
from study.records.units import PERCENT
from tests.reports import sample_findings as sample

STUDIES = [
    sample.default_study,
    sample.remedies_study,
    sample.unfinished_study,
    sample.one_trial_study,
    sample.empty_study,
    sample.all_failed_study,
]


def test_depth_holds_every_replicate_and_the_intervals_of_the_findings() -> None:
    findings = sample.default_study()
    small, large = accuracy_sweep.collect(findings).panels
    assert (small.name, large.name) == ("300 samples", "54,000 samples")
    assert [s.name for s in small.series] == ["train", "validation", "test"]
    test = small.series[2]
    assert [len(e.replicates) for e in test.estimates] == [8] * 8
    assert [e.interval for e in test.estimates] == [p.test for p in findings.panels[0].points]
    assert test.beside is not None and findings.panels[0].baseline is not None
    assert test.beside.interval == findings.panels[0].baseline.test


def test_depth_marks_onset_reference_and_pick() -> None:
    small, large = accuracy_sweep.collect(sample.default_study()).panels
    assert (small.marks.onset, small.marks.interval) == (6, (4, 6))
    assert [line.text for line in lines_of(small.marks)] == ["onset 6 (4–6), −4.7 points", "best test and pick 2"]
    assert large.marks.onset is None and large.marks.pick == 1


def test_a_pick_that_is_the_baseline_is_marked_where_the_baseline_stands() -> None:
    panel = sample.small_panel()
    pick = sample.pick_of(panel, 1)
    candidates = tuple(replace(c, value=None) if c is pick.chosen else c for c in pick.candidates)
    picks = (replace(pick, candidates=candidates),)
    for figure in (accuracy_sweep, gap_sweep):
        (drawn,) = figure.collect(sample.findings_of((panel,), picks)).panels
        assert drawn.marks.pick is None and [line.text for line in lines_of(drawn.marks)][-1] == "pick"
        shapes, words = mark_shapes(drawn.axis, drawn.marks, LIGHT, 1, 300)
        assert [word["x"] for word in words if word["text"] == "pick"] == [pytest.approx(drawn.axis.beside)]
        assert any(s["x0"] == pytest.approx(drawn.axis.beside) for s in shapes if s["type"] == "line")


def test_panels_share_one_vertical_scale_that_holds_them_all() -> None:
    data = accuracy_sweep.collect(sample.default_study())
    low, high = data.y_range
    assert all(low <= p.y_range[0] and p.y_range[1] <= high for p in data.panels)
    assert data.only(data.panels[1]).y_range == data.y_range


def test_the_gap_is_train_minus_test() -> None:
    findings = sample.default_study()
    deepest = gap_sweep.collect(findings).panels[0].series[0].estimates[-1]
    accuracy = findings.panels[0].points[-1].accuracy
    assert deepest.interval.mean == pytest.approx(1.0 - 0.799, abs=1e-6)
    assert sorted(deepest.replicates) == pytest.approx(sorted(accuracy[:, 0] - accuracy[:, 2]))


def test_failed_and_missing_runs_leave_no_number_behind() -> None:
    deepest = accuracy_sweep.collect(sample.unfinished_study()).panels[0].series[2].estimates[-1]
    assert deepest.replicates == () and deepest.interval.n == 0
    assert accuracy_sweep.collect(sample.all_failed_study()).panels == ()


def test_curves_have_a_panel_for_each_depth_and_the_baseline() -> None:
    small, _ = mean_curves.collect(sample.default_study())
    assert [p.name for p in small.panels][:2] == ["1 hidden layer", "2 hidden layers"]
    assert small.panels[-1].name == "baseline 128-64"
    assert [p.overfits_from is not None for p in small.panels[:8]] == [False] * 4 + [True] * 4
    assert len(small.panels[0].fit["test"]) == len(small.panels[0].epochs) == 80


def test_pick_tells_candidates_front_and_pick_apart() -> None:
    small, _ = candidates.collect(sample.default_study())
    assert [c.label for c in small.candidates if c.picked] == ["2x128"]
    assert {c.label for c in small.candidates if not c.near_best} == {"6x128", "8x128", "10x128", "12x128"}
    front = [c.validation.mean for c in small.candidates if c.on_front]
    assert front == sorted(front) and small.candidates[0].on_front
    assert [c.parameters for c in small.candidates] == sorted(c.parameters for c in small.candidates)


def test_the_pick_is_drawn_from_what_was_computed() -> None:
    findings = sample.default_study()
    found = findings.picks[0]
    moved = tuple(replace(c, mean=0.5, within_margin=False, on_front=i == 3) for i, c in enumerate(found.candidates))
    (data, _) = candidates.collect(replace(findings, picks=(replace(found, candidates=moved), *findings.picks[1:])))
    assert [c.on_front for c in data.candidates].index(True) == 3 and not any(c.near_best for c in data.candidates)
    assert data.adjusted and data.threshold == found.threshold
    trace = data.draw()["data"][1]
    assert set(trace["y"]) == {50.0}


def test_two_replicates_get_no_error_bars() -> None:
    two = sample.small_panel(replicates=2)
    drawn = accuracy_sweep.collect(sample.findings_of((two,), ())).draw()
    assert {v for trace in drawn["data"] if "error_y" in trace for v in trace["error_y"]["array"]} == {0}


def test_remedies_hold_effects_and_outcomes() -> None:
    (data,) = effects.collect(sample.remedies_study())
    assert [(r.name, r.test_outcome) for r in data.rows] == [
        ("dropout 0.3", "helped"),
        ("L2 1e-3", "no difference shown"),
        ("early stopping", "hurt"),
    ]


@pytest.mark.parametrize("make", STUDIES)
@pytest.mark.parametrize(
    "figure",
    [
        reports.depth_figure,
        reports.gap_figure,
        reports.curves_figure,
        reports.pick_figure,
        reports.remedies_figure,
    ],
)
def test_every_figure_of_every_study_can_be_shown(
    figure: Callable[[Findings], object], make: Callable[[], Findings]
) -> None:
    drawn = figure(make())
    text = drawn.to_json()  # type: ignore[attr-defined]
    assert "NaN" not in text and "Infinity" not in text


def test_a_figure_without_data_says_so() -> None:
    drawn = reports.depth_figure(sample.empty_study())
    assert [a.text for a in drawn.layout.annotations] == ["no data yet"]


def test_drawings_are_plain_json() -> None:
    json.dumps(accuracy_sweep.collect(sample.default_study()).draw(), allow_nan=False)


def test_a_name_from_outside_is_text_in_a_figure() -> None:
    findings = sample.findings_of([sample.panel("<b>x</b>", (1, 2), (1.0, 1.0), (0.8, 0.8), **SETTING)], ())
    titles = [a.text for a in reports.depth_figure(findings).layout.annotations]
    assert "<b>&lt;b&gt;x&lt;/b&gt;</b>" in titles


SETTING = {"samples": 300, "epochs": 5, "replicates": 3, "verdict": sample.SHORT}


def test_ticks_that_would_meet_are_left_out_and_the_last_one_stays() -> None:
    axis = Axis("hidden layers", tuple(float(v) for v in range(1, 41)), False, None, "")
    places, texts = axis.ticks()
    assert texts[-1] == "40" and len(texts) < 25
    assert np.diff(places).min() >= 1


def test_wide_ranges_get_a_logarithmic_axis() -> None:
    axis = Axis("samples", (100.0, 54_000.0), True, None, "")
    assert axis.position(100) == 2 and axis.limits[0] < 2


FALLING = Axis("training samples", (54_000.0, 3_000.0, 1_000.0, 300.0), True, None, "")


def test_a_falling_axis_has_all_its_labels() -> None:
    places, texts = FALLING.ticks()
    assert texts == ["300", "1,000", "3,000", "54,000"]
    assert places == sorted(places)


def test_marks_of_a_falling_axis_lie_towards_its_last_value() -> None:
    marks = Marks(onset=1_000, interval=(3_000, 300), reference=54_000, pick=None, fails_from=1_000)
    shapes, _ = mark_shapes(FALLING, marks, LIGHT, 1, 300)
    band, failing = ((s["x0"], s["x1"]) for s in shapes if s["type"] == "rect")
    reach = [FALLING.position(v) for v in (300, 1_000, 3_000, 54_000)]
    assert [band[0] < x < band[1] for x in reach] == [True, True, True, False]
    assert [failing[0] < x < failing[1] for x in reach] == [True, True, False, False]


def luminance(colour: str) -> float:
    shares = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize(
    ("role", "ratio"), [("ink", 7.0), ("muted", 4.5), ("train", 4.5), ("validation", 4.5), ("test", 4.5)]
)
def test_colours_stand_out_from_the_paper(palette: object, role: str, ratio: float) -> None:
    bright, dim = sorted((luminance(getattr(palette, role)), luminance(palette.paper)), reverse=True)  # type: ignore[attr-defined]
    assert (bright + 0.05) / (dim + 0.05) >= ratio


def test_each_split_has_its_own_symbol_and_each_light_colour_its_dark_one() -> None:
    assert len({sign.symbol for sign in SIGNS.values()}) == 3
    assert len(dark_colours()) == len(fields(LIGHT))


def test_drawn_intervals_of_shares_end_at_100_percent() -> None:
    near = [Interval(0.99, 0.95, 1.03, 5)]
    share, difference = error_bars(near, "#000000", PERCENT), error_bars(near, "#000000", PERCENT, difference=True)
    assert (share["array"], share["arrayminus"]) == ([1.0], [4.0]) and difference["array"] == [4.0]


def test_the_baseline_is_named_one_line_below_the_values() -> None:
    (small, *_) = accuracy_sweep.collect(sample.default_study()).panels
    assert small.axis.ticks()[1][-2:] == ["12", "<br>128-64"]


def test_the_gap_is_an_area_and_a_fall_that_does_not_matter_is_not_shaded() -> None:
    panel = sample.small_panel()
    verdict = replace(sample.OVERFITTING, test_drop=0.003, test_drop_interval=(0.001, 0.005))
    tiny = sample.findings_of((replace(panel, verdict=verdict),), ())
    drawn = [accuracy_sweep.collect(one).draw() for one in (tiny, sample.findings_of((panel,), ()))]
    shapes = [len(one["layout"]["shapes"]) for one in drawn]
    assert shapes[0] == shapes[1] - 1
    assert sum(trace["name"] == "gap" for trace in drawn[0]["data"]) == 1
