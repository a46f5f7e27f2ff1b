"""What the searches of a study tried, which hyperparameter mattered, and what is wrong with the space."""

from __future__ import annotations

import math
import tomllib
import warnings
from collections.abc import Mapping, Sequence
from statistics import fmean

from study.analysis.curves import diagnose
from study.analysis.findings import Findings
from study.analysis.search_findings import Advice, CellFinding, Importance, SearchFinding, Tried
from study.design.cells import Cell
from study.design.plan import SEARCH_REPLICATE, plan_panels, search_trials
from study.design.source import build_spec
from study.design.space import AXIS_WORDS
from study.design.spec import Dimension, StudySpec
from study.errors import InputError
from study.records.parameters import Parameter
from study.records.readings import read
from study.records.trials import Proposal, Result, TrialKey
from study.search.cell_search import is_over, ranked, value_of
from study.words import percent_text, value_text, whole

# Fewer feasible trials say nothing about which hyperparameter matters.
FEWEST_FOR_IMPORTANCE = 10
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
}


def assess_searches(
    spec: StudySpec, proposals: Sequence[Proposal], results: Mapping[TrialKey, Result], *, chance: float
) -> SearchFinding | None:
    """What the searches found so far; None for a study without any."""
    cells = [cell for panel in plan_panels(spec) for _, cell in panel.cells if cell.tuned]
    if not cells:
        return None
    found = tuple(_cell(cell, spec, [p for p in proposals if p.cell == cell.name], results) for cell in cells)
    return SearchFinding(
        proposer=spec.searching.proposer,
        trials=search_trials(spec, cells[0]),
        parameters=cells[0].parameters,
        cells=found,
        importance=_importance(cells, found),
        advice=tuple(_advice(spec, cells, found, results, chance)),
    )


def _cell(
    cell: Cell, spec: StudySpec, proposals: Sequence[Proposal], results: Mapping[TrialKey, Result]
) -> CellFinding:
    tried = []
    for proposal in sorted(proposals, key=lambda p: p.number):
        if proposal.setting is None or proposal.told is None:
            continue
        result = results.get((cell.configuration(proposal.setting).key, SEARCH_REPLICATE))
        gap = None
        if result is not None and proposal.value is not None:
            _, reading = value_of(result, cell.readings)
            train, _, test = read(result.trajectory, reading).accuracy.tolist()
            gap = train - test
        reason = result.reason if result is not None else ""
        tried.append(Tried(proposal.number, proposal.setting, proposal.value, gap, reason))
    order = [proposal.number for proposal in ranked(cell, proposals, results)]
    best = next((one for number in order for one in tried if one.number == number), None)
    return CellFinding(cell.name, tuple(tried), best, is_over(proposals, spec.searching.trials) and bool(proposals))


def _importance(cells: Sequence[Cell], found: Sequence[CellFinding]) -> tuple[Importance, ...]:
    """Optuna is loaded here and nowhere else in the analysis: only a study with a search pays for it."""
    shares: dict[str, list[tuple[float, float]]] = {}
    for cell, finding in zip(cells, found, strict=True):
        everywhere = [p for p in cell.parameters if p.condition is None]
        if len(finding.feasible) < FEWEST_FOR_IMPORTANCE or len(everywhere) < 2:
            continue
        accuracy = ped_anova(everywhere, finding.feasible, [one.accuracy or 0.0 for one in finding.feasible])
        gap = ped_anova(everywhere, finding.feasible, [-(one.gap or 0.0) for one in finding.feasible])
        for parameter in everywhere:
            shares.setdefault(parameter.name, []).append((accuracy[parameter.name], gap[parameter.name]))
    importance = [
        Importance(name, fmean(a for a, _ in both), fmean(g for _, g in both), len(both))
        for name, both in shares.items()
    ]
    return tuple(sorted(importance, key=lambda one: -one.accuracy))


