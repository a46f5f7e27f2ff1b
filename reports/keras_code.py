"""A configuration as Keras code that can be copied and run."""

from __future__ import annotations

from study.records import Configuration, dropout_rates

_OPTIMIZERS = {
    "adam": "Adam(learning_rate={rate!r})",
    "adamw": "AdamW(learning_rate={rate!r})",
    "rmsprop": "RMSprop(learning_rate={rate!r})",
    "sgd": "SGD(learning_rate={rate!r}, momentum=0.9)",
}


def keras_code(configuration: Configuration, inputs: int, classes: int) -> str:
    """Python source that builds, compiles and fits the network of ``configuration``."""
    layers = [f"keras.Input(({inputs},)),"]
    for width, rate in zip(configuration.hidden, dropout_rates(configuration), strict=True):
        layers += _hidden_layer(configuration, width, rate)
    layers.append(f'keras.layers.Dense({classes}, activation="softmax"),')
    optimizer = _OPTIMIZERS[configuration.optimizer].format(rate=configuration.learning_rate)
    body = "\n".join("    " + line for line in layers)
    return (
        "import keras\n\n"
        f"model = keras.Sequential([\n{body}\n])\n"
        "model.compile(\n"
        f"    optimizer=keras.optimizers.{optimizer},\n"
        '    loss="sparse_categorical_crossentropy",\n'
        '    metrics=["accuracy"],\n'
        ")\n"
        f"model.fit(x, y, batch_size={configuration.batch_size}, epochs={configuration.epochs})\n"
    )


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
