"""The command line: parse, call, print, exit code. Nothing is decided here, and nothing heavy is imported."""

from __future__ import annotations

import os
import sys

# What lies in the folder that we are started in is never imported, a json.py beside the data say. This stands before
# all other imports, so that it can be no function of ours; study.machine.places.import_path is the same for workers.
_HERE = os.path.realpath(os.curdir)
if _HERE not in (os.path.dirname(os.path.realpath(__file__)), os.path.dirname(os.path.realpath(os.__file__))):
    sys.path[:] = [folder for folder in sys.path if folder and os.path.realpath(folder) != _HERE]

import enum
import json
import re
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any

import typer

from study.errors import DepthgaugeError, InputError, StudyError
from study.machine.places import is_stdout, is_stream
from study.words import escaped, printable, shortened

if TYPE_CHECKING:
    from reports.write.live_page import Served
    from study.analysis.findings import Concluded
    from study.analysis.gates import Gate
    from study.data.dataset import Dataset
    from study.design.plan import Plan

app = typer.Typer(
    name="depthgauge",
    help="Find the depth at which a network starts to overfit, and the architecture to use instead.",
    epilog="Exit codes: 0 fine, 1 the work failed, 2 wrong usage or input, 3 a finding named by --fail-on, "
    "130 interrupted.",
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_interrupted = False  # by a signal
LONGEST_ARGUMENT = 10_000  # characters
LEAST_MINUTES = 0.95  # that are told in figures
_TOO_LONG = re.compile(r"\S{300,}")  # no name, and nothing that anybody reads
_fate: Any = None  # of standard output


class Exit(enum.IntEnum):
    """What the exit code says."""

    FINE = 0
    FAILED = 1
    WRONG_INPUT = 2
    FOUND = 3
    INTERRUPTED = 130


class Shown(enum.StrEnum):
    """What ``diagnose --fail-on`` can name: the diagnoses of study.analysis.curves."""

    OVERFITS = "overfits"
    DIVERGED = "diverged"
    NEVER_LEARNED = "never learned"
    STILL_IMPROVING = "still improving"
    SATURATED = "saturated"
    NOISY = "noisy"


class Format(enum.StrEnum):
    """What a report is written as."""

    HTML = "html"
    MARKDOWN = "markdown"


class Refit(enum.StrEnum):
    """What the final training of a pick gets: study.final.training.REFITS."""

    TRAIN = "train"
    BOTH = "train+validation"


class Form(enum.StrEnum):
    """In what forms a pick is written: study.final.training.FORMATS."""

    KERAS = "keras"
    TFLITE = "tflite"
    SAVED_MODEL = "saved_model"
    ONNX = "onnx"


class Executor(enum.StrEnum):
    """Where trials run: the executors of study.run."""

    LOCAL = "local"
    RAY = "ray"


StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        envvar="DEPTHGAUGE_STORE",
        metavar="URL",
        help="File or database URL of the store.  [default: depthgauge/studies.db]",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
GateOption = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-on",
        metavar="VERDICT|QUANTITY:above|below:NUMBER",
        help="Exit with 3 if a panel's verdict is this, or if the interval of gap, train, validation or test of its "
        "pick lies beyond a number: gap:above:0.05, test.macro_f1:below:0.8; repeatable.",
    ),
]
StudyArgument = Annotated[str, typer.Argument(metavar="STUDY", help="Name of a study in the store.")]
NameOption = Annotated[str | None, typer.Option("--name", help="Name of the study in the store.")]
ObjectiveOption = Annotated[
    str | None, typer.Option("--objective", help="What was optimized, where that is not recorded.")
]
RefreshOption = Annotated[
    bool, typer.Option("--refresh", help="Read a study again that is in the store, and has gone on since.")
]

AxisOption = Annotated[
    str | None, typer.Option("--axis", metavar="COLUMN", help="Ordered setting that the verdict is about.")
]
ReplicateOption = Annotated[str | None, typer.Option("--replicate", metavar="COLUMN", help="Column of seeds.")]
TrainOption = Annotated[str | None, typer.Option("--train", metavar="COLUMN", help="Training accuracy.")]
ValidationOption = Annotated[str | None, typer.Option("--validation", metavar="COLUMN", help="Validation accuracy.")]
TestOption = Annotated[str | None, typer.Option("--test", metavar="COLUMN", help="Test accuracy.")]
ValidationLossOption = Annotated[
    str | None,
    typer.Option("--validation-loss", metavar="COLUMN", help="What the readings best and patience=p go by."),
]
ReadingOption = Annotated[
    str | None, typer.Option("--reading", metavar="READING", help="Where runs with epochs are read.  [default: last]")
]
ColumnsOption = Annotated[
    Path | None, typer.Option("--columns", metavar="FILE", help="TOML file that names the columns.")
]
ParametersOption = Annotated[
    list[str] | None, typer.Option("--parameter", metavar="COLUMN", help="Setting beside the axis; repeatable.")
]
MaximizeOption = Annotated[
    bool | None, typer.Option("--maximize/--minimize", help="What is better.  [default: by the column's name]")
]
ReplicatesOption = Annotated[
    bool, typer.Option("--replicates", help="Without a column of seeds: runs of the same setting are replicates.")
]
MarginOption = Annotated[
    float | None,
    typer.Option("--margin", help="Difference that does not matter.  [default: 0.005 of accuracies and other shares]"),
]
ChanceOption = Annotated[
    float | None,
    typer.Option(
        "--chance", help="What guessing comes to: 0.1 for the accuracy, 2.3 for the loss of ten equal classes."
    ),
]

