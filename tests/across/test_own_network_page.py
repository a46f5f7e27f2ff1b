"""The page on networks of one's own, as a reader follows it: their file, its study, the run, the pick, a prediction."""

from __future__ import annotations

import contextlib
import json
import runpy
import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

import cli
from study.data.loading import load_dataset
from study.train.native.compiled import fast
from tests.across.test_guide import ROOT, Block, blocks

PAGE = ROOT / "docs" / "own-network.md"
SMALL = ["--set", "replicates=2", "--set", "network.epochs=30", "--set", "network.samples=800", "--workers", "1"]
# The digits that come along are smaller than MNIST's, and read at once.
DIGITS = [("(28, 28, 1)", "(8, 8, 1)"), ("1, 4)", "1, 3)"), ("[8, 16, 32]", "[16, 8]")]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, list(arguments))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the page's net.py, in which its study has run."""
    folder = tmp_path_factory.mktemp("own")
    code = _block("python").text
    for large, small in DIGITS:
        code = code.replace(large, small)
    (folder / "net.py").write_text(code)
    with contextlib.chdir(folder):
        made = run("init", "--model", "net.py:build", "--data", "digits")
        assert made.exit_code == 0, made.output
        (folder / "study.toml").write_text(made.stdout)
        done = run("run", "study.toml", *SMALL)
        assert done.exit_code == 0, done.output
        yield folder


def _block(language: str) -> Block:
    return next(block for block in blocks(PAGE) if block.language == language)


def test_the_file_that_init_writes_names_what_the_code_asks_for(place: Path) -> None:
    written = tomllib.loads((place / "study.toml").read_text())
    assert written["model"] == "net.py:build" and written["axis_words"] == "blocks"
    assert written["space"] == {"blocks": {"values": [1, 2, 3]}}
    text = (place / "study.toml").read_text()
    assert '#learning_rate = { role = "nuisance" }' in text and "0.0001 to 0.01" in text


def test_a_run_ends_with_a_verdict_about_the_axis_of_the_code(place: Path) -> None:
    document = json.loads((place / "depthgauge" / "net-build" / "verdict.json").read_text())
    (panel,) = document["panels"]
    assert panel["axis"] == "blocks" and [point["value"] for point in panel["points"]] == [1, 2, 3]
    assert all(point["parameters"] > 0 for point in panel["points"])
    assert len(document["code_sha256"]) == 64


def test_the_study_goes_on_with_the_same_code_and_not_with_another(place: Path) -> None:
    assert run("run", "study.toml", *SMALL, "--set", "replicates=3").exit_code == 0
    original = (place / "net.py").read_text()
    try:
        (place / "net.py").write_text(original + "\n# changed\n")
        refused = run("run", "study.toml", *SMALL)
        assert refused.exit_code == 2 and "has changed since study 'net-build' was begun" in refused.output
        picked = run("pick", "net-build", "--model", "net.py:build")
        assert picked.exit_code == 2 and "has changed" in picked.output
    finally:
        (place / "net.py").write_text(original)


def test_reports_and_lists_run_none_of_the_code(place: Path) -> None:
    original = (place / "net.py").read_text()
    try:
        (place / "net.py").write_text("raise SystemExit('run')\n")
        for command in (["report", "net-build"], ["trials", "net-build"], ["list"], ["export", "net-build", "all.csv"]):
            done = run(*command)
            assert done.exit_code == 0, done.output
    finally:
        (place / "net.py").write_text(original)
    assert "blocks" in (place / "all.csv").read_text().splitlines()[0]


