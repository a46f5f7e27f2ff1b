"""What is wrong with a search's space, and what to change before the next study."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from study.analysis.curves import diagnose, fit_margin
from study.analysis.findings import StudyFacts
from study.analysis.search_findings import Advice, CellFinding, Change, End, trials_of
from study.design.kinds import WHOLE
from study.design.spec import NO_ARM, OFF, PATIENCE, Dimension, StudySpec
from study.records.metrics import Metric
from study.records.trials import SEARCH_REPLICATE, Result, TrialKey

# Within this share of a range, on its scale, a point lies at its edge.
EDGE = 0.05
# A space is said to be badly placed where more of its trials fail.
MANY_INFEASIBLE = 0.1
# Ranges are not widened beyond what makes a network.
LIMITS: Mapping[str, tuple[float, float]] = {
    "depth": (0, 200),
    "width": (1, 16384),
    "batch_size": (1, 4096),
    "epochs": (1, 10_000),
    "dropout": (0, 0.9),
    "l2": (1e-9, 1),
    "learning_rate": (1e-7, 1),
    "label_noise": (0, 0.9),
    "input_dropout": (0, 0.9),
    "l1": (1e-9, 1),
    "max_norm": (0.01, 1000),
    "label_smoothing": (0, 0.9),
    "momentum": (0, 0.999),
    "weight_decay": (1e-9, 1),
    "clip_norm": (0.001, 1000),
    "decay": (0.001, 0.999),
    "decay_epochs": (1, 10_000),
    "warmup_epochs": (0, 10_000),
}
TRIED_PATIENCES = Dimension(role="nuisance", values=[2, 5, OFF])


def advise(facts: StudyFacts, found: Sequence[CellFinding], results: Mapping[TrialKey, Result]) -> tuple[Advice, ...]:
    """What to change before the next study, by what the searches ``found``.

    ``results`` are those of the study, of which the winners' are looked at.
    """
    spec, advice = facts.spec, []
    margin = spec.margin_of(NO_ARM) or facts.metric.margin
    ended = [finding for finding in found if finding.over]
    for name, dimension in spec.nuisance.items():
        if dimension.values is None and (at_edge := _at_edge(name, dimension, ended, spec)) is not None:
            advice.append(at_edge)
    tried, failed = trials_of(found)
    if tried and failed / tried > MANY_INFEASIBLE:
        advice.append(
            Advice(
                "infeasible",
                f"{failed} of {tried} search trials failed ({failed / tried:.0%}): part of the space fails. "
                f"The axis plots show where; take that part out{', or mend the code' if spec.model else ''}.",
            )
        )
    # A search that ended early has tried everything there is, or gained nothing of late.
    whole = [finding for finding in ended if len(finding.tried) >= spec.searching.trials // finding.repeats]
    late = [finding.name for finding in whole if _gained_late(finding, facts.metric, margin)]
    if late and len(late) * 2 >= len(ended):
        trials = spec.searching.trials
        where = f"In {len(late)} of {len(ended)} searches" if len(ended) > 1 else "In the search"
        fair = "to call the comparison fair" if spec.scientific else "to say that nothing better is there"
        advice.append(
            Advice(
                "too few trials",
                f"{where} the second half of the trials gained more than the margin: {trials} are too few {fair}.",
                Change("search", "trials", 2 * trials),
            )
        )
    return (*advice, *_from_curves(facts, ended, results, margin))


def _from_curves(
    facts: StudyFacts,
    ended: Sequence[CellFinding],
    results: Mapping[TrialKey, Result],
    margin: float,
) -> list[Advice]:
    """What the curves of the winners' search trials show."""
    kinds: dict[str, int] = {}
    winners = [(finding.best, finding.number) for finding in ended if finding.best is not None]
    spec, fit = facts.spec, facts.fit
    chance, margin = fit.guess(facts.run.classes), fit_margin(fit, facts.metric, margin)
    for best, number in winners:
        result = results.get((best.configuration.key, SEARCH_REPLICATE + number))
        shown = diagnose(result.trajectory, chance=chance, margin=margin) if result is not None else ()
        for diagnosis in shown:
            kinds[diagnosis.kind] = kinds.get(diagnosis.kind, 0) + 1
    advice = []
    improving, overfitting = kinds.get("still improving", 0), kinds.get("overfitting", 0)
    if improving and 2 * improving >= len(winners):
        advice.append(
            Advice(
                "still improving",
                f"{improving} of {len(winners)} winners still improve at the last epoch: train longer first.",
                Change("network", "epochs", 2 * spec.network.epochs) if "epochs" not in spec.space else None,
            )
        )
    if overfitting and 2 * overfitting >= len(winners):
        advice.append(
            Advice(
                "overfitting",
                f"In {overfitting} of {len(winners)} winners validation {facts.watched.words} rises again before the "
                "end: let the search choose a patience, or more regularization.",
                None if PATIENCE in spec.space else Change("space", PATIENCE, TRIED_PATIENCES),
            )
        )
    return advice


