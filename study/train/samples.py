"""The samples that a trainer has drawn, as its engine takes them: the last are kept, because replicates come again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from study.data.dataset import Dataset
from study.data.splits import Sample
from study.records.trials import Configuration

KEPT = 16  # rows of a sample: half a megabyte for MNIST

Taken = TypeVar("Taken")


class Samples(Generic[Taken]):
    """Samples of one study by replicate, size and label noise; ``take`` makes of each what the engine trains on.

    ``draw`` takes the arguments of :func:`~study.data.splits.draw_sample` and may give other rows.
    """

    def __init__(
        self,
        dataset: Dataset,
        *,
        seed: int,
        validation: float,
        draw: Callable[..., Sample],
        take: Callable[[Sample], Taken],
    ) -> None:
        self.dataset = dataset
        self.seed = seed
        self.validation = validation
        self.draw = draw
        self.take = take
        self.kept: OrderedDict[tuple[int, int | None, float], Taken] = OrderedDict()

    def of(self, configuration: Configuration, replicate: int) -> Taken:
        """The sample of a replicate. Raises :class:`~study.errors.DataError` where it cannot be drawn."""
        key = (replicate, configuration.samples, configuration.label_noise)
        if key not in self.kept:
            sample = self.draw(
                self.dataset,
                seed=self.seed,
                replicate=replicate,
                validation=self.validation,
                samples=configuration.samples,
                label_noise=configuration.label_noise,
            )
            if len(self.kept) >= KEPT:
                self.kept.popitem(last=False)
            self.kept[key] = self.take(sample)
        return self.kept[key]
