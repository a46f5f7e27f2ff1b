"""Where reports go: ``depthgauge/<study>/`` in the working directory, or the file that was asked for."""

from __future__ import annotations

import datetime
import json
import os
import tempfile
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from reports.blocks import Page
from reports.write.html import render_page, write_report, write_text
from reports.write.markdown import MARK, page_markdown, render_markdown
from reports.write.overwriting import check_output
from study.analysis.findings import Concluded
from study.documents.verdict_document import verdict_document
from study.errors import InputError
from study.machine.places import FOLDER, is_stream, slug
from study.words import option

MARKDOWN = (".md", ".markdown")


def write_files(
    findings: Concluded, output: Path | None, kept: Sequence[Path] = (), *, force: bool = False
) -> tuple[Path, Path | None]:
    """Write the report and, beside it, ``verdict.json``; returns both paths, None for a stream that has no beside.

    ``kept`` are files that are never written over; ``force`` allows others. Raises :class:`InputError`.
    """
    report = place_of(findings.name, output)
    _check(output, report, kept, force=force)
    write_report(findings, report)
    if is_stream(report):
        return report, None
    verdict = _verdict(report, output)
    text = json.dumps(verdict_document(findings), indent=2, allow_nan=False) + "\n"
    return report, write_text(text, verdict)


def write_comparison(
    findings: Sequence[Concluded], output: Path | None, kept: Sequence[Path] = (), *, force: bool = False
) -> Path:
    """Write one report of several studies; returns its path. As :func:`write_files`."""
    path = output or FOLDER / f"{'-and-'.join(slug(one.name) for one in findings)[:100]}.html"
    check_output(path, kept, force=force or output is None)
    return write_report(findings, path)


def write_markdown(
    findings: Sequence[Concluded], output: Path, kept: Sequence[Path] = (), *, force: bool = False
) -> Path:
    """Write the report of one study, or the comparison of several, as Markdown; returns its path.

    As :func:`write_files`.
    """
    check_output(output, kept, force=force)
    return write_text(render_markdown(findings) + ("" if is_stream(output) else f"\n{MARK}\n"), output)


def write_page(page: Page, output: Path, *, force: bool = False) -> Path:
    """Write a page as HTML, or as Markdown where the name ends so; returns its path. As :func:`write_files`."""
    check_output(output, (), force=force)
    if output.suffix.lower() in MARKDOWN:
        return write_text(page_markdown(page) + f"\n{MARK}\n", output)
    return write_text(render_page(page, datetime.date.today().isoformat()), output)


def open_in_browser(report: Path) -> bool:
    """Show the report in the default browser; False where there is none, as on a machine without a screen."""
    try:
        return webbrowser.open(report.resolve().as_uri())
    except webbrowser.Error:
        return False


def check_place(name: str, output: Path | None, kept: Sequence[Path] = (), *, force: bool = False) -> None:
    """Raise :class:`InputError` before hours of training where the report could not be written after them."""
    report = place_of(name, output)
    if is_stream(report):
        return
    _check(output, report, kept, force=force)
    folder = Path(os.path.realpath(report)).parent  # a link stays, and what it points to is written
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{folder} cannot be made: {error.strerror}. Name another file with {option('output')}."
        ) from error
    try:
        with tempfile.TemporaryFile(dir=folder):  # permissions alone say too little: /proc looks writable
            pass
    except OSError as error:
        raise InputError(
            f"The report cannot be written to {report}. Name another file with {option('output')}."
        ) from error
    if report.exists() and not os.access(report, os.W_OK):
        raise InputError(f"The report cannot be written to {report}. Name another file with {option('output')}.")


def _check(output: Path | None, report: Path, kept: Sequence[Path], *, force: bool) -> None:
    """Both files of a study. Those of its own folder have always been ours."""
    check_output(report, kept, force=force or output is None)
    if not is_stream(report):
        check_output(_verdict(report, output), kept, force=force or output is None)


def place_of(name: str, output: Path | None) -> Path:
    """Where the report of a study is written."""
    return output or FOLDER / slug(name) / "report.html"


def _verdict(report: Path, output: Path | None) -> Path:
    return report.with_name("verdict.json" if output is None else f"{report.stem}.verdict.json")
