"""The findings that these tests are written on are such as a study's spec, plan and searches come to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from study.analysis.findings import Findings
from study.design.plan import PlannedPoint, Winner, make_plan
from tests.reports import sample_findings as sample
from tests.reports import sample_search as scripted
from tests.reports.test_large_study import settings, study
from tests.reports.test_maps_and_classes import map_study


def grid() -> Findings:
    return study(settings(3, 4, 2))


@pytest.mark.parametrize(
    "make",
    [
        sample.default_study,
        sample.remedies_study,
        sample.large_study,
        sample.unfinished_study,
        sample.one_trial_study,
        sample.all_failed_study,
        scripted.isolation,
        scripted.plain_search,
        map_study,
        grid,
    ],
)
def test_panels_of_a_sample_are_those_that_its_study_plans(make: Callable[[], Findings]) -> None:
    findings = make()
    cells = findings.search.cells if findings.search else ()
    winners = {cell.name: tuple(Winner(one.tried.configuration, one.reading) for one in cell.chosen) for cell in cells}
    planned = make_plan(findings.facts.spec).panels
    assert len(planned) == len(findings.panels)
    for plan, panel in zip(planned, findings.panels, strict=True):
        assert (plan.arm, plan.setting, plan.has_axis) == (panel.arm, panel.others, panel.has_axis)
        assert (plan.replicates, plan.reading) == (panel.replicates, panel.reading)
        assert (plan.margin or panel.metric.margin) == panel.margin
        points = tuple(
            PlannedPoint(p.value, (Winner(p.configuration, p.reading),), tuple(range(panel.replicates)))
            for p in panel.points
        )
        assert points == plan.points(winners)
        assert (plan.baseline and plan.baseline.configuration({})) == (panel.baseline and panel.baseline.configuration)
        assert panel.searches == tuple(cell for cell in cells if cell.panel == panel.name)
        assert all(len(point.accuracy) == panel.replicates for point in panel.points)


@pytest.mark.parametrize(
    "make", [scripted.isolation, scripted.plain_search, scripted.unfinished_search, scripted.infeasible_search]
)
def test_searches_of_a_sample_are_those_that_its_study_plans(make: Callable[[], Findings]) -> None:
    findings = make()
    found, planned = findings.search, make_plan(findings.facts.spec).searches
    assert found is not None and found.parameters == max((one.cell.parameters for one in planned), key=len)
    assert [(cell.name, cell.value) for cell in found.cells] == [(one.name, one.cell.value) for one in planned]
    for cell, plan in zip(found.cells, planned, strict=True):
        assert cell.over == (len(cell.tried) == plan.trials == found.trials)
        assert all(one.configuration == plan.cell.configuration(one.setting) for one in cell.tried)
        assert all(one.tried in cell.feasible and one.reading in plan.cell.readings for one in cell.chosen)
