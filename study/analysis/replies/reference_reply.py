"""Is the network better than something simple? The pick against reference models on the same parts."""

from __future__ import annotations

from study.analysis.findings import Findings
from study.analysis.reference_words import verdict_sentences
from study.analysis.replies.reply import Answered

QUESTION = "Is something simpler as good?"


def reference_answers(findings: Findings) -> list[Answered]:
    """(setting, sentences) of each panel whose network stands beside reference models."""
    several = len(findings.panels) > 1
    return [(found.panel if several else "", verdict_sentences(found)) for found in findings.references]
