"""Finished runs in a table: the verdict of our own runs where they can bear one, and what is not known not claimed."""

from __future__ import annotations

import contextlib
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest

from depthgauge import load_study
from study.analysis.findings import ImportedFindings
from study.analysis.imported_findings import conclude_imported
from study.analysis.imported_panels import ImportedPanel
from study.analysis.onset.find import find_onset
from study.design.plan import make_plan
from study.design.source import build_spec
from study.errors import DataError, InputError
from study.foreign.run_columns import RunColumns, run_columns
from study.foreign.runs_reader import read_runs
from study.records.imported import ForeignStudy
from study.records.metrics import METRICS
from study.store import open_store
from tests.conftest import FACTS, scripted_result, trials_of
from tests.foreign.logged import csv_rows
from tests.test_cli import depthgauge, with_study  # noqa: F401

LAYERS = (1, 2, 3, 4, 6, 8)
SEEDS = 5
NAMED = RunColumns(
    axis="layers", replicate="seed", train="train_acc", validation="val_acc", test="test_acc", chance=0.1
)
Row = dict[str, Any]


def rows(drop: float = 0.01, *, own_seeds: bool = False, seed: int = 0) -> list[Row]:
    """Runs whose test accuracy falls by ``drop`` a layer beyond three."""
    rng = np.random.default_rng(seed)
    found = []
    for layers in LAYERS:
        fall = drop * max(layers - 3, 0)
        for number in range(SEEDS):
            found.append(
                {
                    "layers": layers,
                    "seed": 100 * layers + number if own_seeds else number,
                    "train_acc": 0.99 + 0.001 * rng.standard_normal(),
                    "val_acc": 0.92 - fall + 0.003 * rng.standard_normal(),
                    "test_acc": 0.91 - fall + 0.003 * rng.standard_normal(),
                }
            )
    return found


def study(tmp_path: Path, table: list[Row], columns: RunColumns = NAMED, **changes: Any) -> ForeignStudy:
    named = RunColumns(**{name: getattr(columns, name) for name in RunColumns.__slots__} | changes)
    return read_runs(csv_rows(tmp_path / "runs.csv", table), named)


def panel(read: ForeignStudy) -> ImportedPanel:
    (found,) = conclude_imported(read).panels
    return found


def test_a_table_of_paired_runs_has_the_verdict_of_our_own_runs(tmp_path: Path) -> None:
    table = rows()
    found = panel(study(tmp_path, table))
    train, test = (np.array([row[name] for row in table]).reshape(-1, SEEDS).T for name in ("train_acc", "test_acc"))
    assert found.verdict == find_onset(LAYERS, train, test, chance=0.1)
    assert found.verdict is not None and found.verdict.kind == "overfitting"
    assert [point.held_out.n for point in found.points] == [SEEDS] * len(LAYERS)


def test_other_seeds_at_each_depth_are_compared_without_pairs(tmp_path: Path) -> None:
    found = panel(study(tmp_path, rows(own_seeds=True)))
    assert found.verdict is not None and not found.verdict.paired and found.verdict.kind == "overfitting"
    assert any("link too few" in note for note in found.notes)


@pytest.mark.parametrize("own_seeds", [False, True])
def test_the_pick_is_the_smallest_value_near_the_best_on_validation_and_is_read_on_test(
    tmp_path: Path, own_seeds: bool
) -> None:
    table = rows(own_seeds=own_seeds)
    for row in table:
        row["val_acc"] -= 0.02 * (row["layers"] == 1)  # too shallow, on validation alone
        row["test_acc"] -= 0.01 * (row["layers"] == 2)  # what test values say has no say
    found = panel(study(tmp_path, table)).pick
    assert found is not None and found.value == 2 and found.chosen_on == "validation" and found.read_on == "test"
    assert found.accuracy.mean == pytest.approx(0.90, abs=0.004) and found.accuracy.n == SEEDS
    assert found.sentence.startswith("To use: 2 layers: of the 6 values tried, the smallest that is")
    assert "of runs that did not choose. Nothing else was tried" in found.sentence
    assert found.sentence in conclude_imported(study(tmp_path, table)).sentence


