"""Is the network better than something simple? The pick against reference models on the same parts."""

from __future__ import annotations

from study.analysis.findings import Findings, Panel
from study.analysis.reference_words import verdict_sentences

QUESTION = "Is something simpler as good?"


def reference_words(panel: Panel, findings: Findings) -> tuple[str, ...]:
    """Which reference models beat the network of a panel, or may be as good; none without any."""
    return next((verdict_sentences(found) for found in findings.references if found.panel == panel.name), ())
