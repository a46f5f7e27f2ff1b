"""Whether a data set has the classes that the metrics and weights of a study are about."""

from __future__ import annotations

from study.design.spec import StudySpec
from study.errors import SpecError
from study.words import clean, unknown


def _class_weights(spec: StudySpec) -> list[tuple[str, tuple[tuple[str, float], ...]]]:
    """The tables of weights of a study, and where each stands."""
    arms = [(f"arms.{arm.name}.network.", arm.network.get("class_weights")) for arm in spec.arms]
    found = [("network.", spec.network.class_weights), *arms]
    tables = [(place, tuple(w.items()) if isinstance(w, dict) else w) for place, w in found]
    return [(place, table) for place, table in tables if isinstance(table, tuple)]


def check_classes(spec: StudySpec, labels: tuple[str, ...]) -> None:
    """Raise :class:`SpecError` where a metric does not go with these classes, or ``positive`` is none of them."""
    if spec.positive is not None and spec.positive not in labels:
        raise SpecError(f"positive: {unknown(spec.positive, labels, 'class')}")
    for place, weights in _class_weights(spec):
        strange = [name for name, _ in weights if name not in labels]
        if strange:
            raise SpecError(f"{place}class_weights: {unknown(strange[0], labels, 'class')}")
        if all(weight == 0 for _, weight in weights) and len(weights) == len(labels):
            raise SpecError(f"{place}class_weights: all are 0, so nothing would be learned. Give one class a weight.")
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
