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

from study.records import Result, Trial

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


_trainer: Trainer


def start(dataset: str, seed: int, validation: float, scratch: str, coordinator: int) -> None:
    """Prepare this process. Ctrl-C belongs to the coordinator, which ends its workers itself.

    TensorFlow leaves files behind in a process that is ended: ``scratch`` is where they can be found and removed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tempfile.tempdir = scratch
    threading.Thread(target=_end_with, args=(coordinator,), daemon=True).start()
    global _trainer
    _trainer = make_trainer(dataset, seed, validation)


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
    """Train one trial with this process's trainer."""
    return _trainer.run(trial)


def make_trainer(dataset: str, seed: int, validation: float) -> Trainer:
    """A trainer in this process; TensorFlow is imported here and not before.

    Single-threaded, unless this process has used TensorFlow already: then its threads are what they are.
    """
    import tensorflow as tf

    from study.datasets import load_dataset
    from study.trainer import Trainer

    with contextlib.suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    return Trainer(load_dataset(dataset), seed=seed, validation=validation)