def ped_anova(parameters: Sequence[Parameter], tried: Sequence[Tried], values: Sequence[float]) -> dict[str, float]:
    import optuna
    from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

    def distribution(p: Parameter) -> BaseDistribution:
        if p.kind == "choice":
            return CategoricalDistribution(p.values)
        if p.kind == "int":
            return IntDistribution(int(p.low or 0), int(p.high or 0), log=p.log)
        return FloatDistribution(p.low or 0.0, p.high or 0.0, log=p.log)

    if len(set(values)) < 2:
        return {p.name: 0.0 for p in parameters}
    distributions = {p.name: distribution(p) for p in parameters}
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the evaluator is marked experimental
        study = optuna.create_study(direction="maximize")
        study.add_trials(
            [
                optuna.trial.create_trial(
                    params={name: one.setting[name] for name in distributions}, distributions=distributions, value=value
                )
                for one, value in zip(tried, values, strict=True)
            ]
        )
        evaluator = optuna.importance.PedAnovaImportanceEvaluator()
        return dict(optuna.importance.get_param_importances(study, evaluator=evaluator))


def _advice(
    spec: StudySpec,
    cells: Sequence[Cell],
    found: Sequence[CellFinding],
    results: Mapping[TrialKey, Result],
    chance: float,
) -> list[Advice]:
    advice = []
    ended = [(cell, finding) for cell, finding in zip(cells, found, strict=True) if finding.over]
    for name, dimension in spec.nuisance.items():
        if dimension.values is None and (at_edge := _at_edge(name, dimension, ended)) is not None:
            advice.append(at_edge)
    tried = sum(len(finding.tried) for finding in found)
    failed = tried - sum(len(finding.feasible) for finding in found)
    if tried and failed / tried > MANY_INFEASIBLE:
        advice.append(
            Advice(
                "infeasible",
                f"{whole(failed)} of {whole(tried)} search trials failed ({percent_text(failed / tried, 0)}): part of "
                "the space fails. The axis plots show where; take that part out.",
            )
        )
    # A search that ended early has tried everything there is.
    complete = [finding for _, finding in ended if len(finding.tried) >= spec.searching.trials]
    late = [finding.cell for finding in complete if _gained_late(finding, spec.margin)]
    if late and len(late) * 2 >= len(ended):
        trials = spec.searching.trials
        where = f"In {len(late)} of {len(ended)} searches" if len(ended) > 1 else "In the search"
        fair = "to call the comparison fair" if spec.scientific else "to say that nothing better is there"
        advice.append(
            Advice(
                "too few trials",
                f"{where} the second half of the trials gained more than the margin: {trials} are too few {fair}.",
                f"[search]\ntrials = {2 * trials}",
            )
        )
    return advice + _from_curves(spec, ended, results, chance)


def _from_curves(
    spec: StudySpec,
    ended: Sequence[tuple[Cell, CellFinding]],
    results: Mapping[TrialKey, Result],
    chance: float,
) -> list[Advice]:
    """What the curves of the winners' search trials show."""
    kinds: dict[str, int] = {}
    winners = [(cell, finding.best) for cell, finding in ended if finding.best is not None]
    for cell, best in winners:
        result = results.get((cell.configuration(best.setting).key, SEARCH_REPLICATE))
        shown = diagnose(result.trajectory, chance=chance, margin=spec.margin) if result is not None else ()
        for diagnosis in shown:
            kinds[diagnosis.kind] = kinds.get(diagnosis.kind, 0) + 1
    advice = []
    improving, overfitting = kinds.get("still improving", 0), kinds.get("overfitting", 0)
    if improving and 2 * improving >= len(winners):
        advice.append(
            Advice(
                "still improving",
                f"{improving} of {len(winners)} winners still improve at the last epoch: train longer first.",
                f"[network]\nepochs = {2 * spec.network.epochs}" if "epochs" not in spec.space else "",
            )
        )
    if overfitting and 2 * overfitting >= len(winners):
        advice.append(
            Advice(
                "overfitting",
                f"In {overfitting} of {len(winners)} winners validation cross-entropy rises again before the end: let "
                "the search choose a patience, or more regularization.",
                "" if "patience" in spec.space else '[space]\npatience = { role = "nuisance", values = [2, 5, "off"] }',
            )
        )
    return advice


def _gained_late(finding: CellFinding, margin: float) -> bool:
    values = [one.accuracy for one in finding.tried if one.accuracy is not None]
    half = len(values) // 2
    return half > 0 and max(values[half:]) > max(values[:half]) + margin


