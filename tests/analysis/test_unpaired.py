"""Runs that are not paired: own seeds at each depth, in any number, judged by the same procedure."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.imported_designs import DESIGNS, own_rows
from benchmarks.simulated_studies import CHANCE, FAMILIES, MARGIN
from study.analysis.item_intervals import Sampling
from study.analysis.onset.find import OnsetVerdict, find_onset
from study.analysis.onset.layout import comparable, lay_out, pairs_suffice
from study.analysis.onset.unpaired import difference, packed, slope
from study.errors import InputError

DEPTHS = 6


def judged(name: str, counts: list[int], seed: int = 0) -> OnsetVerdict:
    """A study of a family with own seeds, ``counts`` runs a depth."""
    present = own_rows(np.array(counts))
    study = next(f for f in FAMILIES if f.name == name).draw(np.random.default_rng(seed), *present.shape)
    train, test = (np.where(present, values, np.nan) for values in (study.train, study.test))
    return find_onset(range(len(counts)), train, test, margin=MARGIN, chance=CHANCE, paired=False)


def test_overfitting_is_found_without_any_shared_seed_and_said_so() -> None:
    verdict = judged("overfitting, s = 2.5", [5] * DEPTHS)
    assert verdict.kind == "overfitting" and not verdict.paired
    assert (
        verdict.guaranteed_interval is not None
        and verdict.guaranteed_interval[0] <= 3 <= verdict.guaranteed_interval[1]
    )
    assert verdict.test_drop_interval is not None and verdict.test_drop is not None
    assert verdict.test_drop_interval[0] < verdict.test_drop < verdict.test_drop_interval[1]
    assert verdict.sentence().startswith("With 5 runs a value, not paired,")


def test_depths_have_any_number_of_runs_and_one_run_takes_no_part() -> None:
    verdict = judged("overfitting, s = 2.5", [4, 7, 1, 5, 3, 6])
    assert verdict.compared_depths == (0, 1, 3, 4, 5) and verdict.replicates == (3, 7)
    assert verdict.kind == "overfitting" and "3 to 7 runs a value" in verdict.sentence()


def test_training_that_gets_worse_is_not_called_overfitting() -> None:
    assert judged("degradation, s = 2.5", [6] * DEPTHS).kind == "degradation"


def test_a_fall_that_is_not_there_is_not_found() -> None:
    assert judged("flat", [5] * DEPTHS).kind in ("inconclusive", "none", "benign")
    assert judged("flat", [40] * DEPTHS).kind == "none"


def test_a_gap_that_grows_is_seen_without_pairs() -> None:
    assert judged("gap grows, test flat", [30] * DEPTHS).gap_grows is True


def test_the_order_and_the_rows_of_runs_do_not_matter() -> None:
    present = own_rows(np.array([3, 5, 4, 6]))
    rng = np.random.default_rng(1)
    test = np.where(present, 0.9 + 0.01 * rng.standard_normal(present.shape), np.nan)
    train = np.where(present, 0.99, np.nan)
    first = find_onset(range(4), train, test, paired=False)
    order = rng.permutation(len(present))
    assert find_onset(range(4), train[order], test[order], paired=False) == first
    tight = packed(train, test, 0)
    assert find_onset(range(4), *tight, paired=False) == first and tight[0].shape == (6, 4)


def test_items_and_searches_belong_to_pairs() -> None:
    table = np.full((2, 3), 0.9)
    with pytest.raises(InputError, match="paired"):
        find_onset(range(3), table, table, correct=np.ones((2, 3, 4), bool), paired=False)


def test_means_and_variances_without_pairs_are_those_of_each_depth() -> None:
    present = own_rows(np.array([3, 5, 2]))
    values = np.random.default_rng(0).standard_normal(present.shape)
    layout = lay_out(present, paired=False)
    columns = [values[present[:, d], d] for d in range(3)]
    np.testing.assert_allclose(layout.means(values[present]), [column.mean() for column in columns])
    own = np.array([column.var(ddof=1) for column in columns])
    assert (layout.variances(values[present]) >= own - 1e-12).all()
    np.testing.assert_allclose(layout.freedom, [2, 4, 1])


def test_pairs_are_used_where_seeds_link_nearly_all_and_not_otherwise() -> None:
    full = np.ones((5, 6), bool)
    assert pairs_suffice(full)
    holes = full.copy()
    holes[0, 0] = holes[3, 4] = False
    assert pairs_suffice(holes)
    assert not pairs_suffice(own_rows(np.full(6, 5)))
    assert not pairs_suffice(np.concatenate([np.ones((2, 6), bool), own_rows(np.full(6, 3))]))
    assert comparable(own_rows(np.full(6, 5)), paired=False).all(axis=0).sum() == 0


def test_a_difference_is_welchs_and_a_slope_its_sum_over_depths() -> None:
    from scipy import stats

    rng = np.random.default_rng(3)
    table = np.full((7, 2), np.nan)
    table[:7, 0], table[:4, 1] = rng.normal(1, 1, 7), rng.normal(0, 3, 4)
    found = difference(table, [0], [1], Sampling(), 0.05)
    expected = stats.ttest_ind(table[:7, 0], table[:4, 1], equal_var=False).confidence_interval(0.95)
    assert found.low is not None
    np.testing.assert_allclose([found.low, found.high], [expected.low, expected.high])
    both = slope(table, 0.025)
    np.testing.assert_allclose([both.low, both.high], [-expected.high, -expected.low])
    assert difference(table[:1], [0], [1], Sampling(), 0.05).low is None


@pytest.mark.parametrize("design", DESIGNS)
def test_flat_runs_are_seldom_taken_for_a_fall_in_any_design(design: str) -> None:
    from benchmarks.imported_designs import measure

    flat = next(family for family in FAMILIES if family.name == "noise growing x3")
    outcome = measure(design, flat, 5, DEPTHS, 80)
    assert outcome.claimed <= 9  # of 80 with 5 % each: more than 9 in one of 100 draws
