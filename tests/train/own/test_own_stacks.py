"""Code of the user's own that builds dense stacks: what is one, what is none, and which engine trains it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from study.data.loading import load_dataset
from study.design.own_model import ModelSpec
from study.design.plan import Plan, make_plan
from study.design.source import spec_of
from study.design.space import NetworkSpec, configure
from study.errors import InputError
from study.records.trials import Configuration, Result, Trial
from study.run.estimate import work_of
from study.train.engine_choice import settle_engine, shapes, trainer_of
from study.train.native import compiled
from study.train.own.described import built_of, described

HERE = Path(__file__).parent
TRAINING = {"epochs": 2, "samples": 150}

pytestmark = pytest.mark.skipif(not compiled.fast(), reason="the native engine has no kernels for this machine")


@pytest.fixture(scope="module")
def plan_of() -> Callable[..., Plan]:
    """The plan of a study of one of the functions, looked at."""
    known: dict[str, ModelSpec] = {}

    def look(model: ModelSpec, *arguments: Any) -> ModelSpec:
        if model.source not in known:
            known[model.source] = described(model, *arguments)
        return known[model.source]

    def plan(function: str, **values: Any) -> Plan:
        model = {"source": f"stacks.py:{function}", "place": str(HERE)}
        study = {"name": "s", "dataset": "digits", "model": model, "network": TRAINING, "replicates": 2}
        return make_plan(spec_of({**study, **values}, look=look))

    return plan


def settled(plan: Plan, begun: str | None = None) -> tuple[Plan, str]:
    return settle_engine(plan, load_dataset("digits"), begun, look=looked_through)


def looked_through(plan: Plan) -> Plan:
    """As :func:`study.run.looking.look_through` does, in this process."""
    model = plan.spec.model
    assert model is not None
    networks = {one.network: one for one in shapes(plan)}
    found = built_of(model, plan.spec.source, tuple(networks.values()), plan.spec.validation)
    return replace(plan, spec=plan.spec.model_copy(update={"model": model.model_copy(update={"built": found})}))


def trained(plan: Plan, configuration: Configuration) -> Result:
    spec = plan.spec
    trainer = trainer_of(spec.engine, load_dataset("digits"), seed=7, validation=0.1, model=spec.model)
    return trainer.run(Trial(configuration, 1), keep_weights=True)


STACKS = [
    ("plain", {"hidden": (16,)}),
    ("functional", {"hidden": (16, 12), "activation": "tanh", "dropout": 0.25, "l2": 1e-3}
     | {"optimizer": "sgd", "learning_rate": 0.05}),
    ("normalized", {"hidden": (16,), "activation": "gelu", "batch_norm": True}
     | {"optimizer": "adamw", "learning_rate": 3e-3}),
    ("uncompiled", {"hidden": (16,), "activation": "selu"}),
    ("softmax", {"hidden": ()}),
]  # fmt: skip


@pytest.mark.parametrize(("function", "values"), STACKS, ids=[name for name, _ in STACKS])
def test_code_that_builds_a_dense_stack_is_trained_as_that_stack_to_the_last_bit(
    plan_of: Callable[..., Plan], function: str, values: dict[str, Any]
) -> None:
    plan, why = settled(plan_of(function))
    assert (plan.spec.engine, why) == ("native", "")
    (own, *_) = {trial.configuration for trial in plan.trials({}).values()}
    stack = configure(NetworkSpec.model_validate({**TRAINING, **values}))
    theirs = trained(plan, own)
    built_in = replace(plan, spec=plan.spec.model_copy(update={"model": None}))
    ours = trained(built_in, stack)
    for one, other in zip(theirs.weights, ours.weights, strict=True):
        assert one.tobytes() == other.tobytes()
    assert theirs.trial.configuration == own  # it stays what the study calls it
    assert theirs.parameters == stack.network.parameters(64, 10)


NONE = [
    ("initialized", "kernel_initializer of layer dense (Dense) is HeNormal(), not GlorotUniform()"),
    ("convolutional", "layer conv2d (Conv2D) is none of a dense stack's"),
    ("disguised", "(stacks.Dense) is none of a dense stack's"),
    ("mixed_activations", "(Dense) is keras.src.activations.activations.tanh, not "),
    ("own_activation", "(Dense) is stacks.relu, not keras.src.activations.activations.relu"),
    ("leaky", "activation is LeakyReLU, which no dense stack has"),
    ("linear", "layer dense_1 (Dense) stands where a dense stack has its Activation"),
    ("seeded_dropout", "seed of layer dropout (Dropout) is 3, not None"),
    ("without_bias", "(Dense) is False, not True"),
    ("frozen", "trainable of layer dense (Dense) is False, not True"),
    ("penalised_end", "(Dense) is L2(l2=0.01), not None"),
    ("half_precision", "(Dense) is DTypePolicy(name=mixed_bfloat16), not DTypePolicy(name=fl"),
    ("residual", "layer add (Add) is none of a dense stack's"),
    ("shared", "its layers are not one after the other"),
    ("subclass", "it is a Subclass, a class of its own"),
    ("begun", "it comes with weights of its own"),
    ("loaded", "it comes with weights of its own"),
    ("held", "some of its weights are frozen"),
    ("scheduled", "its Adam has a schedule of its own"),
    ("clipped", "clipnorm of its Adam is 1.0, not None"),
    ("without_momentum", "momentum of its SGD is 0.0, not 0.9"),
    ("nadam", "its optimizer is Nadam, which no dense stack has"),
    ("smoothed", "its loss is"),
    ("own_loss", "its loss is sparse_categorical_crossentropy, or is given otherwise"),
    ("weighted_loss", "its loss has weights"),
    ("taken_for_probabilities", "its loss is sparse_categorical_crossentropy, or is given otherwise"),
    ("counted", "its code asks for samples"),
]


@pytest.mark.parametrize(("function", "words"), NONE, ids=[name for name, _ in NONE])
def test_whatever_differs_from_a_dense_stack_is_named_and_keras_trains_it(
    plan_of: Callable[..., Plan], function: str, words: str
) -> None:
    plan, why = settled(plan_of(function))
    assert plan.spec.engine == "keras" and why.startswith("the native engine cannot train ") and words in why
    with pytest.raises(InputError, match='engine = "native" cannot train'):
        settled(plan_of(function, engine="native"))


def test_a_sweep_is_looked_through_and_one_setting_that_is_no_stack_leaves_all_of_it_to_keras(
    plan_of: Callable[..., Plan],
) -> None:
    plan, _ = settled(plan_of("turning", space={"width": {"values": [4, 8, 16]}}))
    assert plan.spec.engine == "native"
    assert plan.spec.model is not None and {one.stack and one.stack.hidden for one in plan.spec.model.built} == {
        (4,), (8,), (16,)
    }  # fmt: skip
    plan, why = settled(plan_of("turning", space={"width": {"values": [8, 16, 32]}}))
    assert plan.spec.engine == "keras" and "turning(width 32): kernel_initializer of layer dense" in why


def test_what_a_search_chooses_of_code_is_not_known_beforehand_and_words_of_the_study_are_none_of_it(
    plan_of: Callable[..., Plan],
) -> None:
    searched = {"width": {"role": "nuisance", "low": 4, "high": 32}}
    plan, why = settled(plan_of("uncompiled", space=searched))
    assert plan.spec.engine == "keras" and why.endswith("what stacks.py:uncompiled builds, and width is searched")
    with pytest.raises(InputError, match="width is searched"):
        settled(plan_of("uncompiled", space=searched, engine="native"))
    rates = {"learning_rate": {"role": "nuisance", "low": 1e-4, "high": 1e-2, "log": True}}
    assert settled(plan_of("uncompiled", space=rates))[0].spec.engine == "native"
    assert "no choice of momentum" in settled(plan_of("uncompiled", network={**TRAINING, "optimizer": "sgd"}
                                                      | {"momentum": 0.5}))[1]  # fmt: skip


def test_a_study_that_keras_trains_or_has_begun_has_none_of_its_settings_looked_through(
    plan_of: Callable[..., Plan],
) -> None:
    def never(_: Plan) -> Plan:
        raise AssertionError

    sweep = {"width": {"values": [4, 8]}}
    for plan, begun in (
        (plan_of("plain", space=sweep, engine="keras"), None),
        (plan_of("plain", space=sweep), "keras"),
    ):
        settled_plan, why = settle_engine(plan, load_dataset("digits"), begun, look=never)
        assert (settled_plan.spec.engine, why) == ("keras", "")


def test_what_was_found_goes_with_a_study_into_the_store_and_not_into_its_file(plan_of: Callable[..., Plan]) -> None:
    spec = settled(plan_of("functional"))[0].spec
    assert type(spec).model_validate_json(spec.model_dump_json()).model == spec.model
    stored = type(spec).model_validate_json(spec.model_dump_json()).model
    assert spec.model is not None and stored is not None and stored.built == spec.model.built
    assert "built" not in spec.to_toml()


def test_what_a_setting_costs_is_counted_from_its_model_and_weighs_in_the_estimate(
    plan_of: Callable[..., Plan],
) -> None:
    plan = looked_through(plan_of("plain", space={"width": {"values": [8, 16, 32]}}))
    assert plan.spec.model is not None
    dense = [2 * (64 * width + width * 10) for width in (8, 16, 32)]
    counted = [one.operations for one in plan.spec.model.built]
    more = [one - products for one, products in zip(counted, dense, strict=True)]  # biases, relu and softmax
    assert min(more) >= 0 and max(more) <= 200
    assert work_of(plan, 64, 10, (1000, 100, 100)).largest.label == "plain(width 32)"
