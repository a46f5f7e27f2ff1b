"""The data sets that come with the program, with scikit-learn or with Keras."""

from __future__ import annotations

import hashlib
from importlib import resources

import numpy as np

from study.data.dataset import Dataset, make_dataset
from study.data.parts import stratified
from study.errors import DataError
from study.machine.keras_settings import choose_backend, settle
from study.machine.silence import silence

DIGITS = tuple("0123456789")
LABELS = {
    "fashion_mnist": (
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ),
    "cifar10": ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
}  # fmt: skip
MNIST_SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"


def mnist() -> Dataset:
    """The 70,000 digits that come with the program. Raises :class:`DataError` where the file is damaged."""
    path = resources.files("study.data") / "mnist.npz"
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise DataError(f"The embedded MNIST file cannot be read: {error}. Install depthgauge again.") from error
    if digest != MNIST_SHA256:
        raise DataError(
            f"The embedded MNIST file {path} is damaged: its SHA-256 should begin with {MNIST_SHA256[:12]}, "
            f"found {digest[:12]}. Install depthgauge again, or restore the file with git checkout."
        )
    with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return make_dataset("mnist", **{k: arrays[k] for k in arrays.files}, scale=255.0, labels=DIGITS)


def digits() -> Dataset:
    """The 1,797 real 8x8 digits that come with scikit-learn; a fixed stratified fifth is the test set."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    x = x.reshape(-1, 8, 8)
    rest, test = stratified(y, np.arange(len(y)), 0.2, np.random.SeedSequence(0), "test share")
    x = x.astype(np.uint8)
    return make_dataset("digits", x[rest], y[rest], x[test], y[test], scale=16.0, labels=DIGITS)


def from_keras(name: str) -> Dataset:
    """A data set that Keras downloads once. Raises :class:`DataError` where it cannot be had."""
    try:
        choose_backend()
        with silence():
            import keras

            settle()  # CIFAR-10 comes in the order of axes that Keras was told
            (x_train, y_train), (x_test, y_test) = getattr(keras.datasets, name).load_data()
    except Exception as error:  # Keras raises plain Exception when a download fails
        raise DataError(
            f"{name} is not on this machine and could not be downloaded. Connect to the internet once (Keras "
            f"keeps a copy in ~/.keras/datasets), or use a data set that is always here: mnist, digits."
        ) from error
    return make_dataset(name, x_train, y_train, x_test, y_test, scale=255.0, labels=LABELS[name])
