"""Which rows a study tests and trains on, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from study.data.dataset import Dataset
from study.data.splits import part_sizes, parts
from study.design.plan import Plan
from study.design.search_stop import FEWEST, looks_of
from study.design.spec import NO_ARM, StudySpec
from study.errors import InputError
from study.records.sources import Task
from study.records.trials import SEARCH_REPLICATE
from study.words import count, listed, percent_text, whole

_TIMES = {1: "once", 2: "twice"}


def parts_words(plan: Plan, dataset: Dataset) -> str:
    """Sentences on the parts of a study's replicates, with their sizes."""
    spec = plan.spec
    said = [*_scheme(plan, dataset), *_bounds(spec), _sizes(plan, dataset), rounding_words(spec)]
    return " ".join(sentence for sentence in said if sentence)


def rounding_words(spec: StudySpec) -> str:
    """Says which numbers of replicates were rounded up to whole repeats of folds; empty where none was."""
    pairs = dict.fromkeys((spec.asked(arm), spec.replicates_of(arm)) for arm in spec.arms or (NO_ARM,))
    changed = [f"{run} replicates in place of {asked}" for asked, run in pairs if asked != run]
    if not changed:
        return ""
    return f"Folds come in whole repeats of {spec.data.folds}: {listed(changed)}."


def check_schemes(specs: Sequence[StudySpec]) -> None:
    """Raise :class:`InputError` where studies of one data set do not draw test rows in one way."""
    firsts: dict[str, StudySpec] = {}
    for spec in specs:
        first = firsts.setdefault(spec.dataset, spec)
        if _way(spec) != _way(first):
            raise InputError(
                f"{first.name} and {spec.name} are not compared: their replicates test rows that were drawn in "
                f"different ways ({_way(first)}; {_way(spec)}), so that no accuracies are of the same items. Run both "
                "with one data.scheme."
            )


def _way(spec: StudySpec) -> str:
    """How test rows are drawn, in a few words that tell one way from another."""
    if spec.scheme == "fixed":
        return "one fixed test part"
    source = spec.source
    words = {"folds": f"{source.folds} folds", "holdout": f"holdouts of {percent_text(source.test_share)}"}[spec.scheme]
    bound = [f"{key} {name!r}" for key, name in (("group", source.group), ("time", source.time)) if name is not None]
    return ", ".join([words, *bound, *(["half of the rows kept for searches"] if source.search_share else [])])


def searches_words(plan: Plan) -> str:
    """Says how often cells are searched, on which rows, and what that comes to; empty where nothing is searched."""
    if not plan.searches:
        return ""
    spec, most = plan.spec, max(plan.searches, key=lambda search: search.cell.repeats)
    cell = most.cell
    if not spec.scientific:
        return ""
    shared = sorted({search.trials for search in cell.searches}) if cell.parameters else []
    each = f", which share its {count(cell.trials, 'trial')} ({_range(tuple(shared))} each)" if shared else ""
    if cell.repeats == 1:
        rows = ", on rows that no replicate tests" if spec.source.search_share else ""
        return f"One search a cell{rows}: the study speaks of its winners. More (searches = N) would tell what luck is."
    inside = ", one inside each replicate, on what that trains on" if spec.searches_inside else ""
    return (
        f"{count(cell.repeats, 'search', 'searches')} a cell{inside}{each}: replicates take their winners in turn, and "
        "intervals allow for what another search may find."
    )


def stop_words(plan: Plan) -> str:
    """Says when searches end before their last trial; empty where none can."""
    stops = {s.cell.stop.margin for s in plan.searches if s.cell.stop is not None and looks_of(s.trials)}
    if not stops:
        return ""
    metric = plan.spec.deciding
    margins = listed([metric.unit.chosen(one) for one in sorted(stops)])
    return (
        f"A search ends early, after {FEWEST} trials or more, where its last step as large as the rest gained less "
        f"than half of the margin of {margins} on validation. search.stop = false runs them all."
    )


