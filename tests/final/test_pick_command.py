"""From a study to a network in use: what is chosen, that its card is true, and that it works without depthgauge."""

from __future__ import annotations

import hashlib
import json
import re
import runpy
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from scipy import stats

from depthgauge import Study
from study.data.loading import load_dataset
from study.data.splits import draw_sample
from study.design.plan import make_plan
from study.design.source import build_spec
from study.documents.evidence_hash import trials_sha256
from study.errors import InputError, StudyError
from study.final import final_network, training
from study.final.choose import choose
from study.final.final_network import FinalNetwork
from study.records.trials import FINAL_REPLICATE, Result, Trial
from study.store import StoredStudy, open_store
from tests.conftest import FACTS, retold, scripted_result, trials_of
from tests.final.picked import SMALL, digits_test, plain_python, run_and_pick
from tests.test_cli import depthgauge

DEPTHS = {"name": "deep", "dataset": "digits", "replicates": 4, "space": {"depth": {"values": [1, 2, 3, 4]}}}


@pytest.fixture(scope="module")
def picked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, FinalNetwork]:
    folder = tmp_path_factory.mktemp("picked")
    return run_and_pick(folder, SMALL, formats=("tflite", "saved_model"))


def on_digits(trial: Trial, epochs: int = 3) -> Result:
    """A scripted result with answers to the test items of the digits."""
    return scripted_result(trial, epochs=epochs, test_items=360)


def stored(values: dict, result: Callable[[Trial], Result] = on_digits) -> StoredStudy:
    """A whole study of scripted results."""
    spec, store = build_spec(values, "test"), open_store("sqlite://", create=True)
    store.begin(make_plan(spec), "hash", FACTS)
    for trial in trials_of(spec):
        store.record(spec.name, result(trial))
    return store.load_own(spec.name)


def with_other_test_accuracy(study: StoredStudy) -> StoredStudy:
    """The same study, but for test accuracies that rank the networks the other way round."""
    results = {}
    for key, result in study.results.items():
        accuracy = result.trajectory["accuracy"].copy()
        accuracy[:, 2] = 0.1 + 0.2 * result.trial.configuration.network.depth
        results[key] = retold(result, accuracy=accuracy)
    return replace(study, results=results)


# What is chosen


@pytest.mark.parametrize(
    "options",
    [{}, {"margin": 0.03}, {"margin": 0.3}, {"max_parameters": 30_000}, {"margin": 0.05, "panel": "b"}],
    ids=str,
)
def test_test_accuracy_has_no_say_in_the_choice(options: dict) -> None:
    study = stored(DEPTHS | {"arms": [{"name": "a"}, {"name": "b", "network": {"dropout": 0.2}}]})
    one, other = choose(study, **options), choose(with_other_test_accuracy(study), **options)
    assert (one.name, one.panel.name, one.epochs) == (other.name, other.panel.name, other.epochs)
    assert one.pick.test.mean != other.pick.test.mean


def test_a_margin_and_a_size_limit_apply_the_same_rule_again() -> None:
    def deeper_is_better(trial: Trial) -> Result:
        result = on_digits(trial)
        accuracy = result.trajectory["accuracy"].copy()
        accuracy[:, 1] = 0.8 + 0.02 * trial.configuration.network.depth + 0.001 * trial.replicate
        return retold(result, accuracy=accuracy)

    study = stored(DEPTHS, deeper_is_better)
    assert choose(study).name == "4x128"
    assert choose(study, margin=0.03).name == "3x128"
    assert choose(study, margin=0.3).name == "1x128"
    limited = choose(study, max_parameters=45_000)
    assert limited.name == "3x128" and len(limited.pick.candidates) == 3


