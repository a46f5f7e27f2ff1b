"""A user's file -> items as a saved model takes them, and what was done to get there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from study.data.columns import Columns, texts
from study.data.files import limits, npz
from study.data.files.column_kinds import check_columns, encode
from study.data.files.image_folders import is_litter
from study.data.files.images import ENDINGS
from study.data.files.paths import check_ordinary
from study.data.files.table_rows import is_table, read_table
from study.errors import DataError
from study.final.drawing import read_drawing
from study.final.drawn import unlike_notes
from study.final.model_input import ModelInput
from study.words import count, option, shortened, value_text, whole

FORMATS = f".npz, .csv, .tsv, .parquet, an image ({', '.join(ENDINGS)}) or a folder of images"
ARRAYS = (
    "x",
    "x_test",
    "x_train",
    "images",
    "data",
    "test_images",
    "train_images",
)  # of an .npz, the first that is there
FAR = 100  # standard deviations from the mean of training that no item of the same kind has
LABEL_COLUMNS = ("label", "labels", "target", "class", "y")  # passed by in a table of pixels that has one column more


@dataclass(frozen=True, slots=True)
class Items:
    """Items ``x`` (n, ...) with the ``names`` (n,) they are shown by; ``notes`` say what was done to them."""

    x: NDArray[np.generic]
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()


def read_items(path: Path, takes: ModelInput, *, centre: bool = False) -> Items:
    """The items of a file or folder for a model that takes ``takes``. Raises :class:`DataError` for all else.

    With ``centre`` what is drawn in pictures is moved to where the training images have it.
    """
    if not path.exists():
        problem = "is a link that leads nowhere" if path.is_symlink() else "there is no such file or folder"
        raise DataError(f"{path}: {problem}. Expected {FORMATS}.")
    check_ordinary(path)
    ending = path.suffix.lower()
    if path.is_dir() or ending in ENDINGS:
        return _images(path, takes, centre)
    if centre:
        raise DataError(f"{path}: {option('centre')} moves what is drawn in an image, and this is none. Leave it out.")
    if is_table(path):
        return _table(path, takes.columns, takes) if takes.columns is not None else _pixels(path, takes)
    if ending == ".npz":
        return _arrays(path, takes)
    raise DataError(f"{path}: expected {FORMATS}, found a file that ends in {ending or 'nothing'!r}.")


def _images(path: Path, takes: ModelInput, centre: bool) -> Items:
    if not takes.images or takes.channels not in (1, 3):
        raise DataError(
            f"{path}: this model takes {_taken(takes)}, so it cannot be given images. Expected .npz, .csv or .parquet."
        )
    if centre and takes.drawn is None:
        raise DataError(
            f"{path}: {option('centre')} needs a model of grey images on a light or a dark background, which says "
            "where its training images have their ink; this one does not. Leave it out, or pick again."
        )
    files = [path]
    litter = 0
    if path.is_dir():
        found = [file for file in path.rglob("*") if file.suffix.lower() in ENDINGS and file.is_file()]
        files = sorted(file for file in found if not any(map(is_litter, _below(file, path))))
        litter = len(found) - len(files)
        if not files:
            raise DataError(f"{path}: expected images ({', '.join(ENDINGS)}) in this folder, found none.")
        limits.check_bytes(4 * takes.features * len(files), str(path))
    drawn = [read_drawing(file, takes, centre=centre) for file in files]
    done = [word for one in drawn for word in one.done]
    notes = [f"{word}: {count(done.count(word), 'image')}" for word in dict.fromkeys(done)]
    if litter:
        notes.append(f"{count(litter, 'file')} left by other programs passed by")
    names = tuple(_printable(str(file.relative_to(path)) if path.is_dir() else file.name) for file in files)
    x = np.stack([one.x for one in drawn])
    return Items(x, names, (*notes, *_drawing_notes(x, takes)))


def _below(file: Path, folder: Path) -> list[Path]:
    """A file and the folders between it and ``folder``."""
    return [file, *(place for place in file.parents if place != folder and place.is_relative_to(folder))]


def _printable(name: str) -> str:
    """A file's name as text that can be written, where its bytes are none."""
    return name.encode("utf-8", "backslashreplace").decode()


def _drawing_notes(x: NDArray[np.generic], takes: ModelInput) -> tuple[str, ...]:
    """Says where items (n, ...) are unlike the drawings of training."""
    if takes.drawn is None or takes.white is None or takes.border is None:
        return ()
    images = x.reshape(-1, *takes.shape[:2]).astype(np.float32) / np.float32(takes.white)
    return unlike_notes(images, takes.border, takes.drawn)


