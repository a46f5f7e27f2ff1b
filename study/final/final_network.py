"""From a finished study to a folder with one network: chosen, trained, tested once and certified."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from glob import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from study.design.own_model import ModelSpec
from study.documents.evidence_hash import trials_sha256
from study.errors import InputError
from study.final import build_script, model_input, residuals
from study.final.card import SCHEMA, card, interval
from study.final.card_text import card_text
from study.final.choose import Choice, choose
from study.final.own_code import LIST, code_files
from study.final.test_rows import TEST_ROWS
from study.final.training import FILES, FORMATS, MODEL, REFITS, Format, Job, Refit, train_apart
from study.machine import host
from study.machine.places import FOLDER, slug
from study.machine.versions import versions
from study.records.intervals import Interval
from study.records.metrics import Metric
from study.records.trials import PLATEAU, Configuration
from study.store import StoredStudy
from study.train.own.code import changed, read_code
from study.words import count, option, whole

CARD, TEXT = "card.json", "card.md"
ONNX_PACKAGES = ("onnx", "onnxruntime", "tf2onnx")  # what writes the file, and what it is tried with
OURS = {*FILES.values(), CARD, TEXT, build_script.NAME, model_input.FILE, residuals.FILE, TEST_ROWS, LIST}


@dataclass(frozen=True, slots=True)
class FinalNetwork:
    """A trained network in a folder.

    ``configuration`` is what was trained, for its ``epochs``. ``accuracy`` is the test accuracy of the saved model with
    its Wilson interval over n test items, or in a regression the ``metric`` that decided with its t interval, empty
    where no rows were kept for it; ``tested_by`` is which of both. ``expected`` is the cross-fitted ``metric`` of the
    study over n replicates, ``card`` the content of ``card.json``; ``formats`` say how further formats agree with the
    model, or why they are missing.
    """

    folder: Path
    name: str
    configuration: Configuration
    parameters: int
    accuracy: Interval
    tested_by: Metric
    expected: Interval
    card: dict[str, Any]
    formats: tuple[str, ...]
    metric: Metric
    complete: bool  # whether all formats that were asked for are there

    @property
    def model(self) -> Path:
        """The file that plain Keras loads."""
        return self.folder / MODEL


def pick_network(
    study: StoredStudy,
    *,
    panel: str | None = None,
    output: Path | None = None,
    margin: float | None = None,
    max_parameters: int | None = None,
    refit: Refit = "train",
    formats: Sequence[Format] = ("keras",),
    model: str | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> FinalNetwork:
    """Choose as :func:`study.final.choose.choose`, train the network once more and write everything to ``output``.

    ``output`` is ``depthgauge/<study>/pick`` by default; a former pick there is replaced when the new one is complete.
    ``refit`` says whether the rows held out for validation are trained on, too. ``model`` names the function that
    builds the networks of the study, where that is the user's own: code is never taken from a store. ``say`` gets a
    line on what is done.
    Raises :class:`InputError` and :class:`StudyError`; then ``output`` is as it was before.
    """
    if refit not in REFITS:
        raise InputError(f"{option('refit')}: expected one of {', '.join(REFITS)}, found {refit!r}.")
    if wrong := [form for form in formats if form not in FORMATS]:
        raise InputError(f"{option('format')}: expected {', '.join(FORMATS)}, found {wrong[0]!r}.")
    if "onnx" in formats and (missing := [name for name in ONNX_PACKAGES if find_spec(name) is None]):
        raise InputError(f"{option('format')} onnx needs the package {missing[0]}: pip install 'depthgauge[onnx]'.")
    own = _own(study, model)
    choice = choose(study, panel=panel, margin=margin, max_parameters=max_parameters)
    if refit != "train" and choice.configuration.schedule == PLATEAU:
        raise InputError(
            f"{option('refit')}: the learning rate of {choice.name} goes by the rows held out for validation, so these "
            "cannot be trained on. Leave it out."
        )
    folder = output or FOLDER / slug(study.name) / "pick"
    title = f"{choice.name}, {whole(choice.pick.chosen.parameters)} parameters: the pick of study {study.name}"
    if len(choice.panels) > 1 and panel is None:
        say(
            f"Picking in {choice.panel.name!r}; {option('panel')} names another of: "
            f"{', '.join(map(repr, choice.panels))}."
        )
    with _replaced(folder) as made:
        job = Job(
            study.spec,
            study.dataset_sha256,
            choice.configuration,
            refit,
            tuple(dict.fromkeys(formats)),
            title,
            made,
            own,
        )
        say(_training_line(choice, refit))
        trained = train_apart(job)
        document = card(
            choice,
            trained,
            refit,
            trials=trials_sha256(study.results.values()),
            versions=versions(),
            command=_command(study.name, panel, margin, max_parameters, refit, formats, study.spec.model),
        )
        document |= {"formats": list(trained.notes), "files": {MODEL: _sha256(made / MODEL)}}
        (made / CARD).write_text(json.dumps(document, indent=2, allow_nan=False) + "\n", "utf-8")
        (made / TEXT).write_text(card_text(document), "utf-8")
        complete = all((made / FILES[form]).exists() for form in formats)
    say(
        f"Trained and tested in {trained.seconds:.0f} s; seed {study.spec.seed}, replicate "
        f"{document['final']['replicate']}."
    )
    return FinalNetwork(
        folder=folder,
        name=choice.name,
        configuration=choice.configuration,
        parameters=choice.pick.chosen.parameters,
        accuracy=_tested(document),
        tested_by=choice.findings.facts.fit if study.facts.classes else choice.panel.metric,
        expected=choice.pick.accuracy,
        card=document,
        formats=trained.notes,
        metric=choice.panel.metric,
        complete=complete,
    )


def _tested(document: dict[str, Any]) -> Interval:
    final, metric = document["final"], document["study"]["metric"]
    if document["network"]["labels"]:
        return interval(final["test_accuracy"])
    return next(interval(one["interval"]) for one in final["metrics"] if one["name"] == metric)


def _training_line(choice: Choice, refit: Refit) -> str:
    validation = f" and the {choice.findings.facts.run.validation_samples:,} of validation" if refit != "train" else ""
    rows = count(choice.panel.samples, "sample")
    facts = choice.findings.facts
    if facts.spec.scheme != "fixed" and choice.configuration.samples is None:
        rows, validation = "all rows" if refit != "train" else "all rows but those for validation", ""
    return (
        f"Training {choice.name} for {count(choice.epochs, 'epoch')} on {rows}"
        f"{validation}: about {max(1, round(choice.seconds))} s after TensorFlow has started."
    )


@contextmanager
def _replaced(folder: Path) -> Iterator[Path]:
    """A new folder beside ``folder`` that takes its place at the end, so that it is complete or as it was before.

    Raises :class:`InputError` where something else than a former pick is there, or nothing can be written.
    """
    _sweep(folder)
    _check(folder)
    made = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    try:
        made.mkdir(parents=True)
    except OSError as error:
        raise InputError(
            f"{folder} cannot be written: {error.strerror}. Name another one with {option('output')}."
        ) from error
    try:
        yield made
        _check(folder)  # a minute has passed
        if folder.exists():
            folder.rename(old)
        try:
            made.rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
    finally:
        for left in (made, old):
            shutil.rmtree(left, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """See to what a killed pick has left beside ``folder``: the former pick comes back, where it was on its way out."""
    for left in folder.parent.glob(f".{escape(folder.name)}.*"):
        _, pid, ending = left.name.rsplit(".", 2)
        if ending in ("new", "old") and pid.isdecimal() and host.identity() and host.is_dead(int(pid)):
            with suppress(OSError):
                if ending == "old" and not folder.exists():
                    left.rename(folder)
            shutil.rmtree(left, ignore_errors=True)


def _check(folder: Path) -> None:
    """Raise :class:`InputError` unless ``folder`` is absent, empty or a former pick with nothing else in it."""
    if Path.cwd().is_relative_to(folder.resolve()):
        raise InputError(
            f"{folder} is the folder you are in, or one above it, and would be replaced as a whole. Name another one "
            f"with {option('output')}, for example {option('output')} pick."
        )
    if not (folder.exists() or folder.is_symlink()):
        return
    problem = "it is no folder"
    if folder.is_dir() and not folder.is_symlink():
        others = sorted({path.name for path in folder.iterdir()} - OURS - {"__pycache__"} - _of_code(folder))
        if not others and (not any(folder.iterdir()) or _is_pick(folder)):
            return
        problem = f"it holds {others[0]}" if others else "it holds something else than a former pick"
    raise InputError(
        f"{folder} is not overwritten: {problem}. Name another folder with {option('output')}, or empty this one."
    )


def _of_code(folder: Path) -> set[str]:
    """What a former pick has of the user's code, by the names in its folder."""
    with suppress(InputError):
        return {Path(name).parts[0] for name in code_files(folder)}
    return set()


