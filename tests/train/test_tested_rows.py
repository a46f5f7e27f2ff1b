"""A trial says which rows it tested, whichever engine trained it."""

from __future__ import annotations

import numpy as np
import pytest

from study.data.loading import load_dataset
from study.records.sources import DataSource
from study.records.trials import Configuration, Trial
from study.train.engine_choice import trainer_of
from study.train.trainer import KerasTrainer
from tests.conftest import ENGINES

SMALL = Configuration.stack((8,), epochs=2)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_repeat_of_folds_tests_every_row_once_and_keeps_what_each_came_to(engine: str) -> None:
    data = load_dataset(DataSource("digits", scheme="folds"))
    trainer = trainer_of(engine, data, seed=1, validation=0.1)
    results = [trainer.run(Trial(SMALL, replicate)) for replicate in range(5)]
    tested = [result.tested for result in results]
    assert sorted(np.concatenate([rows for rows in tested if rows is not None])) == list(range(len(data.y)))
    for result in results:
        kept = result.item_values("accuracy", "last")
        assert kept is not None and result.tested is not None
        right = kept.values(len(result.tested))
        assert right.mean() == pytest.approx(result.trajectory["accuracy"][-1, 2])
        by_class = np.bincount(data.y[result.tested], weights=right) / np.bincount(data.y[result.tested])
        assert result.class_accuracy == pytest.approx(by_class)
    if isinstance(trainer, KerasTrainer):
        assert len(trainer.programs) == 1  # all folds train on as many rows


def test_a_fixed_test_part_is_not_written_down_trial_by_trial() -> None:
    trainer = trainer_of("keras", load_dataset("digits"), seed=1, validation=0.1)
    assert trainer.run(Trial(SMALL, 0)).tested is None
