"""The connection to a Ray cluster, or a Ray of our own on this machine: quiet, bounded in time, and gone at the end."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import ray
from ray.job_config import JobConfig

from study.errors import InputError
from study.machine.places import import_path, new_scratch_folder
from study.machine.silence import silence
from study.run.executors.starting import safe_variables, variables
from study.words import option

ANSWER_SECONDS = 20.0  # a cluster answers in three, and most of that is Python that starts
STORE_BYTES = 100 * 10**6  # the least that Ray makes an object store of, and some room


class Cluster:
    """Connects on creation.

    ``address`` is ``auto`` (the cluster that this machine is a node of) or ``HOST:PORT`` of its head. With None the
    program's own connection is used where it has one; else a Ray with ``workers`` CPUs and room for an object of
    ``largest`` bytes is started, and ended by :meth:`leave`.
    Raises :class:`InputError` where there is no such cluster.
    """

    def __init__(self, address: str | None, workers: int | None, largest: int) -> None:
        self.place = "Ray on this machine" if address is None else f"The Ray cluster {address}"
        self.variables: dict[str, str] = {}
        self._own: str | None = None
        self._joined = address is not None or not ray.is_initialized()
        if address is not None:
            self._join(address)
        elif self._joined:
            short = "/tmp" if os.path.isdir("/tmp") else None  # the names of its sockets have 107 bytes
            self._own = new_scratch_folder(short, "dg-")
            self.variables = {"TMPDIR": self._own, **safe_variables()}  # TensorFlow leaves files behind
            try:
                _init(
                    address="local",
                    num_cpus=workers,
                    include_dashboard=False,
                    object_store_memory=STORE_BYTES + 2 * largest,
                    _temp_dir=self._own,
                )
            except BaseException:
                self.leave()
                raise

    def cpus(self) -> int:
        """The CPUs of the cluster as it is now. Raises :class:`InputError` where there is none."""
        count = int(ray.cluster_resources().get("CPU", 0))
        if not count:
            raise InputError(
                f"{self.place} has no CPU. Add a node (ray start --address), or give {option('workers')} N."
            )
        return count

    def leave(self) -> None:
        """End the connection, and with it what was started for this program."""
        if self._joined:
            ray.shutdown()
        if self._own is not None:
            shutil.rmtree(self._own, ignore_errors=True)

    def _join(self, address: str) -> None:
        if ray.is_initialized():
            raise InputError("This program is connected to a Ray cluster already. Leave the address out to use that.")
        _check_answers(address)
        try:
            _init(address=address)
        except (ValueError, RuntimeError, OSError) as error:  # RaySystemError and ConnectionError are among them
            raise _no_cluster(address, str(error)) from error


def _init(**arguments: Any) -> None:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    job = JobConfig()
    job._py_driver_sys_path = Folders()
    with _our_signals(), silence(), variables(safe_variables()):
        ray.init(logging_level=logging.ERROR, log_to_driver=False, job_config=job, **arguments)


class Folders(list[str]):
    """What Ray puts on the path of its workers: it adds the folder that we were started in, which stays out."""

    def extend(self, folders: Iterable[str]) -> None:
        """Add those folders that this program itself imports from."""
        trusted = set(map(os.path.realpath, import_path()))
        super().extend(folder for folder in folders if os.path.realpath(folder) in trusted)


def _check_answers(address: str) -> None:
    """Raise :class:`InputError` where there is no cluster: joining one, Ray would try for a quarter of an hour."""
    asking = [sys.executable, "-m", "ray.scripts.scripts", "status", "--address", address]
    safe = {**os.environ, **safe_variables()}
    try:
        asked = subprocess.run(asking, capture_output=True, text=True, timeout=ANSWER_SECONDS, env=safe)
    except subprocess.TimeoutExpired:
        raise _no_cluster(address, f"nothing answers within {ANSWER_SECONDS:.0f} s") from None
    if asked.returncode != 0:
        raise _no_cluster(address, asked.stderr)


def _no_cluster(address: str, said: str) -> InputError:
    lines = said.strip().splitlines() or ["no reason was given"]
    return InputError(
        f"No Ray cluster can be joined at {address}: {lines[-1].rstrip('.')}. Expected auto or HOST:PORT of a "
        f"cluster's head, on a machine that is a node of it (ray start --address=HOST:PORT makes it one)."
    )


@contextmanager
def _our_signals() -> Iterator[None]:
    """Ray puts a handler of its own for SIGTERM, which ends the program without a word."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = signal.getsignal(signal.SIGTERM)
    try:
        yield
    except SystemExit:
        raise KeyboardInterrupt from None
    finally:
        signal.signal(signal.SIGTERM, kept)
