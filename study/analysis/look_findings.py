"""What looks between replicates came to: how many runs a panel took, how many a fixed design takes, why it stopped."""

from __future__ import annotations

from dataclasses import dataclass

from study.design.plan import PlannedPanel, Winners
from study.records.looks import Ending
from study.words import count, listed, whole

_WHY: dict[Ending, str] = {
    "settled": "It stopped because no further replicate could change what is said.",
    "most": "It stopped at the most replicates that it was to take.",
    "budget": "It stopped because the next look would have taken more trials than the study has.",
    "clock": "It stopped because its time was over.",
}


@dataclass(frozen=True, slots=True)
class LooksFinding:
    """How a panel whose replicates are decided as it goes has gone.

    ``looks`` are the replicates after which it is looked at, ``share`` the part of alpha that each may use. It took
    ``runs``, up to ``replicates`` a value; a fixed design of the most replicates takes ``fixed_runs``. ``ending`` is
    why it stopped, None while it goes on.
    """

    looks: tuple[int, ...]
    share: float
    replicates: int
    runs: int
    fixed_runs: int
    ending: Ending | None

    @property
    def sentence(self) -> str:
        """All of it in plain words."""
        numbers = listed([str(look) for look in self.looks])
        taken = f"{count(self.runs, 'run')}, up to {count(self.replicates, 'replicate')} a value"
        fixed = f"{self.looks[-1]} replicates of every value take {whole(self.fixed_runs)}"
        if self.ending is None:
            return f"Replicates are decided after {numbers}: {taken} so far; {fixed}."
        return f"Replicates were decided after {numbers}: it took {taken}; {fixed}. {_WHY[self.ending]}"


def looks_finding(plan: PlannedPanel, winners: Winners) -> LooksFinding | None:
    """What became of a panel's looks; None where its replicates are fixed."""
    if not plan.looks:
        return None
    runs = sum(1 for _ in plan.runs(winners))
    return LooksFinding(plan.looks, plan.share, plan.replicates, runs, plan.most * len(plan.all_cells), plan.ending)