def _own(study: StoredStudy, model: str | None) -> ModelSpec | None:
    """The study's own model with the file that ``model`` names; None for dense stacks.

    Raises :class:`InputError` where it names none, or other code than the study's.
    """
    there = study.spec.model
    if there is None:
        if model is not None:
            raise InputError(f"{option('model')}: the networks of study {study.name!r} are dense stacks. Leave it out.")
        return None
    if model is None:
        raise InputError(
            f"The networks of study {study.name!r} are built by {there.source}, and code is never taken from a store: "
            f"name the file with {option('model')}, for example {option('model')} {there.source}."
        )
    named = ModelSpec.model_validate({**there.model_dump(), "source": model})
    if read_code(named).sha256 != there.code:
        raise InputError(f"{option('model')}: {changed(named)}")
    return named


def _is_pick(folder: Path) -> bool:
    try:
        return bool(json.loads((folder / CARD).read_text("utf-8"))["schema"] == SCHEMA)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _command(
    name: str,
    panel: str | None,
    margin: float | None,
    max_parameters: int | None,
    refit: Refit,
    formats: Sequence[Format],
    model: ModelSpec | None,
) -> str:
    """The command that repeats a pick; where it goes and where its store is, is nobody else's business."""
    words = ["depthgauge", "pick", name]
    flags = {
        "--model": model and model.source,
        "--panel": panel,
        "--margin": margin,
        "--max-parameters": max_parameters,
    }
    for flag, value in flags.items():
        words += [] if value is None else [flag, str(value)]
    words += [] if refit == "train" else ["--refit", refit]
    return shlex.join([*words, *(word for form in formats if form != "keras" for word in ("--format", form))])


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
