"""Reference models: what a network is held against, trained on the same parts of the data in the same replicates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from study.records.predicted_classes import PredictedClasses
from study.records.sources import Task
from study.records.trials import EVEN, ClassWeights, Configuration, ItemValues

COMMONEST = "the commonest class"
MEAN = "the mean of the target"
LOGISTIC = "logistic regression"
RIDGE = "ridge regression"
TREES = "gradient-boosted trees"
REFERENCES: dict[Task, tuple[str, ...]] = {
    "classification": (COMMONEST, LOGISTIC, TREES),
    "regression": (MEAN, RIDGE, TREES),
}
"""The models of each task, in the order in which they are shown; the first looks at no feature."""
FEATURELESS = (COMMONEST, MEAN)


@dataclass(frozen=True, slots=True)
class ReferenceTask:
    """One reference model to train: ``model`` is one of :data:`REFERENCES`, of the task of the data.

    ``samples`` and ``label_noise`` are those of a :class:`~study.records.trials.Configuration`: the size of the
    training subset, None for all of the training part, and the share of its labels that are wrong; so are
    ``class_weights``, but for :data:`FEATURELESS`, which they would make another model.
    """

    model: str
    samples: int | None
    label_noise: float
    replicate: int
    class_weights: ClassWeights = EVEN

    @classmethod
    def beside(cls, model: str, configuration: Configuration, replicate: int) -> ReferenceTask:
        """The task whose model sees what a network of ``configuration`` sees in ``replicate``."""
        weights = EVEN if model in FEATURELESS else configuration.class_weights
        return cls(model, configuration.samples, configuration.label_noise, replicate, weights)


@dataclass(frozen=True, slots=True)
class ReferenceRun:
    """What became of a task.

    ``values`` hold train, validation and test of each metric by its name, the study's own first, none where it failed
    for ``reason``; a metric without a value on one of the parts is not there. ``items`` are what the test items came to
    in the first of them, in the order in which the networks of the replicate answer them; ``predicted`` is what a
    classifier took them for.
    """

    task: ReferenceTask
    values: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    items: ItemValues | None = None
    predicted: PredictedClasses | None = None
    reason: str = ""
