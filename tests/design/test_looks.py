"""When a study whose replicates are decided as it goes is looked at, and what such a study may not ask for."""

from __future__ import annotations

from typing import Any

import pytest

from study.design.look_schedule import look_replicates, look_share
from study.design.plan import make_plan
from study.design.source import build_spec
from study.errors import SpecError
from study.records.looks import Look

AUTO = {"dataset": "digits", "replicates": "auto", "space": {"depth": {"values": [1, 2, 4]}}}


def planned(**values: Any) -> Any:
    return make_plan(build_spec({**AUTO, **values}, "test"))


@pytest.mark.parametrize(
    ("most", "whole", "looks"),
    [
        (20, 1, (3, 5, 7, 10, 14, 20)),
        (8, 1, (3, 5, 7, 8)),
        (3, 1, (3,)),
        (2, 1, (2,)),
        (40, 1, (3, 5, 7, 10, 14, 20, 30, 40)),
        (20, 5, (5, 10, 15, 20)),
        (10, 10, (10,)),
    ],
)
def test_looks_end_at_the_most_and_stand_at_whole_repeats(most: int, whole: int, looks: tuple[int, ...]) -> None:
    assert look_replicates(most, whole) == looks


def test_the_looks_of_a_study_share_its_error_rate() -> None:
    assert all(0 < look_share(looks) <= 1 for looks in range(1, 30))
    assert look_share(1) == 1
    assert [look_share(n) for n in range(1, 30)] == sorted((look_share(n) for n in range(1, 30)), reverse=True)


def test_a_panel_begins_with_the_replicates_of_its_first_look_and_knows_the_most() -> None:
    (panel,) = planned(replicates_at_most=10).panels
    assert (panel.replicates, panel.most, panel.looks, panel.undecided) == (3, 10, (3, 5, 7, 10), True)
    assert planned(replicates_at_most=10).most == 30
    (fixed,) = planned(replicates=4).panels
    assert (fixed.replicates, fixed.most, fixed.looks, fixed.undecided, fixed.share) == (4, 4, (), False, 1.0)


def test_an_arm_with_a_number_of_its_own_is_not_looked_at() -> None:
    plan = planned(arms=[{"name": "one", "replicates": 2}, {"name": "other", "network": {"dropout": 0.1}}])
    assert [panel.looks for panel in plan.panels] == [(), (3, 5, 7, 10, 14, 20)]


def test_after_a_look_the_cells_that_go_on_alone_have_further_replicates() -> None:
    plan = planned()
    first = Look("", 3, ("depth 1", "depth 4"))
    again = Look("", 5, ("depth 2", "depth 4"))
    (panel,) = plan.after([first, again]).panels
    assert panel.replicates == 7
    assert [panel.replicates_of(cell) for cell in panel.cells] == [
        (0, 1, 2, 3, 4),
        (0, 1, 2, 5, 6),
        (0, 1, 2, 3, 4, 5, 6),
    ]
    assert len(plan.after([first, again]).trials({})) == 5 + 5 + 7
    ended = plan.after([first, again, Look("", 7, ending="settled")])
    assert ended.most == len(ended.trials({})) == 17 and not ended.panels[0].undecided


@pytest.mark.parametrize(
    "looks",
    [
        [Look("other", 3, ("depth 1",))],
        [Look("", 5, ("depth 1",))],
        [Look("", 3, ("depth 9",))],
        [Look("", 3, ending="settled"), Look("", 3, ("depth 1",))],
    ],
)
def test_looks_of_another_study_are_refused(looks: list[Look]) -> None:
    with pytest.raises(ValueError, match=r"does not belong|no panel"):
        planned().after(looks)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"replicates": 5, "replicates_at_most": 9}, 'replicates_at_most: belongs to replicates = "auto"'),
        ({"replicates": 5, "trials_at_most": 9}, 'trials_at_most: belongs to replicates = "auto"'),
        ({"space": {}}, "goes by the verdict along an axis"),
        ({"replicates": "many"}, "replicates"),
        (
            {
                "data": {"scheme": "holdout"},
                "space": {**AUTO["space"], "width": {"role": "nuisance", "low": 4, "high": 9}},
            },
            "search inside each replicate",
        ),
        (
            {
                "confirm": {"replicates": 5},
                "space": {**AUTO["space"], "width": {"role": "nuisance", "low": 4, "high": 9}},
            },
            "confirm.replicates",
        ),
    ],
)
def test_what_does_not_fit_is_said(values: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        planned(**values)


def test_the_minutes_of_a_budget_bound_what_a_study_may_come_to() -> None:
    assert planned(trials_at_most=20).most == 20
    assert planned(trials_at_most=5).most == 9  # the first look takes what it takes
