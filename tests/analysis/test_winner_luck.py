"""How much of what searches saw of their winners was luck."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from study.analysis.conclude import conclude
from study.analysis.winner_luck import luck_sentence
from study.design.plan import make_plan
from study.design.source import build_spec
from study.records.intervals import Interval
from study.records.metrics import ACCURACY
from study.records.trials import SEARCH_REPLICATE, Result, Trial
from study.run.coordinator import run_study
from study.run.executors.inprocess import InProcessExecutor
from study.run.observers import Observer
from study.store import open_store
from tests.conftest import FACTS, retold, scripted_result

LUCK = 0.03


def lucky(trial: Trial) -> Result:
    """Every network reaches 80 % on validation, in a search 3 points more."""
    reached = 0.8 + LUCK * (trial.replicate >= SEARCH_REPLICATE)
    result = replace(scripted_result(trial), items=())
    return retold(result, accuracy=np.tile([1.0, reached, 0.8], (len(result.trajectory.epochs), 1)))


@pytest.mark.parametrize("depths", [[], [1, 2, 3]])
def test_what_winners_lose_on_fresh_replicates_is_told_search_by_search(depths: list[int]) -> None:
    scientific = {"depth": {"values": depths}} if depths else {}
    width = {"role": "nuisance", "low": 4, "high": 9}
    space = {**scientific, "width": width}
    values = {"name": "s", "dataset": "digits", "network": {"epochs": 3}, "space": space, "search": {"trials": 3}}
    store = open_store("sqlite://", create=True)
    store.begin(make_plan(build_spec(values, "test")), "hash", FACTS)
    run_study("s", store, InProcessExecutor(lucky), Observer())
    found = conclude(store.load_own("s")).search
    assert found is not None and found.luck is not None
    assert found.luck.mean == pytest.approx(LUCK) and found.luck.n == max(len(depths), 1)
    assert "better by 3 points" in luck_sentence(found.luck, ACCURACY)


def test_a_winner_that_does_as_well_again_was_not_lucky() -> None:
    said = luck_sentence(Interval(-0.001, None, None, 1), ACCURACY)
    assert "worse by 0.1 points in the search than on fresh replicates: what the search promised was kept" in said
    assert luck_sentence(None, ACCURACY) == ""