def test_the_bound_of_each_candidate_says_what_was_shown() -> None:
    def noisy_small_one(trial: Trial) -> Result:
        result = on_digits(trial)
        accuracy = result.trajectory["accuracy"].copy()
        noise = (0.01, -0.05, 0.0, -0.04)[trial.replicate] if trial.configuration.network.depth == 1 else 0.0
        accuracy[:, 1] = 0.8 + noise + 0.002 * trial.configuration.network.depth + 0.0001 * trial.replicate
        return retold(result, accuracy=accuracy)

    choice = choose(stored(DEPTHS, noisy_small_one), margin=0.03)
    smallest, pick_of_all = choice.pick.candidates[0], choice.pick.index
    bounds = choice.bounds
    assert smallest.within_margin and bounds[0] is not None and bounds[0] > 0.03  # its mean is, it is not shown to be
    assert pick_of_all == 1 and bounds[1] is not None and bounds[1] < 0.03
    validation = np.stack([p.accuracy[:, 1] for p in choice.panel.points], axis=1)
    difference = validation[:, 3] - validation[:, 0]
    upper = difference.mean() + stats.t.ppf(0.95, 3) * difference.std(ddof=1) / 2
    assert bounds[0] == pytest.approx(upper)


def test_networks_that_a_limit_left_out_are_named_in_the_reason() -> None:
    study = stored(DEPTHS)
    assert choose(study).left_out == 0 and choose(study).reason == choose(study).pick.reason
    alone, some = choose(study, max_parameters=10_000), choose(study, max_parameters=45_000)
    assert alone.left_out == 3 and "enough finished runs" not in alone.reason
    assert "not compared with 3 larger networks" in alone.reason and "1 larger network of the study" in some.reason


def test_runs_that_the_verdict_leaves_out_but_the_choice_counts_are_known() -> None:
    def one_breaks(trial: Trial) -> Result:
        result = on_digits(trial)
        if trial.configuration.network.depth != 2 or trial.replicate:
            return result
        accuracy = result.trajectory["accuracy"].copy()
        accuracy[:, 0] = 0.11
        return retold(result, accuracy=accuracy)

    choice = choose(stored(DEPTHS, one_breaks))
    assert choice.unjudged == (0, 1, 0, 0)
    assert choice.pick.candidates[1].validation.n == 4


def test_the_panel_with_the_most_data_and_clean_labels_is_the_default() -> None:
    arms = [
        {"name": "few", "network": {"samples": 100}},
        {"name": "noisy", "network": {"label_noise": 0.2}},
        {"name": "all"},
    ]
    study = stored(DEPTHS | {"arms": arms})
    assert choose(study).panel.name == "all"
    noisy = choose(study, panel="noisy")
    assert noisy.point.configuration.label_noise == 0.2 and noisy.configuration.label_noise == 0


@pytest.mark.parametrize(("reading", "epochs"), [("tail", 9), ("last", 9), ("best", 4), ("patience=2", 4)])
def test_epochs_are_those_of_the_reading_in_the_median_replicate(reading: str, epochs: int) -> None:
    def best_at(trial: Trial) -> Result:
        result = on_digits(trial, epochs=9)
        loss = result.trajectory["cross_entropy"].copy()
        loss[:, 1] = np.abs(np.arange(1, 10) - (2, 4, 5, 8)[trial.replicate]) + 1.0
        return retold(result, cross_entropy=loss)

    chosen = choose(stored(DEPTHS | {"network": {"epochs": 9}, "reading": reading}, best_at))
    assert chosen.epochs == chosen.configuration.epochs == epochs


@pytest.mark.parametrize(
    ("change", "options", "error", "words"),
    [
        ({}, {"panel": "300 samples"}, InputError, "no panel '300 samples'"),
        ({}, {"max_parameters": 10}, InputError, "the smallest has"),
        ({}, {"margin": 1.5}, InputError, "--margin"),
        ({"space": {"samples": {"values": [100, 200]}}}, {}, StudyError, "how much data there is"),
    ],
)
def test_what_cannot_be_chosen_from_is_said(change: dict, options: dict, error: type, words: str) -> None:
    with pytest.raises(error, match=words):
        choose(stored(DEPTHS | change), **options)


def test_an_unfinished_study_has_no_pick_yet() -> None:
    study = stored(DEPTHS)
    key = next(iter(study.results))
    with pytest.raises(StudyError, match="1 trial to come"):
        choose(replace(study, results={k: v for k, v in study.results.items() if k != key}))


# What is trained, and on what


