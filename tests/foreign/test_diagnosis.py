"""Runs that somebody already has: read as the programs write them, judged, and what is not known not claimed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas
import pytest

from depthgauge import diagnose
from reports.sections.diagnosis_page import diagnosis_page
from reports.write.html import render_page
from reports.write.markdown import page_markdown
from study.analysis.run_diagnosis import RunDiagnosis
from study.analysis.run_diagnosis_words import gap_sentence, stopping_sentence
from study.errors import InputError
from study.foreign.logged_columns import meaning
from tests.foreign import logged
from tests.foreign.logged import EPOCHS, TURN, csv_file, csv_logger, flat, lightning, overfitting, trainer_state
from tests.test_cli import depthgauge

Columns = Mapping[str, Sequence[object]]


def one(source: Any, **options: Any) -> RunDiagnosis:
    (run,) = diagnose(source, **options).runs
    return run


@pytest.fixture(scope="module")
def keras_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the real Keras writes of one run that overfits: a CSVLogger's file, a History, a folder of TensorBoard."""
    import keras

    folder = tmp_path_factory.mktemp("keras")
    keras.utils.set_random_seed(1)
    x = np.random.default_rng(0).normal(size=(120, 8)).astype("float32")
    y = (x[:, 0] + np.random.default_rng(1).normal(size=120) > 0).astype("int32")
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(64, "relu"), keras.layers.Dense(2, "softmax")])
    model.compile(keras.optimizers.Adam(0.03), "sparse_categorical_crossentropy", metrics=["accuracy"])
    log, logs = keras.callbacks.CSVLogger(folder / "log.csv"), keras.callbacks.TensorBoard(folder / "logs")
    known = (x[60:], y[60:])
    history = model.fit(x[:60], y[:60], validation_data=known, epochs=25, verbose=0, callbacks=[log, logs])
    (folder / "history.json").write_text(json.dumps(history.history), "utf-8")
    return folder


def test_what_keras_writes_in_three_ways_gives_one_answer(keras_folder: Path) -> None:
    runs = [one(keras_folder / name) for name in ("log.csv", "history.json", "logs")]
    assert {run.overfits for run in runs} == {"yes"}
    assert len({run.overfits_from for run in runs}) == 1
    assert [run.curves.measured for run in runs] == ["running average"] * 3
    assert all(len(run.curves) == 25 and run.curves.unit == "epoch" for run in runs)
    for run in runs[1:]:  # TensorBoard keeps single precision
        np.testing.assert_allclose(run.curves.validation_loss, runs[0].curves.validation_loss, rtol=1e-5)
        np.testing.assert_allclose(run.curves.train_accuracy, runs[0].curves.train_accuracy, rtol=1e-5)


WRITERS: list[Callable[[Path, Any], Path]] = [csv_logger, lightning, trainer_state]


@pytest.mark.parametrize("write", WRITERS, ids=["CSVLogger", "Lightning", "Hugging Face"])
def test_every_program_s_file_tells_the_same_overfitting(write: Callable[[Path, Any], Path], tmp_path: Path) -> None:
    name = {csv_logger: "log.csv", lightning: "metrics.csv", trainer_state: "trainer_state.json"}[write]
    run = one(write(tmp_path / name, overfitting()))
    assert run.overfits == "yes" and run.overfits_from is not None and abs(run.overfits_from - (TURN + 1)) <= 1
    assert run.curves.unit == "epoch" and len(run.curves) == EPOCHS
    assert one(write(tmp_path / name, flat())).overfits == "no"


