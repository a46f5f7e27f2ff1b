"""A configuration as Keras code that can be copied and run: for the report and for the final network."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from study.records.networks import GLOROT_UNIFORM, DenseStack, OwnModel
from study.records.readings import parse_reading
from study.records.trials import (
    COMPILED,
    CONSTANT,
    COSINE,
    CROSS_ENTROPY_LOSS,
    EVEN,
    LOSSES,
    ONE_HOT_MSE,
    PLATEAU,
    STEPS,
    USUAL_MOMENTUM,
    Configuration,
)

_LOSSES = {CROSS_ENTROPY_LOSS: "sparse_categorical_crossentropy", ONE_HOT_MSE: "mse", **{loss: loss for loss in LOSSES}}
_STANDARDISED = "mean, deviation = y.mean(), y.std()  # of the training rows\ny = (y - mean) / deviation\n"
Layer = str | list[str]  # an expression, or those of a block that adds what it is given
_OPTIMIZERS = {"adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop", "sgd": "SGD"}
_SCHEDULE = '''\
class Schedule(keras.callbacks.Callback):
    """Sets the learning rate of each step."""

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        epoch = self.epoch + batch / self.params["steps"]
        rate = {rate}
{warmup}        self.model.optimizer.learning_rate = rate
'''


def keras_code(
    configuration: Configuration, inputs: int, outputs: int, reading: str = "tail", labels: tuple[str, ...] = ()
) -> str:
    """Python source that builds, compiles and fits the network of ``configuration`` for classes named ``labels``.

    A regression is taught the target in standard deviations from its mean. Where ``reading`` stops early or goes back
    to the best epoch, the code does so by a callback.
    """
    fit = [f"batch_size={configuration.batch_size}", f"epochs={configuration.epochs}"]
    weights = class_weights(configuration, labels)
    fit += [f"class_weight={weights}"] if weights else []
    stopping = _stopping(configuration, reading)
    target, taught, held_out = "", "y", "y_val"
    if not configuration.classifies:
        target, held_out = _STANDARDISED, "(y_val - mean) / deviation"
    elif one_hot(configuration):
        taught, held_out = (f"keras.utils.to_categorical({name}, {outputs})" for name in ("y", "y_val"))
    watches = bool(stopping) or configuration.schedule == PLATEAU
    if watches:
        fit.append(f"validation_data=(x_val, {held_out})")
    called = [*callbacks(configuration), *(["stopping"] if stopping else [])]
    fit += [f"callbacks=[{', '.join(called)}]"] if called else []
    if isinstance(configuration.network, OwnModel):
        facts = {
            "inputs": "x.shape[1:]",
            "classes": str(outputs),
            "samples": "len(x)",
            "steps": f"{configuration.network.horizon} * -(-len(x) // {configuration.batch_size})",
        }
        imports, lines, call = calling(configuration.network, facts)
        model = "".join(f"{line}\n" for line in lines) + f"model = {call}"
    else:
        imports = ["import keras"]
        lines, built = model_code(f"keras.Input(({inputs},))", layers(configuration, outputs))
        model = "".join(f"{line}\n" for line in lines) + f"model = {built}"
    if "np." in weights:
        imports.append("import numpy as np")
    schedule = schedule_class(configuration)
    imports = [*(["import math\n"] if configuration.schedule == COSINE else []), *imports]
    compiled = ""
    if configuration.optimizer != COMPILED:
        compiled = f"{compiling(configuration, watch=watches and _watched(configuration) != 'loss')}\n"
    before = f"{schedule}\n" if schedule else ""
    call = _call("model.fit", ["x", taught, *fit])
    return f"{chr(10).join(imports)}\n\n{before}{target}{model}\n{compiled}{stopping}{call}\n"


def calling(network: OwnModel, facts: Mapping[str, str], name: str = "") -> tuple[list[str], list[str], str]:
    """The lines of import, the lines before and the call by which the user's function builds a network.

    ``facts`` are expressions for what else the function may ask for; ``name`` is what it is called in place of its own.
    """
    imports = ["import keras"]
    asked = [f"{name}={facts[name]}" for name in network.asks if name != "hp"]
    if "hp" in network.asks:
        imports.append("import keras_tuner")
        lines = ["hp = keras_tuner.HyperParameters()", f"hp.values = {dict(network.settings)!r}"]
        arguments = ["hp", *asked]
    else:
        lines, arguments = [], [*(f"{name}={value!r}" for name, value in network.settings), *asked]
    own = f"from {network.module} import {network.function}{f' as {name}' if name else ''}"
    return [*imports, own], lines, f"{name or network.function}({', '.join(arguments)})"


def class_weights(configuration: Configuration, labels: tuple[str, ...]) -> str:
    """An expression for what the loss of each class counts, where ``y`` (n,) are places in ``labels``; empty for 1."""
    asked = configuration.class_weights
    if asked == EVEN:
        return ""
    if isinstance(asked, str):
        return "{place: len(y) / (len(set(y)) * n) for place, n in enumerate(np.bincount(y)) if n}"
    named = {str(name): weight for name, weight in asked}
    return repr({place: named.get(label, 1.0) for place, label in enumerate(labels)})


def model_code(input_line: str, lines: Sequence[Layer]) -> tuple[list[str], str]:
    """The lines before, and the expression that is a model of these layers behind an input."""
    if all(isinstance(line, str) for line in lines):
        return [], "keras.Sequential([\n" + "".join(f"    {line},\n" for line in (input_line, *lines)) + "])"
    # Not x, which is what the network is fitted to.
    before, last = [f"inputs = {input_line}"], "inputs"
    for line in lines:
        if isinstance(line, str):
            before.append(f"hidden = {line}({last})")
        else:
            before.append(f"given = {last}")
            before += [f"hidden = {one}({last})" for one in line]
            before.append("hidden = keras.layers.Add()([given, hidden])")
        last = "hidden"
    return before, "keras.Model(inputs, hidden)"


def layers(configuration: Configuration, outputs: int) -> list[Layer]:
    """The layers of a network behind its input, each as an expression; a list of some adds what it is given.

    The last one gives probabilities, or the target of a regression in standard deviations from its mean.
    """
    stack = configuration.dense
    found: list[Layer] = [f"keras.layers.Dropout({stack.input_dropout!r})"] if stack.input_dropout else []
    for width, rate, skips in zip(stack.hidden, stack.dropout_rates, stack.skips, strict=True):
        lines = _hidden_layer(stack, width, rate)
        found += [lines] if skips else lines
    softmax = ', activation="softmax"' if configuration.classifies else ""
    return [*found, f"keras.layers.Dense({outputs}{softmax}{_initializer(stack)})"]


def one_hot(configuration: Configuration) -> bool:
    """Whether its loss takes labels as columns."""
    return configuration.label_smoothing > 0 or configuration.loss == ONE_HOT_MSE


def compiling(configuration: Configuration, model: str = "model", *, watch: bool = False) -> str:
    """The call that compiles ``model`` with the optimizer and the loss it was trained with.

    With ``watch`` what early stopping goes by is among its metrics.
    """
    metrics = ["accuracy"] * configuration.classifies + [_watched_metric(configuration)] * watch
    loss = f'"{_LOSSES[configuration.loss]}"'
    if configuration.label_smoothing:
        loss = f"keras.losses.CategoricalCrossentropy(label_smoothing={configuration.label_smoothing!r})"
    return (
        f"{model}.compile(\n"
        f"    optimizer=keras.optimizers.{_optimizer(configuration)},\n"
        f"    loss={loss},\n"
        f"{f'    metrics={json.dumps(metrics)},{chr(10)}' if metrics else ''}"
        ")"
    )


def schedule_class(configuration: Configuration) -> str:
    """The callback that sets the learning rate of each step; empty where none is needed."""
    if not configuration.scheduled or configuration.schedule == PLATEAU:
        return ""
    warmup, rate = configuration.warmup_epochs, repr(configuration.learning_rate)
    since = f"(epoch - {warmup})" if warmup else "epoch"
    then = rate
    if configuration.schedule == COSINE:
        span = (configuration.schedule_epochs or configuration.epochs) - warmup
        then = f"{rate} * 0.5 * (1 + math.cos(math.pi * min({since} / {span}, 1)))"
    elif configuration.schedule != CONSTANT:
        over = "//" if configuration.schedule == STEPS else "/"
        then = f"{rate} * {configuration.decay!r} ** ({since} {over} {configuration.decay_epochs})"
    rising = f"        if epoch < {warmup}:\n            rate = {rate} * epoch / {warmup}\n" if warmup else ""
    return _SCHEDULE.format(rate=then, warmup=rising)


def callbacks(configuration: Configuration) -> list[str]:
    """The callbacks by which the learning rate changes."""
    if configuration.schedule == PLATEAU:
        arguments = [
            *_monitored(configuration),
            f"factor={configuration.decay!r}",
            f"patience={configuration.decay_epochs}",
        ]
        return [f"keras.callbacks.ReduceLROnPlateau({', '.join(arguments)})"]
    return ["Schedule()"] if configuration.scheduled else []


def _optimizer(configuration: Configuration) -> str:
    name = configuration.optimizer
    momentum = USUAL_MOMENTUM.get(name) if configuration.momentum is None else configuration.momentum
    arguments = [
        f"learning_rate={configuration.learning_rate!r}",
        *([f"momentum={momentum!r}"] if momentum else []),
        *(["nesterov=True"] if configuration.nesterov else []),
        *([] if configuration.weight_decay is None else [f"weight_decay={configuration.weight_decay!r}"]),
        *([f"global_clipnorm={configuration.clip_norm!r}"] if configuration.clip_norm else []),
    ]
    return f"{_OPTIMIZERS[name]}({', '.join(arguments)})"


def _stopping(configuration: Configuration, reading: str) -> str:
    """The callback that stops where ``reading`` stops; empty where it reads the end of training."""
    rule = parse_reading(reading)
    patience = configuration.epochs if rule.name == "best" else rule.patience
    if patience is None:
        return ""
    arguments = [*_monitored(configuration), f"patience={max(patience, 1)}", "restore_best_weights=True"]
    return f"stopping = {_call('keras.callbacks.EarlyStopping', arguments)}\n"


def _monitored(configuration: Configuration) -> list[str]:
    """The arguments of a callback that name what it goes by."""
    watched = _watched(configuration)
    return [f'monitor="val_{watched}"', *(['mode="min"'] if watched != "loss" else [])]


def _watched(configuration: Configuration) -> str:
    """What early stopping goes by: the loss, where that is it; Keras's holds penalties and smoothed labels, too."""
    stack = configuration.network
    penalised = not isinstance(stack, DenseStack) or stack.l2 > 0 or stack.l1 > 0 or configuration.label_smoothing > 0
    plain = configuration.loss in (CROSS_ENTROPY_LOSS, "mse") and not penalised
    return "loss" if plain else _watched_metric(configuration)