def _at_edge(name: str, dimension: Dimension, ended: Sequence[tuple[Cell, CellFinding]]) -> Advice | None:
    """Advice where the winners of a third of the cells lie at the same end of a range that can be widened."""
    low, high = dimension.low or 0.0, dimension.high or 0.0
    places = []
    for _, finding in ended:
        value = finding.best.setting.get(name) if finding.best else None
        if isinstance(value, int | float):
            places.append(place_of(float(value), low, high, dimension.log))
    for end, count in (("lower", sum(p <= EDGE for p in places)), ("upper", sum(p >= 1 - EDGE for p in places))):
        wider = widened(name, dimension, end == "lower")
        if count and 3 * count >= len(places) and wider != dimension:
            bound = low if end == "lower" else high
            where = f" in {count} of {len(places)} searches" if len(places) > 1 else ""
            words = AXIS_WORDS.get(name, name)
            return Advice(
                "edge",
                f"The best {words} lies at the {end} end of its range ({value_text(bound)}){where}: the best may lie "
                "beyond it.",
                f"[space]\n{toml_line(name, wider)}",
            )
    return None


def place_of(value: float, low: float, high: float, log: bool) -> float:
    """Where in its range a value lies, 0 to 1, on the range's own scale."""
    if log:
        value, low, high = math.log(value), math.log(low), math.log(high)
    return (value - low) / (high - low)


def widened(name: str, dimension: Dimension, downwards: bool) -> Dimension:
    """The range, half as long again on its own scale at one end, as far as a network can have it."""
    assert dimension.low is not None and dimension.high is not None
    least, most = LIMITS.get(name, (-math.inf, math.inf))
    low, high = dimension.low, dimension.high
    if dimension.log:
        factor = math.sqrt(high / low)
        low, high = (low / factor, high) if downwards else (low, high * factor)
    else:
        step = (high - low) / 2
        low, high = (low - step, high) if downwards else (low, high + step)
    if name in ("depth", "width", "batch_size", "epochs"):
        low, high = float(math.floor(low)), float(math.ceil(high))
    low, high = max(float(f"{low:.2g}"), least), min(float(f"{high:.2g}"), most)
    # An end that was not to move, or that rounding moved the wrong way, stays as it was.
    low = min(low, dimension.low) if downwards else dimension.low
    high = dimension.high if downwards else max(high, dimension.high)
    return dimension.model_copy(update={"low": low, "high": high})


def toml_line(name: str, dimension: Dimension) -> str:
    """A dimension as one line of a study file."""
    parts = ['role = "nuisance"', f"low = {dimension.low:g}", f"high = {dimension.high:g}"]
    parts += ["log = true"] * dimension.log + ["zero = true"] * dimension.zero
    return f"{name} = {{ {', '.join(parts)} }}"


def suggest(spec: StudySpec, finding: SearchFinding) -> StudySpec:
    """The next study: this one with the lines of all advice, under the next name."""
    values = spec.model_dump(exclude_defaults=True, exclude_none=True, mode="json")
    for advice in finding.advice:
        for table, lines in tomllib.loads(advice.toml).items():
            values[table] = {**values.get(table, {}), **lines}
    return build_spec({**values, "name": next_name(spec.name)}, "the suggested study")


def suggestion(spec: StudySpec, findings: Findings) -> str:
    """The next study as a file, with the reasons as comments.

    Raises :class:`~study.errors.InputError` for a study that searches nothing.
    """
    finding = findings.search
    if finding is None:
        raise InputError(
            f"Study {spec.name!r} searches nothing, so there is no advice. Give a hyperparameter the role nuisance."
        )
    reasons = [advice.sentence for advice in finding.advice] or [
        "Nothing about the search space asks for a change; this is the same study under another name."
    ]
    return "".join(f"# {reason}\n" for reason in reasons) + suggest(spec, finding).to_toml()


def next_name(name: str) -> str:
    """``mine`` -> ``mine-2`` -> ``mine-3``."""
    stem, dash, number = name.rpartition("-")
    return f"{stem}-{int(number) + 1}" if dash and number.isdecimal() else f"{name}-2"