def test_a_history_a_mapping_a_frame_and_a_file_of_it_are_the_same_run(tmp_path: Path) -> None:
    (tmp_path / "history.json").write_text(json.dumps(overfitting()), "utf-8")
    rows = [dict(zip(overfitting(), values, strict=True)) for values in zip(*overfitting().values(), strict=True)]
    (tmp_path / "history.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    pandas.DataFrame(overfitting()).to_parquet(tmp_path / "history.parquet")
    arrays = {name: np.array(values) for name, values in overfitting().items()}
    sources = [
        SimpleNamespace(history=overfitting(), epoch=[]),
        overfitting(),
        arrays,
        rows,
        pandas.DataFrame(overfitting()),
    ]
    sources += [tmp_path / f"history.{ending}" for ending in ("json", "jsonl", "parquet")]
    assert len({(one(source).overfits_from, one(source).curves.unit) for source in sources}) == 1


def test_how_much_was_lost_and_what_stopping_keeps_is_said_in_numbers() -> None:
    run = one(overfitting(), patience=4)
    assert run.lost_loss is not None and 0.5 < run.lost_loss < 0.6
    assert run.lost_accuracy is not None and 0.015 < run.lost_accuracy < 0.025
    assert run.stopping is not None and run.stopping.stopped == run.stopping.kept + 4
    assert abs(run.stopping.kept - (TURN + 1)) <= 1
    assert "patience of 4 epochs" in stopping_sentence(run)


def test_a_loss_that_rises_while_accuracy_stays_is_called_that() -> None:
    history = overfitting() | {"val_accuracy": flat()["val_accuracy"]}
    assert "too sure of its errors" in one(history).sentence


def test_a_running_average_makes_no_gap_and_clean_values_do() -> None:
    history = overfitting()
    running = one(history)
    assert running.gap is None and "running average" in running.gap_note
    plain = {"train_acc": history["accuracy"], "val_acc": history["val_accuracy"], "val_loss": history["val_loss"]}
    marked = one(plain)
    assert marked.gap is not None and "marked" in gap_sentence(marked)
    clean = one(history, clean_train=True)
    assert clean.gap == marked.gap and "marked" not in gap_sentence(clean)


def test_without_a_loss_the_error_is_judged_and_has_to_matter() -> None:
    accuracy = overfitting()["val_accuracy"]
    run = one({"val_accuracy": accuracy})
    assert (run.overfits, run.judged_by) == ("yes", "validation error")
    assert one({"val_accuracy": accuracy}, margin=0.5).overfits == "no"


def test_without_validation_nothing_is_said_about_overfitting() -> None:
    run = one({"loss": overfitting()["loss"]})
    assert run.overfits == "not told" and "validation" in run.sentence and run.stopping is None


def test_too_few_records_tell_nothing() -> None:
    assert one({name: values[:3] for name, values in overfitting().items()}).overfits == "not told"


def test_a_loss_that_is_not_finite_is_divergence_and_a_gap_in_a_column_is_none(tmp_path: Path) -> None:
    history = overfitting()
    lost = history | {"loss": [*history["loss"][:20], *[float("nan")] * 10]}
    run = one(csv_logger(tmp_path / "log.csv", lost))
    assert run.kinds == ("diverged",) and run.diagnoses[0].epoch == 21 and run.overfits == "not told"
    gaps = {"val_loss": [v if i % 2 else float("nan") for i, v in enumerate(history["val_loss"])]}
    assert one(csv_file(tmp_path / "gaps.csv", {"epoch": range(EPOCHS), **gaps})).overfits == "yes"


def test_training_that_never_learned_or_lost_it_again_is_said_from_loss_alone() -> None:
    idle = {"loss": [2.3] * 20, "val_loss": [2.3] * 20}
    assert one(idle).kinds == ("never learned",)
    exploded = {"loss": [1.0, 0.8, 0.6, 0.5, 3.0, 5.0, 6.0, 6.0, 6.0, 6.0], "val_loss": [1.0] * 10}
    assert one(exploded).kinds == ("diverged",)
    guessing = {"train_acc": [0.1] * 20, "val_acc": [0.1] * 20}
    assert one(guessing, chance=0.1).kinds == ("never learned",)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("val_loss", ("validation", "loss")),
        ("Loss/valid", ("validation", "loss")),
        ("eval/accuracy", ("validation", "accuracy")),
        ("validation/epoch_sparse_categorical_accuracy", ("validation", "accuracy")),
        ("train_loss_epoch", ("train", "loss")),
        ("trainAcc", None),
        ("accuracy", ("", "accuracy")),
        ("test_acc", ("test", "accuracy")),
        ("train_loss_step", None),
        ("learning_rate", None),
        ("val_loss_ratio", None),
    ],
)
def test_a_column_s_name_says_what_it_is_or_nothing(name: str, expected: tuple[str, str] | None) -> None:
    assert meaning(name) == expected


def test_columns_are_named_where_their_names_say_nothing(tmp_path: Path) -> None:
    history = overfitting()
    file = csv_file(tmp_path / "mine.csv", {"tick": range(EPOCHS), "a": history["loss"], "b": history["val_loss"]})
    with pytest.raises(InputError, match="found tick, a, b"):
        diagnose(file)
    run = one(file, train_loss="a", validation_loss="b", epoch="tick")
    assert run.overfits == "yes" and run.curves.unit == "epoch"
    with pytest.raises(InputError, match="'c': expected a column"):
        diagnose(file, train_loss="c")


