"""README and guide as a reader follows them: every command and every block is run, only smaller.

All lines of all pages run once, in the order of the pages and in one folder, so that a study that one line has run is
there for the next. A line is checked as it stands, and then run with the values of SMALL after it. The presets
are really trained with the engine that starts at once, but only IN_WORKERS in worker processes, as a reader's are; the
other presets in this process. Their variations (``--name``) and those OF_CODE run on scripted results.
"""

from __future__ import annotations

import contextlib
import json
import re
import runpy
import shlex
import tomllib
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

import cli
from study.design.source import build_spec, data_settings, load_spec, presets
from study.errors import InputError
from study.run.executors import Executor
from study.run.executors.inprocess import InProcessExecutor
from study.run.executors.local import LocalExecutor
from tests.conftest import ENGINE, scripted_result, trials_of
from tests.foreign.logged import EPOCHS, csv_file, csv_logger, csv_rows, overfitting
from tests.training import TrainingExecutor

ROOT = Path(cli.__file__).parent

# Pages with a test of their own, which runs all that is on them.
ELSEWHERE = {
    "docs/data.md": "tests/across/test_data_page.py",
    "docs/final-network.md": "tests/final/test_final_network_page.py",
    "docs/own-network.md": "tests/across/test_own_network_page.py",
}

# What is not run here, by the beginning of the line, with the reason.
NOT_RUN = {
    "make study": "sets up an environment; tests/across/test_end_to_end.py runs the command",
    "make test": "this is it",
    "make quick": "a part of it",
    "make check": "CI runs it beside the tests",
    "DEPTHGAUGE_GOLD=write": "writes the gold files anew",
    "python -m venv": "sets up an environment, as make does",
    "depthgauge         Study": "a room in the drawing of the house",
    "pip install": "needs a package registry",
    "createdb": "needs a PostgreSQL server; tests/store/test_postgres.py uses one where there is one",
    "export DEPTHGAUGE_STORE=postgresql": "the same",
    "depthgauge store upgrade": "the same; tests/store/test_schema_version.py upgrades files",
    "depthgauge watch": "the same; tests/run/test_follow.py watches a file",
    "depthgauge run depth --executor ray": "needs Ray; tests/run/test_ray.py has one where it is installed",
    "depthgauge run big.toml --executor ray": "the same",
    "depthgauge pick depth": "needs a study that trained; tests/final/test_final_network_page.py has one",
    "depthgauge predict depthgauge/depth/pick": "the same",
    "depthgauge init --model": "needs a file of the reader's; tests/across/test_own_network_page.py has one",
    "depthgauge dashboard": "a server; tests/foreign/test_foreign.py asks it for its page",
    "depthgauge import mlflow": "needs runs of MLflow; tests/foreign/test_trackers.py logs some",
    "depthgauge export depth --mlflow": "needs MLflow; tests/foreign/test_trackers.py has it where it is installed",
    "depthgauge import runs logs": "needs what a later line writes; tests/foreign/test_trackers.py reads such a folder",
    "depthgauge import keras-tuner": "needs a project of KerasTuner; tests/foreign/test_foreign.py makes one",
}

# What runs in worker processes: the first study, and what is about workers.
IN_WORKERS = (
    "depthgauge run",
    "depthgauge run depth",
    "depthgauge run big.toml --trial-timeout 3600 --trial-memory 4000",
)

# Presets of a network that code builds, which only Keras trains; tests/across/test_own_network_page.py trains one.
OF_CODE = ("cnn", "tutorial")

# What makes a study small. Where one of SMALL_SPACE is scientific, its values are replaced, too.
SMALL = {
    "dataset": "digits",
    "replicates": 1,
    "network.samples": 60,
    "network.epochs": 2,
    "network.evaluate_every": 1,
    "network.width": 4,
}
SMALL_SPACE = {"blocks": [1, 2], "depth": [1, 2], "width": [4, 8], "samples": [60, 80], "label_noise": [0.0, 0.2]}
SMALL_SEARCH = {"search.trials": 1, "confirm.replicates": 1, "searches": 1}
DIGITS = 360  # items of the test set


@dataclass(frozen=True)
class Block:
    """A piece of code; ``language`` is empty where it is only indented."""

    page: str
    language: str
    text: str


@dataclass(frozen=True)
class Done:
    """How a line ended."""

    code: int
    output: str


