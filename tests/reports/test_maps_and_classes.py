"""The map of overfitting and the pick class by class: their data, and their places on the page."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reports.figures import classes, gap_map
from reports.page import page_of
from study.analysis.findings import Findings, Panel, PickFinding
from study.analysis.onset.verdict import OnsetVerdict
from study.analysis.t_intervals import t_interval
from tests.reports import sample_findings as sample

DEPTHS = (1, 2, 4, 8)


def row(samples: int, drop: float, verdict: OnsetVerdict) -> Panel:
    test = [0.9, 0.9, 0.9 - drop, 0.9 - 2 * drop]
    given = {"samples": samples, "epochs": 20, "replicates": 5, "verdict": verdict, "seed": samples}
    one = sample.panel(f"{samples:,} samples", DEPTHS, (1.0,) * 4, test, **given)
    return replace(one, others=f"{samples:,} samples", place=(("samples", float(samples)),))


OVERFITTING = replace(
    sample.OVERFITTING, onset=4, interval=(2, 4), guaranteed_interval=(2, 8), certain_from=8, replicates=(5, 5)
)


def map_study() -> Findings:
    """Two sizes of the training set, the larger one first: overfitting with the smaller one only."""
    panels = [row(3_000, 0.0, replace(sample.SHORT, margin=OVERFITTING.margin)), row(300, 0.05, OVERFITTING)]
    return sample.findings_of(panels, [])


def test_the_map_has_a_row_for_each_size_ascending_and_a_cell_for_each_depth() -> None:
    (data,) = gap_map.collect(map_study())
    assert [one.value for one in data.rows] == [300, 3_000] and data.values == DEPTHS
    assert (data.label, data.second_label) == ("hidden layers", "training samples")
    small = map_study().panels[1]
    assert [cell.gap for cell in data.rows[0].cells] == [point.gap for point in small.points]


def test_cells_are_framed_from_where_the_verdict_says() -> None:
    (data,) = gap_map.collect(map_study())
    assert [cell.overfits for cell in data.rows[0].cells] == ["", "possible", "possible", "certain"]
    assert {cell.overfits for cell in data.rows[1].cells} == {""}
    shapes = data.draw()["layout"]["shapes"]
    assert [(shape["x0"] + 0.44, shape["line"]["dash"]) for shape in shapes] == [
        (1, "dot"),
        (2, "dot"),
        (3, "solid"),
    ]


def test_a_missing_cell_stays_empty() -> None:
    study = map_study()
    large, small = study.panels
    shorter = replace(study, panels=(replace(large, points=large.points[:2]), small))
    (data,) = gap_map.collect(shorter)
    trace = data.draw()["data"][0]
    assert trace["z"][1][2:] == [None, None] and trace["text"][1][2:] == ["", ""]


def test_one_size_or_arms_alone_make_no_map() -> None:
    study = map_study()
    assert gap_map.collect(replace(study, panels=study.panels[:1])) == ()
    assert gap_map.collect(sample.default_study()) == gap_map.collect(sample.empty_study()) == ()


def test_arms_have_a_map_each() -> None:
    study = map_study()
    panels = tuple(replace(p, arm=arm, name=f"{arm}, {p.name}") for arm in ("none", "dropout") for p in study.panels)
    assert [data.name for data in gap_map.collect(replace(study, panels=panels))] == ["none", "dropout"]


def test_the_map_stands_in_the_section_of_the_gap_with_its_numbers() -> None:
    page = page_of([map_study()])
    (section,) = [s for s in page.sections if s.id == "gap"]
    figure = section.blocks[0]
    assert figure.title == "Map of overfitting" and len(figure.table.rows) == 8
    assert "certain in 1 of 8 cells" in figure.charts[0].alt


def with_classes() -> Findings:
    study = sample.default_study()
    runs = np.array([[0.9, 0.5, 0.7], [0.8, 0.5, 0.7], [1.0, 0.5, 0.7]])
    intervals = tuple(t_interval(column) for column in runs.T)
    picks = tuple(replace(pick, classes=intervals) for pick in study.picks)
    return of_classes(study, picks, ("cat", "<b>dog</b>", "bird"))


def of_classes(study: Findings, picks: tuple[PickFinding, ...], labels: tuple[str, ...]) -> Findings:
    run = replace(study.facts.run, classes=len(labels), labels=labels)
    return replace(study, picks=picks, facts=replace(study.facts, run=run))


def test_classes_go_from_the_worst_to_the_best_under_their_own_names() -> None:
    data, *_ = classes.collect(with_classes())
    assert [(r.label, round(r.recall.mean or 0, 3)) for r in data.rows] == [
        ("<b>dog</b>", 0.5),
        ("bird", 0.7),
        ("cat", 0.9),
    ]
    assert data.draw()["layout"]["yaxis"]["ticktext"][0] == "&lt;b&gt;dog&lt;/b&gt;"


def test_a_hundred_classes_are_all_in_the_table_and_the_worst_are_drawn() -> None:
    study = with_classes()
    many = tuple(t_interval([i / 100, i / 100]) for i in range(100))
    picks = tuple(replace(pick, classes=many) for pick in study.picks[:1])
    study = of_classes(study, picks, tuple(map(str, range(100))))
    (data,) = classes.collect(study)
    assert len(data.rows) == 100 and len(data.draw()["data"][0]["x"]) == classes.MOST
    (section,) = [s for s in page_of([study]).sections if s.id == "pick"]
    (figure,) = [b for b in section.blocks if getattr(b, "title", "") == "The pick class by class"]
    assert len(figure.table.rows) == 100 and "30 lowest" in figure.caption


def test_a_study_without_records_by_class_has_no_such_figure() -> None:
    assert classes.collect(sample.default_study()) == ()
