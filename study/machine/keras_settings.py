"""Keras as this program needs it, whatever ``~/.keras/keras.json`` and the environment say."""

from __future__ import annotations

import os

BACKEND = {"KERAS_BACKEND": "tensorflow"}


def choose_backend() -> None:
    """Have Keras use TensorFlow; to be called before it is imported, after that it does nothing."""
    os.environ.update(BACKEND)


def settle() -> None:
    """Undo what a file of settings has changed: numbers of 32 bits, the small constant, the order of axes."""
    import keras

    keras.config.set_floatx("float32")
    keras.config.set_epsilon(1e-7)
    keras.config.set_image_data_format("channels_last")
    keras.config.set_dtype_policy("float32")
