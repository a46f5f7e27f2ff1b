"""What the tutorial claims of its network, beside what was measured of it."""

from __future__ import annotations

from study.analysis.findings import Findings, Panel
from study.analysis.interval_words import percent, with_n
from study.records.trials import Configuration

QUESTION = "Is the tutorial right?"
_CLAIMED = {"train": (98, 98), "validation": (97, 97), "test": (97, 98)}  # percent
CLAIMS = {name: f"{low} %" if low == high else f"{low}-{high} %" for name, (low, high) in _CLAIMED.items()}
_NEAR = 1  # point: what whole percents may hide


def is_tutorial(findings: Findings, panel: Panel) -> bool:
    """Whether the panel is the tutorial's network on the tutorial's data, so that its claims can stand beside."""
    claimed = Configuration.stack((128, 64), epochs=5)
    return findings.facts.spec.dataset == "mnist" and [point.configuration for point in panel.points] == [claimed]


def tutorial_words(findings: Findings, panel: Panel) -> tuple[str, ...]:
    """Whether the claims hold, and the measurements; none for other networks."""
    if not is_tutorial(findings, panel) or panel.points[0].test.mean is None:
        return ()
    claimed = ", ".join(f"{name} {share}" for name, share in CLAIMS.items())
    point = panel.points[0]
    found = ", ".join(f"{name} {percent(getattr(point, name))}" for name in CLAIMS)
    means = {name: getattr(point, name).mean for name in CLAIMS}
    near = all(low - _NEAR <= 100 * means[name] <= high + _NEAR for name, (low, high) in _CLAIMED.items())
    lead = "Yes, to within a point" if near else "Not to within a point"
    return (f"{lead}: it claims {claimed}.", f"Measured: {with_n(found, point.test)}.")
