"""A configuration as Keras code that can be copied and run: for the report and for the final network."""

from __future__ import annotations

import json
from collections.abc import Mapping

from study.records.networks import DenseStack, OwnModel
from study.records.readings import parse_reading
from study.records.trials import COMPILED, CROSS_ENTROPY_LOSS, EVEN, LOSSES, Configuration

_LOSSES = {CROSS_ENTROPY_LOSS: "sparse_categorical_crossentropy", **{loss: loss for loss in LOSSES}}
# What early stopping goes by, as Keras calls it: cross-entropy, or squared error, which is lowest where RMSE is.
_WATCHED = {CROSS_ENTROPY_LOSS: _LOSSES[CROSS_ENTROPY_LOSS], **dict.fromkeys(LOSSES, "mse")}
_STANDARDISED = "mean, deviation = y.mean(), y.std()  # of the training rows\ny = (y - mean) / deviation\n"
_OPTIMIZERS = {
    "adam": "Adam(learning_rate={rate!r})",
    "adamw": "AdamW(learning_rate={rate!r})",
    "rmsprop": "RMSprop(learning_rate={rate!r})",
    "sgd": "SGD(learning_rate={rate!r}, momentum=0.9)",
}


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
    target, y_val = "", "y_val"
    if configuration.loss != CROSS_ENTROPY_LOSS:
        target, y_val = _STANDARDISED, "(y_val - mean) / deviation"
    if stopping:
        fit += [f"validation_data=(x_val, {y_val})", "callbacks=[stopping]"]
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
        model = f"model = {sequential([f'keras.Input(({inputs},))', *layers(configuration, outputs)])}"
    if "np." in weights:
        imports.append("import numpy as np")
    compiled = ""
    if configuration.optimizer != COMPILED:
        compiled = f"{compiling(configuration, watch=bool(stopping) and _watched(configuration) != 'loss')}\n"
    return f"{chr(10).join(imports)}\n\n{target}{model}\n{compiled}{stopping}{_call('model.fit', ['x', 'y', *fit])}\n"


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


def sequential(lines: list[str]) -> str:
    """A sequential model of these layers, one a line."""
    return "keras.Sequential([\n" + "".join(f"    {line},\n" for line in lines) + "])"


def layers(configuration: Configuration, outputs: int) -> list[str]:
    """The layers of a network behind its input, each as an expression.

    The last one gives probabilities, or the target of a regression in standard deviations from its mean.
    """
    hidden = zip(configuration.dense.hidden, configuration.dense.dropout_rates, strict=True)
    lines = [line for width, rate in hidden for line in _hidden_layer(configuration, width, rate)]
    softmax = ', activation="softmax"' if configuration.loss == CROSS_ENTROPY_LOSS else ""
    return [*lines, f"keras.layers.Dense({outputs}{softmax})"]


def compiling(configuration: Configuration, model: str = "model", *, watch: bool = False) -> str:
    """The call that compiles ``model`` with the optimizer and the loss it was trained with.

    With ``watch`` what early stopping goes by is among its metrics.
    """
    plain = ["accuracy"] if configuration.loss == CROSS_ENTROPY_LOSS else []
    metrics = [*plain, *([_WATCHED[configuration.loss]] if watch else [])]
    optimizer = _OPTIMIZERS[configuration.optimizer].format(rate=configuration.learning_rate)
    return (
        f"{model}.compile(\n"
        f"    optimizer=keras.optimizers.{optimizer},\n"
        f'    loss="{_LOSSES[configuration.loss]}",\n'
        f"{f'    metrics={json.dumps(metrics)},{chr(10)}' if metrics else ''}"
        ")"
    )


def _stopping(configuration: Configuration, reading: str) -> str:
    """The callback that stops where ``reading`` stops; empty where it reads the end of training."""
    rule = parse_reading(reading)
    patience = configuration.epochs if rule.name == "best" else rule.patience
    if patience is None:
        return ""
    watched = _watched(configuration)
    arguments = [
        f'monitor="val_{watched}"',
        *(['mode="min"'] if watched != "loss" else []),
        f"patience={max(patience, 1)}",
        "restore_best_weights=True",
    ]
    return f"stopping = {_call('keras.callbacks.EarlyStopping', arguments)}\n"


def _watched(configuration: Configuration) -> str:
    """What early stopping goes by: the loss, where that is it; Keras's holds the L2 penalty, too."""
    penalised = not isinstance(configuration.network, DenseStack) or configuration.network.l2
    plain = configuration.loss in (CROSS_ENTROPY_LOSS, "mse") and not penalised
    return "loss" if plain else _WATCHED[configuration.loss]


def _call(function: str, arguments: list[str]) -> str:
    """A call on one line, or with one argument a line where it is long."""
    line = f"{function}({', '.join(arguments)})"
    return line if len(line) < 80 else f"{function}(\n" + "".join(f"    {one},\n" for one in arguments) + ")"


def _hidden_layer(configuration: Configuration, width: int, rate: float) -> list[str]:
    penalty = (
        f", kernel_regularizer=keras.regularizers.L2({configuration.dense.l2!r})" if configuration.dense.l2 else ""
    )
    if configuration.dense.batch_norm:
        lines = [
            f"keras.layers.Dense({width}, use_bias=False{penalty})",
            "keras.layers.BatchNormalization()",
            f'keras.layers.Activation("{configuration.dense.activation}")',
        ]
    else:
        lines = [f'keras.layers.Dense({width}, activation="{configuration.dense.activation}"{penalty})']
    return [*lines, f"keras.layers.Dropout({rate!r})"] if rate else lines
