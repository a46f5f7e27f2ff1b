"""A folder of images with a folder for each class, or with train/, test/ or validation/ that hold these."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from study.data.files import limits
from study.data.files.contents import Contents, Items
from study.data.files.images import ENDINGS, is_grey, read_turned
from study.errors import DataError
from study.words import count

TRAIN = ("train", "training")
TEST = ("test", "testing")
VALIDATION = ("validation", "valid", "val")
LITTER_FOLDERS = ("__macosx", "@eadir", "$recycle.bin", "system volume information", "__pycache__")
LITTER_FILES = ("thumbs.db", "desktop.ini", "ehthumbs.db")
SHOWN = 4  # names that a note lists


def read(path: Path) -> Contents:
    """The images of ``path/train`` and ``path/test``, or all of ``path``, where the name of a folder is the class.

    ``validation`` is the test set where there is no ``test``. Whatever is passed by is said.
    """
    folders, passed = _folders(path)
    train, test, validation = (_part(folders, names) for names in (TRAIN, TEST, VALIDATION))
    if train is None:
        given = _images(path, folders)
        return Contents(given.train, None, (*given.notes, *passed))
    notes = [*passed]
    if test is None and validation is not None:
        test = validation
        notes.append(
            f"{path}: there is no folder test, so {validation} is the test set; the rows for validation are drawn from "
            f"{train}."
        )
    given = _images(folders[train])
    read_folders = {train, test}
    tested = _images(folders[test]) if test is not None else None
    others = sorted(set(folders) - read_folders)
    if others:
        why = f"; the rows for validation are drawn from {train}" if set(others) & {validation} else ""
        notes.append(f"{path}: folders that are not read: {', '.join(others)}{why}.")
    if tested is None:
        return Contents(given.train, None, (*given.notes, *notes))
    return Contents(given.train, tested.train, (*given.notes, *tested.notes, *notes))


def has_test_set(path: Path) -> bool:
    """Whether :func:`read` finds a test set, by the names of the folders. Raises :class:`DataError` as it does."""
    folders, _ = _folders(path)
    parts = [_part(folders, names) is not None for names in (TRAIN, TEST, VALIDATION)]
    return parts[0] and any(parts[1:])


def _part(folders: dict[str, Path], names: tuple[str, ...]) -> str | None:
    """The folder of one part, whatever its case: one that holds folders of classes, and is no class itself."""
    found = [name for name, place in folders.items() if name.lower() in names and _folders(place)[0]]
    if len(found) > 1:
        raise DataError(
            f"{folders[found[0]].parent}: expected one folder of a part, found {' and '.join(sorted(found))}. Put them "
            "together, or take one away."
        )
    return found[0] if found else None


def _images(folder: Path, folders: dict[str, Path] | None = None) -> Contents:
    """All images below the folders of ``folder``, in the order of their names."""
    files: list[Path] = []
    litter: list[Path] = []
    classes: list[str] = []
    ignored: list[Path] = []
    passed: list[str] = []
    if folders is None:
        folders, passed = _folders(folder)
    for name, place in sorted(folders.items()):
        _check_name(place)
        there = sorted(place.iterdir())
        litter += filter(is_litter, there)
        inside = [path for path in there if not is_litter(path)]
        found = [path for path in inside if path.suffix.lower() in ENDINGS and not path.is_dir()]
        if not found:
            deeper = [path.name for path in inside if path.is_dir()]
            hint = f" Its folders ({_some(deeper)}) are not looked into." if deeper else ""
            raise DataError(f"{place}: expected images ({', '.join(ENDINGS)}) of class {name!r}, found none.{hint}")
        ignored += [path for path in inside if path not in set(found)]
        files += found
        classes += [name] * len(found)
    if not files:
        raise DataError(
            f"{folder}: expected a folder for each class with its images ({', '.join(ENDINGS)}), or IDX files; found "
            "neither."
        )
    images, turned = _stacked(files)
    notes = list(passed)
    if litter:
        notes.append(f"{folder}: left by other programs in its folders and passed by: {_kinds(litter)}.")
    if ignored:
        what = "files that are no images" if all(map(Path.is_file, ignored)) else "files and folders that are no images"
        notes.append(f"{folder}: {len(ignored):,} {what} were passed by ({_kinds(ignored)}).")
    if images.ndim == 4 and (grey := sum(map(is_grey, files))):
        notes.append(
            f"{folder}: {grey:,} of {len(files):,} images are grey, the others in colours: all are read in colours."
        )
    if turned:
        notes.append(f"{folder}: {count(turned, 'image')} turned as the file says (EXIF), as every viewer shows it.")
    return Contents(Items(images, np.array(classes), str(folder), str(folder)), None, tuple(notes))


def _stacked(files: list[Path]) -> tuple[NDArray[np.uint8], int]:
    """All images (n, height, width), or (n, height, width, 3) as soon as one is in colours; how many were turned."""
    shape = read_turned(files[0])[0].shape
    if len(shape) == 2 and not all(map(is_grey, files)):
        shape = (*shape, 3)
    limits.check_features(int(np.prod(shape)), str(files[0]))
    limits.check_bytes(len(files) * int(np.prod(shape)), str(files[0].parent.parent))
    images = np.empty((len(files), *shape), np.uint8)
    turned = 0
    for place, file in enumerate(files):
        images[place], moved = read_turned(file, shape)
        turned += moved
    return images, turned


def _folders(path: Path) -> tuple[dict[str, Path], list[str]]:
    """The folders in a folder by their names, and what is to be said of what else lies there."""
    there = sorted(path.iterdir())
    litter = [place for place in there if is_litter(place)]
    left = [place for place in there if place not in set(litter)]
    files = [place for place in left if not place.is_dir()]
    notes = []
    if litter:
        notes.append(f"{path}: left by other programs and passed by: {_some([place.name for place in litter])}.")
    if files:
        notes.append(f"{path}: files beside the folders, which are not read: {_some([file.name for file in files])}.")
    return {place.name: place for place in left if place.is_dir()}, notes


def is_litter(path: Path) -> bool:
    """Whether something was left there by a system or an archive: hidden, or known for that."""
    return path.name.startswith(".") or path.name.lower() in (*LITTER_FOLDERS, *LITTER_FILES)


def _check_name(place: Path) -> None:
    try:
        place.name.encode("utf-8")
    except UnicodeError:
        raise DataError(
            f"{place.parent}: expected names of classes in UTF-8, found {place.name!a}, as old archives leave them. "
            "Rename that folder."
        ) from None


def _kinds(files: list[Path]) -> str:
    """A few names, or how many there are of each ending."""
    if len(files) <= SHOWN:
        return _some([file.name for file in files])
    endings = Counter(file.suffix.lower() or "no ending" for file in files)
    return ", ".join(f"{amount:,} {_some([ending])}" for ending, amount in endings.most_common(SHOWN))


def _some(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return ", ".join(name.encode("utf-8", "backslashreplace").decode() for name in names[:SHOWN]) + more
