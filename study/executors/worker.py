"""What runs inside a worker process: one trainer, single-threaded, alive for many trials."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from study.errors import DataError, StudyError
from study.records import DataSource, Result, Trial

if TYPE_CHECKING:
    from study.trainer import Trainer

PROGRAM_MEMORY = 500e6  # a worker that has grown by so many bytes is replaced: on MNIST it stays below 1.2 GB

THREADS = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}


def environment(cache: Path) -> dict[str, str]:
    """Variables that TensorFlow reads when it is imported.

    One thread a process is the best use of a CPU here, and makes sums independent of the number of cores. The
    GPU is hidden: a network of this size is no work for it. ``cache`` keeps compiled programs between runs.
    """
    return {
        **THREADS,
        "CUDA_VISIBLE_DEVICES": "-1",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),  # the fork server of Python 3.11 forgets it
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "MALLOC_ARENA_MAX": "2",  # fewer heaps, less of them unused: 50 MB a worker
        "TF_XLA_FLAGS": f"--tf_xla_persistent_cache_directory={cache}",
    }


_trainer: Trainer | StudyError  # or why there is none


def start(source: DataSource | str, seed: int, validation: float, scratch: str, coordinator: int) -> None:
    """Prepare this process, and give it a trainer."""
    attend(scratch, coordinator)
    global _trainer
    try:
        _trainer = make_trainer(source, seed, validation)
    except DataError as error:  # the coordinator could read them: they have gone or changed since
        _trainer = StudyError(f"The data cannot be read any more. {error} What has finished is kept.")


def attend(scratch: str, coordinator: int) -> None:
    """Tie this process to its coordinator. Ctrl-C belongs to that one, which ends its workers itself.

    TensorFlow leaves files behind in a process that is ended: ``scratch`` is where they can be found and removed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tempfile.tempdir = scratch
    threading.Thread(target=_end_with, args=(coordinator,), daemon=True).start()


def _end_with(coordinator: int) -> None:
    """End this process within a second of the coordinator, or of the fork server, however they end."""
    fork_server = os.getppid()
    while os.getppid() == fork_server:
        try:
            os.kill(coordinator, 0)
        except ProcessLookupError:
            break
        time.sleep(1)
    os._exit(1)


def run(trial: Trial) -> Result:
    """Train one trial with this process's trainer; raises :class:`StudyError` where it has none."""
    if isinstance(_trainer, StudyError):
        raise _trainer
    return _trainer.run(trial)


def make_trainer(source: DataSource | str, seed: int, validation: float) -> Trainer:
    """A trainer in this process; TensorFlow is imported here and not before."""
    from study.datasets import load_dataset

    use_one_thread()
    from study.trainer import Trainer

    return Trainer(load_dataset(source), seed=seed, validation=validation)


def use_one_thread() -> None:
    """Import TensorFlow for single-threaded use; if it has been used here already, its threads are what they are."""
    import tensorflow as tf

    with contextlib.suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
