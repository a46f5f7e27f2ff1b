"""Metrics: what is measured of a network on each part of the data. To add one, add it here and to its task."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Metric:
    """One thing that is measured.

    ``name`` is what records, files and documents call it, ``words`` what people do. ``larger_is_better`` is its
    direction; ``bounds`` are the lowest and the highest value it can have. ``of_items``: it is a mean over the items of
    one value each.
    """

    name: str
    words: str
    larger_is_better: bool
    bounds: tuple[float, float]
    of_items: bool = True

    def better(self, value: float, other: float) -> bool:
        """Whether ``value`` is better than ``other``."""
        return value > other if self.larger_is_better else value < other


ACCURACY = Metric("accuracy", "accuracy", True, (0.0, 1.0))
CROSS_ENTROPY = Metric("cross_entropy", "cross-entropy", False, (0.0, float("inf")))  # in nats

CLASSIFICATION = (ACCURACY, CROSS_ENTROPY)
TASKS: dict[str, tuple[Metric, ...]] = {"classification": CLASSIFICATION}  # what is recorded for each task
METRICS = {metric.name: metric for metrics in TASKS.values() for metric in metrics}