def _watched_metric(configuration: Configuration) -> str:
    """As Keras calls it: cross-entropy, or squared error, which is lowest where RMSE is."""
    if not configuration.classifies:
        return "mse"
    return "categorical_crossentropy" if one_hot(configuration) else _LOSSES[CROSS_ENTROPY_LOSS]


def _call(function: str, arguments: list[str]) -> str:
    """A call on one line, or with one argument a line where it is long."""
    line = f"{function}({', '.join(arguments)})"
    return line if len(line) < 80 else f"{function}(\n" + "".join(f"    {one},\n" for one in arguments) + ")"


def _hidden_layer(stack: DenseStack, width: int, rate: float) -> list[str]:
    penalty = f"L2({stack.l2!r})" if stack.l2 else f"L1({stack.l1!r})"
    if stack.l1 and stack.l2:
        penalty = f"L1L2(l1={stack.l1!r}, l2={stack.l2!r})"
    arguments = [
        *([f"kernel_regularizer=keras.regularizers.{penalty}"] if stack.l1 or stack.l2 else []),
        *([f"kernel_constraint=keras.constraints.MaxNorm({stack.max_norm!r})"] if stack.max_norm else []),
    ]
    more = "".join(f", {one}" for one in arguments) + _initializer(stack)
    if stack.batch_norm or stack.layer_norm:
        lines = [
            f"keras.layers.Dense({width}{', use_bias=False' if stack.batch_norm else ''}{more})",
            f"keras.layers.{'Batch' if stack.batch_norm else 'Layer'}Normalization()",
            f'keras.layers.Activation("{stack.activation}")',
        ]
    else:
        lines = [f'keras.layers.Dense({width}, activation="{stack.activation}"{more})']
    return [*lines, f"keras.layers.Dropout({rate!r})"] if rate else lines


def _initializer(stack: DenseStack) -> str:
    return "" if stack.initializer == GLOROT_UNIFORM else f', kernel_initializer="{stack.initializer}"'