def test_two_columns_that_could_both_be_meant_are_asked_about() -> None:
    history = overfitting()
    both = {"val_loss": history["val_loss"], "valid_loss": history["val_loss"]}
    with pytest.raises(InputError, match="'val_loss' and 'valid_loss' could both be meant"):
        diagnose(both)
    assert one(both, validation_loss="valid_loss").overfits == "yes"


def test_percentages_and_counting_from_zero_are_recognised_and_said(tmp_path: Path) -> None:
    history = overfitting()
    history["val_accuracy"] = [100 * value for value in history["val_accuracy"]]
    run = one(csv_logger(tmp_path / "log.csv", history))
    assert any("percent" in note for note in run.curves.notes) and any("from 0" in note for note in run.curves.notes)
    assert run.curves.validation_accuracy is not None and run.curves.validation_accuracy.max() < 1
    assert int(run.curves.places[0]) == 1


def test_several_runs_in_one_file_are_told_apart_and_a_resumed_run_is_one(tmp_path: Path) -> None:
    first, second = overfitting(0), flat(1)
    twice = {name: [*first[name], *second[name]] for name in first}
    runs = diagnose(csv_file(tmp_path / "twice.csv", {"epoch": [*range(EPOCHS)] * 2, **twice})).runs
    assert [run.overfits for run in runs] == ["yes", "no"]
    resumed = {name: [*values[:20], *values[15:]] for name, values in first.items()}
    places = [*range(20), *range(15, EPOCHS)]
    run = one(csv_file(tmp_path / "resumed.csv", {"epoch": places, **resumed}))
    assert len(run.curves) == EPOCHS and any("5 rows" in note for note in run.curves.notes)


def test_a_file_that_is_cut_off_in_its_last_line_is_read_up_to_it(tmp_path: Path) -> None:
    whole = csv_logger(tmp_path / "log.csv", overfitting())
    cut = tmp_path / "cut.csv"
    cut.write_text(whole.read_text("utf-8").rstrip()[:-30], "utf-8")
    run = one(cut)
    assert len(run.curves) == EPOCHS - 1 and any("cut off" in note for note in run.curves.notes)


