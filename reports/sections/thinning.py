"""What a page folds or leaves out where a study has very many settings, and the sentences that say so.

A page stays below 15 MB, Plotly's own 5 MB included. Verdicts, maps and the numbers of every network are always there;
charts are drawn of some settings only, and the table of trials ends. Up to these limits nothing is left out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from study.analysis.replies.study_replies import asked_of, decided_on
from study.words import whole

if TYPE_CHECKING:
    from study.analysis.findings import Findings, TrialRow

MOST_SETTINGS = 24  # each with a chart of its own in every figure
MOST_CURVES = 480  # charts of learning curves, one a network
MOST_TRIALS = 5_000  # rows of the table of trials
MANY, OPEN = 4, 2  # settings that are all open, and those that are of more: the ones that decisions are about at least


def behind(findings: Findings) -> frozenset[str]:
    """The settings whose parts open at a click: of many, all but those that decisions are about, and the first."""
    names = [panel.name for panel in findings.panels]
    if len(names) <= MANY:
        return frozenset()
    decided = [panel.name for panel in decided_on(asked_of(findings))][:MANY]
    others = [name for name in names if name not in decided]
    return frozenset(others[max(0, OPEN - len(decided)) :])


def charted(findings: Findings) -> Findings:
    """The settings that charts are drawn of: evenly spread over the study's order, with the first and the last."""
    return _some(findings, MOST_SETTINGS)


def charted_curves(findings: Findings) -> Findings:
    """Those of :func:`charted` whose learning curves are drawn: fewer, where they have very many networks."""
    networks = max((len(panel.points) for panel in findings.panels), default=1)
    return _some(charted(findings), max(1, MOST_CURVES // networks))


def charted_words(shown: Findings, findings: Findings) -> str:
    """Says that only the settings of ``shown`` are drawn; empty where they are all."""
    if len(shown.panels) == len(findings.panels):
        return ""
    return (
        f"Drawn are {len(shown.panels)} of the {len(findings.panels)} settings, evenly spread over their order in the "
        "study, so that the page can be opened."
    )


def left_out(shown: Findings, findings: Findings) -> list[str]:
    """Says of a figure that it shows some settings only; nothing where it shows all."""
    said = charted_words(shown, findings)
    return [f"{said} The numbers behind this figure are of all of them."] if said else []


def listed_trials(findings: Findings) -> tuple[TrialRow, ...]:
    """The rows of the table of trials: all, or the failed ones first and then as many as fit, in the study's order."""
    if len(findings.trials) <= MOST_TRIALS:
        return findings.trials
    return tuple(sorted(findings.trials, key=lambda trial: trial.state != "failed")[:MOST_TRIALS])


def listed_words(findings: Findings) -> str:
    """Says how many trials the table leaves out; empty where it has all."""
    if len(findings.trials) <= MOST_TRIALS:
        return ""
    name = findings.facts.name
    return (
        f"The table holds {whole(MOST_TRIALS)} of the {whole(len(findings.trials))} trials, failed ones first, then "
        "in the order "
        f'of the study. All are listed by depthgauge trials "{name}", and written with every recorded epoch by '
        f'depthgauge export "{name}" trials.csv.'
    )


def _some(findings: Findings, most: int) -> Findings:
    """``findings`` with at most ``most`` of its panels and with their picks."""
    if len(findings.panels) <= most:
        return findings
    places = np.linspace(0, len(findings.panels) - 1, most).round().astype(int)
    panels = tuple(findings.panels[place] for place in places)
    names = {panel.name for panel in panels}
    return replace(findings, panels=panels, picks=tuple(pick for pick in findings.picks if pick.panel in names))