def test_a_pick_asks_for_the_file_and_what_it_writes_predicts(place: Path) -> None:
    asked = run("pick", "net-build")
    assert asked.exit_code == 2 and "code is never taken from a store" in asked.output
    done = run("pick", "net-build", "--model", "net.py:build")
    assert done.exit_code == 0, done.output
    folder = place / "depthgauge" / "net-build" / "pick"
    assert (folder / "net.py").read_text() == (place / "net.py").read_text()

    import keras

    digits = load_dataset("digits")
    x = digits.x[digits.training :].reshape(-1, 8, 8)
    model = keras.models.load_model(folder / "model.keras")
    right = model.predict(x, verbose=0).argmax(1) == digits.y[digits.training :]
    card = json.loads((folder / "card.json").read_text())
    assert card["final"]["test_accuracy"]["mean"] == pytest.approx(right.mean())
    assert card["network"]["parameters"] == model.count_params()

    np.savez(place / "some.npz", x=x[:3])
    predicted = run("predict", str(folder), "some.npz")
    assert predicted.exit_code == 0 and len(predicted.stdout.strip().splitlines()) == 3, predicted.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--model", "none.py:build"], "there is no file none.py"),
        (["--model", "net.py:other"], "has no function other. It has: build"),
        (["--model", "net.py"], 'for example "net.py:build"'),
        (["--set", "space.width=[1, 2]"], "unknown hyperparameter 'width'"),
        (["--set", "space.blocks=[1, 9]"], "blocks = 9 is outside of what net.py:build asks for, 1 to 3"),
        (["--set", "network.optimizer=sgd"], "compiles its model with Adam, which is respected"),
        (["--set", "baseline=128-64"], "baseline: it is a dense stack"),
        (["--set", "engine=native"], 'engine = "native" '),
    ],
)
def test_what_does_not_fit_is_one_line_and_exit_code_2(place: Path, arguments: list[str], words: str) -> None:
    done = run("run", "study.toml", *arguments)
    assert done.exit_code == 2 and words in done.output and "Traceback" not in done.output, done.output


@pytest.mark.long
def test_the_study_file_of_the_page_is_a_study(place: Path) -> None:
    text = _block("toml").text.replace('"mnist"', '"digits"').replace("[1, 2, 3, 4]", "[1, 2, 3]").replace("16 ", "8 ")
    (place / "page.toml").write_text(text)
    done = run("run", "page.toml", *SMALL, "--set", "search.trials=2", "--set", "network.epochs=2")
    assert done.exit_code == 0, done.output


@pytest.mark.long
def test_a_loss_that_a_function_makes_is_left_out_of_the_file_and_a_nameless_layer_is_one_line(tmp_path: Path) -> None:
    import keras

    (tmp_path / "net.py").write_text(
        """\
import keras


class Doubled(keras.layers.Layer):
    def call(self, x):
        return 2 * x


def made(factor):
    def loss(y, p):
        return factor * keras.losses.sparse_categorical_crossentropy(y, p, from_logits=True)
    return loss


def built(layer):
    return keras.Sequential([keras.Input((64,)), layer, keras.layers.Dense(10)])


def focal(blocks=1):
    model = built(Doubled())
    model.compile("adam", made(2.0))
    return model


def nameless(blocks=1):
    return built(keras.layers.Lambda(lambda x: 2 * x))
"""
    )
    (tmp_path / "study.toml").write_text(
        'name = "s"\ndataset = "digits"\nmodel = "net.py:focal"\nreplicates = 2\n'
        "network = { samples = 400, epochs = 20 }\nspace.blocks.values = [1, 2]\n"
    )
    with contextlib.chdir(tmp_path):
        for name in ("focal", "nameless"):
            done = run("run", "study.toml", "--model", f"net.py:{name}", "--name", name, "--workers", "1")
            assert done.exit_code == 0, done.output
            assert ("layer lambda (Lambda) holds a lambda" in done.stderr) == (name == "nameless"), done.stderr
        done = run("pick", "focal", "--model", "net.py:focal", "--output", "picked")
        assert done.exit_code == 0 and "holds no optimizer and no loss" in done.output, done.output
        assert 'custom_objects={"Doubled": net.Doubled}' in (tmp_path / "picked" / "card.md").read_text()
        theirs = runpy.run_path("net.py")
        model = keras.models.load_model("picked/model.keras", custom_objects={"Doubled": theirs["Doubled"]})
        digits = load_dataset("digits")
        x = digits.x[digits.training :].reshape(-1, 8, 8)
        card = json.loads((tmp_path / "picked" / "card.json").read_text())
        right = model.predict(x, verbose=0).argmax(1) == digits.y[digits.training :]
        assert card["final"]["test_accuracy"]["mean"] == pytest.approx(right.mean())
        done = run("pick", "nameless", "--model", "net.py:nameless", "--output", "none")
        assert done.exit_code == 1 and "Keras cannot read what it saves of it" in done.output, done.output
        assert "Traceback" not in done.output and not (tmp_path / "none").exists()


