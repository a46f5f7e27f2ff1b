"""Models of the user's own on the Keras engine: as plain Keras trains them, and as the built-in network is trained."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from study.data.loading import load_dataset
from study.design.kinds import OwnKind
from study.design.own_model import ModelSpec, OwnSpec
from study.design.source import build_spec
from study.design.space import NetworkSpec, configure
from study.errors import CodeError, SpecError
from study.records.trials import Configuration, Trial
from study.train.draws import orders
from study.train.own.builder import Builder, Given
from study.train.own.code import load_function, read_code
from study.train.own.described import described
from study.train.own.own_network import OwnNetwork
from study.train.trainer import KerasTrainer

HERE = Path(__file__).parent
TRAINING = {"epochs": 2, "samples": 150}


@pytest.fixture(scope="module")
def model_of() -> Callable[..., ModelSpec]:
    """A function of the published models, looked at."""
    known: dict[str, ModelSpec] = {}

    def look(function: str) -> ModelSpec:
        if function not in known:
            asked = ModelSpec(source=f"published.py:{function}", place=str(HERE))
            known[function] = described(asked, "digits", TRAINING, 0.1)
        return known[function]

    return look


def configuration_of(model: ModelSpec, **values: Any) -> Configuration:
    kind = OwnKind(model)
    return kind.configuration(kind.fixed(OwnSpec(**TRAINING), values), {}, ())


def trainer_of(model: ModelSpec) -> KerasTrainer:
    return KerasTrainer(load_dataset("digits"), seed=7, validation=0.1, model=model)


def long(function: str) -> Any:
    return pytest.param(function, marks=pytest.mark.long)


EXACT = ["tutorial", "normalized"]
EXACT_LONG = ["convolutional", "residual", "branches", "scheduled", "subclassed", "sequence", "embedded"]


@pytest.mark.parametrize("function", [*EXACT, *map(long, EXACT_LONG)])
def test_a_model_of_ones_own_ends_at_the_weights_of_plain_keras(
    model_of: Callable[..., ModelSpec], function: str
) -> None:
    model = model_of(function)
    trainer, configuration = trainer_of(model), configuration_of(model)
    rows = trainer.samples.of(configuration, 0)
    program, candidate, _ = trainer.ready(configuration, 0, rows)
    candidate.start(program.network)
    network = trainer._candidates.network(configuration, 0, rows.sizes[0])
    twin = network.model
    twin.set_weights(program.network.weights())
    program.train(2)

    x = trainer.dataset.x[rows.index.numpy()].astype(np.float32) / (1 if network.as_given else trainer.dataset.scale)
    x, y = x.reshape(-1, *network.shape), rows.y.numpy()
    y = np.eye(10, dtype=np.float32)[y] if network.target == "one-hot" else y
    for order in islice(orders(7, 0, rows.sizes[0]), 2):
        for start in range(0, len(order), 32):
            batch = order[start : start + 32]
            twin.train_on_batch(x[batch], y[batch])
    for ours, theirs in zip(program.network.weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=2e-4, rtol=2e-3)


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"optimizer": "sgd", "nesterov": True, "schedule": "steps", "decay_epochs": 1, "clip_norm": 0.5},
        pytest.param({"schedule": "cosine", "warmup_epochs": 1}, marks=pytest.mark.long),
        pytest.param({"loss": "one-hot-mse", "weight_decay": 0.1, "schedule": "plateau"}, marks=pytest.mark.long),
    ],
    ids="-".join,
)
def test_the_tutorials_network_as_user_code_has_the_trajectory_of_the_built_in_one(
    model_of: Callable[..., ModelSpec], words: dict[str, Any]
) -> None:
    model = model_of("dense" if words else "tutorial")
    theirs = trainer_of(model).run(Trial(configuration_of(model, **words), 1)).trajectory
    built_in = KerasTrainer(load_dataset("digits"), seed=7, validation=0.1)
    configuration = configure(NetworkSpec(hidden=(32, 16), **TRAINING, **words))
    ours = built_in.run(Trial(configuration, 1)).trajectory
    for metric in ("accuracy", "cross_entropy"):
        assert theirs[metric].tobytes() == ours[metric].tobytes()


@pytest.mark.long
def test_labels_are_smoothed_for_a_model_of_ones_own(model_of: Callable[..., ModelSpec]) -> None:
    model, words = model_of("dense"), {"label_smoothing": 0.2}
    theirs = trainer_of(model).run(Trial(configuration_of(model, **words), 1)).trajectory["cross_entropy"]
    built_in = KerasTrainer(load_dataset("digits"), seed=7, validation=0.1)
    ours = built_in.run(Trial(configure(NetworkSpec(hidden=(32, 16), **TRAINING, **words)), 1)).trajectory
    # A number is a variable of the one program and a constant of the other: the last bits differ.
    np.testing.assert_allclose(theirs, ours["cross_entropy"], rtol=1e-5)
    assert not np.allclose(theirs, trainer_of(model).run(Trial(configuration_of(model), 1)).trajectory["cross_entropy"])


def test_a_model_that_comes_compiled_takes_no_word_of_its_optimizer_from_the_study(
    model_of: Callable[..., ModelSpec],
) -> None:
    model = model_of("scheduled")
    assert model.compiled
    values = {"name": "own", "dataset": "digits", "model": model.model_dump(), "space": {}}
    for place in ({"network": {"momentum": 0.5}}, {"arms": [{"name": "one", "network": {"schedule": "cosine"}}]}):
        with pytest.raises(SpecError, match=r"compiles its model with .*Remove one of them"):
            build_spec({**values, **place}, "the study")


def test_weights_that_the_code_brings_are_where_every_replicate_starts(model_of: Callable[..., ModelSpec]) -> None:
    model = model_of("begun")
    trainer, configuration = trainer_of(model), configuration_of(model)
    starts = [trainer._candidates.network(configuration, replicate, 100).weights() for replicate in (0, 1)]
    brought = np.arange(64 * 16, dtype=np.float32).reshape(64, 16) / 1000
    assert all(np.array_equal(weights[0], brought) for weights in starts)
    assert not np.array_equal(starts[0][2], starts[1][2])  # the layer that brings none is drawn anew


@pytest.mark.parametrize(("function", "layer"), [("on_a_trunk", "trunk"), ("on_a_lazy_trunk", "sequential")])
def test_layers_that_models_share_are_refused_before_the_study(
    model_of: Callable[..., ModelSpec], function: str, layer: str
) -> None:
    with pytest.raises(
        CodeError, match=rf"returned layer {layer}\S* a second time, as the trial before left it\. Make"
    ):
        model_of(function)


def test_a_policy_of_types_that_the_file_sets_is_kept(tmp_path: Path) -> None:
    import keras

    lines = 'import keras\n\nkeras.config.set_dtype_policy("mixed_bfloat16")\n\n\ndef build(classes, width=4):\n'
    body = "    return keras.Sequential([keras.Input((8, 8)), keras.layers.Flatten(), keras.layers.Dense(classes)])\n"
    (tmp_path / "typed.py").write_text(lines + body, "utf-8")
    asked = ModelSpec(source="typed.py:build", place=str(tmp_path))
    try:
        built = Builder(load_function(asked), asked.source, tmp_path).build({"width": 4}, Given((8, 8), 10, 100, 10))
    finally:
        keras.config.set_dtype_policy("float32")
    assert built.layers[-1].compute_dtype == "bfloat16"


def test_a_copied_start_stays_a_copy(model_of: Callable[..., ModelSpec]) -> None:
    model = model_of("copied")
    one, _, other, *_ = trainer_of(model)._candidates.network(configuration_of(model), 0, 100).weights()
    assert np.array_equal(one, other)


def test_a_frozen_kernel_stays_where_it_is_and_shares_no_program(model_of: Callable[..., ModelSpec]) -> None:
    model = model_of("held")
    trainer = trainer_of(model)
    keys = set()
    for hold in (False, True):
        configuration = configuration_of(model, hold=hold)
        rows = trainer.samples.of(configuration, 0)
        program, candidate, _ = trainer.ready(configuration, 0, rows)
        candidate.start(program.network)
        before = program.network.weights()[0]
        program.train(1)
        assert np.array_equal(before, program.network.weights()[0]) == hold
        keys.add(program.network.key(configuration))
    assert len(keys) == 2


def test_kernels_of_attention_start_as_wide_as_keras_starts_them(model_of: Callable[..., ModelSpec]) -> None:
    """Glorot's rule counts other axes there than the shape of the kernel says."""
    model = model_of("attentive")
    network = trainer_of(model)._candidates.network(configuration_of(model), 0, 100)
    kernel = network.weights()[0]  # of the queries: 8 columns to 2 heads of 4
    assert kernel.shape == (8, 2, 4) and 0.45 < np.abs(kernel).max() <= np.sqrt(6 / (8 + 8))