def test_a_pick_that_test_values_made_says_that_they_test_it_no_more(tmp_path: Path) -> None:
    found = panel(study(tmp_path, rows(), validation="")).pick
    assert found is not None and found.chosen_on == "test" and "test it no more" in found.sentence
    of_validation = panel(study(tmp_path, rows(), test="")).pick
    assert of_validation is not None and of_validation.read_on == "validation"


def test_nobody_picks_fewer_samples(tmp_path: Path) -> None:
    table = [{"samples" if name == "layers" else name: one for name, one in row.items()} for row in rows()]
    assert panel(study(tmp_path, table, axis="samples")).pick is None
    assert panel(study(tmp_path, rows(), train="")).pick is None  # nor where there is no verdict


def test_missing_combinations_and_a_single_run_are_borne_and_named(tmp_path: Path) -> None:
    table = [
        row for row in rows() if not (row["layers"] == 2 and row["seed"] > 0) and (row["layers"], row["seed"]) != (4, 3)
    ]
    found = panel(study(tmp_path, table))
    assert found.verdict is not None and found.verdict.paired and 2 not in found.verdict.compared_depths
    assert any("With one run, 2 took no part" in note for note in found.notes)


def test_without_test_values_the_verdict_speaks_of_validation_and_says_that_it_chose(tmp_path: Path) -> None:
    found = panel(study(tmp_path, rows(), test=""))
    assert found.held_out == "validation" and "validation accuracy falls" in found.sentence
    assert "test accuracy" not in found.sentence and any("may also have chosen" in note for note in found.notes)


def test_without_seeds_nothing_is_a_replicate_unless_it_is_said(tmp_path: Path) -> None:
    unsaid = panel(study(tmp_path, rows(), replicate=""))
    assert unsaid.verdict is None and "which runs are replicates" in unsaid.sentence
    assert all(point.held_out.low is None and point.held_out.n == SEEDS for point in unsaid.points)
    said = panel(study(tmp_path, rows(), replicate="", replicates=True))
    assert said.verdict is not None and not said.verdict.paired


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"train": ""}, "without values of training"),
        ({"direction": "minimize", "chance": None}, "Give --margin and --chance"),
        ({"direction": "minimize", "chance": 0.1, "margin": 0.02}, "no run is better than --chance 0.1"),
    ],
)
def test_what_a_verdict_needs_is_named_where_it_is_missing(changes: Row, expected: str, tmp_path: Path) -> None:
    found = panel(study(tmp_path, rows(), **changes))
    assert found.verdict is None and expected in found.sentence


LOSSES = RunColumns(
    axis="layers",
    replicate="seed",
    train="loss",
    validation="val_loss",
    test="test_loss",
    margin=0.02,
    chance=2.303,
)


def losses(rise: float = 0.04) -> list[Row]:
    """The runs above by a loss that rises by ``rise`` a layer beyond three."""
    named = {"train_acc": "loss", "val_acc": "val_loss", "test_acc": "test_loss"}
    return [
        {named.get(name, name): 4 * (1 - value) if name in named else value for name, value in row.items()}
        for row in rows(rise / 4)
    ]


def test_a_loss_has_the_verdict_that_a_metric_of_our_own_would_have(tmp_path: Path) -> None:
    table = losses()
    found = panel(study(tmp_path, table, LOSSES))
    train, test = (np.array([row[name] for row in table]).reshape(-1, SEEDS).T for name in ("loss", "test_loss"))
    ours = find_onset(LAYERS, train, test, metric=METRICS["cross_entropy"], margin=0.02, chance=2.303)
    assert found.verdict is not None and ours.kind == found.verdict.kind == "overfitting"
    for part in ("onset", "interval", "certain_from", "test_drop", "margin"):
        assert getattr(found.verdict, part) == pytest.approx(getattr(ours, part)), part
    assert (
        "test loss rises by 0.2" in found.sentence and "accuracy" not in found.sentence and "%)" not in found.sentence
    )
    assert found.pick is not None and found.pick.value <= 3 and "within 0.02 of the best" in found.pick.sentence
    assert all(point.gap.mean > 0 for point in found.points)  # what is worse than training, whatever is better


def test_a_margin_is_in_the_unit_of_the_table(tmp_path: Path) -> None:
    percents = [
        {name: 100 * value if name.endswith("_acc") else value for name, value in row.items()} for row in rows()
    ]
    read = study(tmp_path, percents, margin=1.0, chance=10)
    found = panel(read)
    assert found.verdict is not None and found.verdict.margin == pytest.approx(0.01) and found.verdict.matters
    assert any("and so are --margin and --chance" in note for note in read.notes)
    assert "the margin of 1 point" not in found.sentence and "within 1 point of the best" in found.pick.sentence  # type: ignore[union-attr]