@pytest.mark.parametrize(("refit", "trained_on"), [("train", 1293), ("train+validation", 1437)])
def test_the_final_training_never_sees_the_test_set(refit: training.Refit, trained_on: int) -> None:
    dataset = load_dataset("digits")
    drawn = draw_sample(dataset, seed=0, replicate=FINAL_REPLICATE, validation=0.1, samples=None, label_noise=0.0)
    sample = training.sealed(drawn, refit)
    assert sample.rows.max() < dataset.training
    assert sample.sizes == (trained_on, 144, 144)
    trained = sample.rows[:trained_on]
    assert len(set(trained)) == trained_on
    assert set(drawn.rows[1293:1437]).isdisjoint(trained) is (refit == "train")
    assert (sample.y == dataset.y[sample.rows]).all()


def test_the_same_pick_gives_the_same_weights(picked: tuple[Study, FinalNetwork], tmp_path: Path) -> None:
    study, final = picked
    again = study.pick(output=tmp_path / "again", margin=0.02)
    for one, other in zip(*(keras.models.load_model(f.model).get_weights() for f in (final, again)), strict=True):
        assert one.tobytes() == other.tobytes()


def test_further_formats_agree_with_the_model(picked: tuple[Study, FinalNetwork]) -> None:
    _, final = picked
    assert final.complete and (final.folder / "model.tflite").is_file() and (final.folder / "saved_model").is_dir()
    assert len(final.formats) == 2 and all("differ from model.keras by" in note for note in final.formats)


def test_onnx_runtime_gives_the_probabilities_of_the_model(picked: tuple[Study, FinalNetwork], tmp_path: Path) -> None:
    pytest.importorskip("tf2onnx", reason="the extra onnx is not installed")
    x, _ = digits_test()
    note = training.export(
        keras.models.load_model(picked[1].folder / "model.keras"), tmp_path, "onnx", x[:50].astype("f4")
    )
    match = re.fullmatch(
        r"model\.onnx: probabilities differ from model\.keras by (\S+) at most, on 50 training items\.", note
    )
    assert match is not None, note
    assert float(match[1]) < 1e-5 and (tmp_path / "model.onnx").is_file()


