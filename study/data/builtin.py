"""The data sets that come with the program, or with Keras."""

from __future__ import annotations

import hashlib
import io
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
DIGITS_SHA256 = "6f801551877abf69fbf3711373bb642a18dc933430a3385cd6febc235225ea6f"
MNIST_SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"


def mnist() -> Dataset:
    """The 70,000 digits that come with the program. Raises :class:`DataError` where the file is damaged."""
    arrays = _embedded("mnist.npz", MNIST_SHA256)
    parts = (arrays[name] for name in ("x_train", "y_train", "x_test", "y_test"))
    return make_dataset("mnist", *parts, scale=255.0, labels=DIGITS)


def digits() -> Dataset:
    """1,797 real 8x8 digits, those of scikit-learn; a fixed stratified fifth is the test set.

    Raises :class:`DataError` where the file is damaged.
    """
    arrays = _embedded("digits.npz", DIGITS_SHA256)
    x, y = arrays["x"], arrays["y"].astype(np.int64)  # as scikit-learn gives them: the hash is of these
    rest, test = stratified(y.astype(np.int32), np.arange(len(y)), 0.2, np.random.SeedSequence(0), "test share")
    return make_dataset("digits", x[rest], y[rest], x[test], y[test], scale=16.0, labels=DIGITS)


def _embedded(name: str, sha256: str) -> dict[str, np.ndarray]:
    """The arrays of a file that comes with the program."""
    path = resources.files("study.data") / name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"The embedded file {name} cannot be read: {error}. Install depthgauge again.") from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != sha256:
        raise DataError(
            f"The embedded file {path} is damaged: its SHA-256 should begin with {sha256[:12]}, "
            f"found {digest[:12]}. Install depthgauge again, or restore the file with git checkout."
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)


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
