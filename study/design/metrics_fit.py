"""Whether a data set has the classes that the metrics of a study are about."""

from __future__ import annotations

from study.design.spec import StudySpec
from study.errors import SpecError
from study.words import clean, unknown


def check_metrics(spec: StudySpec, labels: tuple[str, ...]) -> None:
    """Raise :class:`SpecError` where a metric does not go with these classes, or ``positive`` is none of them."""
    if spec.positive is not None and spec.positive not in labels:
        raise SpecError(f"positive: {unknown(spec.positive, labels, 'class')}")
    for metric in spec.measured.all:
        key = "metric" if metric.name == spec.metric else "metrics"
        if metric.two_classes and len(labels) != 2:
            raise SpecError(
                f"{key}: {metric.name} takes two classes, and {clean(spec.dataset)} has {len(labels)}. "
                "Choose another metric, such as macro_f1 or roc_auc."
            )
        if metric.one_class and len(labels) != 2 and spec.positive is None:
            raise SpecError(
                f"{key}: {metric.name} is about one class, and {clean(spec.dataset)} has {len(labels)}. "
                f'Name it, for example positive = "{labels[0]}".'
            )
