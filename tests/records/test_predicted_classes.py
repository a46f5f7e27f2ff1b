"""Counts of predicted classes are scikit-learn's figures: its confusion matrix, recall, precision and calibration."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.calibration import calibration_curve
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from study.records.predicted_classes import BINS, PREDICTED, PredictedClasses

CLASSES = 4


def items(labels: NDArray[np.int32], said: NDArray[np.int32], confidence: NDArray[np.float32]) -> PredictedClasses:
    predicted = np.empty(len(labels), PREDICTED)
    predicted["label"], predicted["confidence"] = said, confidence
    return PredictedClasses.of("tail", labels, predicted)


@st.composite
def answers(draw: st.DrawFn) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
    """Labels and predictions, some classes of which may be missing, and confidences with the edges among them."""
    number, seed = draw(st.integers(1, 200)), draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    labels, said = rng.integers(0, draw(st.integers(1, CLASSES)), (2, number), dtype=np.int32)
    edges = rng.integers(1, BINS + 1, number) / BINS
    confidence = np.where(rng.random(number) < 0.3, edges, 1 - 0.75 * rng.random(number))
    return labels, said, confidence.astype(np.float32)


@settings(max_examples=100, deadline=None)
@given(answers())
def test_confusion_recall_and_precision_are_those_of_scikit_learn(
    found: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]],
) -> None:
    labels, said, _ = found
    matrix = items(*found).confusion(CLASSES)
    assert np.array_equal(matrix, confusion_matrix(labels, said, labels=range(CLASSES)))
    precision, recall, *_ = precision_recall_fscore_support(labels, said, labels=range(CLASSES), zero_division=0)
    hits = matrix.diagonal()
    assert hits / np.maximum(matrix.sum(axis=0), 1) == pytest.approx(precision)
    assert hits / np.maximum(matrix.sum(axis=1), 1) == pytest.approx(recall)


@settings(max_examples=100, deadline=None)
@given(answers())
def test_bins_of_confidence_are_those_of_scikit_learn(
    found: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]],
) -> None:
    labels, said, confidence = found
    right, sure = calibration_curve(labels == said, confidence.astype(float), n_bins=BINS, strategy="uniform")
    bins = [one for one in items(*found).bins if one[0]]
    assert [hits / number for number, hits, _ in bins] == pytest.approx(right)
    assert [total / number for number, _, total in bins] == pytest.approx(sure)


def test_counts_that_no_run_can_have_left_behind_are_refused() -> None:
    labels = np.array([0, 0, 1, 2], np.int32)
    whole = items(labels, np.array([0, 1, 1, 0], np.int32), np.array([0.5, 0.6, 0.95, 1.0], np.float32))
    whole.check(3)
    for damaged in (
        replace(whole, cells=((0, 3, 1), *whole.cells)),
        replace(whole, cells=whole.cells[1:]),
        replace(whole, bins=whole.bins[1:]),
        replace(whole, bins=(*whole.bins[:-1], (2, 3, 1.9))),
        replace(whole, bins=(*whole.bins[:-1], (2, 1, float("nan")))),
    ):
        with pytest.raises(ValueError, match="predicted classes"):
            damaged.check(3)
    with pytest.raises(ValueError, match="predicted classes"):
        whole.check(2)
