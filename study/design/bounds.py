"""What no study may ask for: more than anybody can run, or trials stopped early in a way that is not fair."""

from __future__ import annotations

import math

from study.design.spec import NO_ARM, StudySpec
from study.errors import SpecError

MOST_CELLS, MOST_TRIALS = 10_000, 1_000_000
UNFAIR = {
    "successive-halving": 'search.pruner = "median" or "hyperband", or none',
    "keras-tuner:hyperband": 'a proposer like optuna:tpe; search.pruner = "median" makes its trials shorter',
}
"""What is not for a question, and what to take: measured by ``benchmarks/pruned_isolations.py``, see the guide."""


def check_size(spec: StudySpec) -> None:
    """Raise :class:`SpecError` where a study comes to more than anybody can run, or a command can list.

    Counted, not built: keys that are each within bounds may come to millions of cells together.
    """
    cells = runs = 0
    for arm in spec.arms or (NO_ARM,):
        counts = {name: len(spec.values_of(arm, name)) for name in spec.scientific}
        in_arm = math.prod(counts.values())
        panels = in_arm // counts.get(spec.axis, 1) if spec.axis in counts else in_arm
        replicates = spec.replicates_of(arm)
        of_a_cell = replicates * spec.winners_per_search + spec.searching.trials if spec.nuisance else replicates
        cells += in_arm
        runs += in_arm * of_a_cell + panels * replicates * (spec.baseline is not None)
    for number, most, what in ((cells, MOST_CELLS, "combinations of values"), (runs, MOST_TRIALS, "trials")):
        if number > most:
            raise SpecError(
                f"space: the study comes to {number:,} {what}, and {most:,} are the most. List fewer values, arms or "
                "replicates, or make several studies of it."
            )


def check_stops(spec: StudySpec) -> None:
    """Raise :class:`SpecError` where trials would be stopped early in a way that favours some, or twice over."""
    by = {
        "search.proposer": "keras-tuner:hyperband" if spec.searching.proposer == "keras-tuner:hyperband" else "none",
        "search.pruner": spec.searching.pruner,
    }
    for key, name in by.items():
        if name in UNFAIR and spec.scientific:
            raise SpecError(
                f"{key}: {name} stops most trials after few epochs, and is not shown to treat the values of "
                f"{', '.join(spec.scientific)} alike: some learn slowly. Choose {UNFAIR[name]}."
            )
        if name != "none" and spec.network.halt is not None:
            raise SpecError(f"{key}: {name} and network.halt both stop trials early. Remove one of them.")
        if name != "none" and "epochs" in spec.nuisance:
            raise SpecError(
                f"{key}: {name} compares trials epoch by epoch and stops them, so all have one number of epochs. Set "
                "network.epochs and leave space.epochs out, or remove it."
            )
    if "none" not in by.values():
        raise SpecError("search.pruner: keras-tuner:hyperband stops trials itself. Remove the pruner.")
