"""An imported study -> findings: what it tried, what was best, and in words what it cannot tell."""

from __future__ import annotations

import math
from collections.abc import Sequence

from study.analysis.findings import ImportedFindings
from study.analysis.imported_importance import ImportedImportance, importance_of, trials_of_importance
from study.analysis.imported_panels import ImportedPanel, imported_panels
from study.analysis.search_advice import EDGE, MANY_INFEASIBLE, place_of
from study.analysis.search_findings import Advice, End
from study.records.imported import ForeignStudy, ForeignTrial
from study.records.parameters import Parameter, Value
from study.words import count, listed, percent_text, value_text, whole

FEWEST_STEPS = 3  # shorter curves do not show whether a trial still improved
MOST_SHOWN = 8  # hyperparameters of the best trial that a sentence lists


def conclude_imported(study: ForeignStudy) -> ImportedFindings:
    """Everything that can be said about an imported study. Only the runs of a table have panels.

    Never raises for missing or failed trials: they are counted.
    """
    panels, importance = imported_panels(study), importance_of(study)
    return ImportedFindings(
        study=study,
        sentence=" ".join(_said(study, panels, importance)),
        importance=importance,
        advice=tuple(_advice(study)),
        curves=_curves(study),
        panels=panels,
    )


def trials_text(study: ForeignStudy) -> str:
    """The trials as lines of text: number, state, objective, reports and setting, then the reason of a failed one."""
    lines = [f"{study.label}, {study.objective} ({study.direction}d)"]
    for trial in study.trials:
        value = "-" if trial.value is None else value_text(trial.value)
        parts = [f"{trial.number:>5}  {trial.state:<8}  {value:>12}  {len(trial.curve):>4} reports", _setting(trial)]
        lines.append("  ".join([*parts, *([trial.reason] if trial.reason else [])]))
    return "\n".join(lines)


def at_edge(parameter: Parameter, value: Value | None) -> End | None:
    """The end of a range at which a value lies; None in the middle and for a choice."""
    if parameter.kind == "choice" or isinstance(value, str | bool | None):
        return None
    low, high = parameter.bounds
    if low == high or not low <= value <= high:
        return None
    place = place_of(float(value), low, high, parameter.log)
    return "lower" if place <= EDGE else "upper" if place >= 1 - EDGE else None


def _advice(study: ForeignStudy) -> list[Advice]:
    advice, best = [], study.best
    for parameter in study.parameters if best else ():
        if end := at_edge(parameter, best.setting.get(parameter.name) if best else None):
            bound = parameter.bounds[end == "upper"]
            words = f"The best {parameter.name} lies at the {end} end of its range ({value_text(bound)}): "
            advice.append(Advice("edge", words + "the best may lie beyond it."))
    failed, ended = study.count("failed"), len(study.trials) - study.count("running", "waiting")
    if ended and failed / ended > MANY_INFEASIBLE:
        lost = f"{whole(failed)} of {whole(ended)} trials failed ({percent_text(failed / ended, 0)})"
        words = f"{lost}: part of the space fails. Take that part out."
        advice.append(Advice("infeasible", words))
    if best and len(best.curve) >= FEWEST_STEPS and _improved_last(best, study):
        words = f"The best trial was at its best at its last report (step {best.curve[-1][0]}): train longer first."
        advice.append(Advice("still improving", words))
    return advice


def _improved_last(trial: ForeignTrial, study: ForeignStudy) -> bool:
    values = [value for _, value in trial.curve]
    before = [value for value in values[:-1] if math.isfinite(value)]
    last = values[-1]
    return bool(before) and (last > max(before) if study.direction == "maximize" else last < min(before))


def _said(study: ForeignStudy, panels: Sequence[ImportedPanel], importance: Sequence[ImportedImportance]) -> list[str]:
    states = [(study.count("complete"), "complete"), (study.count("pruned"), "pruned")]
    states += [(study.count("failed"), "failed"), (study.count("running", "waiting"), "without an end")]
    of = f" ({listed([f'{n} {what}' for n, what in states if n])})" if study.trials else ""
    trials = count(len(study.trials), "trial")
    said = [f'Imported from {study.label}, study "{study.original}": {trials}{of}.']
    best = study.best
    if best is None:
        said.append(f"None of them has a value of {study.objective!r}, so there is nothing to compare.")
    else:
        said.append(
            f"Best {study.objective} ({study.direction}d): {value_text(best.value)}, in trial {best.number}"
            + (f" with {_setting(best)}" if best.setting else "")
            + f"; as the best of {len(study.compared)} it is partly luck."
        )
    valueless = study.count("complete") - len(study.complete)
    if best and valueless:
        said.append(f"Not compared: {count(valueless, 'complete trial')} without a finite value.")
    if len(study.budgets) > 1:
        said.append(_budgets(study, importance))
    curves = _curves(study)
    if curves:
        said.append(f"{count(curves, 'trial')} left values reported on the way.")
    elif study.design is None:
        said.append(f"{study.engine} kept no values per epoch here.")
    if study.design is not None:
        return [*_of_panels(study, panels), *said, *study.notes]
    return [*said, *_missing(study), *study.notes]


def _of_panels(study: ForeignStudy, panels: Sequence[ImportedPanel]) -> list[str]:
    """The verdicts of a table of runs, which come first; why there is none."""
    if panels:
        named = []
        for panel in panels:
            said = panel.sentence if panel.pick is None else f"{panel.sentence} {panel.pick.sentence}"
            named.append(f"{panel.name}: {said}" if panel.name else said)
        return [*named, *dict.fromkeys(note for panel in panels for note in panel.notes)]
    if study.design is not None and study.design.axis:
        return ["The runs have more settings beside the axis than are judged: name fewer parameters."]
    return ["No verdict: name the ordered column to ask about when the runs are imported (axis)."]


def _budgets(study: ForeignStudy, importance: Sequence[ImportedImportance]) -> str:
    """Which trials were compared with which."""
    amounts = listed([f"{len(trials)} of {value_text(budget)}" for budget, trials in study.budgets.items()])
    said = f"Its trials had budgets ({study.budget}: {amounts}), so the best is the best of the largest one only."
    if importance:
        told = trials_of_importance(study)
        budget = next(one for one, trials in study.budgets.items() if trials == told)
        said += f" What mattered is told from the {len(told)} trials of {value_text(budget)}."
    return said


def _missing(study: ForeignStudy) -> list[str]:
    """What the other program did not record, and what would tell."""
    also = "Clean train accuracy and test accuracy were not recorded"
    if "accuracy" in study.also_recorded:
        also += " (Keras's own 'accuracy' is a running average over the epoch, with dropout on)"
    return [
        f"{also}, and no setting ran on several seeds, so nothing can be said about overfitting or about depth. "
        f'To find out, run the study that depthgauge suggest "{study.name}" prints.'
    ]


def _curves(study: ForeignStudy) -> int:
    """Trials with more than one value on the way."""
    return sum(len(trial.curve) > 1 for trial in study.trials)


def _setting(trial: ForeignTrial) -> str:
    shown = [f"{name} = {_value(value)}" for name, value in list(trial.setting.items())[:MOST_SHOWN]]
    return ", ".join(shown) + (", …" if len(trial.setting) > MOST_SHOWN else "")


def _value(value: Value) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