def test_steps_stand_in_where_validation_ran_several_times_an_epoch(tmp_path: Path) -> None:
    history = overfitting()
    columns = {"epoch": [i // 3 for i in range(EPOCHS)], "step": [50 * (i + 1) for i in range(EPOCHS)]}
    run = one(csv_file(tmp_path / "log.csv", columns | {"val_loss": history["val_loss"]}))
    assert run.curves.unit == "step" and run.overfits_from is not None and run.overfits_from % 50 == 0
    assert "step" in run.sentence and "patience of 5 records" in stopping_sentence(run)


def test_replicates_are_counted_with_intervals_and_only_where_they_are_named_so(tmp_path: Path) -> None:
    files = [csv_logger(tmp_path / f"{seed}.csv", overfitting(seed) if seed else flat()) for seed in range(6)]
    apart = diagnose(*files)
    assert apart.replicates is None and any("One run" in caution for caution in apart.cautions)
    found = diagnose(*files, replicates=True)
    assert found.replicates is not None
    assert (found.replicates.share.n, found.replicates.onset is not None) == (6, True)
    assert "5 of 6 runs overfit" in found.sentence and "interval" in found.sentence
    assert found.replicates.loss_kept.n == 6 and found.replicates.loss_kept.low is not None
    with pytest.raises(InputError, match="expected several runs"):
        diagnose(files[0], replicates=True)


def test_a_gate_fails_on_what_it_names_and_does_not_pass_what_cannot_be_judged(tmp_path: Path) -> None:
    csv_logger(tmp_path / "over.csv", overfitting())
    csv_logger(tmp_path / "flat.csv", flat())
    csv_file(tmp_path / "blind.csv", {"epoch": range(EPOCHS), "loss": flat()["loss"]})
    run = ["diagnose", "over.csv"]
    assert depthgauge(*run, cwd=tmp_path).returncode == 0
    assert depthgauge(*run, "--fail-on", "overfits", cwd=tmp_path).returncode == 3
    assert depthgauge(*run, "--fail-on", "diverged", cwd=tmp_path).returncode == 0
    assert depthgauge("diagnose", "flat.csv", "--fail-on", "overfits", cwd=tmp_path).returncode == 0
    blind = depthgauge("diagnose", "blind.csv", "--fail-on", "overfits", cwd=tmp_path)
    assert blind.returncode == 1 and "cannot pass" in blind.stderr


def test_the_answer_comes_as_text_as_json_and_as_a_page(tmp_path: Path) -> None:
    csv_logger(tmp_path / "log.csv", overfitting())
    text = depthgauge("diagnose", "log.csv", "--output", "page.html", cwd=tmp_path)
    assert "It overfits from epoch" in text.stdout and "One run" in text.stdout
    document = json.loads(depthgauge("diagnose", "log.csv", "--json", cwd=tmp_path).stdout)
    assert document["runs"][0]["overfits"] == "yes" and document["runs"][0]["gap"] is None
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "It overfits from epoch" in page and "--clean-train" in page
    comment = depthgauge("diagnose", "log.csv", "--format", "markdown", cwd=tmp_path).stdout
    assert comment.startswith("## log.csv") and len(comment) < 65_536
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    refused = depthgauge("diagnose", "log.csv", "--output", "mine.txt", cwd=tmp_path)
    assert refused.returncode == 2 and (tmp_path / "mine.txt").read_text("utf-8") == "mine"


def test_hostile_names_are_text_everywhere(tmp_path: Path) -> None:
    name = "<script>alert(1)</script>\x1b[31m val_loss"
    file = csv_file(tmp_path / "log.csv", {"epoch": range(EPOCHS), name: overfitting()["val_loss"]})
    found = diagnose(file, validation_loss=name)
    page = diagnosis_page(found)
    assert "<script>alert" not in render_page(page, None) and "\x1b" not in page_markdown(page)
    with pytest.raises(InputError) as caught:
        diagnose(file)
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("empty.csv", b"", "expected a line of names"),
        ("words.csv", b"a,b\nx,y\n", "expected columns of numbers"),
        ("binary.csv", b"a,b\n\0,1\n2,3\n", "NUL byte"),
        ("latin.csv", b"a,b\n\xff\xfe,1\n", "UTF-8"),
        ("twice.csv", b"a,a\n1,2\n", "two columns are called 'a'"),
        ("ragged.csv", b"a,b\n1,2,3\n1,2\n", "expected 2 cells"),
        ("deep.json", b"[" * 100_000, "nested too deeply"),
        ("broken.json", b"{", "expected JSON"),
        ("text.json", b'"loss"', "expected a list of objects"),
        (
            "wide.csv",
            b",".join(b"%d" % i for i in range(20_000)) + b"\n" + b",".join([b"1"] * 20_000),
            "at most 10,000",
        ),
        ("code.parquet", b"cposix\nsystem\n(S'true'\ntR.", "expected a Parquet file"),
        ("accuracy.csv", b"epoch,val_acc\n1,-3\n2,7\n", "expected accuracies"),
    ],
)
def test_what_cannot_be_read_is_one_line(name: str, content: bytes, expected: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    done = depthgauge("diagnose", name, cwd=tmp_path)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and expected in done.stderr, done.stderr


def test_a_pipe_a_missing_file_and_a_huge_one_are_one_line(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(65 * 2**20)
    for name, expected in (("pipe.csv", "expected a file"), ("none.csv", "cannot be read"), ("huge.csv", "at most 64")):
        done = depthgauge("diagnose", name, cwd=tmp_path)
        assert done.returncode == 2 and expected in done.stderr and done.stderr.count("\n") == 1


def test_diagnosing_loads_neither_an_engine_nor_pandas(tmp_path: Path, keras_folder: Path) -> None:
    csv_logger(tmp_path / "log.csv", overfitting())
    code = (
        "import sys, depthgauge; depthgauge.diagnose('log.csv'); depthgauge.diagnose(sys.argv[1]);"
        "print([m for m in ('tensorflow', 'keras', 'optuna', 'pandas', 'plotly') if m in sys.modules])"
    )
    command = [sys.executable, "-c", code, str(keras_folder / "logs")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_rows_with_gaps_are_brought_to_the_records_of_validation(tmp_path: Path) -> None:
    run = one(lightning(tmp_path / "metrics.csv", overfitting()))
    assert run.curves.kind == "Lightning" and run.curves.train_loss is not None
    np.testing.assert_allclose(run.curves.train_loss, logged.overfitting()["loss"])
