"""Networks as people write them in files of their own: what the presets ``cnn`` and ``tutorial`` build.

Presets name this file by its hash: after a change, tests/design/test_own_presets.py says what to write there.
"""

from __future__ import annotations

import keras
from keras import layers


def cnn(inputs: tuple[int, ...], classes: int, blocks: int = 2, filters: int = 16) -> keras.Model:
    """``blocks`` of convolution and pooling, each with twice the filters of the one before, and a dense layer."""
    model = keras.Sequential([keras.Input(inputs)])
    for block in range(blocks):
        model.add(layers.Conv2D(filters * 2**block, 3, padding="same", activation="relu"))
        model.add(layers.MaxPooling2D(padding="same"))
    model.add(layers.Flatten())
    model.add(layers.Dense(64, activation="relu"))
    model.add(layers.Dense(classes, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def tutorial(inputs: tuple[int, ...], classes: int, first: int = 128, second: int = 64) -> keras.Model:
    """The network of the tutorials."""
    model = keras.Sequential([keras.Input(inputs), layers.Flatten()])
    model.add(layers.Dense(first, activation="relu"))
    model.add(layers.Dense(second, activation="relu"))
    model.add(layers.Dense(classes, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