def blocks(page: Path) -> Iterator[Block]:
    """Fenced and indented blocks of a page, in order; indented lines of a list are none."""
    name = str(page.relative_to(ROOT))
    language, fenced, indented, before = "", False, [""], ""
    text: list[str] = []
    for line in [*page.read_text("utf-8").splitlines(), ""]:
        if line.startswith("```"):
            if fenced:
                yield Block(name, language, "\n".join(text) + "\n")
            language, text, fenced = line[3:].strip(), [], not fenced
        elif fenced:
            text.append(line)
        elif line.startswith("    ") and (indented[1:] or not before):
            indented.append(line[4:])
        elif indented[1:]:
            yield Block(name, "", "\n".join(indented[1:]) + "\n")
            indented = [""]
        before = line


PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
GUIDE = [block for page in PAGES if str(page.relative_to(ROOT)) not in ELSEWHERE for block in blocks(page)]
SHELL = re.compile(r"(?:depthgauge|make|pip|pipx|python|createdb|export|ray|[A-Z_]+=\S+)(?: |$)")
LINES = list(
    dict.fromkeys(
        re.sub(r"\s+#.*", "", line)
        for block in GUIDE
        if block.language in ("", "sh")
        for line in block.text.splitlines()
        if SHELL.match(line)
    )
)
COMMANDS = [line for line in LINES if not line.startswith(tuple(NOT_RUN))]
STUDIES = [block for block in GUIDE if block.language == "toml"]
SCRIPTS = {
    page: "".join(block.text for block in found)
    for page, found in groupby((b for b in GUIDE if b.language == "python"), key=lambda b: b.page)
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a reader works: with a study file, a table of their own and a study of Optuna."""
    import optuna

    place = tmp_path_factory.mktemp("guide")
    (place / "big.toml").write_text('name = "big"\n[space.depth]\nvalues = [1, 2]\n', "utf-8")
    rows = (f"{i % 7},{i % 5},{'high' if i % 7 > 3 else 'low'}\n" for i in range(200))
    (place / "people.csv").write_text("age,hours,income\n" + "".join(rows), "utf-8")
    (place / "seeds").mkdir()
    history = overfitting()
    for file in ("log.csv", "seeds/a.csv", "seeds/b.csv", "seeds/c.csv"):
        csv_logger(place / file, history)
    csv_file(place / "mine.csv", {"tick": range(EPOCHS), "a": history["loss"], "b": history["val_loss"]})
    csv_rows(
        place / "runs.csv",
        [
            {
                "layers": layers,
                "seed": seed,
                "acc": 0.99,
                "val_acc": 0.9 - 0.01 * layers,
                "test_acc": 0.89 - 0.01 * layers,
                "loss": 0.05,
                "val_loss": 0.3 + 0.04 * layers,
                "test_loss": 0.3 + 0.04 * layers,
            }
            for layers in (1, 2, 4)
            for seed in range(3)
        ],
    )
    study = optuna.create_study(storage=f"sqlite:///{place / 'study.db'}", study_name="my-study", direction="maximize")
    study.optimize(
        lambda trial: trial.suggest_int("n_layers", 1, 4) / 10 + trial.suggest_float("lr", 0, 0.1), n_trials=5
    )
    return place


@pytest.fixture(scope="module")
def followed(folder: Path) -> dict[str, Done]:
    """What came of every line, in the order of the pages."""
    with pytest.MonkeyPatch.context() as patch, contextlib.chdir(folder):
        patch.setattr("webbrowser.open", lambda _: True)
        patch.setattr(
            "study.machine.host.cores", lambda: 1
        )  # a second worker would take longer to start than these trials take
        return {line: follow(line) for line in COMMANDS}


def follow(line: str) -> Done:
    """Run one line of the guide, small."""
    words, _, file = line.partition(" > ")
    command, *arguments = shlex.split(words)[1:]
    scripted = command == "run" and ("--name" in arguments or {*arguments} & {*OF_CODE})
    executor: type[Executor] = ScriptedExecutor if scripted else TrainingExecutor
    if line in IN_WORKERS:
        executor = LocalExecutor
    if command in ("run", "plan"):
        try:
            arguments += smaller(arguments)
        except InputError as error:
            return Done(2, str(error))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("study.run.start.LocalExecutor", executor)
        patch.setattr("study.run.estimate.LocalExecutor", executor)
        done = CliRunner().invoke(cli.app, [command, *arguments])
    if file:
        Path(file).write_text(done.stdout, "utf-8")
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        return Done(done.exit_code, "".join(traceback.format_exception(done.exception)))
    return Done(done.exit_code, done.output)


class ScriptedExecutor(InProcessExecutor):
    """Stands for worker processes: results without training."""

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__(lambda trial: scripted_result(trial, epochs=trial.configuration.epochs, test_items=DIGITS))


def smaller(arguments: list[str]) -> list[str]:
    """What makes a run small, once it is seen that it is a valid study as it stands."""
    source = next((word for word in arguments[:1] if not word.startswith("-")), "depth")
    given = list(pairwise(arguments))
    own = data_settings(dict(given).get("--data"), dict(given).get("--target"))
    spec = load_spec(source, own + [value for option, value in given if option == "--set"])
    small: dict[str, Any] = SMALL | {"engine": ENGINE} | (SMALL_SEARCH if spec.nuisance else {})
    if spec.model is not None:
        small = {key: value for key, value in small.items() if key != "network.width"} | {"engine": "keras"}
    if own:
        del small["dataset"]
    small |= {f"space.{name}": values for name, values in SMALL_SPACE.items() if name in spec.scientific}
    changes = [word for key, value in small.items() for word in ("--set", f"{key}={value}")]
    return changes + ([] if "--workers" in arguments else ["--workers", "1"])


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_of_the_guide_runs(line: str, followed: dict[str, Done]) -> None:
    assert followed[line].code == 0, followed[line].output[-2000:]


def test_what_is_not_run_is_said_and_is_there() -> None:
    for line in COMMANDS:
        assert line.startswith("depthgauge "), f"{line}: give it a reason in NOT_RUN"
    assert set(IN_WORKERS) <= set(COMMANDS)
    for beginning in NOT_RUN:
        assert any(line.startswith(beginning) for line in LINES), f"{beginning} is in no page any more"
    for page, test in ELSEWHERE.items():
        assert (ROOT / test).is_file() or not list(blocks(ROOT / page)), page


def test_the_benchmarks_say_which_machine_they_are_from_and_the_guide_says_it_too() -> None:
    machine = json.loads((ROOT / "docs" / "benchmarks.json").read_text("utf-8"))["machine"]
    assert machine["cores"] > 0 and machine["cpu"] and machine["system"]
    for page in ("README.md", "docs/performance.md"):
        assert machine["cpu"] in (ROOT / page).read_text("utf-8"), page


def test_make_has_every_target_that_is_named() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {word for page in PAGES for word in re.findall(r"(?:^ {4}|`)make ([a-z]+)", page.read_text("utf-8"), re.M)}
    assert named and named <= targets


def test_every_command_that_a_sentence_names_exists() -> None:
    known = set(typer.main.get_command(cli.app).commands)  # type: ignore[attr-defined]
    for page in PAGES:
        named = re.findall(r"`depthgauge ([a-z]+)", page.read_text("utf-8"))
        assert set(named) <= known, page


@pytest.mark.parametrize("block", STUDIES, ids=lambda block: block.page)
def test_every_study_file_of_the_guide_runs(block: Block, followed: dict[str, Done], folder: Path) -> None:
    spec = build_spec(tomllib.loads(block.text), block.page)
    with contextlib.chdir(folder):
        file = Path("block.toml")
        file.write_text(block.text, "utf-8")
        name = f"block-{Path(block.page).stem}-{STUDIES.index(block)}"
        done = follow(f"depthgauge run {file} --name {name}")
    assert done.code == 0, done.output[-2000:]
    assert spec.space


@pytest.mark.parametrize("page", SCRIPTS)
def test_every_python_block_of_a_page_runs(page: str, followed: dict[str, Done], folder: Path) -> None:
    script = folder / f"{Path(page).stem}_page.py"
    script.write_text(SCRIPTS[page], "utf-8")
    with contextlib.chdir(folder):
        left = runpy.run_path(str(script))  # not as __main__, which worker processes would import again
    if page == "docs/python.md":
        study = left["study"]
        assert len(left["figure"].data) > 3
        assert len(left["frame"]) == len(trials_of(study.spec)) * study.spec.network.epochs


def test_no_block_is_of_a_kind_that_nothing_runs() -> None:
    assert {block.language for block in GUIDE} <= {"", "sh", "toml", "python"}


@pytest.mark.parametrize("name", presets())
def test_every_preset_has_a_page_and_one_word_on_how_long_it_takes(name: str) -> None:
    minutes = presets()[name].minutes
    assert 1 <= minutes <= 8
    page = (ROOT / "docs" / "presets" / f"{name}.md").read_text("utf-8")
    assert page.startswith(f"# {name}\n") and f"About {minutes} minute{'s' * (minutes > 1)} on two cores" in page
    overview = (ROOT / "docs" / "presets" / "index.md").read_text("utf-8")
    assert re.search(rf"^\| \[{name}\]\({name}\.md\) \|.*\| {minutes} \|$", overview, re.MULTILINE)
    assert f"presets/{name}.md" in (ROOT / "mkdocs.yml").read_text("utf-8")


def test_the_page_on_formats_names_every_exported_column() -> None:
    from study.documents.trials_table import COLUMNS

    page = (ROOT / "docs" / "formats.md").read_text("utf-8")
    assert [column for column in COLUMNS if f"`{column}`" not in page] == []
