"""What ``depthgauge diagnose`` prints."""

from __future__ import annotations

from study.analysis.run_diagnosis import DiagnosedRuns
from study.analysis.run_diagnosis_words import kept_sentences, run_sentences


def diagnosis_lines(found: DiagnosedRuns) -> list[str]:
    """The answer as lines of text: the replicates together first, then each run, then what they cannot show."""
    lines: list[str] = []
    if found.replicates is not None:
        lines += [found.replicates.sentence, *(f"- {said}" for said in kept_sentences(found.replicates)), ""]
    for run in found.runs:
        lines += [f"{run.curves.name} ({run.curves.kind})", run.sentence]
        lines += [f"- {said}" for said in run_sentences(run)]
        lines.append("")
    return [*lines, *found.cautions]
