"""A configuration as Keras code that can be copied and run."""

from __future__ import annotations

import json

from study.analysis.readings import parse_reading
from study.records import Configuration, dropout_rates

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
    layers = [f"keras.Input(({inputs},)),"]
    for width, rate in zip(configuration.hidden, dropout_rates(configuration), strict=True):
        layers += _hidden_layer(configuration, width, rate)
    layers.append(f'keras.layers.Dense({classes}, activation="softmax"),')
    optimizer = _OPTIMIZERS[configuration.optimizer].format(rate=configuration.learning_rate)
    body = "\n".join("    " + line for line in layers)
    metrics = ["accuracy"]
    fit = [f"batch_size={configuration.batch_size}", f"epochs={configuration.epochs}"]
    stopping = _stopping(configuration, reading)
    if stopping:
        metrics += [_PLAIN_LOSS] if configuration.l2 else []
        fit += ["validation_data=(x_val, y_val)", "callbacks=[stopping]"]
    return (
        "import keras\n\n"
        f"model = keras.Sequential([\n{body}\n])\n"
        "model.compile(\n"
        f"    optimizer=keras.optimizers.{optimizer},\n"
        '    loss="sparse_categorical_crossentropy",\n'
        f"    metrics={json.dumps(metrics)},\n"
        ")\n"
        f"{stopping}"
        f"{_call('model.fit', ['x', 'y', *fit])}\n"
    )


def _stopping(configuration: Configuration, reading: str) -> str:
    """The callback that stops where ``reading`` stops; empty where it reads the end of training."""
    rule = parse_reading(reading)
    patience = configuration.epochs if rule.name == "best" else rule.patience
    if patience is None:
        return ""
    # Keras's val_loss holds the L2 penalty, too; what is read here is the plain cross-entropy.
    watched = [f'monitor="val_{_PLAIN_LOSS}"', 'mode="min"'] if configuration.l2 else ['monitor="val_loss"']
    arguments = [*watched, f"patience={max(patience, 1)}", "restore_best_weights=True"]
    return f"stopping = {_call('keras.callbacks.EarlyStopping', arguments)}\n"


def _call(function: str, arguments: list[str]) -> str:
    """A call on one line, or with one argument a line where it is long."""
    line = f"{function}({', '.join(arguments)})"
    return line if len(line) < 80 else f"{function}(\n" + "".join(f"    {one},\n" for one in arguments) + ")"


def _hidden_layer(configuration: Configuration, width: int, rate: float) -> list[str]:
    penalty = f", kernel_regularizer=keras.regularizers.L2({configuration.l2!r})" if configuration.l2 else ""
    if configuration.batch_norm:
        lines = [
            f"keras.layers.Dense({width}, use_bias=False{penalty}),",
            "keras.layers.BatchNormalization(),",
            f'keras.layers.Activation("{configuration.activation}"),',
        ]
    else:
        lines = [f'keras.layers.Dense({width}, activation="{configuration.activation}"{penalty}),']
    return [*lines, f"keras.layers.Dropout({rate!r}),"] if rate else lines