@pytest.mark.parametrize("function", ["noisy", *map(long, ("dropped", "normalized", "scheduled"))])
def test_a_trial_gives_the_same_bits_whatever_ran_before(model_of: Callable[..., ModelSpec], function: str) -> None:
    model = model_of(function)
    trial = Trial(configuration_of(model), 3)
    fresh = trainer_of(model).run(trial).trajectory["cross_entropy"]
    used = trainer_of(model)
    used.run(Trial(trial.configuration, 4))
    assert used.run(trial).trajectory["cross_entropy"].tobytes() == fresh.tobytes()
    assert len(used.programs) == 1


@pytest.mark.long
def test_models_that_differ_in_rates_alone_share_a_program_and_its_results_are_those_of_fresh_ones(
    model_of: Callable[..., ModelSpec],
) -> None:
    model = model_of("tuned")
    shared = trainer_of(model)
    for changes in ({}, {"drop": True}, {"drop": True, "rate": 0.45, "learning_rate": 0.003}):
        trial = Trial(configuration_of(model, **changes), 0)
        ours, theirs = shared.run(trial), trainer_of(model).run(trial)
        assert ours.trajectory["cross_entropy"].tobytes() == theirs.trajectory["cross_entropy"].tobytes()
    assert len(shared.programs) == 2  # one with dropout, one without
    rates = {one.trajectory["cross_entropy"][-1, 0] for one in (ours, shared.run(Trial(configuration_of(model), 0)))}
    assert len(rates) == 2