def _table(path: Path, columns: Columns, takes: ModelInput) -> Items:
    """Rows of a table with the columns that the model was trained on; a column of labels may be there or not."""
    words = [name for name, _ in columns.categorical]
    table = read_table(path, columns.target, dict.fromkeys(words, "str"))
    frame = table.frame
    check_columns(frame, (*columns.numeric, *words), str(path))
    x = encode(columns, frame, str(path), takes.origin)
    notes = [note.removesuffix(".") for note in table.notes]
    if missing := int(np.isnan(x).sum()):
        notes.append(f"{count(missing, 'empty cell')} taken as the mean of the training rows")
    for name, known in columns.categorical:
        cells = texts(frame[name])
        strange = cells[~np.isin(cells, known)]
        if len(strange):
            words = list(dict.fromkeys(strange))
            shown = ", ".join(repr(shortened(word)) for word in words[:3]) + (", ..." if len(words) > 3 else "")
            notes.append(
                f"column {name!r}: {shown} in {count(len(strange), 'cell')}, which the training rows do not have, "
                "taken as none of their words"
            )
    return Items(takes.items(x), _rows(len(x)), (*notes, *_range_notes(x, takes)))


def _pixels(path: Path, takes: ModelInput) -> Items:
    """Rows of a table that holds the values of items in their order, perhaps beside a column of labels."""
    table = read_table(path)
    frame, notes = table.frame, tuple(note.removesuffix(".") for note in table.notes)
    if frame.shape[1] == takes.features + 1:
        label = next((name for name in frame.columns if str(name).lower() in LABEL_COLUMNS), None)
        if label is not None:
            frame, notes = frame.drop(columns=label), (*notes, f"column {label!r} is not read")
    if frame.shape[1] != takes.features:
        raise DataError(
            f"{path}: this model takes {_taken(takes)}: expected {whole(takes.features)} columns of values, found "
            f"{whole(frame.shape[1])}."
        )
    try:
        x = frame.to_numpy(np.float64, na_value=np.nan)
    except (ValueError, TypeError) as error:
        raise DataError(f"{path}: expected numbers in all columns, found words.") from error
    return _checked(x, path, takes, notes)


def _arrays(path: Path, takes: ModelInput) -> Items:
    name, x, arrays = npz.read_one(path, ARRAYS)
    if x.dtype.kind not in "biuf":
        raise DataError(f"{path}: expected numbers in array {name}, found {x.dtype}.")
    if x.shape == takes.shape:
        x = x[None]
    if x.ndim < 2 or not len(x) or int(np.prod(x.shape[1:])) != takes.features:
        raise DataError(
            f"{path}: this model takes {_taken(takes)}: expected array {name} of shape (n, "
            f"{', '.join(map(str, takes.shape))}), found {x.shape}."
        )
    notes: tuple[str, ...] = (f"array {name} is read",) if arrays > 1 else ()
    if x.shape[1:] != takes.shape:
        notes += (f"items of shape {x.shape[1:]} were reshaped to {takes.shape}",)
    return _checked(x, path, takes, notes)


def _checked(x: NDArray[np.generic], path: Path, takes: ModelInput, notes: tuple[str, ...]) -> Items:
    """Items of finite numbers (n, ...) in their shape; says where they look scaled, which the model does itself."""
    rows = x.reshape(len(x), -1)
    with np.errstate(over="ignore"):
        reduced = rows.astype(np.float32) if takes.origin is None else takes.origin.apply(rows)
    known = np.isfinite(reduced) | (np.isnan(reduced) if takes.columns is not None else False)
    if not known.all():
        row = int(np.argwhere(~known)[0][0])
        raise DataError(f"{path}: expected finite numbers, found {rows[~known][0]} in item {row}.")
    if takes.images and takes.white is not None and takes.white > 1 and x.min() >= 0 and 0 < x.max() <= 1:
        notes += (f"values go from 0 to {x.max():g}, but this model takes 0 to {takes.white:g} and scales them itself",)
    items = takes.items(reduced)
    far = _range_notes(reduced, takes)
    return Items(items, _rows(len(x)), (*notes, *(far or _drawing_notes(items, takes))))


def _range_notes(x: NDArray[np.float32], takes: ModelInput) -> tuple[str, ...]:
    """Says where items (n, F) lie far outside of what the model was trained on."""
    if takes.scale is not None:
        if x.min() >= 0 and x.max() <= takes.scale:
            return ()
        return (
            f"values go from {value_text(x.min())} to {value_text(x.max())}, but this model was trained on 0 to "
            f"{value_text(takes.scale)}: do not rely on its answers",
        )
    distance = np.abs(x.astype(np.float64) - takes.shift) / takes.spread
    if far := int((distance > FAR).sum()):  # False for a missing value
        return (
            f"{count(far, 'value')} more than {FAR} standard deviations from the mean of the training rows: do not "
            "rely on these answers",
        )
    return ()


def _rows(n: int) -> tuple[str, ...]:
    return tuple(map(str, range(n)))


def _taken(takes: ModelInput) -> str:
    if takes.columns is not None:
        return f"rows of a table with {count(len(takes.columns.numeric) + len(takes.columns.categorical), 'column')}"
    return f"items of shape {takes.shape}" if len(takes.shape) > 1 else f"rows of {whole(takes.features)} values"
