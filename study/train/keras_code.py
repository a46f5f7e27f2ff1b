"""A configuration as Keras code that can be copied and run: for the report and for the final network."""

from __future__ import annotations

import json
from collections.abc import Sequence

from study.records.readings import parse_reading
from study.records.trials import Configuration

_PLAIN_LOSS = "sparse_categorical_crossentropy"
_OPTIMIZERS = {
    "adam": "Adam(learning_rate={rate!r})",
    "adamw": "AdamW(learning_rate={rate!r})",
    "rmsprop": "RMSprop(learning_rate={rate!r})",
    "sgd": "SGD(learning_rate={rate!r}, momentum=0.9)",
}


def keras_code(configuration: Configuration, inputs: int, classes: int, reading: str = "tail") -> str:
    """Python source that builds, compiles and fits the network of ``configuration``.

    Where ``reading`` stops early or goes back to the best epoch, the code does so by a callback.
    """
    fit = [f"batch_size={configuration.batch_size}", f"epochs={configuration.epochs}"]
    stopping = _stopping(configuration, reading)
    if stopping:
        fit += ["validation_data=(x_val, y_val)", "callbacks=[stopping]"]
    return (
        "import keras\n\n"
        f"model = {sequential([f'keras.Input(({inputs},))', *layers(configuration, classes)])}\n"
        f"{compiling(configuration, [_PLAIN_LOSS] if stopping and configuration.network.l2 else [])}\n"
        f"{stopping}"
        f"{_call('model.fit', ['x', 'y', *fit])}\n"
    )


def sequential(lines: list[str]) -> str:
    """A sequential model of these layers, one a line."""
    return "keras.Sequential([\n" + "".join(f"    {line},\n" for line in lines) + "])"


def layers(configuration: Configuration, classes: int) -> list[str]:
    """The layers of a network behind its input, each as an expression; the last one gives probabilities."""
    hidden = zip(configuration.network.hidden, configuration.network.dropout_rates, strict=True)
    lines = [line for width, rate in hidden for line in _hidden_layer(configuration, width, rate)]
    return [*lines, f'keras.layers.Dense({classes}, activation="softmax")']


def compiling(configuration: Configuration, more_metrics: Sequence[str] = ()) -> str:
    """The call that compiles ``model`` with the optimizer and the loss it was trained with."""
    optimizer = _OPTIMIZERS[configuration.optimizer].format(rate=configuration.learning_rate)
    return (
        "model.compile(\n"
        f"    optimizer=keras.optimizers.{optimizer},\n"
        '    loss="sparse_categorical_crossentropy",\n'
        f"    metrics={json.dumps(['accuracy', *more_metrics])},\n"
        ")"
    )


def _stopping(configuration: Configuration, reading: str) -> str:
    """The callback that stops where ``reading`` stops; empty where it reads the end of training."""
    rule = parse_reading(reading)
    patience = configuration.epochs if rule.name == "best" else rule.patience
    if patience is None:
        return ""
    # Keras's val_loss holds the L2 penalty, too; what is read here is the plain cross-entropy.
    watched = [f'monitor="val_{_PLAIN_LOSS}"', 'mode="min"'] if configuration.network.l2 else ['monitor="val_loss"']
    arguments = [*watched, f"patience={max(patience, 1)}", "restore_best_weights=True"]
    return f"stopping = {_call('keras.callbacks.EarlyStopping', arguments)}\n"


def _call(function: str, arguments: list[str]) -> str:
    """A call on one line, or with one argument a line where it is long."""
    line = f"{function}({', '.join(arguments)})"
    return line if len(line) < 80 else f"{function}(\n" + "".join(f"    {one},\n" for one in arguments) + ")"


def _hidden_layer(configuration: Configuration, width: int, rate: float) -> list[str]:
    penalty = (
        f", kernel_regularizer=keras.regularizers.L2({configuration.network.l2!r})" if configuration.network.l2 else ""
    )
    if configuration.network.batch_norm:
        lines = [
            f"keras.layers.Dense({width}, use_bias=False{penalty})",
            "keras.layers.BatchNormalization()",
            f'keras.layers.Activation("{configuration.network.activation}")',
        ]
    else:
        lines = [f'keras.layers.Dense({width}, activation="{configuration.network.activation}"{penalty})']
    return [*lines, f"keras.layers.Dropout({rate!r})"] if rate else lines