MinutesOption = Annotated[
    float | None,
    typer.Option(
        min=0.1,
        metavar="N",
        help='About how long it may take, with replicates = "auto": as many trials as that is when it is begun.',
    ),
]
OutputOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="File of the report, or - for standard output.")
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Write the report over a file that is none of depthgauge's.")
]
DataOption = Annotated[
    str | None,
    typer.Option("--data", metavar="PATH", help="Data of your own; short for --set dataset=PATH (docs/data.md)."),
]
TargetOption = Annotated[
    str | None,
    typer.Option("--target", metavar="COLUMN", help="A table's column of labels; short for --set data.target=COLUMN."),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="FILE.py:NAME", help="A function of your own that builds the network, in place of a stack."
    ),
]
CategoricalOption = Annotated[
    list[str] | None,
    typer.Option(
        "--categorical",
        metavar="COLUMN",
        help="A table's column whose numbers are codes of categories; repeatable.",
    ),
]
SettingsOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one value of the file; repeatable.")
]

examining = typer.Typer(help="Look at data of your own.", no_args_is_help=True)
app.add_typer(examining, name="data")
importing = typer.Typer(help="Read studies of other programs into the store.", no_args_is_help=True)
app.add_typer(importing, name="import")
storing = typer.Typer(help="Look after the store itself.", no_args_is_help=True)
app.add_typer(storing, name="store")


def _version(asked: bool) -> None:
    if asked:
        from study.machine.versions import versions
        from study.train.native.compiled import kernels_words

        _print(f"depthgauge {versions()['depthgauge']}, native engine {kernels_words()}")
        raise typer.Exit(Exit.FINE)


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    pass


