"""The user's code as files: which belong to a function, their hash, and the import of the function.

Files are found by reading their imports, so that a hash takes no execution. The import itself happens in workers alone.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import importlib.util
import inspect
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from study.design.own_model import ModelSpec
from study.errors import CodeError, StudyError
from study.machine.places import import_path
from study.words import clean, option

OURS = "depthgauge_networks.py"  # comes with the program, for presets, and is found from everywhere
COLOUR = re.compile(r"\x1b\[[0-9;]*m")  # Keras's messages have it
WEIGHTS = (".keras", ".h5", ".hdf5", ".npy", ".npz")  # and no pictures or logs, which code may write while it builds
MOST_BYTES = 10_000_000  # of all files together: code, no data


@dataclass(frozen=True, slots=True)
class Code:
    """The files of a function: the one that holds it first, then the local ones that it imports, by their names.

    ``named`` are files of weights beside them that the code names. ``sha256`` is the hash of
    all; ``folder`` is where they lie.
    """

    folder: Path
    names: tuple[str, ...]
    named: tuple[str, ...]
    sha256: str

    @property
    def files(self) -> tuple[Path, ...]:
        """Where they are."""
        return tuple(self.folder / name for name in self.names)


class BuildError(Exception):
    """The code makes no model of these values: the trial is infeasible, and the study goes on."""


def read_code(model: ModelSpec) -> Code:
    """The files of a model's code, which is not run.

    Raises :class:`CodeError` where there are none, they are no Python, or one is named like an installed module.
    """
    path = Path(model.place) / model.file
    if not path.is_file() and model.file == OURS:
        path = Path(str(resources.files("study.design") / "presets" / OURS))
    if not path.is_file():
        raise CodeError(f"model: there is no file {path}. It is looked for beside the study's file.")
    folder = path.parent
    found: dict[str, bytes] = {}
    waiting = [path.name]
    while waiting:
        name = waiting.pop(0)
        if name in found:
            continue
        found[name] = _read(folder / name)
        if sum(map(len, found.values())) > MOST_BYTES:
            raise CodeError(f"model: {path} and what it imports are larger than {MOST_BYTES // 10**6} MB of code.")
        waiting += _local(folder, name, found[name])
    for name in found:
        _check_not_shadowed(folder, name)
    digest = hashlib.sha256()
    for name in sorted(found):
        digest.update(f"{name}\0{len(found[name])}\0".encode())
        digest.update(found[name])
    named = sorted({one for text in found.values() for one in _named(folder, text)} - set(found))
    for name in named:
        with open(folder / name, "rb") as file:
            digest.update(f"{name}\0{hashlib.file_digest(file, 'sha256').hexdigest()}\0".encode())
    return Code(folder, (path.name, *sorted(set(found) - {path.name})), tuple(named), digest.hexdigest())


def load_function(model: ModelSpec) -> Callable[..., Any]:
    """The function itself, its file imported with its folder last on the path.

    Raises :class:`CodeError` where that fails, and :class:`StudyError` where the code is not the one that the study
    was begun with.
    """
    code = read_code(model)
    if model.code and code.sha256 != model.code:
        raise StudyError(changed(model))
    folder = str(code.folder.resolve())
    if folder not in sys.path:
        sys.path.append(folder)
    module_name = Path(code.names[0]).stem
    there = sys.modules.get(module_name)
    if there is not None and not _is_file(there, code.files[0]):
        del sys.modules[module_name]
    try:
        module = importlib.import_module(module_name)
    except (Exception, SystemExit) as error:
        raise CodeError(f"model: {model.file} cannot be imported: {told(error, code.folder)}.") from None
    if not _is_file(module, code.files[0]):
        raise CodeError(
            f"model: importing {module_name} finds {module.__file__} in place of {code.files[0]}. Rename it."
        )
    function = getattr(module, model.function, None)
    if isinstance(function, type):
        function = _instance(function, model)
    function = _building(function)
    if not callable(function):
        known = ", ".join(name for name, one in vars(module).items() if _defined(one, module_name)) or "none"
        raise CodeError(f"model: {model.file} has no function {model.function}. It has: {clean(known)}.")
    return function  # type: ignore[no-any-return]


def changed(model: ModelSpec) -> str:
    """What is said where the code is another than the study's."""
    return (
        f"The code of {model.source}, or a file that it names, has changed since the study was begun, and trials of "
        f"both do not belong to one study. Bring it back, or give the new study a name ({option('name')})."
    )


