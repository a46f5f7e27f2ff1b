"""The study of our own that tells what an imported one cannot: its ranges as nuisance, depth as the question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from study.analysis.imported_findings import at_edge
from study.analysis.search_advice import LIMITS
from study.design.source import build_spec
from study.design.space import NetworkSpec
from study.documents.next_study import next_name
from study.errors import SpecError
from study.foreign.names import hyperparameter, of_a_layer
from study.records.imported import ForeignStudy
from study.records.parameters import Parameter, Value
from study.words import clean, value_text

DEPTHS = [1, 2, 3, 4, 6, 8]
MOST_DEPTHS = 8
WORDS = {name: get_args(NetworkSpec.model_fields[name].annotation) for name in ("activation", "optimizer")}


def suggestion_from_imported(study: ForeignStudy) -> str:
    """A study file of depthgauge with the ranges of ``study``; comments say where each is from and what is missing."""
    space: dict[str, dict[str, Any]] = {}
    network: dict[str, Any] = {}
    notes: list[str] = []
    for name, parameters in _by_name(study).items():
        if name is None:
            notes += [f"{p.name} has no counterpart here." for p in parameters]
            continue
        given = ", ".join(p.name for p in parameters)
        try:
            dimension = _depth(parameters[0]) if name == "depth" else _nuisance(name, parameters)
            _check(name, dimension)
        except (SpecError, ValueError) as error:
            notes.append(f"{given} could not be taken over as {name}: {clean(error)}")
            continue
        space[name] = dimension
        notes.append(f"{name} is {given} of the imported study.")
        notes += [note for p in parameters for note in (*_left_out(name, p, dimension), *_at_end(p, study))]
        if name == "width" and any(of_a_layer(p.name) for p in parameters):
            network["profile"] = "free"
            notes.append("Every layer has a width of its own (profile free), as it had there.")
        elif len(parameters) > 1:
            notes.append(f"{name} is one value for all layers here.")
    if "depth" not in space:
        space["depth"] = {"role": "scientific", "values": DEPTHS}
        notes.append("Depth was not tuned there; these depths are the usual question.")
    space = {"depth": space.pop("depth"), **space}
    name = next_name(study.name)
    spec = build_spec({"name": name, "network": network, "space": space}, "the suggested study")
    lead = (
        f'{study.label}, study "{study.original}": {len(study.trials)} trials, {study.objective} {study.direction}d.',
        f"The data were not recorded: set dataset to yours ({spec.dataset} stands in), [network] to what was fixed.",
    )
    comments = [f"# {clean(line, 500)}" for line in (*lead, *notes)]
    return "\n".join([*comments, "", f'dataset = "{spec.dataset}"', spec.to_toml()])


def _by_name(study: ForeignStudy) -> dict[str | None, list[Parameter]]:
    """The parameters that mean the same of ours together; a plain name wins over names of layers."""
    plain = {name: p for p in study.parameters if (name := hyperparameter(p.name)) is not None}
    found: dict[str | None, list[Parameter]] = {}
    for p in study.parameters:
        name = hyperparameter(p.name) or of_a_layer(p.name)
        taken = name is not None and name in plain and plain[name] is not p
        found.setdefault(None if taken else name, []).append(p)
    return found


def _depth(parameter: Parameter) -> dict[str, Any]:
    """Depth as the question: the depths of a choice, or of a range those at about equal ratios."""
    if parameter.kind == "float":
        raise ValueError("expected whole numbers, found a range of numbers")
    if parameter.kind == "choice":
        values = sorted(value for value in parameter.values if isinstance(value, int) and not isinstance(value, bool))
    else:
        low, high = (int(bound) for bound in parameter.bounds)
        low, high = max(low, int(LIMITS["depth"][0])), min(high, int(LIMITS["depth"][1]))
        values = list(range(low, high + 1))
    if len(values) > MOST_DEPTHS:
        steps = range(MOST_DEPTHS)
        ratio = (values[-1] / max(values[0], 1)) ** (1 / (MOST_DEPTHS - 1))
        wanted = [max(values[0], 1) * ratio**step for step in steps]
        values = sorted({min(values, key=lambda value: abs(value - goal)) for goal in wanted})
    if not values:
        raise ValueError("no depth that a network can have")
    return {"role": "scientific", "values": values}


def _nuisance(name: str, parameters: list[Parameter]) -> dict[str, Any]:
    """One range or list for what may have stood there once a layer, with the bounds that it had."""
    if all(p.kind == "choice" for p in parameters):
        return {"role": "nuisance", "values": _values(name, [v for p in parameters for v in p.values])}
    ranges = [p for p in parameters if p.kind != "choice"]
    least, most = LIMITS.get(name, (float("-inf"), float("inf")))
    low = max(min(p.bounds[0] for p in ranges), least if name != "l2" else 0.0)
    high = min(max(p.bounds[1] for p in ranges), most)
    if low == high:
        return {"role": "nuisance", "values": [low]}
    log = all(p.log for p in ranges) and low > 0
    bounds = (
        {"low": int(low), "high": int(high)} if all(p.kind == "int" for p in ranges) else {"low": low, "high": high}
    )
    return {"role": "nuisance", **bounds, **({"log": True} if log else {})}


def _left_out(name: str, parameter: Parameter, dimension: Mapping[str, Any]) -> list[str]:
    """What of a parameter is not in the line that stands for it."""
    kept = dimension.get("values")
    if parameter.kind == "choice" and kept is not None:
        lost = [str(v) for v in parameter.values if _plain(name, v) not in kept]
        return [f"{', '.join(lost)} of {parameter.name}: no such {name} here, left out."] if lost else []
    if parameter.kind != "choice" and kept is None:
        low, high = parameter.bounds
        if low < dimension["low"] or high > dimension["high"]:
            return [
                f"{parameter.name} went from {value_text(low)} to {value_text(high)}, beyond what {name} can be here."
            ]
    return []


def _at_end(parameter: Parameter, study: ForeignStudy) -> list[str]:
    """The best trial at an end of a range asks for a wider one, which is the user's to give."""
    end = at_edge(parameter, study.best.setting.get(parameter.name)) if study.best else None
    return [f"The best {parameter.name} lay at the {end} end of its range: the best may lie beyond it."] if end else []


def _plain(name: str, value: Value) -> Value:
    """A value as it is written here: words in lower case, switches as such."""
    if name == "batch_norm":
        return {"true": True, "false": False, "1": True, "0": False}.get(str(value).lower(), str(value))
    return value.lower() if isinstance(value, str) else value


def _values(name: str, values: list[Value]) -> list[Value]:
    """The values of a choice that are values here."""
    kept: list[Value]
    if name == "batch_norm":
        kept, missing = [v for v in (_plain(name, one) for one in values) if isinstance(v, bool)], "expected switches"
    elif name in WORDS:
        kept = [v.lower() for v in values if isinstance(v, str) and v.lower() in WORDS[name]]
        missing = f"expected some of {', '.join(WORDS[name])}"
    else:
        kept = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
        missing = "expected numbers"
    if not kept:
        raise ValueError(f"{missing}, found {', '.join(map(str, values[:5]))}")
    return list(dict.fromkeys(kept))


def _check(name: str, dimension: Mapping[str, Any]) -> None:
    """Raise SpecError where a study could not have this line."""
    others = {} if name == "depth" else {"depth": {"role": "scientific", "values": [1]}}
    build_spec({"name": "check", "space": {**others, name: dict(dimension)}}, name)