@app.command()
def run(
    source: Annotated[str, typer.Argument(metavar="[PRESET|FILE]", help="A preset or a TOML file.")] = "depth",
    name: Annotated[str | None, typer.Option(help="Name of the study, in place of the file's.")] = None,
    data: DataOption = None,
    target: TargetOption = None,
    categorical: CategoricalOption = None,
    model: ModelOption = None,
    settings: SettingsOption = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, help="Worker processes.  [default: all cores]")
    ] = None,
    output: OutputOption = None,
    force: ForceOption = False,
    executor: Annotated[
        Executor, typer.Option(help="Where trials run: processes of this machine, or a Ray cluster.")
    ] = Executor.LOCAL,
    address: Annotated[
        str | None,
        typer.Option(metavar="auto|HOST:PORT", help="The Ray cluster.  [default: a Ray of its own on this machine]"),
    ] = None,
    trial_timeout: Annotated[
        float | None,
        typer.Option(min=1, metavar="SECONDS", help="Stop a trial that takes longer; it counts as failed."),
    ] = None,
    trial_memory: Annotated[
        int | None,
        typer.Option(min=1, metavar="MB", help="Stop a trial that adds more memory to its worker; the same."),
    ] = None,
    reference: Annotated[
        bool | None,
        typer.Option(
            "--reference/--no-reference",
            help="Train reference models on the same parts: the commonest class or the mean, logistic or ridge "
            "regression, gradient-boosted trees.  [default: for data of your own]",
        ),
    ] = None,
    minutes: MinutesOption = None,
    fail_on: GateOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a study, or go on with it, then print its verdict and write its report.

    Example: depthgauge run depth --set replicates=3 --name quick
    """
    from depthgauge import Study
    from reports.terminal.live import watch
    from reports.terminal.plan_text import print_plan
    from reports.terminal.verdict_text import print_verdict
    from reports.write.overwriting import protected
    from reports.write.report_files import check_place, write_files
    from study.analysis.findings import Findings
    from study.design.parts_words import rounding_words
    from study.design.source import data_settings
    from study.documents.verdict_document import verdict_document

    _signals_interrupt()
    with _errors(), _interruption():
        gates = _gates(fail_on)
        budget = None if minutes is None else f"{minutes:g}"
        options = {"--name": name, "--data": data, "--target": target, "--model": model, "--minutes": budget}
        command = _command(["run", source], options, settings, categorical)
        changes = [*data_settings(data, target, categorical), *(settings or ())]
        study = Study.define(source, name=name, settings=changes, model=model, store=store, command=command)
        if as_json and output is not None and is_stdout(output):
            raise InputError("--json and --output - both go to standard output. Leave one of them out.")
        kept = protected(study.store.database.file, study.spec.source, source)
        check_place(study.name, output, kept, force=force)
        planned = study.plan()
        if planned.searches:
            print_plan(planned, _console(stderr=True))
        if rounded := rounding_words(study.spec):
            _say(rounded)
        if study.spec.model is not None and study.spec.model.unsaved:
            _say(study.spec.model.unsaved_words)
        try:
            with _interruption(), watch(planned, _console(stderr=True)) as observer:
                study.run(
                    workers=workers,
                    executor=executor.value,
                    address=address,
                    trial_timeout=trial_timeout,
                    trial_memory=trial_memory,
                    reference=reference,
                    minutes=minutes,
                    observer=observer,
                )
        except KeyboardInterrupt:
            _say(f"Interrupted. {_kept(study)} of {study.name!r} are kept; the same command goes on with the rest.")
            raise typer.Exit(Exit.INTERRUPTED) from None
        findings = study.verdict()
        document = verdict_document(findings)
        study.store.write_verdict(study.name, document)
        # Files before prints: whoever reads those may go at any moment.
        report, verdict = write_files(findings, output, kept, force=force)
        if as_json:
            _print_json(document)
        else:
            aside = output is not None and is_stdout(output)  # then that is the report's alone
            print_verdict(findings, _console(stderr=aside))
            if not aside:
                _print(f"\nreport   {report}" + (f"\nverdict  {verdict}" if verdict else ""))
        if isinstance(findings, Findings) and not findings.facts.finished:
            _say(f'No trial of {study.name!r} finished; depthgauge trials "{study.name}" gives the reasons.')
            raise typer.Exit(Exit.FAILED)
        _check_gates(gates, findings)


def _gates(texts: list[str] | None) -> tuple[Gate, ...]:
    """What ``--fail-on`` names."""
    from study.analysis.gates import parse_gate

    return tuple(map(parse_gate, texts or ()))


def _check_gates(gates: Sequence[Gate], findings: Concluded) -> None:
    """Exit with 3 where a study fails one of the gates."""
    from study.analysis.gates import failed_gates

    if gates and (failed := failed_gates(gates, findings)):
        for sentence in failed:
            _say(printable(sentence))
        raise typer.Exit(Exit.FOUND)


@app.command()
def plan(
    source: Annotated[str, typer.Argument(metavar="[PRESET|FILE]", help="A preset or a TOML file.")] = "depth",
    data: DataOption = None,
    target: TargetOption = None,
    categorical: CategoricalOption = None,
    model: ModelOption = None,
    settings: SettingsOption = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, help="Worker processes.  [default: all cores]")
    ] = None,
    power: Annotated[
        str | None,
        typer.Option(
            "--power",
            metavar="STUDY",
            help="Say what falls 3 to 20 replicates would find and what they take, by the noise of a study in the "
            "store: this one, a pilot of it, or one like it.",
        ),
    ] = None,
    store: StoreOption = None,
) -> None:
    """Say what a study will run and about how long it takes, by a short trial on this machine.

    Example: depthgauge plan isolate
    """
    from reports.terminal.plan_text import print_plan
    from study.data.loading import load_dataset
    from study.design.classes_fit import check_classes
    from study.design.enough_samples import check_samples
    from study.design.parts_words import looks_words, parts_words
    from study.design.plan import make_plan
    from study.design.source import data_settings, load_spec, model_settings
    from study.machine.host import cores
    from study.run.estimate import estimate_minutes, metrics_words
    from study.run.looking import look_at, look_through
    from study.run.references import plan_references
    from study.train.engine_choice import settle_engine
    from study.words import engine_words

    _signals_interrupt()
    with _errors(), _interruption():
        changes = [*data_settings(data, target, categorical), *model_settings(model), *(settings or ())]
        planned = make_plan(load_spec(source, changes, look=look_at))
        dataset = load_dataset(planned.spec.source)
        check_classes(planned.spec, dataset.labels)
        check_samples(planned, dataset)
        planned, why_keras = settle_engine(look_through(planned), dataset)
        print_plan(planned, _console())
        if words := looks_words(planned):
            _print(words)
        _print(printable(parts_words(planned, dataset)))
        _print(f"trained by {engine_words(planned.spec.engine, why_keras, planned.spec.uncompiled)}")
        work, minutes = estimate_minutes(planned, dataset, workers=workers or cores())
        most = "at most " if planned.searches else ""
        first = " before the first look" if any(panel.undecided for panel in planned.panels) else ""
        programs = "programs to compile" if planned.spec.engine == "keras" else "architectures"
        long = f"about {minutes:.1f} minutes" if minutes >= LEAST_MINUTES else "less than a minute"
        _print(
            f"{most}{work.trials:,} trials{first}, {work.epochs:,} model-epochs, {work.programs:,} {programs}: "
            f"{long} on {workers or cores()} workers of this machine"
        )
        if metrics := metrics_words(planned, dataset, work):
            _print(metrics)
        if planned.spec.own:
            references = plan_references(planned, dataset)
            for words in filter(None, (references.words, *references.left_out)):
                _print(words)
        if planned.spec.model is not None and planned.spec.model.unsaved:
            _print(planned.spec.model.unsaved_words)
        if power is not None:
            _print_power(planned, power, store, dataset, minutes)


def _print_power(planned: Plan, study: str, store: str | None, dataset: Dataset, minutes: float) -> None:
    """What ``plan --power`` adds, by the noise of a stored ``study``; ``minutes`` are those of the plan as it is."""
    from reports.terminal.power_text import print_power
    from study.analysis.findings import Findings
    from study.analysis.power import noise_of
    from study.run.estimate import with_replicates

    findings = _study(store, study).verdict()
    panels = [one for one in findings.panels if isinstance(findings, Findings) and one.has_axis]
    if not panels:
        raise InputError(f"Study {study!r} has no panel with an axis, so it tells nothing of the noise along one.")
    costs = with_replicates(planned, dataset, minutes)
    values = max(len(panel.cells) for panel in planned.panels)
    spec = planned.spec
    for panel in panels:
        noise = noise_of(panel)
        falls = noise.falls(list(costs), values, alpha=spec.alpha, share=1.0, seed=spec.seed)
        found = [(fall, *costs[fall.replicates]) for fall in falls]
        print_power(panel.name, noise, found, panel.margin, _console())


@app.command()
def auto(
    data: Annotated[str, typer.Argument(metavar="DATA", help="A table, arrays or a folder of images (docs/data.md).")],
    target: TargetOption = None,
    categorical: CategoricalOption = None,
    settings: SettingsOption = None,
    minutes: Annotated[float, typer.Option(min=0.5, metavar="N", help="About how long it may take.")] = 10.0,
    name: Annotated[str | None, typer.Option(help="Name of its studies.  [default: auto-DATA]")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, help="Worker processes.  [default: all cores]")
    ] = None,
    output: OutputOption = None,
    force: ForceOption = False,
    store: StoreOption = None,
) -> None:
    """Find the network to use for data of your own: does depth hurt, do cures help, does a search find better, and is
    something simpler as good? A part of the rows is set aside first, and read once, at the end.

    Example: depthgauge auto people.csv --target income --minutes 10
    """
    from reports.sections.chain_page import chain_page
    from reports.terminal.live import watch
    from reports.write.report_files import check_place, place_of, write_page
    from study.design.source import chain_name, data_settings, shared_values
    from study.run.chain import Chain
    from study.run.observers import Observer
    from study.run.start import Workplace
    from study.store import open_store

    _signals_interrupt()
    with _errors(), _interruption():
        called = name or chain_name(data)
        options = {"--target": target, "--minutes": f"{minutes:g}", "--name": name}
        memory = open_store(store, create=True)
        check_place(called, output, force=force)
        console = _console(stderr=True)
        chain = Chain(
            called,
            shared_values(data, data_settings(None, target, categorical) + list(settings or []), "auto"),
            memory,
            Workplace(workers=workers),
            minutes,
            command=_command(["auto", data], options, settings, categorical),
            watching=(lambda plan: watch(plan, console))
            if console.is_terminal
            else lambda plan: nullcontext(Observer()),
            say=_say,
        )
        try:
            found = chain.run()
        except KeyboardInterrupt:
            _say("Interrupted. What is finished is kept; the same command goes on with the rest.")
            raise typer.Exit(Exit.INTERRUPTED) from None
        report = write_page(chain_page(found), place_of(called, output), force=force or output is None)
        _print("\n" + "\n".join(printable(sentence) for sentence in found.sentences))
        _print(f"\nreport   {report}")


@app.command()
def suggest(study: StudyArgument, store: StoreOption = None) -> None:
    """Print the study that should come next, as a file: what the searches of this one ask for.

    Example: depthgauge suggest isolate > isolate-2.toml
    """
    with _errors():
        _print(escaped(_study(store, study).suggest()), nl=False)


@app.command()
def report(
    names: Annotated[list[str], typer.Argument(metavar="STUDY...", help="One study, or several to compare.")],
    output: OutputOption = None,
    force: ForceOption = False,
    form: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="HTML goes to a file; Markdown to standard output without --output.  "
            "[default: by the ending of --output, else html]",
        ),
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open the HTML report in the browser.")] = False,
    store: StoreOption = None,
) -> None:
    """Write the report of a study, or a comparison of several, as an HTML page or as Markdown.

    Example: depthgauge report depth --format markdown | gh pr comment --body-file -
    """
    from reports.write.markdown import render_markdown
    from reports.write.overwriting import protected
    from reports.write.report_files import MARKDOWN, open_in_browser, write_comparison, write_files, write_markdown

    with _errors():
        if form is None:
            markdown = output is not None and output.suffix.lower() in MARKDOWN
            form = Format.MARKDOWN if markdown else Format.HTML
        if show and form is not Format.HTML:
            raise InputError("--open shows the HTML report. Leave out --format markdown, or --open.")
        if show and output is not None and is_stream(output):
            raise InputError(f"--open shows a file, and {output} is none. Leave out --output, or --open.")
        studies = [_study(store, name) for name in dict.fromkeys(names)]
        kept = [path for one in studies for path in protected(one.store.database.file, one.spec.source)]
        findings = [one.verdict() for one in studies]
        if form is Format.MARKDOWN and output is None:
            _print(render_markdown(findings), nl=False)
            return
        if form is Format.MARKDOWN and output is not None:
            path = write_markdown(findings, output, kept, force=force)
        elif len(findings) == 1:
            path = write_files(findings[0], output, kept, force=force)[0]
        else:
            path = write_comparison(findings, output, kept, force=force)
        if output is not None and is_stdout(output):
            return
        _print(str(path))
        if show and not open_in_browser(path):
            _say("No browser was found. Open the file above in one.")


@app.command()
def verdict(
    study: StudyArgument,
    store: StoreOption = None,
    as_json: JsonOption = False,
    fail_on: GateOption = None,
) -> None:
    """Print what a study found.

    Example: depthgauge verdict depth --json --fail-on overfitting
    """
    from reports.terminal.verdict_text import print_verdict
    from study.documents.verdict_document import verdict_document

    with _errors():
        gates = _gates(fail_on)
        findings = _findings(store, study)
        if as_json:
            _print_json(verdict_document(findings))
        else:
            print_verdict(findings, _console())
        _check_gates(gates, findings)


@app.command()
def diagnose(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help=".csv, .json, .jsonl or .parquet, or TensorBoard's files or folder."),
    ],
    replicates: Annotated[
        bool, typer.Option("--replicates", help="The files are runs of the same settings, with other seeds.")
    ] = False,
    train_loss: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of training loss.")] = None,
    validation_loss: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of validation loss.")] = None,
    train: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of training accuracy.")] = None,
    validation: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of validation accuracy.")] = None,
    epoch: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column that counts epochs.")] = None,
    chance: Annotated[
        float | None, typer.Option(help="Accuracy of guessing, 0.1 for ten equal classes.  [default: not known]")
    ] = None,
    margin: Annotated[float, typer.Option(help="Difference in accuracy that counts.")] = 0.005,
    patience: Annotated[int, typer.Option(min=1, help="Of early stopping: what it would have kept.")] = 5,
    clean_train: Annotated[
        bool, typer.Option("--clean-train", help="Training accuracy was measured after each epoch, without dropout.")
    ] = False,
    output: OutputOption = None,
    force: ForceOption = False,
    form: Annotated[
        Format | None, typer.Option("--format", help="markdown prints the report as Markdown, for a comment.")
    ] = None,
    as_json: JsonOption = False,
    fail_on: Annotated[
        list[Shown] | None, typer.Option("--fail-on", help="Exit with 3 if a run shows this; repeatable.")
    ] = None,
) -> None:
    """Say what the curves of finished runs show: whether they overfit, from when, what was lost, what stopping keeps.

    It reads what Keras, Lightning, the Hugging Face trainer and TensorBoard write, and any table. Nothing is trained.

    Example: depthgauge diagnose log.csv --fail-on overfits
    """
    from reports.sections.diagnosis_page import diagnosis_page
    from reports.terminal.diagnosis_text import diagnosis_lines
    from reports.write.markdown import page_markdown
    from reports.write.report_files import write_page
    from study.documents.diagnosis_document import diagnosis_document
    from study.foreign.diagnosis import diagnose_sources
    from study.foreign.logged_columns import named_columns

    with _errors():
        to_stdout = output is not None and is_stdout(output)
        if sum([as_json, form is Format.MARKDOWN, to_stdout]) > 1:
            raise InputError("--json, --format markdown and --output - all go to standard output. Choose one.")
        if form is Format.HTML and output is None:
            raise InputError("--format html goes to a file. Name it with --output.")
        named = named_columns(
            train_loss=train_loss, validation_loss=validation_loss, train=train, validation=validation, epoch=epoch
        )
        found = diagnose_sources(
            files,
            named,
            replicates=replicates,
            chance=chance,
            margin=margin,
            patience=patience,
            clean_train=clean_train,
        )
        if output is not None:
            write_page(diagnosis_page(found), output, force=force)
        if as_json:
            _print_json(diagnosis_document(found))
        elif form is Format.MARKDOWN:
            _print(page_markdown(diagnosis_page(found)), nl=False)
        elif not to_stdout:
            _print("\n".join(diagnosis_lines(found)))
        if fail_on and any(found.shows(kind.value) for kind in fail_on):
            raise typer.Exit(Exit.FOUND)
        if Shown.OVERFITS in (fail_on or ()) and (untold := [r for r in found.runs if r.overfits == "not told"]):
            raise StudyError(f"{untold[0].curves.name}: --fail-on overfits cannot pass it. {untold[0].sentence}")


@app.command()
def pick(
    study: StudyArgument,
    panel: Annotated[
        str | None, typer.Option(help="Panel to pick in.  [default: clean labels, most samples, best validation]")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Folder of the network.  [default: depthgauge/STUDY/pick]")
    ] = None,
    margin: Annotated[
        float | None, typer.Option(help="Difference in accuracy that does not matter.  [default: the study's]")
    ] = None,
    max_parameters: Annotated[int | None, typer.Option(min=1, help="Leave larger networks out.")] = None,
    refit: Annotated[Refit, typer.Option(help="Rows that the final training gets.")] = Refit.TRAIN,
    forms: Annotated[
        list[Form] | None, typer.Option("--format", help="Write the network in this form, too; repeatable.")
    ] = None,
    model: ModelOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train the network to use once more, and write it with its card and its code.

    Example: depthgauge pick depth --max-parameters 200000
    """
    from reports.terminal.final_text import print_final

    _signals_interrupt()
    with _errors(), _interruption():
        final = _study(store, study).pick(
            panel=panel,
            output=output,
            margin=margin,
            max_parameters=max_parameters,
            refit=refit.value,
            formats=[Form.KERAS.value, *(form.value for form in forms or ())],
            model=model,
            say=_say,
        )
        if as_json:
            _print_json(final.card)
        else:
            print_final(final, _console())
        if not final.complete:
            raise typer.Exit(Exit.FAILED)


