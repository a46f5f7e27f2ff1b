"""Where reports go: ``depthgauge/<study>/`` in the working directory, or the file that was asked for."""

from __future__ import annotations

import json
import os
import tempfile
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from reports.write.html import write_report, write_text
from reports.write.markdown import render_markdown
from study.analysis.findings import Concluded
from study.documents.verdict_document import verdict_document
from study.errors import InputError
from study.places import FOLDER, slug


def write_files(findings: Concluded, output: Path | None) -> tuple[Path, Path]:
    """Write the report and, beside it, ``verdict.json``; returns both paths."""
    report = _place(findings.name, output)
    write_report(findings, report)
    verdict = report.with_name("verdict.json" if output is None else f"{report.stem}.verdict.json")
    text = json.dumps(verdict_document(findings), indent=2, allow_nan=False) + "\n"
    return report, write_text(text, verdict)


def write_comparison(findings: Sequence[Concluded], output: Path | None) -> Path:
    """Write one report of several studies; returns its path."""
    path = output or FOLDER / f"{'-and-'.join(slug(one.name) for one in findings)[:100]}.html"
    return write_report(findings, path)


def write_markdown(findings: Sequence[Concluded], output: Path) -> Path:
    """Write the report of one study, or the comparison of several, as Markdown; returns its path."""
    return write_text(render_markdown(findings), output)


def open_in_browser(report: Path) -> bool:
    """Show the report in the default browser; False where there is none, as on a machine without a screen."""
    try:
        return webbrowser.open(report.resolve().as_uri())
    except webbrowser.Error:
        return False


def check_place(name: str, output: Path | None) -> None:
    """Raise :class:`InputError` before hours of training where the report could not be written after them."""
    report = _place(name, output)
    try:
        report.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{report.parent} cannot be made: {error.strerror}. Name another file with --output."
        ) from error
    try:
        with tempfile.TemporaryFile(dir=report.parent):  # permissions alone say too little: /proc looks writable
            pass
    except OSError as error:
        raise InputError(f"The report cannot be written to {report}. Name another file with --output.") from error
    if report.is_dir() or (report.exists() and not os.access(report, os.W_OK)):
        raise InputError(f"The report cannot be written to {report}. Name another file with --output.")


def _place(name: str, output: Path | None) -> Path:
    return output or FOLDER / slug(name) / "report.html"
