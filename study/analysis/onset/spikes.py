"""Runs whose training ended in a spike, where most runs of their depth ended well: left out, and named for it.

Deep networks do that: seen with 3 of 8 runs at 14 and 16 layers, while their siblings reach 99.9 %. An ordinary run
must not be taken for one, so it takes two steps: whether the study as a whole has spikes is asked first, at a level for
the whole study, and only then which runs are spikes. Letters as in :mod:`study.analysis.onset.layout`.
"""

from __future__ import annotations

import numpy as np

from study.analysis.onset.layout import Floats, Mask

# A run further below its depth's median than this many scales counts towards a spike: 2.7 s.d. of normal runs in
# median deviations.
USUAL = 4.0
# Sum over runs of log(distance / USUAL) from which a study has spikes. Simulated: normal noise and Student's with 3
# degrees of freedom, symmetric, one-sided and cut off at 100 %, of 0.5, 1 and 2 margins, constant or growing up to
# five-fold with depth, R = 3, 5, 8 and D = 6, 8, 12: the sum is beyond it in at most 1 % of studies.
STUDY_LEVEL = 5.0
# No scale is smaller than this share of the margin: training at its ceiling has no noise that could be measured.
LEAST_SCALE = 0.05


def spiked_runs(train: Floats, usable: Mask, margin: float) -> Mask:
    """Which of the ``usable`` runs (R, D) of ``train`` accuracy in [0, 1] ended in a spike.

    A candidate lies more than ``margin`` below the best median of its own and the shallower depths, while its own
    depth's median does not. Its distance below that median is measured in the larger of two scales: the median
    deviation of its own depth, and the standard deviation within the shallower depths, all of them together. The second
    is what three runs can bear: with three, the median deviation alone is often tiny by luck, and a rule on it called
    ordinary runs broken in 31 to 96 % of simulated studies. The study has spikes where the logarithms of
    ``distance / 4`` of all candidates add up to more than 5; then those more than four of their own depth's median
    deviations away are the spikes. A single one is never enough, unless it is enormous: it counts as noise.
    """
    depths = train.shape[1]
    middle, deviation, squares, freedom = (np.zeros(depths) for _ in range(4))
    middle[:] = -np.inf
    for depth in np.nonzero(usable.any(axis=0))[0]:
        kept = train[usable[:, depth], depth]
        middle[depth] = np.median(kept)
        deviation[depth] = np.median(np.abs(kept - middle[depth]))
        squares[depth], freedom[depth] = ((kept - kept.mean()) ** 2).sum(), len(kept) - 1
    before = np.cumsum(freedom) - freedom
    shared = np.full(depths, np.inf)
    np.divide(np.cumsum(squares) - squares, before, out=shared, where=before > 0)
    least = LEAST_SCALE * margin
    needed = np.maximum.accumulate(middle) - margin
    sound = np.isfinite(middle) & (middle >= needed)
    candidates: Mask = usable & (train < needed) & sound
    if not candidates.any():
        return candidates
    below = np.where(candidates, middle - train, 0.0)
    distance = below / np.maximum(np.maximum(deviation, np.sqrt(shared)), least)
    if np.log(np.maximum(distance / USUAL, 1.0)).sum() <= STUDY_LEVEL:
        return np.zeros_like(candidates)
    spikes: Mask = candidates & (below / np.maximum(deviation, least) > USUAL)
    return spikes