def told(error: BaseException, folder: Path) -> str:
    """An error of the user's code in one line, with the place in their files where it came up."""
    place, trace = "", error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.parent == folder or folder.resolve() in file.resolve().parents:
            place = f" ({file.name}, line {trace.tb_lineno})"
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename:
        place = f" ({Path(error.filename).name}, line {error.lineno})"
    text = " ".join(COLOUR.sub("", str(error)).split())
    return clean(f"{type(error).__name__}{place}: {text[:300]}{'...' if len(text) > 300 else ''}")


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CodeError(f"model: {file} cannot be read: {error.strerror}.") from None


def _local(folder: Path, name: str, text: bytes) -> Iterator[str]:
    """The files of ``folder`` that a file imports."""
    try:
        tree = ast.parse(text, name)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise CodeError(f"model: {folder / name} is no Python: {error.args[0]} (line {line}).") from None
    package = Path(name).parent.parts
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _files(folder, tuple(alias.name.split(".")))
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            parts = (*base, *(node.module.split(".") if node.module else ()))
            for alias in node.names:
                yield from _files(folder, (*parts, alias.name))


def _named(folder: Path, text: bytes) -> Iterator[str]:
    """The files of weights within ``folder`` that a text in the code is the name of."""
    for node in ast.walk(ast.parse(text)):
        name = node.value if isinstance(node, ast.Constant) else None
        if not isinstance(name, str) or not name.endswith(WEIGHTS) or not name.isprintable() or len(name) > 255:
            continue
        path = folder / name
        if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
            yield path.resolve().relative_to(folder.resolve()).as_posix()


def _files(folder: Path, parts: tuple[str, ...]) -> Iterator[str]:
    """The files that importing a dotted name reads, as far as they lie in ``folder``."""
    for end in range(1, len(parts) + 1):
        path = Path(*parts[:end])
        for name in (path.with_suffix(".py"), path / "__init__.py"):
            if (folder / name).is_file():
                yield name.as_posix()


def _check_not_shadowed(folder: Path, name: str) -> None:
    """Raise :class:`CodeError` where a local file has the name of an installed module, which would be imported."""
    top = Path(name).parts[0].removesuffix(".py")
    here = folder.resolve()
    elsewhere = [one for one in import_path() if Path(one).resolve() != here]
    spec = PathFinder.find_spec(top, elsewhere)
    installed = spec.origin if spec is not None else "Python's own" if top in sys.stdlib_module_names else None
    if installed is not None:
        raise CodeError(
            f"model: {folder / name} has the name of an installed module, {top} ({installed}), which would be imported "
            "in its place. Rename the file."
        )


def _is_file(module: Any, file: Path) -> bool:
    origin = getattr(module, "__file__", None)
    return origin is not None and os.path.realpath(origin) == os.path.realpath(file)


def _defined(one: Any, module: str) -> bool:
    return callable(one) and getattr(one, "__module__", None) == module


def _building(found: Any) -> Any:
    """A function as it is, or what builds in an object: KerasTuner hides that of a HyperModel behind one for all."""
    if inspect.isroutine(found) or not hasattr(found, "build"):
        return found
    keras_tuner = sys.modules.get("keras_tuner")
    if keras_tuner is not None and isinstance(found, keras_tuner.HyperModel):
        return type(found).build.__get__(found)
    return found.build


def _instance(kind: type, model: ModelSpec) -> Any:
    """A HyperModel of KerasTuner, made without arguments."""
    try:
        return kind()
    except Exception as error:
        raise CodeError(f"model: {model.source} cannot be made without arguments: {error}.") from None
