"""A study that nobody can run is refused with its size, at once: counted, never built."""

from __future__ import annotations

from pathlib import Path

import pytest

from study.design.bounds import MOST_CELLS
from study.design.plan import Plan, make_plan
from study.design.source import build_spec, load_spec, presets
from study.design.spec import StudySpec
from study.errors import SpecError, StoreError
from study.store import open_store
from tests.conftest import FACTS

HUGE = {
    "depth": {"values": list(range(1, 201))},
    "width": {"values": list(range(1, 1001))},
    "learning_rate": {"values": [i / 1000 for i in range(1, 201)]},
}


def test_bounds_hold_for_the_product_of_all_keys() -> None:
    with pytest.raises(SpecError, match="comes to 40,000,000 combinations of values, and 10,000 are the most"):
        build_spec({"space": HUGE}, "test")
    with pytest.raises(SpecError, match="comes to 1,000,000,000 trials, and 1,000,000 are the most"):
        tuned = {"width": {"role": "nuisance", "low": 8, "high": 64}, "depth": {"values": list(range(1, 101))}}
        arms = [{"name": str(i)} for i in range(100)]
        build_spec({"space": tuned, "search": {"trials": 99_995}, "replicates": 5, "arms": arms}, "test")
    with pytest.raises(SpecError, match=r"arms: .*at most 1000"):
        build_spec({"arms": [{"name": str(i)} for i in range(1001)]}, "test")


def test_the_largest_study_that_is_allowed_is_planned() -> None:
    space = {"depth": {"values": list(range(1, 101))}, "width": {"values": list(range(1, MOST_CELLS // 100 + 1))}}
    (panel, *_) = panels = make_plan(build_spec({"space": space, "replicates": 100}, "test")).panels
    assert len(panels) * len(panel.cells) == MOST_CELLS


@pytest.mark.parametrize("name", presets())
def test_a_preset_is_far_from_the_bounds(name: str) -> None:
    if (spec := load_spec(name)).model is None:  # those of code are planned by running it
        assert make_plan(spec).most < 10_000


def test_such_a_study_in_a_store_from_elsewhere_is_named_and_hangs_nothing(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "studies.db"), create=True)
    huge = StudySpec.model_validate({"name": "huge", "dataset": "digits", "space": HUGE})
    store.begin(Plan(huge, panels=()), "hash", FACTS)  # as nobody who goes through make_plan can
    for ask in (store.list, lambda: store.overview("huge")):
        with pytest.raises(StoreError, match=r"'huge'.*40,000,000 combinations"):
            ask()


@pytest.mark.parametrize("low", [1e-320, 1e-200])
def test_logarithmic_ranges_of_numbers_that_training_cannot_hold_are_refused(low: float) -> None:
    with pytest.raises(SpecError, match="log = true needs low from 1e-30"):
        build_spec({"space": {"l2": {"role": "nuisance", "low": low, "high": 1e-3, "log": True}}}, "test")


def test_a_preset_on_other_data_does_not_speak_of_mnist() -> None:
    assert "MNIST" in load_spec("depth").description
    assert "MNIST" not in load_spec("depth", ["dataset=digits"]).description
    assert load_spec("depth", ["dataset=digits", "description=my MNIST"]).description == "my MNIST"