def test_the_space_of_a_keras_tuner_function_is_found_scope_by_scope(model_of: Callable[..., ModelSpec]) -> None:
    found = {one.name: one for one in model_of("tuned").hyperparameters}
    assert list(found) == ["blocks", "units", "drop", "learning_rate", "rate"]
    assert (found["blocks"].low, found["blocks"].high, found["blocks"].default) == (1, 3, 1)
    assert found["units"].values == (8, 16, 24, 32)
    assert found["rate"].condition == ("drop", (True,))
    assert found["learning_rate"].log
    assert model_of("tuned").compiled == "Adam"
    assert model_of("convolutional").compiled == ""


def test_a_hyperparameter_first_met_in_a_trial_fails_that_trial_with_a_line(model_of: Callable[..., ModelSpec]) -> None:
    model = model_of("forgetful")
    result = trainer_of(model).run(Trial(configuration_of(model, blocks=2), 0))
    assert result.state == "failed"
    assert "asks for units_1, which it did not ask for when it was looked at" in result.reason


def test_what_a_loop_over_a_hyperparameter_asks_for_is_found(model_of: Callable[..., ModelSpec]) -> None:
    model = model_of("looping")
    assert set(model.names) == {"blocks", "dropout", *(f"{name}_{i}" for name in ("units", "rate") for i in range(3))}
    result = trainer_of(model).run(Trial(configuration_of(model, blocks=3, dropout=True, units_2=16), 0))
    assert result.state == "finished"


def test_a_large_space_is_found_without_building_all_of_it(model_of: Callable[..., ModelSpec]) -> None:
    assert len(model_of("many").names) == 61


def test_a_setting_that_the_code_refuses_is_a_failed_trial_that_names_line_and_reason(
    model_of: Callable[..., ModelSpec],
) -> None:
    model = model_of("picky")
    trainer = trainer_of(model)
    result = trainer.run(Trial(configuration_of(model, width=32), 0))
    assert result.state == "failed" and "ValueError (published.py, line" in result.reason
    assert result.reason.endswith("): too wide for me")
    assert trainer.run(Trial(configuration_of(model), 0)).state == "finished"


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("seven", "gives (7,) for an item, and the data have 10 classes"),
        ("two", "returned 2 objects in place of one Keras model"),
        ("nothing", "returned NoneType in place of a Keras model"),
        ("two_inputs", "has 2 inputs, and a model with one is supported"),
        ("own_step", "has a train_step of its own"),
        ("absent", "has no function absent. It has: "),
        ("named_outputs", "gives a dict of 1 output, and a model that gives one array is supported"),
        ("averaged", "averages weights (use_ema), which is not supported"),
        ("unadapted", "the layer normalization (Normalization) was never adapted to data"),
        ("beside_hp", "takes hp, and width beside it. Beside hp, it may take inputs, classes, samples, steps"),
    ],
)
def test_code_that_builds_no_model_for_the_data_is_said_in_one_line(
    model_of: Callable[..., ModelSpec], function: str, words: str
) -> None:
    with pytest.raises(CodeError) as error:
        model_of(function)
    assert words in str(error.value) and "\n" not in str(error.value)


