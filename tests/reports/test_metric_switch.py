"""One figure for all metrics of a study: a switch, and a chart for each of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reports import depth_figure
from reports.blocks import Figure
from reports.page import page_of
from study.analysis.findings import Findings, MetricFinding, MetricPoint
from study.analysis.t_intervals import t_interval
from study.errors import InputError
from study.records.metrics import CROSS_ENTROPY, MACRO_F1
from tests.reports import sample_findings as sample


def several_metrics() -> Findings:
    """The default study with macro F1, which is half of accuracy, and cross-entropy, which begins to suffer earlier."""
    study = sample.default_study()
    panels = []
    for panel in study.panels:
        beside = []
        for metric, turn, verdict in (
            (MACRO_F1, lambda values: values / 2, None),
            (CROSS_ENTROPY, lambda values: 2 * (1 - values), panel.verdict),
        ):
            points = []
            for point in panel.points:
                values = turn(point.accuracy)
                train, validation, test = (t_interval(column) for column in values.T)
                gap = t_interval(values[:, 0] - values[:, 2])
                points.append(MetricPoint(point.value, train, validation, test, gap, values))
            beside.append(MetricFinding(metric, tuple(points), verdict))
        panels.append(replace(panel, beside=tuple(beside)))
    spec = study.facts.spec.model_copy(update={"metrics": ("accuracy", "macro_f1", "cross_entropy")})
    return replace(study, panels=tuple(panels), facts=replace(study.facts, spec=spec))


def figure_of(study: Findings) -> tuple[str, Figure]:
    (section,) = [one for one in page_of([study]).sections if one.id == "depth"]
    (figure,) = [block for block in section.blocks if isinstance(block, Figure)]
    return section.title, figure


def test_a_study_with_several_metrics_has_one_figure_with_a_chart_of_each() -> None:
    title, figure = figure_of(several_metrics())
    assert title == "Accuracy against hidden layers" and figure.choices == ("accuracy", "macro F1", "cross-entropy")
    panels = len(several_metrics().panels)
    assert [chart.choice for chart in figure.charts] == [words for words in figure.choices for _ in range(panels)]
    data = {chart.choice: chart.data for chart in reversed(figure.charts)}
    accuracy, f1 = (data[one].panels[0].series[2].estimates for one in ("accuracy", "macro F1"))  # type: ignore[attr-defined]
    assert [2 * one.interval.mean for one in f1] == pytest.approx([one.interval.mean for one in accuracy])
    assert len(f1[0].replicates) == len(accuracy[0].replicates) > 1


def test_each_metric_has_the_marks_of_its_own_verdict() -> None:
    _, figure = figure_of(several_metrics())
    marks = {chart.choice: chart.data.panels[0].marks for chart in reversed(figure.charts)}  # type: ignore[attr-defined]
    assert marks["accuracy"].onset == marks["cross-entropy"].onset is not None and marks["macro F1"].onset is None
    assert marks["macro F1"].pick == marks["accuracy"].pick  # the same network, whatever is looked at


def test_a_study_with_one_metric_has_no_switch() -> None:
    title, figure = figure_of(sample.default_study())
    assert title == "Accuracy against hidden layers" and figure.choices == ()


def test_a_notebook_names_the_metric_that_it_wants() -> None:
    figure = depth_figure(several_metrics(), metric="macro_f1")
    assert "macro F1" in figure.layout.yaxis.title.text
    assert depth_figure(several_metrics(), metric="accuracy") == depth_figure(several_metrics())
    with pytest.raises(InputError, match=r"metric 'f1'\. It shows: accuracy, macro_f1, cross_entropy"):
        depth_figure(several_metrics(), metric="f1")
