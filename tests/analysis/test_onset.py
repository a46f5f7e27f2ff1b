"""The onset verdict on scripted curves whose answer is plain to the eye, and its behaviour on odd input."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import isotonic_regression

from benchmarks.simulated_items import Population, draw, measure
from benchmarks.simulated_studies import MARGIN, Family, both, falling, normal
from study.analysis.item_intervals import NEW_DATA, Sampling
from study.analysis.onset import critical_values as simulated
from study.analysis.onset.depth_comparison import DepthComparison
from study.analysis.onset.failing_zone import failed_runs
from study.analysis.onset.find import PROCEDURE_VERSION, OnsetVerdict, find_onset
from study.analysis.onset.item_noise import item_variance
from study.analysis.onset.layout import comparable, lay_out
from study.analysis.onset.spikes import spiked_runs
from study.analysis.onset.verdict import Kind
from study.errors import InputError

DEPTHS = [1, 2, 4, 6, 8, 10, 12]
FALLING = np.array([0.841, 0.846, 0.846, 0.833, 0.821, 0.805, 0.799])
FLAT = np.full(7, 0.84)
KINDS = {"overfitting", "degradation", "unsettled", "benign", "none", "inconclusive", "training fails"}


def runs(curve: np.ndarray[Any, Any], replicates: int = 8, noise: float = 0.003, seed: int = 1) -> np.ndarray[Any, Any]:
    """Accuracies (R, D) around ``curve`` with noise per run and, three times as large, per replicate."""
    rng = np.random.default_rng(seed)
    block = 3 * noise * rng.standard_normal((replicates, 1))
    return np.clip(curve + block + noise * rng.standard_normal((replicates, len(curve))), 0, 1)


def perfect(replicates: int = 8, depths: int = 7) -> np.ndarray[Any, Any]:
    return np.ones((replicates, depths))


class TestPlainCurves:
    def test_a_fall_with_perfect_training_is_overfitting(self) -> None:
        verdict = find_onset(DEPTHS, perfect(), runs(FALLING), margin=0.01)
        assert verdict.kind == "overfitting"
        assert verdict.onset == 6
        assert verdict.interval is not None and verdict.interval[0] >= 4 and verdict.interval[1] == 6
        assert verdict.certain_from == 6
        assert verdict.reference_depth in (2, 4)
        assert verdict.test_drop == pytest.approx(0.047, abs=0.005)
        assert verdict.train_drop == 0
        assert verdict.gap_grows is True

    def test_a_flat_curve_has_no_onset(self) -> None:
        verdict = find_onset(DEPTHS, perfect(10), runs(FLAT, 10, seed=2), margin=0.01)
        assert verdict.kind == "none"
        assert verdict.onset is None and verdict.interval is None and verdict.certain_from is None
        assert verdict.largest_drop_upper_bound is not None and verdict.largest_drop_upper_bound <= 0.01

    def test_a_growing_gap_without_a_fall_is_benign(self) -> None:
        train = runs(np.linspace(0.9, 0.99, 7), 10, noise=0.001)
        assert find_onset(DEPTHS, train, runs(FLAT, 10), margin=0.01).kind == "benign"

    def test_noise_larger_than_the_margin_is_inconclusive_and_says_what_it_takes(self) -> None:
        verdict = find_onset(DEPTHS, perfect(5), runs(np.linspace(0.84, 0.87, 7), 5, noise=0.02), margin=0.01)
        assert verdict.kind == "inconclusive"
        assert verdict.replicates_needed is not None and verdict.replicates_needed > 100
        assert "would settle" not in verdict.sentence()  # nobody runs hundreds
        less = find_onset(DEPTHS, perfect(8), runs(FLAT, 8, noise=0.013), margin=0.01)
        assert less.kind == "inconclusive" and less.replicates_needed is not None and less.replicates_needed > 8
        assert f"about {less.replicates_needed} replicates would settle it" in less.sentence()

    def test_training_that_falls_along_is_degradation(self) -> None:
        loss = np.array([0, 0, 0, -0.001, -0.002, -0.003, -0.004])
        verdict = find_onset(DEPTHS, runs(0.99 + loss, noise=0.0002), runs(0.9 + loss, noise=0.0005), margin=0.01)
        assert verdict.kind == "degradation"
        assert verdict.onset is None and verdict.certain_from is not None

    def test_flat_then_failing_training_is_degradation(self) -> None:
        curve = np.array([0, 0, 0, 0, 0, -0.1, -0.3])
        verdict = find_onset(DEPTHS, runs(0.99 + curve, noise=0.001), runs(0.9 + curve), margin=0.01)
        assert verdict.kind == "degradation"
        assert verdict.training_fails_from == 10
        assert verdict.compared_depths == (1, 2, 4, 6, 8)
        assert verdict.onset is None and verdict.interval is not None and verdict.interval[1] == 10

    def test_overfitting_too_small_to_show_before_training_fails_is_covered_by_the_interval(self) -> None:
        """Overfitting by one deviation a layer from the fourth of eight depths on, training fails from the sixth."""
        curve = both(falling(1, at=0.35), falling(8, at=0.6))
        family = Family("", "overfitting", curve, normal(), training=falling(15, at=0.6))
        rng, held, studies = np.random.default_rng(21), 0, 40
        for _ in range(studies):
            one = family.draw(rng, 5, 8)
            verdict = find_onset(range(8), one.train, one.test, margin=MARGIN)
            assert one.onset is not None and verdict.kind in ("overfitting", "degradation", "unsettled")
            if verdict.kind == "degradation" and verdict.interval is not None:
                assert "whether overfitting comes before that is not settled" in verdict.sentence()
            held += verdict.interval is not None and verdict.interval[0] <= one.onset <= verdict.interval[1]
        assert held >= 0.9 * studies

    def test_overfitting_and_the_failing_training_behind_it_are_both_named(self) -> None:
        train = runs(np.array([1, 1, 1, 1, 1, 0.8, 0.6]), noise=0.0005)
        test = runs(np.array([0.84, 0.84, 0.83, 0.82, 0.81, 0.7, 0.5]))
        verdict = find_onset(DEPTHS, train, test, margin=0.01)
        assert (verdict.kind, verdict.training_fails_from) == ("overfitting", 10)
        assert verdict.onset is not None and verdict.onset <= 6

    def test_too_few_depths_that_train_is_training_fails(self) -> None:
        train = np.where(np.arange(7) < 2, 1.0, 0.1) * perfect()
        verdict = find_onset(DEPTHS, train, runs(FLAT), margin=0.01)
        assert (verdict.kind, verdict.training_fails_from) == ("training fails", 4)

    def test_one_bad_depth_inside_is_a_dip_and_no_onset(self) -> None:
        curve = FLAT - 0.03 * (np.arange(7) == 3)
        verdict = find_onset(DEPTHS, perfect(10), runs(curve, 10, noise=0.002), margin=0.01)
        assert verdict.onset is None
        assert [dip.depth for dip in verdict.local_dips] == [6]
        assert verdict.local_dips[0].drop == pytest.approx(0.03, abs=0.005)

    def test_rising_to_the_end_has_no_onset(self) -> None:
        assert find_onset(DEPTHS, perfect(), runs(np.linspace(0.8, 0.86, 7)), margin=0.01).kind == "none"

    def test_a_falling_axis_is_read_in_its_own_order(self) -> None:
        sizes = [54_000, 27_000, 9_000, 3_000, 1_000, 500, 300]
        verdict = find_onset(sizes, perfect(), runs(FALLING), margin=0.01)
        assert verdict.onset == 3_000
        assert "3,000 training samples" in verdict.sentence("training samples")

    def test_the_finite_test_set_can_take_a_claim_away(self) -> None:
        rng = np.random.default_rng(3)
        easy = rng.random((7, 60)) < 0.85  # the same 60 items decide every replicate
        correct = np.broadcast_to(easy, (8, 7, 60))
        test = correct.mean(axis=2) + 0.001 * rng.standard_normal((8, 7))
        test = np.clip(np.sort(test, axis=1)[:, ::-1], 0, 1)
        assert find_onset(DEPTHS, perfect(), test, margin=0.01).onset is not None
        assert find_onset(DEPTHS, perfect(), test, margin=0.01, correct=correct).onset is None


class TestSchemes:
    """What replicates share decides how sure a verdict can be: items, training rows."""

    @pytest.mark.parametrize("scheme", ["fixed", "1 x 5 folds", "2 x 5 folds", "holdout"])
    def test_the_sampling_of_items_is_seldom_taken_for_a_fall(self, scheme: str) -> None:
        found = measure(Population(depths=4, items=400), scheme, 60, seed=2)
        assert found.claimed <= 0.08  # 5 %, and a standard error

    def test_repeats_of_folds_share_items_and_one_repeat_does_not(self) -> None:
        rng = np.random.default_rng(3)
        population = Population(depths=4, items=400)
        once, twice = (draw(population, scheme, rng) for scheme in ("1 x 5 folds", "2 x 5 folds"))
        alone, repeated = (
            item_variance(one.correct, np.ones(one.test.shape, bool), one.tested) for one in (once, twice)
        )
        assert not alone.any() and (repeated > 0).any()

    def test_a_large_fall_is_found_under_folds_and_its_interval_speaks_of_new_data(self) -> None:
        one = draw(Population(fall=0.1), "2 x 5 folds", np.random.default_rng(4))
        verdict = find_onset(
            range(6),
            np.ones_like(one.test),
            one.test,
            margin=0.01,
            correct=one.correct,
            tested=one.tested,
            sampling=one.sampling,
        )
        assert verdict.kind == "overfitting" and verdict.test_drop_speaks_of == "new data"
        assert verdict.test_drop_interval is not None and verdict.test_drop_interval[0] > 0.03

    def test_without_single_items_the_interval_speaks_of_these_replicates(self) -> None:
        verdict = find_onset(DEPTHS, perfect(), runs(FALLING), margin=0.01)
        assert verdict.test_drop_speaks_of == "these replicates"

    def test_these_items_can_be_all_there_are(self) -> None:
        one = draw(Population(fall=0.03), "fixed", np.random.default_rng(5))
        table = (range(6), np.ones_like(one.test), one.test)
        new, these = (
            find_onset(*table, margin=0.01, correct=one.correct, tested=one.tested, sampling=Sampling(name))
            for name in ("new data", "these items")
        )
        assert these.test_drop_speaks_of == "these items"
        assert these.largest_drop_upper_bound is not None and new.largest_drop_upper_bound is not None
        assert these.largest_drop_upper_bound < new.largest_drop_upper_bound


class TestReplicatesNeeded:
    @staticmethod
    def comparison(means: list[float], variances: list[float], extra: float = 0.0) -> DepthComparison:
        depths = len(means)
        table = np.tile(means, (4, 1))
        made = DepthComparison.of(
            table, table, np.ones((4, depths), bool), None, NEW_DATA, 0.05, 0, level=0.05, before_failing=False
        )
        critical = replace(made.critical, single=(2.0,) * (depths - 1))
        shared = np.full((depths, depths), extra)
        return replace(made, means=np.array(means), variances=np.array(variances), extra=shared, critical=critical)

    def test_it_is_the_first_number_at_which_the_bound_is_within_the_margin(self) -> None:
        # 0.002 + 2 * sqrt(2 * 1e-4 / R) <= 0.01 from R = 2e-4 / 0.004**2 = 12.5 on.
        assert self.comparison([0.9, 0.902, 0.9], [1e-4, 1e-4, 1e-4]).replicates_needed(0.01) == 13

    def test_it_is_more_than_there_are(self) -> None:
        assert self.comparison([0.9, 0.9, 0.9], [1e-8, 1e-8, 1e-8]).replicates_needed(0.01) == 5

    def test_the_test_sets_own_variance_does_not_shrink(self) -> None:
        means, variances = [0.9, 0.902, 0.9], [1e-4, 1e-4, 1e-4]
        assert self.comparison(means, variances, extra=9e-6).replicates_needed(0.01) == 29
        assert self.comparison(means, variances, extra=1.7e-5).replicates_needed(0.01) is None

    def test_an_observed_difference_beyond_the_margin_is_not_settled_by_replicates(self) -> None:
        assert self.comparison([0.9, 0.911, 0.9], [1e-4, 1e-4, 1e-4]).replicates_needed(0.01) is None

    def test_a_thousand_is_the_most(self) -> None:
        assert self.comparison([0.9, 0.9, 0.9], [0.01249, 0.0, 0.01249]).replicates_needed(0.01) == 1_000
        assert self.comparison([0.9, 0.9, 0.9], [0.0126, 0.0, 0.0126]).replicates_needed(0.01) is None

    def test_where_none_would_do_the_sentence_says_nothing_of_them(self) -> None:
        verdict = find_onset(DEPTHS, perfect(5), runs(np.linspace(0.86, 0.84, 7), 5, noise=0.02), margin=0.01)
        assert (verdict.kind, verdict.replicates_needed) == ("inconclusive", None)
        assert "would settle" not in verdict.sentence()


class TestFailedRuns:
    def test_failed_runs_are_left_out_and_counted(self) -> None:
        train, test = perfect(), runs(FLAT)
        train[0, 5], test[0, 5] = 0.1, 0.1
        train[1, 6] = np.inf
        verdict = find_onset(DEPTHS, train, test, margin=0.01)
        assert [(f.depth, f.failed, f.runs) for f in verdict.failed_runs] == [(10, 1, 8), (12, 1, 8)]
        assert verdict.replicates == (7, 8)
        assert "1 of 8 runs at 10" in verdict.sentence()

    def test_runs_that_were_not_run_do_not_count_as_failed(self) -> None:
        train, test = perfect(), runs(FALLING)
        train[3:, 1], test[3:, 1] = np.nan, np.nan
        verdict = find_onset(DEPTHS, train, test, margin=0.01)
        assert verdict.failed_runs == () and verdict.kind == "overfitting"
        assert verdict.replicates == (3, 8)

    def test_a_depth_keeps_its_place_with_half_its_runs(self) -> None:
        train = perfect(4, 3)
        train[:2, 1] = 0.1
        train[:3, 2] = 0.1
        state = failed_runs(train, train, 0.1, 0.01)
        assert state.failing.tolist() == [False, False, True]
        assert state.usable.sum(axis=0).tolist() == [4, 2, 0]

    def test_a_run_whose_training_broke_is_left_out_where_others_trained(self) -> None:
        train, test = perfect(), runs(FLAT)
        train[:3, 5], test[:3, 5] = 0.95, 0.80
        verdict = find_onset(DEPTHS, train, test, margin=0.01)
        assert verdict.failed_runs == ()
        (spikes,) = verdict.spiked_runs
        assert (spikes.depth, spikes.runs, spikes.accuracy, spikes.siblings) == (10, 8, (0.95, 0.95, 0.95), 1.0)
        assert verdict.kind in ("none", "inconclusive") and verdict.replicates == (5, 8)
        words = "ended in a spike: 3 of 8 runs at 10 (95.0 % where their siblings have 100.0 %)"
        assert words in verdict.sentence()
        assert "failed" not in verdict.sentence()

    def test_a_single_bad_run_is_noise_and_stays(self) -> None:
        train, test = perfect(5), runs(FLAT, 5)
        train[1, 6] = 0.97
        verdict = find_onset(DEPTHS, train, test, margin=0.01)
        assert verdict.spiked_runs == () and verdict.replicates == (5, 5)

    @pytest.mark.parametrize("replicates", [3, 5, 8])
    @pytest.mark.parametrize("tails", ["normal", "heavy"])
    def test_ordinary_runs_are_left_out_in_one_of_a_hundred_studies_at_most(self, replicates: int, tails: str) -> None:
        rng, lost, studies = np.random.default_rng([11, replicates]), 0, 0
        for depths in (6, 8, 12):
            for noise in (0.005, 0.01, 0.02):  # half a margin, one, two
                shape = (100, replicates, depths)
                drawn = rng.standard_normal(shape) if tails == "normal" else rng.standard_t(3, shape)
                for train in np.clip(0.998 + noise * drawn, 0, 1):
                    lost += bool(spiked_runs(train, train > 0.5, 0.01).any())
                    studies += 1
        assert lost <= 0.01 * studies

    def test_where_most_runs_lose_training_accuracy_none_is_left_out(self) -> None:
        train = perfect()
        train[:5, 5:] = 0.95
        state = failed_runs(train, runs(FLAT), 0.1, 0.01)
        assert not state.spiked.any()

    def test_nothing_learned_anywhere_is_training_fails(self) -> None:
        assert find_onset(DEPTHS, 0.1 * perfect(), 0.1 * perfect()).kind == "training fails"


class TestRealGrid:
    """A real grid up to 20 layers, where training breaks down more and more often from 12 on."""

    def test_overfitting_and_failing_training_are_each_named(self) -> None:
        grid = json.loads((Path(__file__).parent / "grid_1000_samples.json").read_text())
        verdict = find_onset(grid["depths"], grid["train"], grid["test"], margin=0.01)
        assert verdict.kind == "overfitting" and verdict.training_fails_from == 20
        assert verdict.interval is not None and verdict.interval[1] <= 14 and verdict.drop_depth in (10, 12, 14)
        assert [(f.depth, len(f.accuracy)) for f in verdict.spiked_runs] == [(12, 1), (14, 3), (16, 3)]

    def test_three_replicates_are_too_few_and_no_overfitting_is_claimed(self) -> None:
        grid = json.loads((Path(__file__).parent / "grid_1000_samples.json").read_text())
        verdict = find_onset(grid["depths"], grid["train"][:3], grid["test"][:3], margin=0.01)
        assert verdict.onset is None and verdict.training_fails_from == 20


class TestFewRuns:
    @pytest.mark.parametrize(("replicates", "depths"), [(0, 7), (1, 7), (8, 2), (8, 1), (2, 0), (1, 1)])
    def test_too_little_to_compare_is_said_and_not_raised(self, replicates: int, depths: int) -> None:
        verdict = find_onset(DEPTHS[:depths], perfect(replicates, depths), perfect(replicates, depths))
        assert verdict.kind == "inconclusive"
        assert verdict.sentence().startswith("Not enough runs")

    def test_two_replicates_and_three_depths_give_a_verdict(self) -> None:
        verdict = find_onset([1, 2, 3], perfect(2, 3), runs(FLAT[:3], 2))
        assert verdict.kind in ("none", "inconclusive") and verdict.replicates == (2, 2)

    def test_an_empty_column_is_passed_over(self) -> None:
        train, test = perfect(), runs(FALLING)
        train[:, 6], test[:, 6] = np.nan, np.nan
        verdict = find_onset(DEPTHS, train, test, margin=0.01)
        assert verdict.compared_depths[-1] == 10 and verdict.training_fails_from is None


class TestSentence:
    def test_a_fall_below_the_margin_is_no_headline_and_told_to_be_one(self) -> None:
        verdict = OnsetVerdict(
            "overfitting", onset=8, interval=(6, 8), certain_from=8, reference_depth=2, drop_depth=12, test_drop=0.006,
            test_drop_interval=(0.002, 0.01), train_drop=0.0, train_accuracy=1.0, margin=0.01, replicates=(5, 5),
            compared_depths=(1, 2, 6, 8, 12),
        )  # fmt: skip
        assert verdict.sentence().startswith(
            "With 5 replicates, no fall of test accuracy that matters was found up to 12 hidden layers; a small one is "
            "shown, starting at 8 (95 % interval 6 to 8): test accuracy falls by 0.6 points (0.2 to 1.0; less than the "
            "margin of 1 point) from"
        )
        assert verdict.outcome == "small fall"
        larger = replace(verdict, margin=0.005)
        assert "margin" not in larger.sentence() and larger.outcome == "overfitting"

    def test_overfitting(self) -> None:
        verdict = OnsetVerdict(
            kind="overfitting", onset=6, interval=(4, 6), guaranteed_interval=(2, 6), certain_from=6, reference_depth=2,
            drop_depth=12, test_drop=0.047, test_drop_interval=(0.041, 0.053), train_drop=0.0, train_accuracy=1.0,
            compared_depths=(1, 2, 6, 12), replicates=(8, 8),
        )  # fmt: skip
        assert verdict.sentence() == (
            "With 8 replicates, overfitting starts at 6 hidden layers (95 % interval 4 to 6; certain from 6): test "
            "accuracy falls by 4.7 points (4.1 to 5.3) from its best, at 2, to 12 while training accuracy stays at "
            "100.0 %."
        )

    @pytest.mark.parametrize(
        ("depths", "words", "wrong"), [((1, 6, 12), "up to 12", "down"), ((12, 6, 1), "down to 1", "up to 1")]
    )
    @pytest.mark.parametrize("kind", ["none", "benign", "inconclusive"])
    def test_no_fall_reaches_the_end_of_the_axis(
        self, kind: Kind, depths: tuple[int, ...], words: str, wrong: str
    ) -> None:
        verdict = OnsetVerdict(kind, largest_drop_upper_bound=0.004, compared_depths=depths, replicates=(5, 5))
        assert words in verdict.sentence("training samples") and wrong not in verdict.sentence("training samples")

    def test_training_that_gets_worse_by_less_than_the_margin_is_no_headline_either(self) -> None:
        verdict = OnsetVerdict(
            "degradation", certain_from=8, reference_depth=1, drop_depth=8, test_drop=0.009,
            test_drop_interval=(0.003, 0.015), train_drop=0.015, train_accuracy=0.973, margin=0.02,
            compared_depths=(1, 2, 4, 8), replicates=(12, 12),
        )  # fmt: skip
        assert verdict.outcome == "small fall"
        assert verdict.sentence() == (
            "With 12 replicates, no fall of test accuracy that matters was found up to 8 hidden layers; a small one is "
            "shown, and training itself gets worse: test accuracy falls by 0.9 points (0.3 to 1.5; less than the "
            "margin of 2 points) from its best, at 1, to 8, certainly from 8, and training accuracy falls by 1.5 "
            "points to 97.3 %."
        )
        assert replace(verdict, margin=0.005).outcome == "degradation"
        # Where training fails, but no fall was shown before, there is none to be small.
        assert replace(verdict, certain_from=None, training_fails_from=8).outcome == "degradation"
        # And where it fails further on, that is the news, however small the fall before.
        fails = replace(verdict, certain_from=4, drop_depth=4, training_fails_from=8)
        assert fails.outcome == "degradation" and "from 8 on, training accuracy itself falls" in fails.sentence()

    @pytest.mark.parametrize(("depths", "word"), [((1, 6, 12), "more"), ((12, 6, 1), "fewer")])
    @pytest.mark.parametrize("certain", [None, 6])
    def test_degradation_names_the_direction_of_the_axis(
        self, certain: int | None, depths: tuple[int, ...], word: str
    ) -> None:
        verdict = OnsetVerdict(
            kind="degradation", certain_from=certain, reference_depth=depths[0], drop_depth=depths[-1],
            test_drop=0.02, train_drop=0.02, train_accuracy=0.9, largest_drop_upper_bound=0.02,
            compared_depths=depths, replicates=(5, 5),
        )  # fmt: skip
        assert f"{word} training samples" in verdict.sentence("training samples")

    def test_a_falling_axis_without_a_fall_in_full(self) -> None:
        verdict = find_onset([54_000, 9_000, 3_000, 1_000, 500, 400, 300], perfect(), 0.9 * perfect())
        assert verdict.sentence("training samples").startswith(
            "With 8 replicates, no overfitting down to 300 training samples:"
        )

    def test_words_of_the_axis_are_the_callers(self) -> None:
        verdict = find_onset(DEPTHS, perfect(), runs(FALLING), margin=0.01)
        assert "units per layer" in verdict.sentence(axis="units per layer")
        assert "hidden layers" not in verdict.sentence(axis="units per layer")


class TestInput:
    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"depths": [1, 2, 2, 3, 4, 5, 6]}, "strictly"),
            ({"depths": [[1, 2]]}, "list of numbers"),
            ({"depths": ["a"] * 7}, "list of numbers"),
            ({"depths": [1, 2, 3]}, "shape"),
            ({"test_accuracy": 100 * perfect()}, r"\[0, 1\]"),
            ({"test_accuracy": perfect(3)}, "one shape"),
            ({"train_accuracy": [["x"] * 7]}, "numbers"),
            ({"margin": 0}, "margin"),
            ({"alpha": 0.7}, "alpha"),
            ({"chance": 1.5}, "chance"),
            ({"seed": -1}, "seed"),
            ({"correct": perfect()}, "correct"),
            ({"correct": np.full((8, 7, 10), 255)}, "unpackbits"),
        ],
    )
    def test_unusable_input_is_named(self, change: dict[str, Any], words: str) -> None:
        given_: dict[str, Any] = {"depths": DEPTHS, "train_accuracy": perfect(), "test_accuracy": runs(FLAT)}
        with pytest.raises(InputError, match=words):
            find_onset(**{**given_, **change})


def accuracies(low: float) -> st.SearchStrategy[np.ndarray[Any, Any]]:
    steps = st.sampled_from([low, 0.9, 0.95, 0.951, 1.0, np.nan])
    return arrays(float, (4, 5), elements=steps)


class TestProperties:
    def test_a_fall_that_no_replicate_has_both_ends_of_is_not_claimed(self) -> None:
        n = np.nan
        test = np.array([[0.9, n, n, 0.9, 0.1], [0.9, n, n, 0.1, 0.9], [n, n, 0.1, 0.1, n], [n, n, 0.1, 0.1, n]])
        verdict = find_onset([1, 2, 3, 4, 5], np.full((4, 5), 0.9), test)
        assert verdict.kind == "inconclusive" and verdict.onset is None and verdict.sentence()

    @settings(max_examples=30, deadline=None)
    @given(accuracies(0.1), accuracies(0.1), st.permutations(range(4)))
    def test_any_table_gives_a_verdict_that_json_can_hold_and_replicates_can_be_shuffled(
        self, train: np.ndarray[Any, Any], test: np.ndarray[Any, Any], order: list[int]
    ) -> None:
        verdict = find_onset([1, 2, 3, 5, 8], train, test)
        assert verdict.kind in KINDS
        assert json.loads(json.dumps(asdict(verdict), allow_nan=False))["procedure_version"] == PROCEDURE_VERSION
        assert verdict.sentence().endswith(".") and "nan" not in verdict.sentence()
        assert find_onset([1, 2, 3, 5, 8], train[order], test[order]) == verdict

    @settings(max_examples=30, deadline=None)
    @given(st.integers(0, 10_000), st.floats(0, 3))
    def test_the_interval_holds_the_onset_and_ends_where_the_fall_is_certain(self, seed: int, slope: float) -> None:
        curve = 0.9 - 0.004 * slope * np.maximum(np.arange(7) - 2, 0)
        verdict = find_onset(DEPTHS, perfect(5), runs(curve, 5, seed=seed), margin=0.01)
        if verdict.onset is not None:
            assert verdict.interval is not None and verdict.guaranteed_interval is not None
            first, low, high, last = verdict.guaranteed_interval[0], *verdict.interval, verdict.guaranteed_interval[1]
            assert first <= low <= verdict.onset <= high <= last == verdict.certain_from

    def test_equal_accuracies_everywhere_show_that_nothing_falls(self) -> None:
        assert find_onset(DEPTHS, perfect(), 0.9 * perfect()).kind == "none"

    def test_a_fall_without_any_noise_is_found(self) -> None:
        verdict = find_onset(DEPTHS, perfect(), np.tile(FALLING, (8, 1)))
        assert (verdict.kind, verdict.certain_from) == ("overfitting", 6)

    def test_same_seed_same_verdict(self) -> None:
        train, test = perfect(5), runs(FALLING, 5)
        assert find_onset(DEPTHS, train, test, seed=4) == find_onset(DEPTHS, train, test, seed=4)
        present = np.ones((5, 7), bool)
        assert simulated.critical_values(present, 0.05, 4) != simulated.critical_values(present, 0.05, 5)


class TestLayout:
    def test_a_full_table_gives_plain_means_and_variances(self) -> None:
        table = runs(FALLING, 6)
        layout = lay_out(np.ones((6, 7), bool))
        residuals = table - table.mean(axis=1, keepdims=True) - table.mean(axis=0) + table.mean()
        own = 7 * (residuals**2).sum(axis=0) / (6 * 5)
        expected = np.maximum(own, isotonic_regression(own).x)
        np.testing.assert_allclose(layout.means(table.ravel()), table.mean(axis=0))
        np.testing.assert_allclose(layout.variances(table.ravel()), expected)

    def test_holes_are_filled_as_by_iteration(self) -> None:
        present = np.ones((5, 6), bool)
        present[0, 1] = present[3, 4] = present[4, 4] = False
        table = runs(FALLING[:6], 5)
        filled = np.where(present, table, 0.8)
        for _ in range(300):
            fit = filled.mean(axis=1, keepdims=True) + filled.mean(axis=0) - filled.mean()
            filled = np.where(present, table, fit)
        np.testing.assert_allclose(lay_out(present).means(table[present]), filled.mean(axis=0))

    def test_depths_without_a_shared_replicate_are_not_compared(self) -> None:
        present = np.zeros((5, 6), bool)
        present[:2, :2] = True
        present[2:, 2:] = True
        assert comparable(present).sum() == 12
        assert not comparable(present)[:2].any()


class TestItemVariance:
    def test_it_is_the_variance_over_test_sets_and_leaves_out_the_replicates(self) -> None:
        rng = np.random.default_rng(5)
        found, differences = [], []
        for _ in range(300):
            skill = np.array([[0.0], [0.3]])
            chance = 1 / (1 + np.exp(-(rng.normal(1, 2, (2, 200)) - skill)))
            correct = rng.random((4, 2, 200)) < chance
            found.append(item_variance(correct, np.ones((4, 2), bool))[0, 1])
            differences.append(np.subtract(*chance.mean(axis=1)))
        assert np.mean(found) == pytest.approx(np.var(differences), rel=0.25)

    def test_items_that_every_run_agrees_on_leave_nothing_to_chance(self) -> None:
        correct = np.broadcast_to(np.arange(50) < 40, (3, 4, 50))
        assert not item_variance(correct, np.ones((3, 4), bool)).any()


class TestCache:
    def test_a_seen_pattern_is_read_back_and_not_simulated_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DEPTHGAUGE_CACHE", str(tmp_path))
        present = np.ones((3, 4), bool)
        first = simulated.critical_values(present, 0.05)
        simulated._critical_values.cache_clear()
        monkeypatch.setattr(simulated, "_simulate", None)
        assert simulated.critical_values(present, 0.05) == first

    @pytest.mark.parametrize("text", ["", "{", "[]", '{"key": 1}', "\x00"])
    def test_a_damaged_file_is_replaced(self, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DEPTHGAUGE_CACHE", str(tmp_path))
        present = np.ones((3, 4), bool)
        first = simulated.critical_values(present, 0.05)
        (file,) = tmp_path.rglob("*.json")
        file.write_text(text)
        simulated._critical_values.cache_clear()
        assert simulated.critical_values(present, 0.05) == first
        assert json.loads(file.read_text())["dip"] == first.dip

    def test_a_folder_that_cannot_be_written_does_not_matter(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        blocked = tmp_path / "file"
        blocked.write_text("")
        monkeypatch.setenv("DEPTHGAUGE_CACHE", str(blocked))
        assert simulated.critical_values(np.ones((3, 4), bool), 0.05).dip > 0


def test_of_two_values_it_is_said_how_many_there_are_though_the_second_trains_worse() -> None:
    train = np.array([[0.99, 0.80], [0.99, 0.80], [0.98, 0.81]])
    found = find_onset([1, 2], train, train - 0.1)
    assert found.kind == "inconclusive" and found.compared_depths == (1, 2)
    assert "there are 2 such values" in found.sentence()
    wider = np.column_stack([train, train[:, 1] - 0.01])
    three = find_onset([1, 2, 3], wider, wider - 0.1)
    assert three.kind == "training fails" and three.compared_depths == (1,)
    assert "only 1 value of hidden layers trains as well as any" in three.sentence()
