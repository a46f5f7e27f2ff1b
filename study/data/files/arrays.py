"""Arrays with labels, from ``.npz``, IDX files or folders of images, -> a data set; how their values are scaled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from study.data.dataset import Dataset, make_dataset
from study.data.files import limits
from study.data.files.contents import Contents, Items
from study.data.files.labels import check_parts, check_rows_of_classes
from study.data.files.own_test_rows import check_redrawn, no_own_test_set, redrawn, test_rows
from study.data.files.paths import existing
from study.data.files.targets import read_answers
from study.data.given import Given, given_of_rows
from study.data.origin import Origin, holds, origin_of_rows
from study.data.parts import Strata
from study.errors import DataError
from study.records.sources import DataSource

FORMATS = (
    ".npz, .csv, .tsv, .parquet, IDX files (train-images-idx3-ubyte), or a folder of images with one folder a class"
)


def load(path: Path, source: DataSource) -> Dataset:
    """The data set of arrays; raises :class:`DataError` for what cannot be used."""
    where = str(path)
    asked = (source.target, source.group, source.time, source.weight)
    if source.drop or source.categorical or any(name is not None for name in asked):
        raise DataError(
            f"{where}: only tables (.csv, .tsv, .parquet) have columns. Leave out data.target, data.drop, "
            "data.categorical, data.group, data.time and data.weight."
        )
    given = _reader(path)(path)
    train, test = given.train, given.test
    if source.test is not None:
        if test is not None:
            raise DataError(f"{where} brings its own test set: data.test = {source.test!r} is one too many.")
        test_path = existing(source.test)
        test = _reader(test_path)(test_path).train
    x_train, scale = _values(train)
    drawn = None
    if test is None and source.scheme == "fixed":
        labels, (y,) = read_answers(source.task, (train.y, train.where_labels))
        rest, drawn = test_rows(Strata(y), labels, source)
        parts = x_train[rest], y[rest], x_train[drawn], y[drawn]
    elif test is None:
        labels, (y,) = read_answers(source.task, (train.y, train.where_labels))
        check_redrawn(Strata(y), labels, source)
        parts = x_train, y, x_train[:0], y[:0]
    else:
        no_own_test_set(source, where)
        x_test = _like(test, train, x_train.dtype, scale)
        labels, (y_train, y_test) = read_answers(
            source.task, (train.y, train.where_labels), (test.y, test.where_labels)
        )
        check_parts(y_train, y_test, labels, test.where_labels)
        check_rows_of_classes(y_train, labels, train.where_labels)
        parts = x_train, y_train, x_test, y_test
    x_train, y_train, x_test, y_test = parts
    x_train, x_test, origin, as_given = _reduced(x_train, x_test, scale, train.where, (test or train).where)
    return make_dataset(
        source.dataset,
        *(x_train, y_train, x_test, y_test),
        scale=scale,
        labels=labels,
        notes=given.notes,
        drawn=drawn,
        origin=origin,
        given=as_given,
        redrawn=redrawn(source),
    )


def brings_test_set(name: str) -> bool:
    """Whether the file or folder of that name holds a test set, too; False for tables and where it cannot be read."""
    from study.data.files import idx, image_folders, npz

    path = Path(name).expanduser()
    try:
        if path.is_dir():
            return idx.has_test_set(path) if idx.stands_in(path) else image_folders.has_test_set(path)
        return path.suffix.lower() == ".npz" and path.is_file() and npz.has_test_set(path)
    except (DataError, OSError, ValueError):
        return False


def _reduced(
    x_train: NDArray[np.generic], x_test: NDArray[np.generic], scale: float | None, where_train: str, where_test: str
) -> tuple[NDArray[np.generic], NDArray[np.generic], Origin | None, Given | None]:
    """Both parts as bytes or float32, from where their features begin, and what float32 does not tell of them."""
    if x_train.dtype == np.uint8:
        return x_train, x_test, None, None
    features = int(np.prod(x_train.shape[1:]))
    both = x_train.reshape(-1, features), x_test.reshape(-1, features)
    given = None if all(map(holds, both)) else given_of_rows(both)
    origin = origin_of_rows(both[0]) if scale is None else None
    floats = [_floats(part, where, origin) for part, where in zip(both, (where_train, where_test), strict=True)]
    return floats[0].reshape(x_train.shape), floats[1].reshape(x_test.shape), origin, given


def _reader(path: Path) -> Callable[[Path], Contents]:
    from study.data.files import idx, image_folders, npz

    if path.is_dir():
        return idx.read if idx.stands_in(path) else image_folders.read
    if path.suffix.lower() == ".npz":
        return npz.read
    if idx.is_idx(path):
        return idx.read
    hint = " Save x and y together: numpy.savez('data.npz', x=x, y=y)." if path.suffix.lower() == ".npy" else ""
    raise DataError(f"{path}: expected {FORMATS}; found a file that ends in {path.suffix or 'nothing'!r}.{hint}")


def _values(items: Items) -> tuple[NDArray[np.generic], float | None]:
    """Items as uint8, or numbers as they are (n, ...), and what a network divides them by; None where it standardises.

    Bytes are divided by 255, or by their largest value where that is below 128 (flags, or sixteen shades of grey).
    Whole numbers from 0 to 255 in items of two or more dimensions are the bytes of an image, too. Fractions of such
    items from 0 to 1 stay as they are, from 0 to 255 they are divided by 255; everything else is standardised.
    """
    x, where = items.x, items.where
    _check_items(items)
    image = x.ndim > 2
    if x.dtype.kind == "b":
        x = x.astype(np.uint8)
    low, high = x.min(), x.max()
    if image and x.dtype.kind in "iu" and low >= 0 and high <= 255:
        x = x.astype(np.uint8)
    if x.dtype == np.uint8:
        return x, 255.0 if high >= 128 else float(max(high, 1))
    _floats(x.reshape(len(x), -1), where)  # what is not finite has no range
    if image and low >= 0 and high <= 255:
        return x, 1.0 if high <= 1 else 255.0
    return x, None


def _like(test: Items, train: Items, kind: np.dtype, scale: float | None) -> NDArray[np.generic]:
    """The test items in the type of the training items; raises :class:`DataError` where they are of another kind."""
    _check_items(test)
    if test.x.shape[1:] != train.x.shape[1:]:
        raise DataError(
            f"{test.where}: expected items of shape {train.x.shape[1:]}, as in the training part, found "
            f"{test.x.shape[1:]}."
        )
    if kind != np.uint8:
        x: NDArray[np.generic] = test.x
        _floats(x.reshape(len(x), -1), test.where)
    elif test.x.dtype.kind not in "biu" or test.x.min() < 0 or test.x.max() > 255:
        raise DataError(
            f"{test.where}: expected bytes from 0 to 255, as in the training part, found {test.x.dtype} from "
            f"{test.x.min():.4g} to {test.x.max():.4g}."
        )
    else:
        x = test.x.astype(np.uint8)
    if (scale == 1 and x.max() > 2) or (scale == 255 and x.max() <= 1):  # fractions in one part, bytes in the other
        raise DataError(
            f"{test.where}: expected values up to {scale:g}, as in the training part, found values up to {x.max():g}. "
            "Bring both to the same scale."
        )
    return x


def _check_items(items: Items) -> None:
    x, y, where = items.x, items.y, items.where
    if x.dtype.kind not in "biuf":
        raise DataError(f"{where}: expected numbers, found {x.dtype}.")
    if x.ndim < 2:
        raise DataError(f"{where}: expected items of shape (rows, features) or (rows, height, width), found {x.shape}.")
    if not len(x):
        raise DataError(f"{where}: expected rows, found none.")
    if y.ndim == 0 or len(x) != len(y):
        raise DataError(
            f"{items.where_labels}: expected a label for each of {len(x):,} items, found labels of shape {y.shape}."
        )
    limits.check_features(int(np.prod(x.shape[1:])), where)


def _floats(x: NDArray[np.generic], where: str, origin: Origin | None = None) -> NDArray[np.float32]:
    """Features (n, F) as float32, from where they begin."""
    with np.errstate(over="ignore"):
        values = x.astype(np.float32) if origin is None else origin.apply(x)
    wrong = ~np.isfinite(values)
    if wrong.any():
        row = int(np.argwhere(wrong)[0][0])
        raise DataError(
            f"{where}: expected finite numbers of ordinary size, found {x[wrong][0]} in item {row} and "
            f"{int(wrong.sum()):,} such values in all. Replace them, or remove these rows."
        )
    return values
