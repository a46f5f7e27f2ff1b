"""What runs inside a worker process: one trainer, single-threaded, alive for many trials."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from study.errors import CodeError, DataError, StudyError
from study.machine.host import is_dead, resident_memory
from study.machine.keras_settings import BACKEND, settle
from study.records.sources import DataSource
from study.records.trials import Result, Trial
from study.run.executors.program_cache import cache_flags

if TYPE_CHECKING:
    from study.data.dataset import Dataset
    from study.design.own_model import ModelSpec
    from study.train.engine import Trainer

PROGRAM_MEMORY = 500e6  # a worker that has grown by so many bytes is replaced: on MNIST it stays below 1.2 GB

OUTGROWN = 75  # exit code of a worker whose trial has taken more memory than it may
LOOK_SECONDS = 0.1  # from one look at the memory to the next

THREADS = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
FIXED = {
    **THREADS,
    "CUDA_VISIBLE_DEVICES": "-1",
    **BACKEND,
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "MALLOC_ARENA_MAX": "2",  # fewer heaps, less of them unused: 50 MB a worker
}
"""Variables of every worker, wherever it is.

One thread a process is the best use of a CPU here, and makes sums independent of the number of cores. The GPU is
hidden: a network of this size is no work for it.
"""


def environment(cache: Path) -> dict[str, str]:
    """Variables that TensorFlow reads when it is imported. ``cache`` keeps compiled programs between runs."""
    return {**FIXED, **cache_flags(cache)}


_trainer: Trainer | StudyError  # or why there is none
_in_work: tuple[Trial, int] | None = None  # and the resident bytes when it began


def start(
    source: DataSource | str,
    seed: int,
    validation: float,
    engine: str,
    scratch: str,
    coordinator: int,
    memory: int | None = None,
    model: ModelSpec | None = None,
) -> None:
    """Prepare this process, and give it a trainer; a trial that takes more than ``memory`` MB will end it.

    ``model`` is the user's own where the study has one.
    """
    attend(scratch, coordinator)
    if model is not None:
        keep_quiet()
    if memory is not None:
        threading.Thread(target=_end_outgrown, args=(memory,), daemon=True).start()
    try:
        prepare(make_trainer(source, seed, validation, engine, model))
    except StudyError as error:
        prepare(error)
    except CodeError as error:
        prepare(StudyError(f"The model's code cannot be used any more. {error} What has finished is kept."))
    except DataError as error:  # the coordinator could read them: they have gone or changed since
        prepare(StudyError(f"The data cannot be read any more. {error} What has finished is kept."))
    except Exception as error:  # no memory, say: it would be so for each trial, and is the fault of none
        prepare(StudyError(f"A worker cannot start: {type(error).__name__}: {error}. What has finished is kept."))


def prepare(trainer: Trainer | StudyError) -> None:
    """Let ``trainer`` be the one that :func:`run` uses, or let every trial raise why there is none."""
    global _trainer
    _trainer = trainer


def attend(scratch: str, coordinator: int) -> None:
    """Tie this process to its coordinator.

    Ctrl-C belongs to the coordinator, which ends its workers itself. TensorFlow leaves files behind in a process that
    is ended: ``scratch`` is where they can be found and removed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tempfile.tempdir = scratch
    threading.Thread(target=_end_with, args=(coordinator,), daemon=True).start()


def _end_with(coordinator: int) -> None:
    """End this process within a second of the coordinator, or of the fork server, however they end."""
    if os.name == "nt":
        if (parent := multiprocessing.parent_process()) is not None:
            parent.join()
        os._exit(1)
    fork_server = os.getppid()
    while os.getppid() == fork_server and not is_dead(coordinator):
        time.sleep(1)
    os._exit(1)


def _end_outgrown(megabytes: int) -> None:
    wait_until_outgrown(megabytes)
    os._exit(OUTGROWN)


def wait_until_outgrown(megabytes: int) -> Trial:
    """Return when the trial in work has added more than ``megabytes`` to this process.

    Only resident memory is what a machine runs out of: TensorFlow reserves addresses by the gigabyte, so that a limit
    of the operating system would say nothing.
    """
    while True:
        now = _in_work
        if now is not None and resident_memory() - now[1] > megabytes * 1e6:
            return now[0]
        time.sleep(LOOK_SECONDS)


def run(trial: Trial) -> Result:
    """Train one trial with this process's trainer; raises :class:`StudyError` where it has none."""
    if isinstance(_trainer, StudyError):
        raise _trainer
    global _in_work
    _in_work = trial, resident_memory()
    try:
        return _trainer.run(trial)
    finally:
        _in_work = None


def make_trainer(
    source: DataSource | str, seed: int, validation: float, engine: str = "keras", model: ModelSpec | None = None
) -> Trainer:
    """A trainer in this process; TensorFlow is imported here and not before."""
    from study.data.loading import load_dataset

    return trainer_of(load_dataset(source), seed, validation, engine, model)


def trainer_of(
    dataset: Dataset, seed: int, validation: float, engine: str = "keras", model: ModelSpec | None = None
) -> Trainer:
    """A trainer in this process on arrays that are there already, be they read-only."""
    from study.train import engine_choice

    if engine == "keras":
        use_one_thread()
    return engine_choice.trainer_of(engine, dataset, seed=seed, validation=validation, model=model)


def keep_quiet() -> None:
    """What the user's code prints in this process goes where errors of workers go, not into a report or JSON."""
    os.dup2(2, 1)


def use_one_thread() -> None:
    """Import TensorFlow for single-threaded use; if it has been used here already, its threads are what they are."""
    import tensorflow as tf

    with contextlib.suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    settle()