@app.command()
def predict(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="Folder of a pick, or the model.keras in it.")],
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help=".npz, .csv, .tsv, .parquet, an image or a folder of images.")
    ],
    all_labels: Annotated[bool, typer.Option("--probabilities", help="Print the probability of every label.")] = False,
    centre: Annotated[
        bool, typer.Option("--centre", help="Move what is drawn in images to its place and size in training.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Print what a picked network says of new items, one line each: label and probability, or a number.

    Example: depthgauge predict depthgauge/depth/pick my-digit.png
    """
    from reports.terminal.final_text import prediction_lines
    from study.final.predict import predict as predict_items

    with _errors():
        found = predict_items(model, file, centre=centre)
        for note in found.notes:
            _say(f"{note}.")
        if as_json:
            _print_json(found.to_dict())
        else:
            _print("\n".join(prediction_lines(found, all_labels=all_labels)))


@app.command(name="list")
def list_studies(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List the studies of a store.

    Example: depthgauge list --store other.db
    """
    from reports.terminal.studies_text import print_studies
    from study.store import open_store

    with _errors():
        lines = open_store(store).list()
        if as_json:
            shown = ("name", "created", "planned", "finished", "failed", "imported")
            _print_json([{key: getattr(line, key) for key in shown} for line in lines])
        else:
            print_studies(lines, _console())


@app.command()
def watch(
    study: StudyArgument,
    open_page: Annotated[
        bool, typer.Option("--open", help="Show the report in the browser, too: it grows as results arrive.")
    ] = False,
    host: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Address of the page; others can read it there.  [default: 127.0.0.1]"),
    ] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port of the page.  [default: a free one]")] = None,
    store: StoreOption = None,
) -> None:
    """Follow a study that runs in another terminal or on another machine, until it is done or Ctrl-C.

    Example: depthgauge watch depth --open
    """
    from reports.terminal import live
    from study.design.plan import make_plan
    from study.run.follow import follow
    from study.store import open_store

    with _errors():
        if _fate is not None:
            _fate.raises = True  # it only prints: it ends when nobody reads any more
        if not open_page and (host, port) != (None, None):
            raise InputError("--host and --port are those of the page: add --open.")
        memory, done = open_store(store), False
        with _page_of(study, store, host, port) if open_page else nullcontext() as page:
            while not done:
                with live.watch(make_plan(memory.spec(study)), _console()) as follower:
                    done = follow(memory, study, follower)
            _print(f'Done. depthgauge verdict "{study}" says what it found.')
            if page is not None:
                _print(f"The page stays at {page.url} until Ctrl-C.")
                with suppress(KeyboardInterrupt):
                    Event().wait()


@contextmanager
def _page_of(study: str, store: str | None, host: str | None, port: int | None) -> Iterator[Served]:
    """The page of a study that runs, served and shown in the browser; its address is printed."""
    import webbrowser

    from reports.write.live_page import LOOPBACK, LivePage, served
    from study.store import open_store

    with served(LivePage(open_store(store), study), host or LOOPBACK, port or 0) as page:
        _print(f"page     {page.url}")
        if any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")) or sys.platform == "darwin":
            webbrowser.open(page.url)  # without a screen it would start a browser of the terminal, over the numbers
        yield page


@app.command()
def show(study: StudyArgument, store: StoreOption = None) -> None:
    """Show a study: its file, how far it is, and the verdict that its last run ended with.

    It reads no trial, and is quick however many there are; depthgauge verdict tells by what is there now.

    Example: depthgauge show depth
    """
    from reports.terminal.studies_text import print_overview
    from study.store import open_store

    with _errors():
        memory = open_store(store)
        line = memory.overview(study)
        if line.imported is None:
            _print(escaped(memory.spec(study).to_toml()))
        print_overview(line, memory.holder(study), _console())


@app.command()
def trials(study: StudyArgument, store: StoreOption = None) -> None:
    """List the trials of a study that are reported.

    Example: depthgauge trials depth
    """
    from reports.terminal.trials_text import print_trials
    from study.analysis.findings import ImportedFindings
    from study.analysis.imported_findings import trials_text

    with _errors():
        findings = _findings(store, study)
        if isinstance(findings, ImportedFindings):
            _print(trials_text(findings.study))
        else:
            print_trials(findings.trials, _console(), findings.facts.metric.unit)


@app.command()
def export(
    study: StudyArgument,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A name that ends in .csv, .json or .parquet.")
    ] = None,
    optuna: Annotated[
        str | None, typer.Option("--optuna", metavar="URL", help="Database that gets the study as one of Optuna.")
    ] = None,
    tensorboard: Annotated[
        Path | None, typer.Option("--tensorboard", metavar="DIR", help="Folder that gets event files, with hparams.")
    ] = None,
    mlflow: Annotated[
        str | None, typer.Option("--mlflow", metavar="URI", help="SQLite file, folder or server of MLflow.")
    ] = None,
    tested_rows: Annotated[
        bool, typer.Option("--tested-rows", help="Write which rows of the data each replicate tested, instead.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is no export.")] = False,
    store: StoreOption = None,
) -> None:
    """Write every recorded epoch of every trial to a file, one row each; or the study for another program's tools.

    Example: depthgauge export depth depth.csv
    """
    from study.foreign import export_events, export_mlflow, export_optuna

    with _errors():
        if sum(place is not None for place in (file, optuna, tensorboard, mlflow)) != 1:
            raise InputError(
                "Expected FILE, --optuna URL, --tensorboard DIR or --mlflow URI, one of them. "
                "Example: depthgauge export depth depth.csv"
            )
        if tested_rows and file is None:
            raise InputError("--tested-rows are written to a FILE. Name one, or leave out --tested-rows.")
        loaded = _study(store, study)
        if optuna is not None:
            _print(export_optuna(loaded.store.load_own(study), optuna))
        elif tensorboard is not None:
            _print(export_events(loaded.store.load_own(study), tensorboard))
        elif mlflow is not None:
            _print(export_mlflow(loaded.store.load_own(study), mlflow))
        elif file is not None:
            _print(f"{loaded.export(file, tested_rows=tested_rows, force=force)} rows in {file}")