def test_columns_that_are_called_after_a_part_alone_say_no_measure(tmp_path: Path) -> None:
    table = [{name.removesuffix("_acc"): value for name, value in row.items()} for row in rows()]
    columns = {"train": "train", "validation": "val", "test": "test"}
    assert "test accuracy falls" in panel(study(tmp_path, table, **columns, direction="maximize")).sentence
    risen = [row | {name: 2 - row[name] for name in columns.values()} for row in table]
    found = panel(study(tmp_path, risen, **columns, direction="minimize", margin=0.005, chance=2.3))
    assert "test value rises" in found.sentence and "accuracy" not in found.sentence


def test_earlier_epochs_say_nothing_of_what_is_read(tmp_path: Path) -> None:
    table = [
        row | {"epoch": epoch, "test_r2": row["test_acc"] - 1.5 * (epoch == 1), "train_r2": row["train_acc"]}
        for row in rows()
        for epoch in (1, 2)
    ]
    options = {"train": "train_r2", "validation": "", "test": "test_r2", "epoch": "epoch", "direction": "maximize"}
    with pytest.raises(InputError, match=r"--chance -0\.1"):  # at the last epoch they are shares: said at once
        study(tmp_path, table, **options, chance=-0.1)
    assert panel(study(tmp_path, table, **options, chance=0.0)).verdict is not None


def test_a_score_is_called_what_its_column_is_called(tmp_path: Path) -> None:
    table = [{name.replace("acc", "auc"): value for name, value in row.items()} for row in rows()]
    columns = {"train": "train_auc", "validation": "val_auc", "test": "test_auc", "direction": "maximize"}
    found = panel(study(tmp_path, table, **columns))
    assert "test auc falls by 0.0" in found.sentence and "accuracy" not in found.sentence
    below = [row | {name: row[name] - 1 for name in ("train_auc", "val_auc", "test_auc")} for row in table]
    found = panel(study(tmp_path, below, **columns, margin=0.005, chance=-0.5))  # as R2 may lie
    assert found.verdict is not None and found.verdict.kind == "overfitting"


def test_settings_beside_the_axis_make_panels_and_unnamed_ones_are_said(tmp_path: Path) -> None:
    table = [{**row, "lr": rate} for rate in (0.1, 0.01) for row in rows(0.01 if rate == 0.1 else 0.0)]
    read = study(tmp_path, table, parameters=("lr",))
    panels = conclude_imported(read).panels
    assert [one.name for one in panels] == ["lr 0.1", "lr 0.01"]
    assert [one.verdict is not None and one.verdict.kind == "overfitting" for one in panels] == [True, False]
    with pytest.raises(DataError, match="same run"):
        study(tmp_path, table)
    pooled = study(tmp_path, [{**row, "lr": 0.1 * (row["seed"] % 2 + 1)} for row in rows()])
    assert any("differ in lr" in note for note in pooled.notes)


def test_rows_of_epochs_are_read_where_it_is_said(tmp_path: Path) -> None:
    table = [
        {**row, "epoch": epoch, "val_loss": abs(epoch - 2) + 0.1, "test_acc": row["test_acc"] - 0.1 * (epoch == 4)}
        for row in rows()
        for epoch in (4, 1, 2, 3)
    ]
    last, best = (
        study(tmp_path, table, **options) for options in ({}, {"reading": "best", "validation_loss": "val_loss"})
    )
    means = [panel(one).points[0].held_out.mean for one in (last, best)]
    assert means[0] is not None and means[1] is not None and abs(means[1] - means[0] - 0.1) < 1e-9
    assert len(last.trials) == len(LAYERS) * SEEDS and [step for step, _ in last.trials[0].curve] == [1, 2, 3, 4]
    with pytest.raises(InputError, match=r"validation.loss"):
        study(tmp_path, table, reading="best")


