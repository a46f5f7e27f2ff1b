"""Verdicts of every kind, with and without what may be missing from them."""

from __future__ import annotations

from dataclasses import replace

from tests.reports.sample_findings import BENIGN, DEPTHS, OVERFITTING, SHORT

_FALLS = replace(OVERFITTING, train_drop=0.04, train_accuracy=0.93)

VERDICTS = (
    OVERFITTING,
    replace(OVERFITTING, interval=(6, 6), training_fails_from=20),
    replace(OVERFITTING, test_drop=0.003, test_drop_interval=(0.001, 0.005)),
    replace(_FALLS, kind="unsettled", training_fails_from=20),
    replace(_FALLS, kind="degradation"),
    replace(BENIGN, kind="degradation", training_fails_from=20),
    BENIGN,
    replace(BENIGN, kind="benign", training_fails_from=20),
    SHORT,
    replace(BENIGN, kind="inconclusive", replicates_needed=12),
    replace(SHORT, kind="training fails", compared_depths=DEPTHS[:2]),
)
