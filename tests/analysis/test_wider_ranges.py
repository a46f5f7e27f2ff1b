"""A search is told to look further only where there are networks."""

from __future__ import annotations

import math
from typing import Any

import pytest

from study.analysis.search_advice import LIMITS, widened
from study.analysis.search_findings import End
from study.design.kinds import CONTINUOUS, WHOLE
from study.design.space import NetworkSpec, configure
from study.design.spec import Dimension

NEEDED: dict[str, dict[str, Any]] = {
    "momentum": {"optimizer": "sgd"},
    "decay": {"schedule": "steps"},
    "decay_epochs": {"schedule": "steps"},
    "warmup_epochs": {"epochs": 100_000},
}
LOGARITHMIC = ("l2", "l1", "learning_rate", "weight_decay", "max_norm", "clip_norm")


@pytest.mark.parametrize("end", ["lower", "upper"])
@pytest.mark.parametrize("name", [name for name in (*WHOLE, *CONTINUOUS) if name != "samples"])
def test_a_range_is_never_widened_beyond_what_makes_a_network(name: str, end: End) -> None:
    least, most = LIMITS[name]
    low, high = (1.0, 3.0) if name in WHOLE else (0.1, 0.2)
    dimension = Dimension(role="nuisance", low=low, high=high, log=name in LOGARITHMIC)
    for _ in range(200):
        dimension = widened(name, dimension, end, LIMITS[name])
    assert dimension.low is not None and dimension.high is not None
    assert (dimension.low if end == "lower" else dimension.high) == (least if end == "lower" else most)
    for value in (dimension.low, dimension.high):
        if name in WHOLE:
            assert math.floor(value) == value
        number = int(value) if name in WHOLE else value
        configure(NetworkSpec.model_validate({**NEEDED.get(name, {}), name: number}))