def test_percentages_are_recognised_and_a_value_that_is_not_finite_is_a_failed_run(tmp_path: Path) -> None:
    table = [{**row, **{part: 100 * row[part] for part in ("train_acc", "val_acc", "test_acc")}} for row in rows()]
    table[-1]["test_acc"] = table[-1]["val_acc"] = table[-1]["train_acc"] = "nan"
    read = study(tmp_path, table)
    found = panel(read)
    assert any("percent" in note for note in read.notes)
    assert found.verdict is not None and found.verdict.failed_runs[0].depth == 8
    assert read.trials[-1].state == "failed" and "not finite" in read.trials[-1].reason


def test_what_is_better_is_told_by_the_name_or_asked_for(tmp_path: Path) -> None:
    assert study(tmp_path, rows()).direction == "maximize"
    table = [{**row, "score": row["val_acc"]} for row in rows()]
    with pytest.raises(InputError, match="Is a larger 'score' better"):
        study(tmp_path, table, validation="score", test="")
    assert study(tmp_path, table, validation="score", test="", direction="maximize").direction == "maximize"


@pytest.mark.parametrize("ending", ["csv", "json", "jsonl", "parquet"])
def test_every_kind_of_file_gives_the_same_study(ending: str, tmp_path: Path) -> None:
    frame = pandas.DataFrame(rows())
    file = tmp_path / f"runs.{ending}"
    match ending:
        case "csv":
            frame.to_csv(file, index=False)
        case "parquet":
            frame.to_parquet(file)
        case _:
            frame.to_json(file, orient="records", lines=ending == "jsonl", double_precision=15)
    found = panel(read_runs(file, NAMED))
    assert found.verdict is not None
    assert (found.verdict.kind, found.verdict.onset) == (panel(study(tmp_path, rows())).verdict.kind, 4)  # type: ignore[union-attr]


def test_columns_stand_in_a_file_that_is_kept_and_what_is_said_wins(tmp_path: Path) -> None:
    file = tmp_path / "columns.toml"
    file.write_text(
        'axis = "layers"\nreplicate = "seed"\ntrain = "train_acc"\ntest = "test_acc"\nparameters = ["lr"]\n', "utf-8"
    )
    columns = run_columns(file, test="val_acc", parameters=())
    assert (columns.axis, columns.test, columns.parameters) == ("layers", "val_acc", ("lr",))
    for text, expected in (("axes = 'x'", "axis"), ("axis = 3", "expected a text"), ("axis =", "expected TOML")):
        file.write_text(text, "utf-8")
        with pytest.raises(InputError, match=expected):
            run_columns(file, test="test_acc")
    with pytest.raises(InputError, match="Expected a column of results"):
        run_columns(None, axis="layers")


def test_from_the_command_line_to_report_gate_and_document(tmp_path: Path) -> None:
    csv_rows(tmp_path / "runs.csv", rows())
    options = ["--axis", "layers", "--replicate", "seed", "--train", "train_acc", "--test", "test_acc"]
    done = depthgauge("import", "runs", "runs.csv", *options, cwd=tmp_path)
    assert done.returncode == 0 and "30 trials in study" in done.stdout, done.stderr
    assert "overfitting starts at 4 layers" in depthgauge("verdict", "runs", cwd=tmp_path).stdout
    assert depthgauge("verdict", "runs", "--fail-on", "overfitting", cwd=tmp_path).returncode == 3
    assert depthgauge("verdict", "runs", "--fail-on", "none", cwd=tmp_path).returncode == 0
    document = json.loads(depthgauge("verdict", "runs", "--json", cwd=tmp_path).stdout)
    assert document["imported"]["panels"][0]["verdict"]["onset"] == 4
    assert depthgauge("report", "runs", "--output", "page.html", cwd=tmp_path).returncode == 0
    assert "overfitting starts at 4 layers" in (tmp_path / "page.html").read_text("utf-8")
    assert depthgauge("trials", "runs", cwd=tmp_path).returncode == 0
    csv_rows(tmp_path / "runs.csv", [*rows(), {**rows()[0], "seed": 9}])
    again = depthgauge("import", "runs", "runs.csv", *options, "--refresh", cwd=tmp_path)
    assert again.returncode == 0 and "31 trials" in again.stdout
    blind = [*options[:2], *options[4:]]
    depthgauge("import", "runs", "runs.csv", *blind, "--name", "blind", cwd=tmp_path)
    gate = depthgauge("verdict", "blind", "--fail-on", "overfitting", cwd=tmp_path)
    assert gate.returncode == 1 and "No verdict" in gate.stderr


