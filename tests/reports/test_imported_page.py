"""The page of another program's study: figures of what it tried, whatever its files say."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reports import render
from reports.blocks import Figure, Section
from reports.figures.imported_trials import MOST_DRAWN
from reports.sections.imported_page import imported_sections
from study.analysis.imported_findings import conclude_imported
from study.records.imported import Design, ForeignStudy, ForeignTrial, Measured
from study.records.parameters import Parameter

RATES = tuple(10.0 ** (-4 + 3 * i / 39) for i in range(40))
SPACE = (
    Parameter("lr", "float", 1e-4, 1e-1, log=True),
    Parameter("layers", "int", 1, 3),
    Parameter("units_2", "int", 8, 64, condition=("layers", (2, 3))),
    Parameter("optimizer", "choice", values=("adam", "sgd")),
)


def trial(i: int, **changes: Any) -> ForeignTrial:
    setting: dict[str, Any] = {"lr": RATES[i % 40], "layers": 1 + i % 3, "optimizer": ("adam", "sgd")[i % 2]}
    if setting["layers"] > 1:
        setting["units_2"] = 8 + i % 57
    value = abs(i - 20) / 10 + 0.1
    curve = tuple((step, value + 1 / (step + 1)) for step in range(3))
    return ForeignTrial(
        **{"number": i, "setting": setting, "state": "complete", "value": value, "curve": curve} | changes
    )


def study(count: int = 40, **changes: Any) -> ForeignStudy:
    trials = [trial(i) for i in range(count)]
    trials[3] = trial(3, state="failed", value=None, curve=(), reason="out of memory")
    trials[5] = trial(5, state="pruned")
    values = {
        "name": "s", "engine": "Optuna", "version": "5", "original": "s", "objective": "loss", "direction": "minimize",
        "parameters": SPACE, "trials": tuple(trials),
    }  # fmt: skip
    return ForeignStudy(**values | changes)


def sections(of: ForeignStudy) -> dict[str, Section]:
    return {section.id: section for section in imported_sections(conclude_imported(of))}


def figures(of: ForeignStudy) -> dict[str, Figure]:
    return {block.title: block for block in sections(of)["tried"].blocks if isinstance(block, Figure)}


def test_every_hyperparameter_has_its_trials_and_the_best_is_marked() -> None:
    shown = figures(study())["Hyperparameters"]
    assert {chart.title for chart in shown.charts} == {"lr", "layers", "units_2", "optimizer"}
    panels = {chart.title: chart.data.panels[0] for chart in shown.charts}  # type: ignore[attr-defined]
    (series,) = panels["lr"].series
    finished = {dot.number: dot for dot in series.dots if dot.accuracy is not None}
    assert sorted(finished) == [i for i in range(40) if i not in (3, 5)]  # a pruned value is one on the way
    assert all(dot.value == RATES[number] for number, dot in finished.items())
    assert [number for number, dot in finished.items() if dot.winner] == [20]
    assert [dot.number for dot in series.dots if dot.accuracy is None] == [3]
    conditional = {dot.number for dot in panels["units_2"].series[0].dots}
    assert conditional and all(number % 3 != 0 for number in conditional)
    assert "Pruned ones are not" in str(sections(study())["tried"].blocks[0])


@pytest.mark.parametrize(("direction", "better"), [("minimize", min), ("maximize", max)])
def test_how_it_went_is_the_best_so_far(direction: Any, better: Any) -> None:
    of = study(direction=direction)
    (chart,) = figures(of)["How it went"].charts
    (line,) = chart.data.lines  # type: ignore[attr-defined]
    values = [one.value for one in of.trials if one.state == "complete"]
    assert list(line.best) == [better(values[: i + 1]) for i in range(len(values))]
    assert list(line.numbers) == [one.number for one in of.trials if one.state == "complete"]


def test_the_best_trials_stand_out_among_all_and_no_value_is_called_an_accuracy() -> None:
    (chart,) = figures(study())["What the best trials have in common"].charts
    strong = {line.number for line in chart.data.lines if line.strong}  # type: ignore[attr-defined]
    assert strong == {18, 19, 20, 21} or strong <= set(range(17, 24))
    drawn = json.dumps(chart.data.draw(bare=True))
    assert "loss" in drawn and "accuracy" not in drawn and "validation" not in drawn


def test_reported_values_are_curves_and_the_best_is_one_of_them() -> None:
    (chart,) = figures(study())["Values reported on the way"].charts
    assert chart.data.best.number == 20 and chart.data.best.steps == (0, 1, 2)  # type: ignore[attr-defined]
    assert len(chart.data.others) == 37  # type: ignore[attr-defined]


def test_of_many_trials_the_best_are_drawn_and_that_is_said() -> None:
    found = sections(study(3 * MOST_DRAWN))["tried"]
    assert "The best 1,000 of 2,998 trials" in str(found.blocks[0])
    titles = {block.title: block for block in found.blocks if isinstance(block, Figure)}
    dots = titles["Hyperparameters"].charts[0].data.panels[0].series[0].dots  # type: ignore[attr-defined]
    assert sum(dot.accuracy is not None for dot in dots) == MOST_DRAWN and "How it went" not in titles


def test_what_cannot_be_drawn_is_named() -> None:
    names = tuple(f"net-{i}" for i in range(35))
    parameters = (Parameter("arch", "choice", values=names), Parameter("lr", "float", 1e-4, 1e-1, log=True))
    trials = tuple(trial(i, setting={"arch": names[i % 35], "lr": RATES[i]}) for i in range(40))
    caption = figures(study(parameters=parameters, trials=trials))["Hyperparameters"].caption
    assert "Left out, as there are too many, or too many of their values: arch." in caption


def test_choices_that_look_alike_stay_apart() -> None:
    values = (*(f"{'x' * 70}-{i}" for i in range(2)), True, 1, 1.0)
    parameters = (Parameter("c", "choice", values=values), Parameter("lr", "float", 1e-4, 1e-1, log=True))
    trials = tuple(trial(i, setting={"c": values[i % 5], "lr": RATES[i]}) for i in range(20))
    charts = figures(study(parameters=parameters, trials=trials))["Hyperparameters"].charts
    (panel,) = next(chart for chart in charts if chart.title == "c").data.panels  # type: ignore[attr-defined]
    assert len(set(panel.scale.choices)) == 5


@pytest.mark.parametrize("value", [1.7e308, 1e-12])
def test_extreme_values_end_no_page(value: float) -> None:
    setting = {"lr": 1e-3, "n": 10**400}
    trials = tuple(trial(i, value=value * (-1) ** i, setting=setting | {"lr": RATES[i]}, curve=()) for i in range(12))
    parameters = (Parameter("lr", "float", -1.7e308, 1.7e308), Parameter("n", "int", 0, 10))
    assert "Trials" in render([conclude_imported(study(parameters=parameters, trials=trials))], None)


def test_too_little_to_draw_draws_nothing() -> None:
    assert "tried" not in sections(study(trials=()))
    assert "tried" not in sections(study(trials=(trial(0, curve=()),)))


def test_names_and_values_from_elsewhere_are_no_markup_and_no_template() -> None:
    evil = '<a href="javascript:x">%{y}</a>'
    parameters = (Parameter(evil, "choice", values=(evil, "plain")), Parameter("broken", "float", 0.1, 1.0, log=True))
    trials = tuple(
        trial(i, setting={evil: (evil, "plain")[i % 2], "broken": ("text", -1.0, 0.5)[i % 3]}) for i in range(12)
    )
    of = study(parameters=parameters, trials=trials, objective=evil)
    page = render([conclude_imported(of)], None)
    for block in figures(of).values():
        for chart in block.charts:
            assert "<a" not in json.dumps(chart.data.draw(bare=True)) and "<a" not in json.dumps(
                chart.data.draw(bare=False)
            )
    assert '<a href="javascript' not in page


def test_runs_of_a_table_are_drawn_along_their_axis_with_the_onset() -> None:
    design = Design("layers", "seed", False, 0.02, 2.3, "")
    trials = tuple(
        ForeignTrial(
            5 * depth + seed,
            {"layers": depth},
            "complete",
            0.3 + 0.1 * max(depth - 2, 0),
            measured=Measured(
                0.05, 0.3 + 0.1 * max(depth - 2, 0), 0.31 + 0.1 * max(depth - 2, 0) + 0.001 * seed, str(seed)
            ),
        )
        for depth in (1, 2, 3, 4)
        for seed in range(4)
    )
    of = study(trials=trials, parameters=(SPACE[1],), design=design)
    section = sections(of)["depth"]
    assert section.title == "Loss against layers" and "tried" not in sections(of)
    (figure,) = section.blocks
    assert isinstance(figure, Figure)
    (chart,) = figure.charts
    (panel,) = chart.data.panels  # type: ignore[attr-defined]
    assert [one.name for one in panel.series] == ["train", "test"] and panel.marks.onset == 3
    assert panel.marks.drop.startswith("+0.2") and chart.data.draw(bare=True)["data"]
    blind = replace(of, trials=tuple(replace(one, measured=replace(one.measured, test=None)) for one in trials))  # type: ignore[type-var]
    (validated,) = sections(blind)["depth"].blocks
    assert [one.name for one in validated.charts[0].data.panels[0].series] == ["train", "validation"]  # type: ignore
    assert "best validation" in json.dumps(validated.charts[0].data.draw(bare=True))  # type: ignore


def test_the_page_is_written_with_its_figures(tmp_path: Path) -> None:
    page = render([conclude_imported(study())], None)
    for words in ("What was tried", "How it went", "Values reported on the way", "What the best trials have in common"):
        assert words in page
