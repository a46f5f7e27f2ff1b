"""Where further replicates could still change a verdict: what an adaptive study runs again after a look.

Letters as in :mod:`study.analysis.onset.layout`; all depths are indices of the compared ones.
"""

from __future__ import annotations

import numpy as np

from study.analysis.onset.depth_comparison import Cause, DepthComparison, Fall

# A fall is located where its interval spans no more than this many steps of the axis.
NARROW = 1
# Without a fall, so many depths are run beside the deepest: those that may still be better than it by most. With all of
# them, studies whose noise no look overcomes took 92 % of the runs of a fixed design, in place of 86 %.
RIVALS = 4


def open_depths(comparison: DepthComparison, fall: Fall | None, cause: Cause | None, margin: float) -> tuple[int, ...]:
    """The depths that can still decide, ascending; empty where the verdict is settled.

    It is settled where a fall is shown that starts within one step of the axis and whose cause is known, where training
    falls along, and where no fall beyond ``margin`` is left. While the start of a fall is open, the depths decide that
    may still be before it, and the best one; while its cause is, the best one and those that are shown to be worse.
    Without a fall, the deepest one decides, the best one, and the few that may be better by more than the margin.
    """
    if fall is None:
        deepest = len(comparison.means) - 1
        bounds = comparison.drop_bounds(comparison.runs)
        above = [int(depth) for depth in np.argsort(-bounds, kind="stable")[:RIVALS] if bounds[depth] > margin]
        return tuple(sorted({*above, comparison.reference(deepest), deepest})) if above else ()
    if cause == "degradation":
        return ()
    first, last = fall.shown
    best = comparison.reference(fall.guaranteed[1])
    deciding: set[int] = set()
    if last - first > NARROW:
        deciding |= {best, *range(max(first - 1, 0), last)}
    if cause == "unsettled":
        deciding |= {best, *range(fall.guaranteed[1], fall.until + 1)}
    return tuple(sorted(deciding))