def _gained_late(finding: CellFinding, metric: Metric, margin: float) -> bool:
    values = [metric.turned(one.accuracy) for one in finding.tried if one.accuracy is not None]
    half = len(values) // 2
    return half > 0 and max(values[half:]) > max(values[:half]) + margin


def _at_edge(name: str, dimension: Dimension, ended: Sequence[CellFinding], spec: StudySpec) -> Advice | None:
    """Advice where the winners of a third of the cells lie at the same end of a range that can be widened."""
    low, high = dimension.low or 0.0, dimension.high or 0.0
    places = []
    for finding in ended:
        value = finding.best.setting.get(name) if finding.best else None
        if isinstance(value, int | float):
            places.append(place_of(float(value), low, high, dimension.log))
    at_ends: tuple[tuple[End, int], ...] = (
        ("lower", sum(p <= EDGE for p in places)),
        ("upper", sum(p >= 1 - EDGE for p in places)),
    )
    for end, count in at_ends:
        wider = widened(name, dimension, end, _limits(spec, name))
        if count and 3 * count >= len(places) and wider != dimension:
            bound = low if end == "lower" else high
            where = f" in {count} of {len(places)} searches" if len(places) > 1 else ""
            words = spec.words_of(name)
            return Advice(
                "edge",
                f"The best {words} lies at the {end} end of its range ({bound:g}){where}: the best may lie beyond it.",
                Change("space", name, wider, end),
            )
    return None


def _limits(spec: StudySpec, name: str) -> tuple[float, float]:
    """How far a range of a study can go."""
    least, most = spec.asked_range(name) or LIMITS.get(name, (-math.inf, math.inf))
    return (least, min(most, spec.network.epochs - 1)) if name == "warmup_epochs" else (least, most)


def place_of(value: float, low: float, high: float, log: bool) -> float:
    """Where in its range a value lies, 0 to 1, on the range's own scale."""
    if log:
        value, low, high = math.log(value), math.log(low), math.log(high)
    return (value - low) / (high - low)


def widened(name: str, dimension: Dimension, end: End, limits: tuple[float, float]) -> Dimension:
    """The range, half as long again on its own scale at that end, as far as the ``limits`` of a network go."""
    assert dimension.low is not None and dimension.high is not None
    downwards = end == "lower"
    least, most = limits
    low, high = dimension.low, dimension.high
    if dimension.log:
        factor = math.sqrt(high / low)
        low, high = (low / factor, high) if downwards else (low, high * factor)
    else:
        step = (high - low) / 2
        low, high = (low - step, high) if downwards else (low, high + step)
    if name in WHOLE:
        low, high = float(math.floor(low)), float(math.ceil(high))
    low, high = max(float(f"{low:.2g}"), least), min(float(f"{high:.2g}"), most)
    # An end that was not to move, or that rounding moved the wrong way, stays as it was.
    low = min(low, dimension.low) if downwards else dimension.low
    high = dimension.high if downwards else max(high, dimension.high)
    return dimension.model_copy(update={"low": low, "high": high})