def test_init_takes_what_data_need_and_refuses_all_else(place: Path) -> None:
    rows = "\n".join(f"{i},{i % 7},{i * 1.25}" for i in range(60))
    (place / "prices.csv").write_text(f"a,b,price\n{rows}\n")
    (place / "plain.py").write_text(
        "import keras\n\n\ndef build(inputs, units=8):\n"
        "    return keras.Sequential([keras.Input(inputs), keras.layers.Dense(units), keras.layers.Dense(1)])\n"
    )
    asked = ["init", "--model", "plain.py:build", "--data", "prices.csv", "--target", "price"]
    refused = run(*asked)
    assert refused.exit_code == 2 and "--set task=regression" in refused.output
    made = run(*asked, "--set", "task=regression")
    assert made.exit_code == 0, made.output
    written = tomllib.loads(made.stdout)
    assert written["task"] == "regression" and written["data"] == {"target": "price"}
    refused = run(*asked, "--set", "replicates=3")
    assert refused.exit_code == 2 and "init takes data.*, network.*, task" in refused.output


def test_init_checks_the_shape_of_a_model_whose_arguments_lack_defaults_where_it_is_given_values(place: Path) -> None:
    (place / "lacking.py").write_text(
        "import keras\n\n\ndef build(inputs, blocks, width=8):\n"
        "    return keras.Sequential([keras.Input(inputs), keras.layers.Flatten(), keras.layers.Dense(blocks)])\n"
    )
    asked = ["init", "--model", "lacking.py:build", "--data", "digits"]
    unchecked = run(*asked)
    assert "No model was built, because blocks has no default" in unchecked.stdout, unchecked.output
    assert "init with --set network.blocks=VALUE" in unchecked.stdout
    refused = run(*asked, "--set", "network.blocks=7")
    assert refused.exit_code == 2 and "gives (7,) for an item, and the data have 10 classes" in refused.output
    checked = run(*asked, "--set", "network.blocks=10")
    assert "No model was built" not in checked.stdout and tomllib.loads(checked.stdout)["network"]["blocks"] == 10
    unknown = run(*asked, "--set", "network.width=3")
    assert unknown.exit_code == 2 and "without a default, which is blocks" in unknown.output


@pytest.mark.skipif(not fast(), reason="the native engine has no kernels for this machine")
def test_code_that_builds_dense_stacks_is_trained_natively_and_picked_as_its_own_code_builds_it(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(
        """\
import keras


def build(inputs, classes, width):
    model = keras.Sequential([keras.Input(inputs), keras.layers.Flatten(name="my_own_name")])
    model.add(keras.layers.Dense(width, activation="relu"))
    model.add(keras.layers.Dense(classes, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
"""
    )
    (tmp_path / "study.toml").write_text(
        'name = "s"\ndataset = "digits"\nmodel = "net.py:build"\nreplicates = 2\nnetwork.epochs = 20\n'
        "space.width.values = [16, 32]\n"
    )
    with contextlib.chdir(tmp_path):
        planned = run("plan", "study.toml")
        assert "trained by the native engine" in planned.output, planned.output
        done = run("run", "study.toml", "--workers", "1")
        assert done.exit_code == 0, done.output
        (panel,) = json.loads(Path("depthgauge/s/verdict.json").read_text())["panels"]
        assert [point["parameters"] for point in panel["points"]] == [65 * 16 + 17 * 10, 65 * 32 + 33 * 10]
        done = run("pick", "s", "--model", "net.py:build", "--output", "picked")
        assert done.exit_code == 0, done.output

        import keras

        digits = load_dataset("digits")
        model = keras.models.load_model("picked/model.keras")
        card = json.loads(Path("picked/card.json").read_text())
        x = digits.x[digits.training :].reshape(-1, 8, 8)
        right = model.predict(x, verbose=0).argmax(1) == digits.y[digits.training :]
        assert card["final"]["test_accuracy"]["mean"] == pytest.approx(right.mean()) and right.mean() > 0.9
        assert "my_own_name" in str(model.get_config())
