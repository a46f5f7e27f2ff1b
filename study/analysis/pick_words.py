"""What a pick rests on, and the sentence that says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from study.analysis.pick_posterior import PROBABLY
from study.words import level_text, percent_text, points_text

Array = NDArray[np.float64]
RULE = (
    "The pick is the network with the fewest parameters that is within the margin of the best on validation accuracy "
    f"with a probability of at least {percent_text(PROBABLY, 0)}, passing by those that a smaller one equals or beats. "
    "Where none is that probable, it is the smallest one for which it is about as probable as for any; with one "
    "replicate, the smallest one whose accuracy is within the margin of the highest. It is called shown where "
    "one-sided paired t bounds put it within the margin of every other one."
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


def reason_of(choice: Choice, sizes: Array, replicates: int, margin: float, alpha: float) -> str:
    """One sentence: what is recommended, what of it is shown, and what only not refuted.

    ``sizes`` are the parameter counts of those compared.
    """
    within = points_text(margin)
    among = f"{len(sizes)} networks with {replicates} replicates"
    if choice.rule == "only one":
        return "The only network with enough finished runs: there is nothing to compare it with."
    same_size = len(set(sizes.tolist())) == 1
    first = "The most accurate" if same_size else "The simplest"
    if choice.rule == "one replicate":
        where = "on validation" if same_size else f"whose validation accuracy is within {within} of the highest"
        return (
            f"{first} of {len(sizes)} networks {where}; not guaranteed, because one replicate cannot tell a "
            "difference from luck."
        )
    bound = "no other one is better"
    if choice.worst > 0:
        bound = f"each other one is better by less than {points_text(min(choice.worst, 1), 2)}, if at all"
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