def test_what_keras_tuner_calls_a_hypermodel_will_do_and_so_does_a_layer_that_was_adapted(
    model_of: Callable[..., ModelSpec],
) -> None:
    for name in ("Tuned", "Static"):
        assert [one.name for one in model_of(name).hyperparameters] == ["units"]
    assert model_of("adapted").hyperparameters == ()


def test_a_layer_that_xla_cannot_compile_is_named_and_trains_uncompiled(model_of: Callable[..., ModelSpec]) -> None:
    model = model_of("uncompiled")
    assert "layer calling (Calling)" in model.uncompiled
    assert trainer_of(model).run(Trial(configuration_of(model), 0)).state == "finished"


@pytest.mark.parametrize(
    ("function", "words"),
    [("nameless", "layer lambda (Lambda)"), ("nameless_within", "layer dense (Dense)"), ("branches", ""), ("half", "")],
)
def test_a_lambda_of_which_there_can_be_no_pick_is_named_before_the_study(
    model_of: Callable[..., ModelSpec], function: str, words: str
) -> None:
    model = model_of(function)
    assert model.unsaved == words
    assert ("no pick of it" in model.unsaved_words) == bool(words)


def test_parameters_are_counted_from_the_model(model_of: Callable[..., ModelSpec]) -> None:
    model = model_of("convolutional")
    result = trainer_of(model).run(Trial(configuration_of(model, blocks=2), 0))
    assert result.parameters == (9 * 4 + 4) + (9 * 4 * 8 + 8) + (16 * 8 * 10 + 10)


def test_code_has_one_hash_until_a_file_of_it_changes(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("from parts import width\nimport keras\ndef build(): pass\n")
    (tmp_path / "parts.py").write_text("width = 3\n")
    (tmp_path / "other.py").write_text("unused = 1\n")
    model = ModelSpec(source="net.py:build", place=str(tmp_path))
    first = read_code(model)
    assert first.names == ("net.py", "parts.py")
    (tmp_path / "other.py").write_text("unused = 2\n")
    assert read_code(model).sha256 == first.sha256
    (tmp_path / "parts.py").write_text("width = 4\n")
    assert read_code(model).sha256 != first.sha256


def test_a_file_of_weights_that_the_code_names_is_part_of_its_hash_and_none_from_elsewhere(tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    (tmp_path / "else.keras").write_bytes(b"1")
    for name in ("trunk.keras", "unnamed.keras", "drawn.png"):
        (here / name).write_bytes(b"1")
    (here / "net.py").write_text('def build():\n    return "trunk.keras", "../else.keras", "no.keras", "drawn.png"\n')
    model = ModelSpec(source="net.py:build", place=str(here))
    first = read_code(model)
    assert first.names == ("net.py",) and first.named == ("trunk.keras",)
    (here / "unnamed.keras").write_bytes(b"2")
    (tmp_path / "else.keras").write_bytes(b"2")
    assert read_code(model).sha256 == first.sha256
    (here / "trunk.keras").write_bytes(b"2")
    assert read_code(model).sha256 != first.sha256


def test_a_file_that_would_be_shadowed_by_an_installed_module_is_refused_by_both_names(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("import optuna\ndef build(): pass\n")
    (tmp_path / "optuna.py").write_text("")
    with pytest.raises(CodeError, match=r"optuna\.py has the name of an installed module, optuna \(.*optuna/__init__"):
        read_code(ModelSpec(source="net.py:build", place=str(tmp_path)))


def test_networks_that_mix_rows_are_not_padded(model_of: Callable[..., ModelSpec]) -> None:
    padded = {}
    for function in ("tutorial", "normalized", "subclassed"):
        model = model_of(function)
        trainer, configuration = trainer_of(model), configuration_of(model)
        network = trainer._candidates.network(configuration, 0, 150)
        assert isinstance(network, OwnNetwork)
        padded[function] = network.padded
    assert padded == {"tutorial": True, "normalized": False, "subclassed": False}


def test_a_regression_takes_a_model_that_comes_compiled_with_its_loss() -> None:
    model = {"source": "net.py:build", "code": "0" * 64, "compiled": "Adam", "loss": "mean_absolute_error"}
    values = {"name": "own", "dataset": "table.csv", "task": "regression", "model": model}
    assert build_spec(values, "the study").task == "regression"
    with pytest.raises(SpecError, match=r"network.loss: .*mean_absolute_error"):
        build_spec({**values, "network": {"loss": "huber"}}, "the study")
