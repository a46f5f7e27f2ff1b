"""Minutes as a number of trials: once, when a study is begun, by the speed of one short trial on this machine."""

from __future__ import annotations

from dataclasses import replace

from study.data.dataset import Dataset
from study.design.plan import Plan
from study.design.spec import AUTO, StudySpec
from study.errors import InputError
from study.run.estimate import estimate_minutes
from study.words import change, number


def settle_budget(
    plan: Plan, dataset: Dataset, minutes: float | None, *, workers: int, begun: StudySpec | None = None
) -> Plan:
    """The plan with the most trials that it may take in ``minutes`` on so many ``workers``.

    A study that is ``begun`` keeps the number that it was begun with. Raises :class:`InputError` where replicates are
    fixed, and where the minutes do not suffice for the first look.
    """
    spec = plan.spec
    if begun is not None and begun.trials_at_most is not None and spec.trials_at_most is None:
        return _with_most(plan, begun.trials_at_most)
    if minutes is None or begun is not None:
        return plan
    if spec.replicates != AUTO:
        raise InputError(
            f"Minutes decide how many replicates there are, but replicates = {spec.replicates} is fixed. Add "
            f"{change('replicates=auto')}, or leave the minutes out."
        )
    work, first = estimate_minutes(plan, dataset, workers=workers)
    if first > minutes:
        raise InputError(
            f"{number(minutes, 1)} minutes are too few for any answer: the {work.trials:,} trials before the first "
            f"look take about {number(first, 1)} on {workers} workers of this machine. Give more, list fewer values, "
            "or train fewer epochs."
        )
    affordable = work.trials + int((minutes - first) / first * work.trials)
    return _with_most(plan, min(affordable, plan.most))


def _with_most(plan: Plan, trials: int) -> Plan:
    return replace(plan, spec=plan.spec.model_copy(update={"trials_at_most": trials}))
