"""What the curves of several runs say together, and when it is held against the verdict."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from study.analysis.curves import diagnose, diagnose_all
from study.analysis.diagnoses import curves_note, diagnose_runs
from study.analysis.findings import CurveFinding, Point
from study.records.intervals import Interval
from study.records.trials import EMPTY, Configuration, Result, Trajectory, Trial
from tests.conftest import trajectory_of
from tests.reports import sample_findings as sample

EPOCHS = np.arange(1, 41)
RISING = 0.4 + 0.6 * np.exp(-EPOCHS / 3) + 0.02 * np.maximum(0, EPOCHS - 12)
FALLING = 3.0 * np.exp(-EPOCHS / 20)


def run(validation: np.ndarray, replicate: int = 0, **changes: object) -> Result:
    """A finished run with this validation cross-entropy, and accuracies that have settled."""
    cross_entropy = np.stack([FALLING, validation, validation], axis=1)
    accuracy = np.tile([1.0, 0.9, 0.9], (len(EPOCHS), 1))
    trajectory = trajectory_of(EPOCHS, accuracy, cross_entropy, np.ones(len(EPOCHS)))
    return replace(Result(Trial(Configuration.stack((8,), epochs=40), replicate), "finished", trajectory), **changes)  # type: ignore[arg-type]


def found(results: list[Result]) -> dict[str, CurveFinding]:
    return {one.kind: one for one in diagnose_runs([results], chance=0.1, margin=0.01)[0]}


def test_each_diagnosis_is_counted_with_its_median_epoch() -> None:
    shown = found([run(RISING), run(RISING), run(FALLING)])
    assert (shown["overfitting"].runs, shown["overfitting"].of) == (2, 3)
    assert 12 <= shown["overfitting"].epoch <= 16
    assert (shown["still improving"].runs, shown["still improving"].epoch) == (1, 40)


def test_a_run_that_diverged_before_its_first_record_is_counted() -> None:
    lost = run(RISING, state="failed", trajectory=EMPTY, diverged_epoch=1)
    assert found([run(RISING), lost])["diverged"] == CurveFinding("diverged", 1, 2, 1)


def test_a_run_whose_worker_died_says_nothing() -> None:
    assert found([run(RISING), run(RISING, state="failed", trajectory=EMPTY)])["overfitting"].of == 1
    assert diagnose_runs([[]], chance=0.1, margin=0.01) == [()]


def note(*shown: tuple[CurveFinding, ...], axis: str = "depth", label: str = "hidden layers") -> str:
    points = sample.small_panel().points[-len(shown) :]
    return curves_note([replace(p, curve_findings=f) for p, f in zip(points, shown, strict=True)], axis, label)


def improving(runs: int) -> tuple[CurveFinding, ...]:
    return (CurveFinding("still improving", runs, 5, 40),)


def test_depths_at_which_most_runs_still_improve_are_named() -> None:
    assert note((), improving(4), improving(3)) == (
        "At 10 and 12 hidden layers most runs still improve at the end: train longer before blaming depth."
    )
    assert note(improving(4), improving(4)).startswith("Everywhere, most runs")


def test_few_runs_are_not_held_against_the_verdict() -> None:
    assert note(improving(2), ()) == ""
    assert note((CurveFinding("overfitting", 5, 5, 9),), ()) == ""


def test_diverged_and_untaught_runs_count_together() -> None:
    lost = (CurveFinding("diverged", 2, 5, 3), CurveFinding("never learned", 2, 5, 40))
    assert note((), lost).startswith("At 12 hidden layers most runs diverged or never learned")


def test_values_of_another_axis_are_not_to_be_compared_yet() -> None:
    assert "train longer before comparing them" in note((), improving(5), axis="learning_rate", label="learning rate")


def test_networks_that_have_not_learned_the_training_data_are_named() -> None:
    points = [_fitting(depth, fit) for depth, fit in ((1, 0.83), (2, 0.92), (4, 0.99), (6, 0.97))]
    assert curves_note(points, "depth", "hidden layers").startswith(
        "At 1 and 2 hidden layers, networks have not learned the training data yet: training accuracy is 83.0 % and "
        "92.0 %, elsewhere 99.0 %."
    )
    assert curves_note(points[2:], "depth", "hidden layers") == ""  # failing at the deep end is another matter
    assert curves_note(points, "samples", "training samples") == ""
    balanced = [replace(one, configuration=replace(one.configuration, class_weights="balanced")) for one in points]
    assert curves_note(balanced, "depth", "hidden layers") == ""  # they give accuracy away for classes that are rare


def _fitting(depth: int, train: float) -> Point:
    point = sample.small_panel().points[0]
    return replace(point, value=depth, fit=Interval(train, train, train, 5), curve_findings=())


def _drawn(rng: np.random.Generator) -> Trajectory:
    """A curve of some length that learns or not, turns or not, jumps or not, and may break."""
    records = int(rng.choice([0, 1, 2, 3, 5, 9, 10, 40, 40, 40]))
    epochs = np.arange(1, records + 1) * int(rng.choice([1, 1, 5]))
    noise = rng.choice([0.0, 0.002, 0.05]) * rng.normal(size=(2, records, 3))
    accuracy = rng.choice([1.0, 0.12, 0.6]) * (1 - np.exp(-epochs / 4))[:, None] + noise[0]
    turn = rng.choice([0.0, 0.02]) * np.maximum(0, epochs - rng.integers(40))
    cross_entropy = (np.exp(-epochs / rng.choice([3, 30])) + turn)[:, None] + noise[1]
    if records and rng.random() < 0.3:
        accuracy[rng.integers(records) :] *= 0.2
    if records and rng.random() < 0.3:
        cross_entropy[rng.integers(records) :, rng.integers(3)] = rng.choice([np.nan, np.inf])
    return trajectory_of(epochs, np.clip(accuracy, 0, 1), cross_entropy, np.ones(records))


@pytest.mark.parametrize("seed", range(20))
def test_many_curves_together_are_diagnosed_as_each_by_itself(seed: int) -> None:
    rng = np.random.default_rng(seed)
    curves = [_drawn(rng) for _ in range(60)]
    together = diagnose_all(curves, chance=0.1, margin=0.01)
    assert together == tuple(diagnose(curve, chance=0.1, margin=0.01) for curve in curves)
    assert any(together)