@examining.command()
def check(
    data: Annotated[str, typer.Argument(metavar="FILE", help="A file or folder of your own, or a data set's name.")],
    target: TargetOption = None,
    categorical: CategoricalOption = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Describe a data set, and say what in it can mislead a study.

    Example: depthgauge data check people.csv --target income
    """
    from dataclasses import asdict

    from reports.terminal.data_text import print_data
    from study.data.check import describe
    from study.data.loading import load_dataset
    from study.design.parts_words import parts_words
    from study.design.plan import make_plan
    from study.design.source import data_settings, data_spec

    with _errors():
        spec = data_spec(data, [*data_settings(None, target, categorical), *(settings or ())])
        dataset = load_dataset(spec.source)
        found, parts = describe(dataset, spec.validation, spec.seed), parts_words(make_plan(spec), dataset)
        if as_json:
            _print_json(asdict(found) | {"parts": parts})
        else:
            print_data(found, parts, _console())


@importing.command(name="optuna")
def import_optuna_study(
    url: Annotated[str, typer.Argument(metavar="URL", help="Database URL, SQLite file or journal file.")],
    study: Annotated[str | None, typer.Argument(metavar="[STUDY]", help="Needed where there are several.")] = None,
    name: NameOption = None,
    objective: ObjectiveOption = None,
    refresh: RefreshOption = False,
    store: StoreOption = None,
) -> None:
    """Read a study of Optuna.

    Example: depthgauge import optuna sqlite:///study.db my-study
    """
    from study.foreign import import_optuna

    with _errors():
        _print(import_optuna(url, study, objective=objective, name=name, store=store, refresh=refresh))


@importing.command(name="keras-tuner")
def import_keras_tuner_project(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The directory that holds oracle.json.")],
    name: NameOption = None,
    objective: ObjectiveOption = None,
    refresh: RefreshOption = False,
    store: StoreOption = None,
) -> None:
    """Read a project directory of KerasTuner.

    Example: depthgauge import keras-tuner my_dir/my_project
    """
    from study.foreign import import_keras_tuner

    with _errors():
        _print(import_keras_tuner(directory, objective=objective, name=name, store=store, refresh=refresh))


@importing.command(name="runs")
def import_table_of_runs(
    table: Annotated[
        Path, typer.Argument(metavar="TABLE", help=".csv, .json, .jsonl or .parquet, or a folder of TensorBoard.")
    ],
    axis: AxisOption = None,
    replicate: ReplicateOption = None,
    train: TrainOption = None,
    validation: ValidationOption = None,
    test: TestOption = None,
    validation_loss: ValidationLossOption = None,
    epoch: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Column that counts epochs, where a run has several rows.")
    ] = None,
    run: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column that tells runs apart.")] = None,
    parameters: ParametersOption = None,
    maximize: MaximizeOption = None,
    replicates: ReplicatesOption = False,
    reading: ReadingOption = None,
    margin: MarginOption = None,
    chance: ChanceOption = None,
    columns: ColumnsOption = None,
    name: NameOption = None,
    refresh: RefreshOption = False,
    store: StoreOption = None,
) -> None:
    """Read a table of finished runs: a row a run, or a row an epoch.

    Example: depthgauge import runs runs.csv --axis layers --replicate seed --train acc --validation val_acc
    """
    from study.foreign import import_runs
    from study.foreign.run_columns import run_columns

    with _errors():
        named = run_columns(
            columns,
            axis=axis,
            replicate=replicate,
            train=train,
            validation=validation,
            test=test,
            validation_loss=validation_loss,
            epoch=epoch,
            run=run,
            parameters=tuple(parameters or ()),
            direction=_direction(maximize),
            replicates=replicates,
            reading=reading,
            margin=margin,
            chance=chance,
        )
        _print(import_runs(table, named, name=name, store=store, refresh=refresh))


@importing.command(name="mlflow")
def import_mlflow_experiment(
    address: Annotated[str, typer.Argument(metavar="URI", help="A folder mlruns, a SQLite file, or a server.")],
    experiment: Annotated[
        str | None, typer.Argument(metavar="[EXPERIMENT]", help="Needed where several have runs.")
    ] = None,
    axis: AxisOption = None,
    replicate: ReplicateOption = None,
    train: TrainOption = None,
    validation: ValidationOption = None,
    test: TestOption = None,
    validation_loss: ValidationLossOption = None,
    parameters: ParametersOption = None,
    maximize: MaximizeOption = None,
    replicates: ReplicatesOption = False,
    reading: ReadingOption = None,
    margin: MarginOption = None,
    chance: ChanceOption = None,
    columns: ColumnsOption = None,
    name: NameOption = None,
    refresh: RefreshOption = False,
    store: StoreOption = None,
) -> None:
    """Read the runs of an experiment of MLflow.

    Example: depthgauge import mlflow mlflow.db digits --axis layers --replicate seed --train acc --test test_acc
    """
    from study.foreign import import_mlflow
    from study.foreign.run_columns import run_columns

    with _errors():
        named = run_columns(
            columns,
            axis=axis,
            replicate=replicate,
            train=train,
            validation=validation,
            test=test,
            validation_loss=validation_loss,
            parameters=tuple(parameters or ()),
            direction=_direction(maximize),
            replicates=replicates,
            reading=reading,
            margin=margin,
            chance=chance,
        )
        _print(import_mlflow(address, experiment, named, name=name, store=store, refresh=refresh))


def _direction(maximize: bool | None) -> str | None:
    return None if maximize is None else "maximize" if maximize else "minimize"


@storing.command(name="upgrade")
def upgrade_store_command(store: StoreOption = None) -> None:
    """Bring a store to the version of this program. A file is upgraded whenever it is opened, a server only by this.

    Example: depthgauge store upgrade --store postgresql://user@host/studies
    """
    from study.store import upgrade_store

    with _errors():
        _print(upgrade_store(store))


@storing.command(name="copy")
def copy_store_command(
    destination: Annotated[Path, typer.Argument(metavar="DEST", help="File of the copy; it must not be there yet.")],
    store: StoreOption = None,
) -> None:
    """Copy a store that is a file, whole, even while studies run: one file with everything in it.

    Example: depthgauge store copy backup.db
    """
    from study.store import copy_store

    with _errors():
        _print(copy_store(store, destination))


@app.command()
def dashboard(
    study: StudyArgument,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the server.")] = 8080,
    store: StoreOption = None,
) -> None:
    """Show a study in optuna-dashboard until Ctrl-C.

    Example: depthgauge dashboard depth
    """
    from study.foreign import dashboard as serve
    from study.store import open_store

    with _errors():
        stored = open_store(store).load_own(study)
        serve(stored, port=port, say=partial(_print, err=True))


@app.command()
def init(
    preset: Annotated[str, typer.Argument(metavar="[PRESET]", help="The preset to begin with.")] = "depth",
    model: ModelOption = None,
    data: DataOption = None,
    target: TargetOption = None,
    settings: SettingsOption = None,
) -> None:
    """Print a study file to start from: a preset, with everything else that can be set as comments.

    With --model it is one for networks of your own: what the function asks for is found by running it, on the shape of
    the data that --data names. --set network.NAME=VALUE is the value of a hyperparameter that has no default.

    Example: depthgauge init remedies > study.toml
    """
    from study.design.study_file import study_file

    with _errors(), _interruption():
        if model is None:
            if data is not None or target is not None or settings:
                raise InputError(
                    "--data, --target and --set belong to --model here. Leave them out, or write them in the file."
                )
            _print(study_file(preset), nl=False)
            return
        from study.design.own_model import named_model
        from study.design.own_study_file import own_study_file
        from study.design.source import build_spec, data_settings, shared_values
        from study.run.looking import look_at

        changes = [*data_settings(None, target), *(settings or ())]
        values = shared_values(data or "mnist", changes, "init", more=("network",))
        given = values.pop("network", {})
        spec = build_spec(values, "init")
        found = look_at(named_model(model), spec.source, given, spec.validation)
        _print(own_study_file(found, values, given), nl=False)
        if found.unsaved:
            _say(found.unsaved_words)


@app.command()
def presets() -> None:
    """List the studies that come with depthgauge.

    Example: depthgauge presets
    """
    from study.design.source import presets as known

    for name, preset in known().items():
        _print(f"{name:<12}{preset.description}; about {preset.minutes} min on two cores")


@app.command()
def delete(
    study: StudyArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    store: StoreOption = None,
) -> None:
    """Delete a study and all its trials. The files of its report and its pick stay.

    Example: depthgauge delete quick --yes
    """
    from study.store import open_store

    with _errors():
        memory = open_store(store)
        memory.check(study)
        try:
            if not yes and not typer.confirm(f"Delete study {study!r} with all its trials?"):
                raise typer.Exit(Exit.FINE)
        except typer.Abort as nobody:
            if isinstance(nobody.__context__, KeyboardInterrupt):
                raise KeyboardInterrupt from None
            raise InputError(f"{study!r} was not deleted: nobody answered. Give --yes to delete it unasked.") from None
        _print(f"Deleted {study!r} and its {memory.delete(study)} trials.")


def main() -> None:
    """Entry point of the console script. The exit code is the command's, whatever becomes of what it prints."""
    from study.machine.outlet import open_outlets
    from study.words import speak_as_command_line

    global _fate
    speak_as_command_line()
    _fate = open_outlets()
    code: Any = Exit.WRONG_INPUT
    if problem := _no_arguments(sys.argv[1:]):
        _say(problem)
    else:
        try:
            app()
        except SystemExit as end:
            code = end.code or Exit.FINE
    sys.stdout.flush()
    if code == Exit.FINE and _fate.reason is not None:
        _say(f"What was printed is lost: {_fate.reason}. Expected a standard output that can be written.")
        code = Exit.FAILED
    sys.exit(code)


def _no_arguments(arguments: list[str]) -> str:
    """What is wrong with arguments that no store and no report can hold; empty where nothing is."""
    for argument in arguments:
        if not argument.isascii() and any("\ud800" <= character <= "\udfff" for character in argument):
            return (
                f"{shortened(argument)}: expected arguments in UTF-8, found other bytes. Rename the file, or retype it."
            )
        if len(argument) > LONGEST_ARGUMENT:
            return (
                f"{shortened(argument)}: expected arguments of at most {LONGEST_ARGUMENT:,} characters, found "
                f"{len(argument):,}. A study file can hold what is longer."
            )
    return ""


def _study(store: str | None, name: str) -> Any:
    from depthgauge import load_study

    return load_study(name, store)


def _kept(study: Any) -> str:
    """How many trials of an interrupted study are in the store; that may be away, and nobody wants to wait for it."""
    from study.errors import StoreError

    try:
        return f"{study.store.overview(study.name, patience=0).finished} trials"
    except StoreError:
        return "All finished trials"
    except InputError:  # it is not in the store yet
        return "0 trials"


def _findings(store: str | None, name: str) -> Any:
    return _study(store, name).verdict()


@contextmanager
def _errors() -> Iterator[None]:
    """One line and an exit code for everything the user can mend; a traceback only for our own bugs."""
    try:
        yield
    except InputError as error:
        _say(str(error))
        raise typer.Exit(Exit.WRONG_INPUT) from None
    except DepthgaugeError as error:
        _say(str(error))
        raise typer.Exit(Exit.FAILED) from None
    except KeyboardInterrupt:
        _say("Interrupted.")
        raise typer.Exit(Exit.INTERRUPTED) from None
    except BrokenPipeError:  # what only prints, and nobody reads it
        raise typer.Exit(Exit.FINE) from None
    except MemoryError:
        _say("There is not enough memory for this. Close other programs, or raise the limit (ulimit -v).")
        raise typer.Exit(Exit.FAILED) from None
    except OSError as error:
        _say(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        raise typer.Exit(Exit.FAILED) from None


def _say(message: str) -> None:
    _print(f"depthgauge: {_TOO_LONG.sub(_cut, message)}", err=True)


def _cut(word: re.Match[str]) -> str:
    return f"{word[0][:60]}…"


def _print(text: str, *, nl: bool = True, err: bool = False) -> None:
    """Print lines; what a terminal would obey, in the names of a store from elsewhere, become spaces."""
    typer.echo(printable(text), nl=nl, err=err)


def _print_json(document: Any) -> None:
    _print(json.dumps(document, indent=2, allow_nan=False))


def _console(*, stderr: bool = False) -> Any:
    from rich.console import Console

    console = Console(stderr=stderr)
    # A pipe has no width: 80 columns would cut the tables of a log.
    return console if console.is_terminal else Console(stderr=stderr, width=160)


def _command(
    begin: list[str], options: dict[str, str | None], settings: list[str] | None, categorical: list[str] | None
) -> str:
    """The command that repeats a run or a chain; where its store is and what it prints is nobody else's business."""
    import shlex

    given = [word for option, value in options.items() if value for word in (option, value)]
    codes = [word for column in categorical or () for word in ("--categorical", column)]
    changes = [word for setting in settings or () for word in ("--set", setting)]
    return shlex.join(["depthgauge", *begin, *given, *codes, *changes])


def _ending_signals() -> list[signal.Signals]:
    """Windows has no SIGHUP."""
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


def _signals_interrupt() -> None:
    """A polite kill or a closed terminal ends a run as Ctrl-C does: workers gone, finished trials kept.

    Only the first signal counts: a second one must not disturb the ending.
    """
    global _interrupted
    _interrupted = False
    signals = [s for s in _ending_signals() if signal.getsignal(s) != signal.SIG_IGN]

    def interrupt(*_: Any) -> None:
        global _interrupted
        _interrupted = True
        for one in signals:
            signal.signal(one, signal.SIG_IGN)
        raise KeyboardInterrupt

    for one in signals:
        signal.signal(one, interrupt)


@contextmanager
def _interruption() -> Iterator[None]:
    """An interruption as KeyboardInterrupt: a library that it reaches in the middle may raise an error of its own."""
    try:
        yield
    except Exception as error:
        if _interrupted and not isinstance(error, typer.Exit):
            raise KeyboardInterrupt from None
        raise


if __name__ == "__main__":
    main()
