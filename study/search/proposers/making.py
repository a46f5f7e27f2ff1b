"""A proposer by its name. Importing this loads no tuner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from study.design.search_engines import check_proposer
from study.machine.keras_settings import choose_backend
from study.machine.silence import silence
from study.records.parameters import Parameter
from study.search.proposers.driven import Driven, Engine, Event, Proposer, explained
from study.seeds import small_seed


def make_proposer(
    name: str,
    parameters: Sequence[Parameter],
    *,
    seed: int,
    epochs: int,
    history: Sequence[Event] = (),
    recorded: Mapping[str, Any] | None = None,
) -> Proposer:
    """The proposer ``name`` as it stands after ``history``.

    ``seed`` is any integer >= 0. ``epochs`` is what a trial trains for at most; keras-tuner:hyperband proposes fewer
    and adds ``"epochs"`` to its settings. ``recorded`` is the ``settings`` of the proposer that wrote ``history``: it
    serves the message where the engine no longer proposes what stands there.

    Raises SpecError as :func:`check_proposer` does, and StudyError where the history cannot be replayed.
    """
    check_proposer(name, parameters, epochs)
    family, _, kind = name.partition(":")
    engine_seed = 1 + small_seed(np.random.SeedSequence(seed))  # KerasTuner takes 0 for "none"
    engine: Engine
    with explained(name):
        if family == "optuna":
            from study.search.proposers.optuna_samplers import OptunaEngine

            engine = OptunaEngine(kind, tuple(parameters), engine_seed)
        else:
            choose_backend()  # KerasTuner imports Keras
            with silence():
                from study.search.proposers.keras_tuner_oracles import KerasTunerEngine

            engine = KerasTunerEngine(kind, tuple(parameters), engine_seed, epochs)
    proposer = Driven(name, engine)
    proposer.replay(history, recorded or {})
    return proposer
