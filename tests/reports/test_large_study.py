"""The page of a study too large to draw: what it leaves out, that it says so, and that the rest is there."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace

import pytest

from reports import render
from reports.blocks import Block, Figure, Fold, Page, Prose, Table, unfolded
from reports.figures.accuracy_sweep import AccuracyData
from reports.figures.candidates import PickData
from reports.figures.gap_map import MapData
from reports.figures.gap_sweep import GapData
from reports.page import page_of
from reports.sections.thinning import MOST_CURVES, MOST_SETTINGS, MOST_TRIALS
from study.analysis.findings import Findings, Panel
from tests.reports import sample_findings as sample


def settings(number: int, depths: int, replicates: int, epochs: int = 5) -> list[Panel]:
    """Panels of one grid of depths and training-set sizes."""
    axis = range(1, depths + 1)
    given = {"samples": 300, "epochs": epochs, "replicates": replicates, "verdict": sample.SHORT, "baseline": False}
    one = sample.panel("", axis, [1.0] * depths, [0.85 - 0.003 * d for d in axis], **given)  # type: ignore[arg-type]
    return [on_samples(one, 300 * (i + 1)) for i in range(number)]


def on_samples(one: Panel, n: int) -> Panel:
    """The panel of another training-set size."""
    points = tuple(replace(p, configuration=replace(p.configuration, samples=n)) for p in one.points)
    place = (("samples", float(n)),)
    return replace(one, name=f"{n:,} samples", others=f"{n:,} samples", place=place, samples=n, points=points)


def study(panels: Sequence[Panel]) -> Findings:
    return sample.findings_of(panels, [sample.pick_of(panel, 0) for panel in panels], name="large")


@functools.cache
def large() -> Page:
    """Thirty settings of 20 depths, nine replicates: 5,400 trials."""
    return page_of([study(settings(30, 20, 9))])


def blocks(page: Page, section: str) -> tuple[Block, ...]:
    return tuple(unfolded(next(s.blocks for s in page.sections if s.id == section)))


def folds(page: Page, section: str) -> list[Fold]:
    """What opens at a click in a section."""
    return [block for one in page.sections if one.id == section for block in one.blocks if isinstance(block, Fold)]


def figure(page: Page, section: str, kind: type) -> Figure:
    """The first figure in a section that draws data of ``kind``."""
    figures = (block for block in blocks(page, section) if isinstance(block, Figure))
    return next(one for one in figures if isinstance(one.charts[0].data, kind))


def words(page: Page, section: str) -> str:
    return " ".join(text for block in blocks(page, section) if isinstance(block, Prose) for text in block.paragraphs)


def test_some_settings_are_drawn_from_the_first_to_the_last_and_the_figure_says_so() -> None:
    for section, kind in (("depth", AccuracyData), ("gap", GapData), ("pick", PickData)):
        shown = figure(large(), section, kind)
        assert len(shown.charts) == MOST_SETTINGS
        assert shown.charts[0].title.startswith("300 samples") and shown.charts[-1].title.startswith("9,000 samples")
        assert "Drawn are 24 of the 30 settings" in shown.caption
        assert "numbers behind this figure are of all" in shown.caption


def test_of_more_than_four_settings_the_one_that_decisions_are_about_is_open_and_the_first() -> None:
    few, many = (page_of([study(settings(number, 3, 3))]) for number in (4, 6))
    for section, kind in (("depth", AccuracyData), ("gap", GapData), ("pick", PickData)):
        assert not any(chart.folded for chart in figure(few, section, kind).charts)
        charts = figure(many, section, kind).charts
        shown = [chart.title.partition(" samples")[0] for chart in charts if not chart.folded]
        assert shown == ["300", "1,800"] and len(charts) == 6
    hidden = ["600 samples", "900 samples", "1,200 samples", "1,500 samples"]
    for section in ("curves", "pick"):
        assert [fold.title for fold in folds(many, section)][:4] == hidden
        assert folds(few, section) == []


def test_the_numbers_behind_a_figure_are_those_of_all_settings() -> None:
    for section, kind in (("depth", AccuracyData), ("gap", GapData), ("pick", PickData)):
        assert len({row[0] for row in figure(large(), section, kind).table.rows}) == 30


def test_the_answer_and_the_map_leave_no_setting_out() -> None:
    assert len(blocks(large(), "answer")[1].verdicts) == 30  # type: ignore[union-attr]
    assert len(figure(large(), "gap", MapData).table.rows) == 30 * 20


def test_learning_curves_that_are_not_drawn_are_said_to_be_left_out_and_where_they_are() -> None:
    page = page_of([study(settings(30, 40, 2))])
    drawn = [block for block in blocks(page, "curves") if isinstance(block, Figure)]
    assert sum(len(one.charts) for one in drawn) <= MOST_CURVES
    said = words(page, "curves")
    assert f"Drawn are {len(drawn)} of the 30 settings" in said and 'depthgauge export "large" trials.csv' in said
    diagnoses = blocks(page, "curves")[-1]
    assert isinstance(diagnoses, Table) and len(diagnoses.rows) == 30 * 40


def test_the_table_of_trials_ends_and_says_how_many_there_are() -> None:
    table = next(block for block in blocks(large(), "method") if isinstance(block, Table) and block.interactive)
    assert len(table.rows) == MOST_TRIALS
    said = words(large(), "method")
    assert "holds 5,000 of the 5,400 trials" in said and 'depthgauge export "large" trials.csv' in said


def test_trials_that_failed_are_never_left_out_of_the_table() -> None:
    findings = study(settings(30, 20, 9))
    lost = replace(findings.trials[-1], state="failed", reason="out of memory")
    page = page_of([replace(findings, trials=(*findings.trials[:-1], lost))])
    table = next(block for block in blocks(page, "method") if isinstance(block, Table) and block.interactive)
    assert "failed" in table.rows[0] and "out of memory" in table.rows[0]


def test_a_study_within_the_limits_is_drawn_whole_and_says_nothing() -> None:
    page = page_of([study(settings(MOST_SETTINGS, 3, 2))])
    assert len(figure(page, "depth", AccuracyData).charts) == MOST_SETTINGS
    assert "Drawn are" not in words(page, "curves") + figure(page, "depth", AccuracyData).caption
    assert "The table holds" not in words(page, "method")


@pytest.mark.long
def test_the_page_of_100_000_trials_stays_below_15_mb() -> None:
    panels = settings(100, 20, 50, epochs=50)
    findings = study(panels[:1])
    whole = replace(
        findings,
        panels=tuple(panels),
        picks=tuple(sample.pick_of(panel, 0) for panel in panels),
        trials=findings.trials * len(panels),
    )
    assert len(whole.trials) == 100_000
    assert len(render(whole, None).encode()) < 15e6