def test_a_study_of_our_own_that_was_exported_and_imported_has_the_same_verdict(with_study: Path) -> None:  # noqa: F811
    own = load_study("deep", str(with_study / "depthgauge" / "studies.db")).verdict()
    (mine,) = own.panels  # type: ignore[union-attr]
    accuracy = np.stack([point.accuracy for point in mine.points], axis=1)
    expected = find_onset([1, 2, 3, 4], accuracy[:, :, 0], accuracy[:, :, 2], chance=0.1)
    for ending in ("parquet", "json", "csv"):
        assert depthgauge("export", "deep", f"deep.{ending}", cwd=with_study).returncode == 0
        columns = RunColumns(
            axis="depth",
            replicate="replicate",
            train="train_accuracy",
            validation="validation_accuracy",
            test="test_accuracy",
            reading=mine.reading,
            validation_loss="validation_cross_entropy",
            chance=0.1,
        )
        findings = conclude_imported(read_runs(with_study / f"deep.{ending}", columns))
        assert isinstance(findings, ImportedFindings) and findings.panels[0].verdict == expected


def test_the_loss_of_an_exported_study_has_the_verdict_of_the_study(with_study: Path) -> None:  # noqa: F811
    store = str(with_study / "depthgauge" / "studies.db")
    values = {"name": "losses", "dataset": "digits", "replicates": 4, "metric": "cross_entropy"}
    spec = build_spec(values | {"space": {"depth": {"values": [1, 2, 3, 4]}}}, "test")
    with contextlib.closing(open_store(store)) as opened:
        opened.begin(make_plan(spec), "hash", FACTS)
        for trial in trials_of(spec):
            opened.record("losses", scripted_result(trial, test_items=360))
    (mine,) = load_study("losses", store).verdict().panels  # type: ignore[union-attr]
    found = np.stack([point.accuracy for point in mine.points], axis=1)  # of the study's metric
    ours = {"metric": METRICS["cross_entropy"], "chance": math.log(10)}
    expected = find_onset([1, 2, 3, 4], found[:, :, 0], found[:, :, 2], **ours)
    assert depthgauge("export", "losses", "losses.csv", cwd=with_study).returncode == 0
    parts = {part: f"{part}_cross_entropy" for part in ("train", "validation", "test")}
    parts["validation_loss"] = parts["validation"]
    columns = RunColumns("depth", "replicate", **parts, reading=mine.reading, margin=0.02, chance=math.log(10))
    (panel,) = conclude_imported(read_runs(with_study / "losses.csv", columns)).panels
    assert panel.verdict == expected and panel.metric.words == "cross_entropy"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--axis", "depth", "--test", "test_acc"], "expected a column, found layers"),
        (["--axis", "layers"], "Expected a column of results"),
        (["--axis", "layers", "--test", "test_acc", "--margin", "3"], "--margin"),
        (["--axis", "layers", "--test", "test_acc", "--reading", "worst"], "a reading is"),
        (["--axis", "name", "--test", "test_acc"], "expected numbers, found 'x'"),
    ],
)
def test_a_mistake_in_the_columns_is_one_line(options: list[str], expected: str, tmp_path: Path) -> None:
    csv_rows(tmp_path / "runs.csv", [{**row, "name": "x"} for row in rows()])
    done = depthgauge("import", "runs", "runs.csv", *options, cwd=tmp_path)
    assert done.returncode == 2 and expected in done.stderr and done.stderr.count("\n") == 1, done.stderr


def test_hostile_names_are_text_on_page_and_terminal(tmp_path: Path) -> None:
    evil = "<b>layers</b>\x1b[31m"
    table = [{evil: row["layers"], **{k: v for k, v in row.items() if k != "layers"}} for row in rows()]
    csv_rows(tmp_path / "runs.csv", table)
    options = ["--axis", evil, "--replicate", "seed", "--train", "train_acc", "--test", "test_acc"]
    assert depthgauge("import", "runs", "runs.csv", *options, cwd=tmp_path).returncode == 0
    assert "\x1b" not in depthgauge("verdict", "runs", cwd=tmp_path).stdout
    depthgauge("report", "runs", "--output", "page.html", cwd=tmp_path)
    assert "<b>layers" not in (tmp_path / "page.html").read_text("utf-8")
