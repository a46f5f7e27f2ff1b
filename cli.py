"""The command line: parse, call, print, exit code. Nothing is decided here, and nothing heavy is imported."""

from __future__ import annotations

import enum
import io
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from study.errors import DepthgaugeError, InputError, StudyError

app = typer.Typer(
    name="depthgauge",
    help="Find the depth at which a network starts to overfit, and the architecture to use instead.",
    epilog="Exit codes: 0 fine, 1 the work failed, 2 wrong usage or input, 3 a verdict named by --fail-on, "
    "130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Exit(enum.IntEnum):
    """What the exit code says."""

    FINE = 0
    FAILED = 1
    WRONG_INPUT = 2
    FOUND = 3
    INTERRUPTED = 130


class Kind(enum.StrEnum):
    """The verdicts that ``--fail-on`` can name: the kinds of study.analysis.onset_verdict."""

    OVERFITTING = "overfitting"
    DEGRADATION = "degradation"
    UNSETTLED = "unsettled"
    BENIGN = "benign"
    NONE = "none"
    INCONCLUSIVE = "inconclusive"
    TRAINING_FAILS = "training fails"


StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        envvar="DEPTHGAUGE_STORE",
        metavar="URL",
        help="File or SQLAlchemy URL of the store.  [default: depthgauge/studies.db]",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
StudyArgument = Annotated[str, typer.Argument(metavar="STUDY", help="Name of a study in the store.")]


@app.command()
def run(
    source: Annotated[str, typer.Argument(metavar="[PRESET|FILE]", help="A preset or a TOML file.")] = "depth",
    name: Annotated[str | None, typer.Option(help="Name of the study, in place of the file's.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one value of the file; repeatable.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, help="Worker processes.  [default: all cores]")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="File of the report.")] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a study, or go on with it, then print its verdict and write its report.

    Example: depthgauge run depth --set replicates=3 --name quick
    """
    from reports.files import check_place, write_files
    from reports.live import watch
    from reports.terminal import print_verdict
    from study import run as study_run
    from study.analysis.conclude import conclude
    from study.spec_source import load_spec
    from study.store import open_store
    from study.verdict_document import verdict_document

    _signals_interrupt()
    with _errors():
        spec = load_spec(source, settings, name)
        check_place(spec.name, output)
        memory = open_store(store, create=True)
        try:
            with watch(spec, _console(stderr=True)) as observer:
                study = study_run.run(spec, memory, observer, workers=workers, command=_command(source, name, settings))
        except KeyboardInterrupt:
            kept = sum(row["finished"] for row in memory.list() if row["name"] == spec.name)
            _say(f"Interrupted. {kept} trials of {spec.name!r} are kept; the same command goes on with the rest.")
            raise typer.Exit(Exit.INTERRUPTED) from None
        findings = conclude(study)
        document = verdict_document(findings)
        memory.write_verdict(spec.name, document)
        if as_json:
            _print_json(document)
        else:
            print_verdict(findings, _console())
        report, verdict = write_files(findings, output)
        if not as_json:
            typer.echo(f"\nreport   {report}\nverdict  {verdict}")
        if not findings.facts.finished:
            _say(f'No trial of {spec.name!r} finished; depthgauge trials "{spec.name}" gives the reasons.')
            raise typer.Exit(Exit.FAILED)


@app.command()
def report(
    names: Annotated[list[str], typer.Argument(metavar="STUDY...", help="One study, or several to compare.")],
    output: Annotated[Path | None, typer.Option(help="File of the report.")] = None,
    store: StoreOption = None,
) -> None:
    """Write the HTML report of a study, or a comparison of several.

    Example: depthgauge report depth --output depth.html
    """
    from reports.files import write_comparison, write_files

    with _errors():
        findings = [_findings(store, name) for name in dict.fromkeys(names)]
        typer.echo(write_files(findings[0], output)[0] if len(findings) == 1 else write_comparison(findings, output))


@app.command()
def verdict(
    study: StudyArgument,
    store: StoreOption = None,
    as_json: JsonOption = False,
    fail_on: Annotated[
        list[Kind] | None, typer.Option("--fail-on", help="Exit with 3 if a panel's verdict is this; repeatable.")
    ] = None,
) -> None:
    """Print what a study found.

    Example: depthgauge verdict depth --json --fail-on overfitting
    """
    from reports.terminal import print_verdict
    from study.verdict_document import verdict_document

    with _errors():
        findings = _findings(store, study)
        if as_json:
            _print_json(verdict_document(findings))
        else:
            print_verdict(findings, _console())
        if {panel.verdict.kind for panel in findings.panels} & {kind.value for kind in fail_on or ()}:
            raise typer.Exit(Exit.FOUND)
        if fail_on and (pending := findings.facts.pending):
            raise StudyError(f"{pending} trials of {study!r} have not run yet: --fail-on cannot pass it. Run it first.")


@app.command(name="list")
def list_studies(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List the studies of a store.

    Example: depthgauge list --store other.db
    """
    from reports.terminal import print_studies
    from study.store import open_store

    with _errors():
        rows = open_store(store).list()
        if as_json:
            _print_json([{key: value for key, value in row.items() if key != "verdict"} for row in rows])
        else:
            print_studies(rows, _console())


@app.command()
def show(study: StudyArgument, store: StoreOption = None) -> None:
    """Show a study: its file, how far it is, and its numbers.

    Example: depthgauge show depth
    """
    from reports.terminal import print_verdict

    with _errors():
        findings = _findings(store, study)
        facts = findings.facts
        typer.echo(facts.toml)
        typer.echo(f"{facts.finished} of {facts.planned} trials finished, {facts.failed} failed.")
        print_verdict(findings, _console())


@app.command()
def trials(
    study: StudyArgument,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write every epoch of every trial to this file.")] = None,
    store: StoreOption = None,
) -> None:
    """List the trials of a study, or export their trajectories.

    Example: depthgauge trials depth --csv depth.csv
    """
    from reports.terminal import print_trials
    from study.export import write_csv
    from study.store import open_store

    with _errors():
        if csv is None:
            print_trials(_findings(store, study).trials, _console())
        else:
            rows = write_csv(open_store(store).load(study), csv)
            typer.echo(f"{rows} rows in {csv}")


@app.command()
def presets() -> None:
    """List the studies that come with depthgauge.

    Example: depthgauge presets
    """
    from study.spec_source import presets as known

    for name, description in known().items():
        typer.echo(f"{name:<12}{description}")


@app.command()
def delete(
    study: StudyArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    store: StoreOption = None,
) -> None:
    """Delete a study and all its trials.

    Example: depthgauge delete quick --yes
    """
    from study.store import open_store

    with _errors():
        memory = open_store(store)
        memory.check(study)
        if not yes and not typer.confirm(f"Delete study {study!r} with all its trials?"):
            raise typer.Exit(Exit.FINE)
        typer.echo(f"Deleted {study!r} and its {memory.delete(study)} trials.")


def main() -> None:
    """Entry point of the console script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without plus-minus signs is no reason to fail
    app()


def _findings(store: str | None, name: str) -> Any:
    from study.analysis.conclude import conclude
    from study.store import open_store

    return conclude(open_store(store).load(name))


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
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(Exit.FINE) from None
    except OSError as error:
        _say(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        raise typer.Exit(Exit.FAILED) from None


def _say(message: str) -> None:
    typer.echo(f"depthgauge: {message}", err=True)


def _print_json(document: Any) -> None:
    typer.echo(json.dumps(document, indent=2, allow_nan=False))


def _console(*, stderr: bool = False) -> Any:
    from rich.console import Console

    console = Console(stderr=stderr)
    # A pipe has no width: 80 columns would cut the tables of a log.
    return console if console.is_terminal else Console(stderr=stderr, width=160)


def _command(source: str, name: str | None, settings: list[str] | None) -> str:
    """The command that repeats a run; where its store is and what it prints is nobody else's business."""
    import shlex

    changes = [word for setting in settings or () for word in ("--set", setting)]
    return shlex.join(["depthgauge", "run", source, *(("--name", name) if name else ()), *changes])


def _signals_interrupt() -> None:
    """A polite kill or a closed terminal ends a run as Ctrl-C does: workers gone, finished trials kept.

    Only the first signal counts: a second one must not disturb the ending.
    """
    signals = [s for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if signal.getsignal(s) != signal.SIG_IGN]

    def interrupt(*_: Any) -> None:
        for one in signals:
            signal.signal(one, signal.SIG_IGN)
        raise KeyboardInterrupt

    for one in signals:
        signal.signal(one, interrupt)


if __name__ == "__main__":
    main()
