"""What a pick rests on, and the sentence that says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from study.analysis.pick_posterior import PROBABLY
from study.records.metrics import ACCURACY, Metric
from study.words import level_text, percent_text

Array = NDArray[np.float64]


def rule_words(metric: Metric) -> str:
    """The rule of the pick, in words."""
    top = "highest" if metric.larger_is_better else "lowest"
    return (
        f"The pick is the network with the fewest parameters that is within the margin of the best on validation "
        f"{metric.words} with a probability of at least {percent_text(PROBABLY, 0)}, passing by those that a smaller "
        "one equals or beats. Where none is that probable, it is the smallest one for which it is about as probable as "
        f"for any; with one replicate, the smallest one whose {metric.words} is within the margin of the {top}. It is "
        "called shown where one-sided paired t bounds put it within the margin of every other one."
    )


Rule = Literal[
    "shown within the margin",
    "probably within the margin",
    "most probable",
    "one replicate",
    "only one",
    "nothing to pick",
]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which configuration is chosen, by its index, and how; None where nothing can be.

    ``worst`` is the largest upper bound by which another one may be better, with one replicate the observed difference.
    """

    index: int | None
    rule: Rule
    worst: float
    probability: float | None = None


def reason_of(
    choice: Choice, sizes: Array, replicates: tuple[int, int], margin: float, alpha: float, metric: Metric
) -> str:
    """One sentence: what is recommended, what of it is shown, and what only not refuted.

    ``sizes`` are the parameter counts of those compared, ``replicates`` the fewest and the most that they have.
    """
    within = metric.unit.chosen(margin)
    fewest, most_of = replicates
    among = f"{len(sizes)} networks with {fewest if fewest == most_of else f'{fewest} to {most_of}'} replicates"
    if choice.rule == "only one":
        return "The only network with enough finished runs: there is nothing to compare it with."
    same_size = len(set(sizes.tolist())) == 1
    best = "most accurate" if metric is ACCURACY else f"best by {metric.words}"
    first = f"The {best if same_size else 'simplest'}"
    top = "highest" if metric.larger_is_better else "lowest"
    if choice.rule == "one replicate":
        where = "on validation" if same_size else f"whose validation {metric.words} is within {within} of the {top}"
        return (
            f"{first} of {len(sizes)} networks {where}; not guaranteed, because one replicate cannot tell a "
            "difference from luck."
        )
    bound, most = "no other one is better", metric.bounds[1] - metric.bounds[0]
    if choice.worst > 0:
        bound = f"each other one is better by less than {metric.unit.difference(min(choice.worst, most), 1)}, if at all"
    level = f"at {level_text(1 - alpha)} confidence, {bound}"
    if choice.rule == "shown within the margin":
        return f"{first} of {among} that was shown to be within {within} of every other one on validation: {level}."
    assert choice.probability is not None
    if choice.rule == "probably within the margin":
        probably = f"probably ({percent_text(choice.probability, 0)}) within {within} of the best on validation"
        return f"{first} of {among} that is {probably}; that is not guaranteed, only not refuted: {level}."
    return (
        f"{first} of {among} for which it is about as probable as for any to be within {within} of the best on "
        f"validation ({percent_text(choice.probability, 0)}): not guaranteed, and too little to rely on: {level}."
    )
