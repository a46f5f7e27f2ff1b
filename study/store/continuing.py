"""Whether a spec goes on with a study that is there: it may ask for more, but not for something else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from study.design.plan import Plan, PlannedPanel, make_plan
from study.design.spec import AUTO, NO_ARM, StudySpec
from study.errors import StoreError
from study.records.looks import Look
from study.records.metrics import ALWAYS
from study.records.trials import TrialKey
from study.words import listed, option

_LOOKED_AT = ("replicates", "replicates_at_most", "trials_at_most", "alpha", "metric")


def check_continues(
    old: StudySpec, plan: Plan, recorded: Collection[TrialKey], looks: Sequence[Look] = (), *, same_data: bool
) -> None:
    """Raise :class:`StoreError` where trials of ``plan`` would not be comparable with those of ``old``.

    So too where some of the ``recorded`` trials have no place in it, after what ``looks`` decided. With ``same_data``
    it does not matter where the data lie, and how they were read.
    """
    new = plan.spec
    if (old.model is None) != (new.model is None) or (old.model and new.model and old.model.source != new.model.source):
        raise StoreError(
            f"Study {new.name!r} was run with {_networks(old)}, and {_networks(new)} would not continue it. Give the "
            f"new one a name ({option('name')}), or remove the old one (depthgauge delete {new.name!r})."
        )
    if old.model and new.model and old.model.code != new.model.code:
        raise StoreError(
            f"The code of {new.model.source}, or a file that it names, has changed since study {new.name!r} was begun, "
            "and trials of both do not belong to one study. Bring it back, or give the new study a name "
            f"({option('name')})."
        )
    before, now = ({**asdict(one.source), "validation": one.validation, "engine": one.engine} for one in (old, new))
    read_by = ("target", "drop", "categorical", "test_share", "test", "dataset", "group", "time", "weight")
    different = () if same_data else read_by
    drawn = {"folds": ("folds", "search_share"), "holdout": ("test_share", "search_share"), "fixed": ()}[new.scheme]
    for what in ("seed", "validation", "engine", "weighted_metrics", "scheme", "aside", *drawn, *different):
        if before[what] != now[what]:
            raise StoreError(
                f"Study {new.name!r} was run with {what} = {before[what]!r}, and {now[what]!r} would not continue it. "
                f"Give the new one a name ({option('name')}), or remove the old one (depthgauge delete {new.name!r})."
            )
    if not same_data:
        raise StoreError(
            f"The data of study {new.name!r} have changed since it was begun. Give the new study a name "
            f"({option('name')})."
        )
    if recorded:
        _check_measured(old, new)
        _check_looks(old, plan)
    if new.nuisance or old.nuisance:
        _check_same_search(old, new)
        return
    lost = len(set(recorded) - plan.after(looks).trials({}).keys())
    if lost:
        raise StoreError(
            f"Study {new.name!r} holds {lost} trials that have no place in what is asked for now. Give "
            f"the new study a name ({option('name')}), or remove the old one (depthgauge delete {new.name!r})."
        )


def _networks(spec: StudySpec) -> str:
    return "dense stacks" if spec.model is None else f"networks of {spec.model.source}"


def _check_measured(old: StudySpec, new: StudySpec) -> None:
    """Raise :class:`StoreError` where ``new`` asks for what the trials of ``old`` did not measure."""
    there = {*ALWAYS, *old.measured.all}
    lacking = [metric.name for metric in new.measured.all if metric not in there]
    if lacking:
        raise StoreError(
            f"The trials of study {new.name!r} did not measure {listed(lacking)}, and there is no way to do so later. "
            f"Give the new study a name ({option('name')}), or remove the old one (depthgauge delete {new.name!r})."
        )
    if new.positive != old.positive and any(metric.one_class for metric in new.measured.all):
        raise StoreError(
            f"Study {new.name!r} was run with positive = {old.positive!r}, and {new.positive!r} would not continue it. "
            f"Give the new one a name ({option('name')}), or remove the old one (depthgauge delete {new.name!r})."
        )


def _check_looks(old: StudySpec, plan: Plan) -> None:
    """Raise :class:`StoreError` where a study that decides its replicates as it goes would do so in another way."""
    new = plan.spec
    if AUTO not in (old.replicates, new.replicates):
        return
    changed = [key for key in _LOOKED_AT if getattr(old, key) != getattr(new, key)]
    if changed or _verdicts_of(make_plan(old)) != _verdicts_of(plan):
        raise StoreError(
            f"Study {new.name!r} was begun with other {listed(changed or ['values or margins'])}. With "
            'replicates = "auto" its error rate rests on what was planned. Give the new study a name '
            f"({option('name')}), or remove the old one (depthgauge delete {new.name!r})."
        )


def _verdicts_of(plan: Plan) -> list[PlannedPanel]:
    """The panels, less what takes no part in their verdicts: the baseline, and how early searches may end."""
    return [
        replace(panel, baseline=None, cells=tuple(replace(cell, stop=None) for cell in panel.cells))
        for panel in plan.panels
    ]


def joined_versions(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """Versions of both; ``2.21.0, 2.22.0`` where they differ."""
    return {
        name: ", ".join(dict.fromkeys([*old[name].split(", "), version])) if name in old else version
        for name, version in new.items()
    }


def _check_same_search(old: StudySpec, new: StudySpec) -> None:
    """Raise :class:`StoreError` where ``new`` would search another space than ``old``, or in another way.

    More trials a search and more replicates may be asked for, and what is only read from the trials may change.
    """

    def compared(spec: StudySpec) -> dict[str, Any]:
        left_out = {"dataset", "data", "description", "margin", "alpha", "replicates", "confirm", "baseline", "search"}
        left_out |= {"metrics", "positive", "model"}  # they are looked at before
        values = spec.model_dump(exclude=left_out)
        several = 2 if spec.searches_inside else 1000  # those inside replicates may become more with them
        values["searches"] = [min(number, several) for number in _searches(spec)]
        return {**values, "search.proposer": spec.searching.proposer, "search.pruner": spec.searching.pruner}

    changed = [key for key, value in compared(old).items() if value != compared(new)[key]]
    each = [[one.searching.trials // number for number in _searches(one)] for one in (new, old)]
    if not changed and any(now < before for now, before in zip(*each, strict=True)):
        changed.append("and larger search.trials")
    if changed:
        raise StoreError(
            f"Study {new.name!r} was searched with another {', '.join(changed)}, so its proposals do not fit now. "
            f"Give the new study a name ({option('name')}), or remove the old one (depthgauge delete {new.name!r})."
        )


def _searches(spec: StudySpec) -> list[int]:
    """How often a cell is searched, arm by arm."""
    return [spec.searches_of(arm) for arm in spec.arms or (NO_ARM,)]
