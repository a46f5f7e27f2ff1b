"""The glossary speaks of the metric of its study, and every word has a meaning without gaps."""

from __future__ import annotations

import pytest

from reports.glossary import GLOSSARY, glossary_section
from study.records.metrics import ACCURACY, BRIER, CROSS_ENTROPY, MACRO_F1, RMSE, Metric


def meanings(*metrics: Metric, watched: str = "cross-entropy") -> dict[str, str]:
    (block,) = glossary_section(metrics, watched).blocks
    return dict(block.entries)  # type: ignore[union-attr]


@pytest.mark.parametrize("metric", [ACCURACY, MACRO_F1, BRIER, RMSE])
def test_meanings_are_in_the_metric_of_the_study(metric: Metric) -> None:
    said = meanings(metric)
    assert f"{metric.words} on test data {metric.worsens}" in said["onset"]
    assert f"difference in {metric.words}" in said["margin"] and metric.worsening in said["bound"]
    if metric is not ACCURACY:
        assert not [word for word, meaning in said.items() if "accuracy" in meaning and word != "baseline"]


def test_a_comparison_of_studies_with_other_metrics_names_none() -> None:
    assert "the metric on test data gets worse" in meanings(ACCURACY, CROSS_ENTROPY)["onset"]
    assert meanings(ACCURACY, ACCURACY) == meanings(ACCURACY)


def test_validation_loss_is_what_early_stopping_goes_by() -> None:
    assert meanings(RMSE, watched="RMSE")["validation loss"].startswith("The RMSE on data")


def test_no_meaning_has_a_gap() -> None:
    assert len(meanings()) == len(GLOSSARY)
    assert not [meaning for meaning in meanings(ACCURACY).values() if "{" in meaning]
