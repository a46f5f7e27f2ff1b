"""Rival (b): as rival (a), with the two options of ``model.compile`` that make it faster."""

from __future__ import annotations

from benchmarks.rivals.job import Job, Timeline, serve
from benchmarks.rivals.plain_fit import contend as plain

STEPS_PER_EXECUTION = 32


def contend(job: Job, timeline: Timeline) -> None:
    """Train every setting inside XLA, 32 steps a call."""
    plain(job, timeline, jit_compile=True, steps_per_execution=STEPS_PER_EXECUTION)


if __name__ == "__main__":
    serve(contend)