def test_without_the_packages_onnx_is_one_line(
    picked: tuple[Study, FinalNetwork], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("study.final.final_network.find_spec", lambda name: None if name == "tf2onnx" else name)
    with pytest.raises(InputError, match=r"onnx needs the package tf2onnx: pip install 'depthgauge\[onnx\]'"):
        picked[0].pick(output=tmp_path / "pick", formats=("onnx",))


def test_a_format_that_cannot_be_made_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    class Stubborn(keras.Sequential):
        def export(self, path: Path, **_: object) -> None:
            path.mkdir()
            raise ValueError("no such operation\nand a long list of nodes")

    note = training.export(
        Stubborn([keras.Input((2,)), keras.layers.Dense(2)]), tmp_path, "saved_model", np.zeros((1, 2))
    )
    assert note == "saved_model could not be made: ValueError: no such operation"
    assert not list(tmp_path.iterdir())


# The code beside the model


def test_the_code_builds_the_model_that_is_saved(picked: tuple[Study, FinalNetwork]) -> None:
    _, final = picked
    built = runpy.run_path(str(final.folder / "build_model.py"))["build"]()
    saved = keras.models.load_model(final.model)
    assert [type(layer) for layer in built.layers] == [type(layer) for layer in saved.layers]
    assert built.count_params() == saved.count_params() == final.parameters == final.card["network"]["parameters"]
    x, _ = digits_test()
    untrained = built.predict(x, verbose=0)
    built.set_weights(saved.get_weights())
    assert (built.predict(x, verbose=0) == saved.predict(x, verbose=0)).all()
    assert not (untrained == saved.predict(x, verbose=0)).all()


def test_model_and_code_serve_plain_keras_in_a_process_without_depthgauge(
    picked: tuple[Study, FinalNetwork], tmp_path: Path
) -> None:
    _, final = picked
    dataset = load_dataset("digits")
    x, y = dataset.x.reshape(-1, 8, 8), dataset.y
    m = dataset.training
    np.savez(tmp_path / "digits.npz", x_train=x[:m], y_train=y[:m], x_test=x[m:], y_test=y[m:])
    for name in ("build_model.py", "preprocessing.json"):
        shutil.copy(final.folder / name, tmp_path / name)
    hidden = tmp_path / "study"  # whoever imports depthgauge from here gets this
    hidden.mkdir()
    (hidden / "__init__.py").write_text("raise ImportError('depthgauge was imported')")
    code = (
        "import runpy, sys, keras, numpy as np\n"
        "data = np.load('digits.npz')\n"
        "model = keras.models.load_model(sys.argv.pop(1))\n"
        "right = model.predict(data['x_test'], verbose=0).argmax(1) == data['y_test']\n"
        "print('loaded', right.mean())\n"
        "runpy.run_path('build_model.py', run_name='__main__')\n"
        "assert not {'study', 'reports', 'cli'} & set(sys.modules)\n"
    )
    printed = plain_python(code, str(final.model.resolve()), "digits.npz", "--save", "mine.keras", cwd=tmp_path)
    loaded = float(printed.split("loaded ")[1].split()[0])
    assert loaded == final.card["final"]["test_accuracy"]["mean"] == final.accuracy.mean
    assert final.accuracy.mean is not None and final.accuracy.mean > 0.8  # it has learnt something
    accuracy = float(printed.split("test accuracy ")[1].split(",")[0])
    assert "n = 360" in printed and abs(accuracy - final.accuracy.mean) < 0.06
    assert keras.models.load_model(tmp_path / "mine.keras").count_params() == final.parameters


# The card


def test_the_numbers_of_the_card_are_those_that_come_out_again(picked: tuple[Study, FinalNetwork]) -> None:
    study, final = picked
    card = json.loads((final.folder / "card.json").read_text("utf-8"))
    x, y = digits_test()
    predicted = keras.models.load_model(final.model).predict(x, verbose=0).argmax(1)
    told = card["final"]
    correct = int((predicted == y).sum())
    low, high = stats.binomtest(correct, 360).proportion_ci(0.95, "wilson")
    assert told["test_accuracy"] == pytest.approx(
        {"mean": correct / 360, "low": low, "high": high, "n": 360}, rel=1e-12
    )
    for k, row in enumerate(told["confusion"]):
        assert row == [int(((y == k) & (predicted == j)).sum()) for j in range(10)]
        one = told["classes"][k]
        assert (one["label"], one["n"], one["correct"]) == (str(k), int((y == k).sum()), row[k])
        assert one["mean"] == row[k] / one["n"]
    assert told["gap"] == told["train_accuracy"] - told["test_accuracy"]["mean"]
    (found,) = study.verdict().picks
    assert card["study"]["test_accuracy"]["mean"] == found.accuracy.mean and card["study"]["test_accuracy"]["n"] == 3
    assert card["why"]["reason"] == found.reason
    assert [one["name"] for one in card["why"]["candidates"]] == [one.name for one in found.candidates]
    for one in card["why"]["candidates"]:
        assert (
            one["shown_within_margin"] == (one["bound"] < card["why"]["margin"]) and not one["runs_left_out_of_verdict"]
        )
    assert card["data"]["test_rows"] is None  # the digits are no file of the user's
    assert card["files"]["model.keras"] == hashlib.sha256(final.model.read_bytes()).hexdigest()
    assert card["study"]["trials_sha256"] == trials_sha256(study.stored().results.values())
    assert card["data"]["sha256"] == load_dataset("digits").sha256
    assert card["final"]["replicate"] == FINAL_REPLICATE and card["final"]["validation_samples"] == 144
    assert card["command"] == "depthgauge pick small --format tflite --format saved_model"


def test_the_card_in_words_says_what_was_measured_and_what_was_not(picked: tuple[Study, FinalNetwork]) -> None:
    _, final = picked
    text = (final.folder / "card.md").read_text("utf-8")
    assert final.accuracy.mean is not None
    for words in (
        f"{100 * final.accuracy.mean:.2f} %",
        "n = 360 items",
        "(n = 3), cross-fitted",
        "was not measured",
        "not calibrated",
        "says nothing of other test items: all replicates are measured on the same 360 items",
        final.card["study"]["trials_sha256"],
        "depthgauge pick small",
        "tensorflow",
    ):
        assert words in text, words


def test_the_hash_of_the_trials_can_be_recomputed_from_its_description() -> None:
    results = list(stored(DEPTHS).results.values())
    lines = []
    for one in sorted(results, key=lambda one: (one.trial.configuration.key, one.trial.replicate)):
        fields = {
            "accuracy": one.trajectory["accuracy"].tolist(),
            "configuration": dict(sorted(one.trial.configuration.to_dict().items())),
            "cross_entropy": one.trajectory["cross_entropy"].tolist(),
            "epochs": one.trajectory.epochs.tolist(),
            "key": one.trial.configuration.key,
            "replicate": one.trial.replicate,
            "state": one.state,
        }
        lines.append(json.dumps(fields, separators=(",", ":")))
    assert trials_sha256(reversed(results)) == hashlib.sha256("\n".join(lines).encode()).hexdigest()


def test_the_hash_of_the_trials_knows_a_changed_number_but_no_time() -> None:
    results = list(stored(DEPTHS).results.values())
    assert trials_sha256(results) == trials_sha256([replace(one, train_seconds=9.0) for one in results])
    accuracy = results[0].trajectory["accuracy"].copy()
    accuracy[0, 2] = np.nextafter(accuracy[0, 2], 1)
    changed = retold(results[0], accuracy=accuracy)
    assert trials_sha256(results) != trials_sha256([changed, *results[1:]])


# The command


def test_the_command_writes_a_pick_and_replaces_a_former_one(
    picked: tuple[Study, FinalNetwork], tmp_path: Path
) -> None:
    study, _ = picked
    store = study.store.place
    done = depthgauge("pick", "small", "--store", store, "--output", "mine", "--format", "tflite", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "test accuracy" in done.stdout and "n = 360" in done.stdout and "Training" in done.stderr
    before = (tmp_path / "mine" / "card.json").read_text()
    both = ["--refit", "train+validation", "--max-parameters", "2500"]
    done = depthgauge("pick", "small", "--store", store, "--output", "mine", *both, "--json", cwd=tmp_path)
    card = json.loads(done.stdout)
    assert card == json.loads((tmp_path / "mine" / "card.json").read_text()) != json.loads(before)
    assert card["final"]["train_samples"] == 1437 and card["final"]["validation_accuracy"] is None
    assert any("training and validation rows together" in one for one in card["limits"])
    assert not any("chosen for fewer samples" in one for one in card["limits"])  # the study's reading fixes the epochs
    assert card["why"]["left_out"] == 1 and "not compared with 1 larger network" in card["why"]["reason"]
    assert any("Larger ones were never compared" in one for one in card["limits"])
    assert not (tmp_path / "mine" / "model.tflite").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_pick_that_fails_leaves_a_former_one_as_it_was(
    picked: tuple[Study, FinalNetwork], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, final = picked
    shutil.copytree(final.folder, tmp_path / "mine")

    def dies(job: training.Job) -> None:
        (job.folder / "model.keras").write_text("half")
        raise StudyError("died")

    monkeypatch.setattr(final_network, "train_apart", dies)
    with pytest.raises(StudyError):
        study.pick(output=tmp_path / "mine")
    assert keras.models.load_model(tmp_path / "mine" / "model.keras").count_params() == final.parameters
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("there", ["file", "folder", "pick with notes"])
def test_nothing_else_is_ever_overwritten(picked: tuple[Study, FinalNetwork], tmp_path: Path, there: str) -> None:
    study, final = picked
    place = tmp_path / "mine"
    if there == "file":
        place.write_text("mine")
    elif there == "folder":
        place.mkdir()
        (place / "card.json").write_text("[]")
    else:
        shutil.copytree(final.folder, place)
        (place / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="not overwritten"):
        study.pick(output=place)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("output", [".", "..", "../here"])
def test_the_folder_one_is_in_is_never_replaced(
    picked: tuple[Study, FinalNetwork], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(InputError, match="the folder you are in"):
        picked[0].pick(output=output)


def test_data_that_changed_since_the_study_are_noticed(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "depthgauge" / "studies.db"), create=True)
    spec = build_spec(DEPTHS, "test")
    store.begin(make_plan(spec), "the hash of other data", FACTS)
    for trial in trials_of(spec):
        store.record("deep", on_digits(trial))
    store.close()
    done = depthgauge("pick", "deep", cwd=tmp_path)
    assert done.returncode == 2 and "have changed" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "depthgauge" / "deep" / "pick").exists()
