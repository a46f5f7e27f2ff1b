"""A data set's name or path -> arrays, and one replicate's draw from them: split, subset, label noise."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from study.data.columns import Columns
from study.errors import DataError
from study.keras_settings import choose_backend, settle
from study.records.trials import DataSource
from study.seeds import Stream, small_seed, stream
from study.silence import silence

DIGITS = tuple("0123456789")
LABELS = {
    "fashion_mnist": (
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ),
    "cifar10": ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
}  # fmt: skip
MNIST_SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"


@dataclass(frozen=True, slots=True)
class Dataset:
    """Images or rows with labels, as they were given, before any split: the training part, then the test set.

    ``x`` (M + N, F) is uint8 or float32. A network sees ``x / scale`` as float32; where ``scale`` is None, each
    trial standardises the rows by its own training rows (:func:`study.data.columns.fit_scaling`), and NaN is a
    missing value. ``shape`` is that of one item as it was given, (28, 28) for MNIST, (F,) for a row; its product
    is F. ``y`` (M + N,) int32 holds labels 0 .. classes - 1, and ``labels`` their names. ``training`` is M.
    ``sha256`` is the hash of the arrays. ``columns`` says how a row of a table became features; None for all else.
    ``notes`` are sentences on what was decided while reading that the arrays do not show. ``drawn`` (N,) are the
    rows of the user's data that were drawn as test set, ascending; None where the data bring one.
    """

    name: str
    x: NDArray[np.generic]
    y: NDArray[np.int32]
    training: int
    scale: float | None
    shape: tuple[int, ...]
    labels: tuple[str, ...]
    sha256: str
    columns: Columns | None = None
    notes: tuple[str, ...] = ()
    drawn: NDArray[np.int64] | None = None

    @property
    def classes(self) -> int:
        """Number of classes."""
        return len(self.labels)

    @property
    def inputs(self) -> int:
        """Features a row."""
        return int(self.x.shape[1])


@dataclass(frozen=True, slots=True)
class Sample:
    """What one trial sees: train subset, validation and test, one after the other.

    ``rows`` are indices into the data set, so that images are kept once for all trials; ``y`` int32 are the
    labels of these rows, with label noise in the training subset; ``sizes`` are the three lengths.
    """

    rows: NDArray[np.int32]
    y: NDArray[np.int32]
    sizes: tuple[int, int, int]


def load_dataset(source: DataSource | str) -> Dataset:
    """One of the built-in :data:`~study.records.trials.DATASETS`, or what is at a path.

    A name alone stands for a source without more.

    Raises :class:`DataError` when it is unknown, damaged, unusable or out of reach.
    """
    if isinstance(source, str):
        source = DataSource(source)
    if source.own:
        from study.data.files import load

        return load(source)
    name = source.dataset
    if name == "mnist":
        return _mnist()
    if name == "digits":
        return _digits()
    return _from_keras(name)


def draw_sample(
    dataset: Dataset, *, seed: int, replicate: int, validation: float, samples: int | None, label_noise: float
) -> Sample:
    """Hold out validation rows, draw the training subset and its label noise, all stratified and seeded.

    ``validation`` is the share of the training part that is held out, in (0, 1). ``samples`` is the size of
    the training subset, None for all. ``label_noise`` is the share of training labels that are replaced by
    another class. The held-out rows depend on (seed, replicate) alone, so they stay the same at every size.
    """
    part = np.arange(dataset.training)
    train, held_out = stratified(dataset.y, part, validation, stream(seed, replicate, Stream.SPLIT), "validation share")
    if samples is not None and samples != len(train):
        _, train = stratified(dataset.y, train, samples, stream(seed, replicate, Stream.SUBSET), "samples")
    test = np.arange(dataset.training, len(dataset.y))
    rows = np.concatenate([train, held_out, test]).astype(np.int32)
    labels = dataset.y[rows]
    if label_noise:
        rng = np.random.default_rng(stream(seed, replicate, Stream.LABEL_NOISE))
        wrong = rng.permutation(len(train))[: round(label_noise * len(train))]
        labels[wrong] = (labels[wrong] + rng.integers(1, dataset.classes, len(wrong))) % dataset.classes
    return Sample(rows, labels, (len(train), len(held_out), len(test)))


def split_sizes(dataset: Dataset, validation: float) -> tuple[int, int, int]:
    """Sizes of the full training part, validation and test."""
    held_out = int(np.ceil(dataset.training * validation))
    return dataset.training - held_out, held_out, len(dataset.y) - dataset.training


def stratified(
    labels: NDArray[np.int32],
    rows: NDArray[np.int64],
    size: float | int,
    seeds: np.random.SeedSequence,
    what: str,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows outside and inside a stratified draw of ``size`` (a share or a count), each in ascending order."""
    from sklearn.model_selection import train_test_split  # a second to import: only where data is drawn

    try:
        outside, inside = train_test_split(rows, test_size=size, stratify=labels[rows], random_state=small_seed(seeds))
    except ValueError as error:
        reason = " ".join(str(error).split())
        raise DataError(
            f"Cannot draw {what} = {size} from {len(rows)} samples with every class present: {reason}"
        ) from error
    return np.sort(outside), np.sort(inside)


def _mnist() -> Dataset:
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


def _digits() -> Dataset:
    """The 1,797 real 8x8 digits that come with scikit-learn; a fixed stratified fifth is the test set."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    x = x.reshape(-1, 8, 8)
    rest, test = stratified(y, np.arange(len(y)), 0.2, np.random.SeedSequence(0), "test share")
    x = x.astype(np.uint8)
    return make_dataset("digits", x[rest], y[rest], x[test], y[test], scale=16.0, labels=DIGITS)


def _from_keras(name: str) -> Dataset:
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


def make_dataset(
    name: str,
    x_train: NDArray[np.generic],
    y_train: NDArray[np.generic],
    x_test: NDArray[np.generic],
    y_test: NDArray[np.generic],
    *,
    scale: float | None,
    labels: tuple[str, ...],
    columns: Columns | None = None,
    notes: tuple[str, ...] = (),
    drawn: NDArray[np.int64] | None = None,
) -> Dataset:
    """A data set of items (M, ...) and (N, ...) with labels 0 .. K - 1 in (M,) and (N,), or (M, 1) and (N, 1)."""
    digest = hashlib.sha256()
    for array in (x_train, y_train, x_test, y_test):
        digest.update(np.ascontiguousarray(array).tobytes())
    x = np.concatenate([x_train, x_test])
    return Dataset(
        name=name,
        x=x.reshape(len(x), -1),
        y=np.concatenate([y_train, y_test]).reshape(-1).astype(np.int32),
        training=len(x_train),
        scale=scale,
        shape=x.shape[1:],
        labels=labels,
        sha256=digest.hexdigest(),
        columns=columns,
        notes=notes,
        drawn=drawn,
    )
