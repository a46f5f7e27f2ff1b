"""One engine trains a study: the one it was begun with, else C where that covers everything, else Keras, and why."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from depthgauge import Study
from study.data.loading import load_dataset
from study.design.plan import Plan, make_plan
from study.design.source import spec_of
from study.errors import InputError
from study.records.trials import Configuration
from study.store.stored_study import read_spec
from study.train.engine_choice import settle_engine
from study.train.native import compiled
from study.train.native.native_trainer import NativeTrainer
from study.train.trainer import KerasTrainer

SMALL = {
    "name": "small",
    "dataset": "digits",
    "replicates": 2,
    "network": {"width": 8, "samples": 100, "epochs": 2},
    "space": {"depth": {"values": [1, 2]}},
}
BUILT = pytest.mark.skipif(not compiled.fast(), reason="the native engine has no kernels for this machine")


def settled(begun: str | None = None, **changes: object) -> tuple[Plan, str]:
    return settle_engine(make_plan(spec_of({**SMALL, **changes})), load_dataset("digits"), begun)


@BUILT
def test_the_native_engine_trains_what_it_covers() -> None:
    plan, why = settled()
    assert (plan.spec.engine, why) == ("native", "")


def test_without_the_compiled_part_keras_trains_and_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_native", None)
    monkeypatch.setattr(compiled, "MISSING", "no compiler")
    plan, why = settled()
    assert (plan.spec.engine, why) == ("keras", "the native engine is not built on this machine (no compiler)")
    with pytest.raises(InputError, match=r"not built on this machine.*install depthgauge once more, or leave engine"):
        settled(engine="native")
    with pytest.raises(InputError, match="give the study another name"):
        settled(begun="native")


def test_a_processor_without_kernels_is_faster_with_keras(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "available", lambda: True)
    monkeypatch.setattr(compiled, "fast", lambda: False)
    plan, why = settled()
    assert plan.spec.engine == "keras" and "portable C" in why
    assert settled(engine="native")[0].spec.engine == "native"


def test_what_native_does_not_cover_goes_to_keras_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "available", lambda: True)
    monkeypatch.setattr(compiled, "ACTIVATIONS", ("tanh",))
    plan, why = settled(space={"activation": {"values": ["tanh", "relu"]}})
    assert plan.spec.engine == "keras" and "activation 'relu'" in why
    with pytest.raises(InputError, match=r"cannot train .*activation 'relu'.*Leave engine out"):
        settled(engine="native")


@BUILT
def test_a_study_goes_on_with_the_engine_it_was_begun_with() -> None:
    assert settled(begun="keras")[0].spec.engine == "keras"
    assert settled(begun="native")[0].spec.engine == "native"


def test_a_study_of_before_engines_was_trained_by_keras() -> None:
    assert read_spec('{"name": "old"}').engine == "keras"


@BUILT
def test_the_store_keeps_which_engine_it_was(tmp_path) -> None:
    study = Study.define(SMALL, store=str(tmp_path / "studies.db")).run(workers=1, progress=False)
    stored = study.stored()
    assert stored.plan.spec.engine == "native"
    assert {result.engine for result in stored.results.values()} == {"native"}


@BUILT
def test_a_replicate_starts_from_the_same_weights_and_goes_through_the_same_orders_in_both_engines() -> None:
    data = load_dataset("digits")
    configuration = Configuration.stack((16, 8), samples=100, epochs=1, batch_norm=True)
    keras, native = KerasTrainer(data, seed=3, validation=0.1), NativeTrainer(data, seed=3, validation=0.1)
    ours, _, _ = native.program(configuration, 4)
    rows = keras.samples.of(configuration, 4)
    theirs, candidate, _ = keras.ready(configuration, 4, rows)
    candidate.start(theirs.network)
    for one, other in zip(ours.weights(), theirs.weights(), strict=True):
        assert np.array_equal(one, other)
    for one, other in islice(zip(ours._orders, theirs._orders, strict=True), 3):
        assert np.array_equal(one, other)
