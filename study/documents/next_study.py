"""The study that should come next: the one that was run, with the changes that its searches ask for."""

from __future__ import annotations

from study.analysis.findings import Findings
from study.analysis.search_findings import Change, SearchFinding
from study.design.source import build_spec
from study.design.spec import Dimension, StudySpec
from study.errors import InputError

LONGEST_NAME = 80


def change_toml(change: Change) -> str:
    """A change as lines of a study file."""
    return f"[{change.table}]\n{change.key} = {_value(change.value)}"


def _value(value: Dimension | int) -> str:
    if not isinstance(value, Dimension):
        return str(value)
    if value.values is not None:
        listed = ", ".join(f'"{one}"' if isinstance(one, str) else str(one) for one in value.values)
        return f'{{ role = "{value.role}", values = [{listed}] }}'
    parts = [f'role = "{value.role}"', f"low = {value.low:g}", f"high = {value.high:g}"]
    parts += ["log = true"] * value.log + ["zero = true"] * value.zero
    return f"{{ {', '.join(parts)} }}"


def suggest(spec: StudySpec, finding: SearchFinding) -> StudySpec:
    """The next study: this one with the changes of all advice, under the next name."""
    values = spec.model_dump(exclude_defaults=True, exclude_none=True, mode="json")
    for change in (advice.change for advice in finding.advice if advice.change is not None):
        value = change.value
        plain = value.model_dump(exclude_none=True, mode="json") if isinstance(value, Dimension) else value
        values[change.table] = {**values.get(change.table, {}), change.key: plain}
    return build_spec({**values, "name": next_name(spec.name)}, "the suggested study")


def suggestion(findings: Findings) -> str:
    """The next study as a file, with the reasons as comments.

    Raises :class:`~study.errors.InputError` for a study that searches nothing.
    """
    spec, finding = findings.facts.spec, findings.search
    if finding is None:
        raise InputError(
            f"Study {spec.name!r} searches nothing, so there is no advice. Give a hyperparameter the role nuisance."
        )
    reasons = [advice.sentence for advice in finding.advice] or [
        "Nothing about the search space asks for a change; this is the same study under another name."
    ]
    return "".join(f"# {reason}\n" for reason in reasons) + suggest(spec, finding).to_toml()


def next_name(name: str) -> str:
    """``mine`` -> ``mine-2`` -> ``mine-3``; a long name gives up its last letters for the number."""
    stem, dash, number = name.rpartition("-")
    if not (dash and number.isdecimal()):
        stem, number = name, "1"
    following = f"-{int(number) + 1}"
    return stem[: LONGEST_NAME - len(following)] + following
