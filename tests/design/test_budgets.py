"""What a search asks for, as the network that is trained."""

from __future__ import annotations

from study.design.plan import make_plan
from study.design.source import build_spec


def test_a_trial_that_gets_fewer_epochs_is_on_the_schedule_of_the_whole_training() -> None:
    spec = build_spec(
        {
            "name": "banded",
            "dataset": "digits",
            "network": {"epochs": 9, "schedule": "cosine", "warmup_epochs": 2},
            "space": {"learning_rate": {"role": "nuisance", "low": 1e-4, "high": 1e-2, "log": True}},
            "search": {"proposer": "keras-tuner:hyperband"},
        },
        "the study",
    )
    (search,) = make_plan(spec).searches
    short = search.trial({"learning_rate": 1e-3, "epochs": 1}).configuration  # fewer than the warm-up takes
    assert (short.epochs, short.schedule_epochs, short.warmup_epochs) == (1, 9, 2)