def looks_words(plan: Plan) -> str:
    """Says when a study whose replicates are decided as it goes is looked at; empty where all are fixed."""
    looks = next((panel.looks for panel in plan.panels if panel.looks), ())
    if not looks:
        return ""
    after = f"after {listed([str(look) for look in looks])}" if len(looks) > 1 else f"once, after {looks[0]}"
    return (
        f"Replicates are decided {after}: what is settled ends, and further ones go where they can still change the "
        f"verdict. At most {count(plan.most, 'trial')} in all."
    )


def differing_replicates(plan: Plan, dataset: Dataset) -> Iterable[int]:
    """Reported replicates, among them all whose parts may be of other sizes than those of the others."""
    if dataset.redrawn is None or (dataset.redrawn.scheme == "holdout" and dataset.groups is None):
        return range(1)
    most = max(panel.most for panel in plan.panels)
    return range(most if dataset.groups is not None else min(most, dataset.redrawn.folds))


def _scheme(plan: Plan, dataset: Dataset) -> list[str]:
    spec, redrawn = plan.spec, dataset.redrawn
    if redrawn is None:
        rows = count(len(dataset.y) - dataset.training, "row")
        if dataset.drawn is not None or dataset.name == "digits":
            return [f"One test part of {rows}, drawn once, the same in every replicate."]
        return [f"A test set of its own, {rows}, the same in every replicate: sealed, no network is trained on it."]
    kept = ""
    if redrawn.search_share:
        search = parts(dataset, seed=spec.seed, replicate=SEARCH_REPLICATE, validation=spec.validation)
        kept = f" but the {whole(len(search[0]) + len(search[1]))} that searches see"
    if redrawn.scheme == "holdout":
        return [f"Holdouts: every replicate draws a test part of its own from all rows{kept}."]
    ends = [(panel.looks or (panel.replicates,))[end] for panel in plan.panels for end in (0, -1)]
    if redrawn.scheme == "folds" and spec.data.aside:
        kept += " but the test part, which is left for a later study"
    repeats = sorted({replicates // redrawn.folds for replicates in ends})
    often = "once a repeat" if len(repeats) > 1 else _times(repeats[0])
    again = f"repeated {repeats[0]} to {repeats[-1]} times" if len(repeats) > 1 else f"repeated {_times(repeats[0])}"
    again = "" if repeats == [1] else f", {again}"
    if dataset.times is not None:
        trained = "are tested by networks that trained on earlier rows alone"
        return [f"{redrawn.folds} windows in time{again}: later rows{kept} {trained}, the first ones by none."]
    return [f"{redrawn.folds} folds{again}: every row{kept} is tested {often}."]


def _times(number: int) -> str:
    return _TIMES.get(number, f"{number} times")


def once_words(task: Task) -> str:
    """What counts every row once, even where rows count in metrics as their weights say."""
    what = "Residuals and their tables" if task == "regression" else "Confusion, recall, precision and confidence"
    return f"{what} count every row once."


def _bounds(spec: StudySpec) -> list[str]:
    """What the columns of group, time and weight are for."""
    where = "In training and in metrics" if spec.weighted_metrics else "In training"
    counted = f"{where}, a row counts as {spec.data.weight!r} says, beside others."
    if spec.weighted_metrics:
        counted += f" {once_words(spec.task)}"
    counts = [counted] if spec.data.weight is not None else []
    if spec.data.group is not None:
        return [f"Rows of one {spec.data.group!r} are in one part.", *counts]
    if spec.data.time is not None:
        order = f"In the order of {spec.data.time!r}, test comes after validation, and validation after training."
        return [order, *counts]
    return counts


def _sizes(plan: Plan, dataset: Dataset) -> str:
    spec = plan.spec
    sizes = [
        part_sizes(dataset, seed=spec.seed, replicate=replicate, validation=spec.validation)
        for replicate in differing_replicates(plan, dataset)
    ]
    train, held_out, test = (tuple(one[part] for one in sizes) for part in range(3))
    return (
        f"A replicate trains on {_range(train)} rows, holds out {_range(held_out)} for validation and tests "
        f"{_range(test)}."
    )


def _range(numbers: tuple[int, ...]) -> str:
    low, high = min(numbers), max(numbers)
    between = "or" if high == low + 1 else "to"
    return whole(low) if low == high else f"{whole(low)} {between} {whole(high)}"
