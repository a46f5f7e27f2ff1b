"""How worker processes are started: with our variables, and with nothing from the folder that we were started in.

Python puts that folder first on the path of every ``python -c``, which is what its own start methods run: a
``tensorflow.py`` or ``json.py`` beside the data would run in each worker. So they start with ``PYTHONSAFEPATH``, are
given a path without that folder, and do not read the program's main module, which they do not need.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing import spawn
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from study.errors import InputError
from study.machine.places import import_path
from study.run.executors.program_cache import cache_folder
from study.run.executors.worker import environment

VARIABLE = "DEPTHGAUGE_START_METHOD"
METHODS = ("forkserver", "spawn")
PRELOAD = {"keras": ["study.run.executors.preload"], "native": ["study.train.native.native_trainer"]}

_one_at_a_time = threading.RLock()


def start_method() -> str:
    """How workers start: copies of a process that has read TensorFlow where there can be one, else each by itself.

    ``DEPTHGAUGE_START_METHOD`` chooses another. Raises :class:`InputError` where it names none of this system.
    """
    asked = os.environ.get(VARIABLE)
    able = [method for method in METHODS if method in multiprocessing.get_all_start_methods()]
    # On macOS a process that has read TensorFlow may not be copied: its system libraries have threads by then.
    if asked is None:
        return able[0] if sys.platform.startswith("linux") else "spawn"
    if asked not in able:
        raise InputError(f"{VARIABLE}: expected {' or '.join(able)}, found {asked!r}.")
    return asked


def worker_context(engine: str = "keras") -> BaseContext:
    """What starts worker processes of an engine, in the way of :func:`start_method`."""
    return _forkserver(engine) if start_method() == "forkserver" else _spawn()


def restart() -> None:
    """Start the fork server again where it has died; nothing where there is none."""
    if start_method() == "forkserver":
        _start_fork_server()


def last_words() -> Path:
    """The file that gets the standard error of workers: what TensorFlow and Python say there."""
    return cache_folder() / "workers.log"


def _forkserver(engine: str) -> BaseContext:
    from multiprocessing import context

    class Process(context.ForkServerProcess):
        @staticmethod
        def _Popen(process_obj: BaseProcess) -> Any:
            with _clean():
                return context.ForkServerProcess._Popen(process_obj)

    made = context.ForkServerContext()
    made.Process = _pickled_as(context.ForkServerProcess, Process)  # type: ignore[misc]
    made.set_forkserver_preload(PRELOAD[engine])
    _empty(last_words())
    _start_fork_server()
    return made


def _spawn() -> BaseContext:
    from multiprocessing import context

    class Process(context.SpawnProcess):
        @staticmethod
        def _Popen(process_obj: BaseProcess) -> Any:
            with _clean(), _standard_error_in(last_words()):
                return context.SpawnProcess._Popen(process_obj)

    made = context.SpawnContext()
    made.Process = _pickled_as(context.SpawnProcess, Process)  # type: ignore[misc]
    _empty(last_words())
    if os.name == "posix":
        from multiprocessing import resource_tracker

        with _clean(), _standard_error_in(last_words()), _hang_up_held():  # the first lock would start it, as it likes
            resource_tracker.ensure_running()
    return made


def _pickled_as(ordinary: type, ours: type) -> type:
    """``ours``, which a worker gets as an ``ordinary`` process: it needs nothing of what is done here."""

    def reduce(self: BaseProcess) -> tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]:
        return _blank, (ordinary,), self.__dict__

    ours.__reduce__ = reduce  # type: ignore[assignment, method-assign]
    return ours


def _blank(process: type[BaseProcess]) -> BaseProcess:
    return process.__new__(process)


def _start_fork_server() -> None:
    """Start the process that workers are forked from, unless it runs, with its standard error in the log.

    TensorFlow's native log lines, and a worker's last words, would tear the live display apart.
    """
    from multiprocessing import forkserver

    with _clean(), _standard_error_in(last_words()), _hang_up_held():
        forkserver.ensure_running()


@contextmanager
def _clean() -> Iterator[None]:
    """What is started by this thread inside gets the variables of a worker, and nothing from the starting folder."""
    needed = {**environment(cache_folder()), **safe_variables()}
    with _one_at_a_time, variables(needed):
        ordinary, ours = spawn.get_preparation_data, threading.get_ident()

        def prepared(name: str) -> dict[str, Any]:
            data = ordinary(name)
            if threading.get_ident() == ours:
                data = {key: value for key, value in data.items() if not key.startswith("init_main")}
                data["sys_path"] = import_path()
            return data

        spawn.get_preparation_data = prepared
        try:
            yield
        finally:
            spawn.get_preparation_data = ordinary


@contextmanager
def _hang_up_held() -> Iterator[None]:
    """What is started inside outlives a closed terminal, as Python has it outlive Ctrl-C: we end it, and tidy up."""
    hang_up = getattr(signal, "SIGHUP", None)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {hang_up} if hang_up else ())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def safe_variables() -> dict[str, str]:
    """What keeps a Python that is started with them from importing what lies in the folder it is started in."""
    return {"PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join(import_path())}


@contextmanager
def variables(values: Mapping[str, str]) -> Iterator[None]:
    """Variables of the environment inside; before and after they are what they were."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _standard_error_in(log: Path) -> Iterator[None]:
    """What is started inside writes its standard error to ``log``; nowhere where that cannot be written."""
    kept = os.dup(2)
    try:
        try:
            number = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        except OSError:
            number = os.open(os.devnull, os.O_WRONLY)
        os.dup2(number, 2)
        os.close(number)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _empty(log: Path) -> None:
    with suppress(OSError):  # another user's, or no room: the words of workers are lost, and nothing else
        log.write_text("")
