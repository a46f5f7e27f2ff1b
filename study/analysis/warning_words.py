"""What would change a decision made by the answer: traps in the data, and models that the pick does not beat."""

from __future__ import annotations

from study.analysis.findings import Findings
from study.analysis.reference_words import unbeaten_sentences


def decisive_warnings(findings: Findings) -> tuple[str, ...]:
    """Sentences that belong beside the answer of a study, on the page, on the terminal and in ``verdict.json``.

    With several panels each sentence on a model names its panel.
    """
    several = len(findings.panels) > 1
    beside = (
        f"{found.panel}: {sentence}" if several else sentence
        for found in findings.references
        for sentence in unbeaten_sentences(found)
    )
    return (*findings.facts.run.data_traps, *beside)
