"""The workers of a Ray cluster: one single-threaded actor a core, alive for the whole study.

Ray starts processes, carries trials and says who has died; it repeats nothing by itself. Actors are asked for once
and for all: one that has no place yet, or no more, waits in Ray's queue until a core is free or a node joins.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any

# Ray writes what its nodes tell it to standard output, where a report or JSON may go: it reads this when imported.
os.environ.setdefault("RAY_DEDUP_LOGS_SKIP_REGEX", ".")

import ray
from ray.exceptions import ActorUnavailableError, RayTaskError

from study.data.dataset import Dataset
from study.design.own_model import ModelSpec
from study.errors import CodeError, DepthgaugeError, StudyError
from study.machine.versions import versions
from study.records.trials import Result, Trial
from study.run.executors import Crash, Limits, Outcome, worker
from study.run.executors.pool import Pool, Worker, reason_of
from study.run.executors.program_cache import cache_flags, cache_folder
from study.run.executors.ray_cluster import Cluster

LONELY_SECONDS = 180.0  # without any worker; a node takes a minute to read TensorFlow for the first time
NODE_SECONDS = 3.0  # from a worker's death to that of its node, where a machine goes down in order
STARTS = 3  # a process that cannot start so often in a row never will


class RayWorker:
    """What runs on a node: one trainer in a process of its own."""

    def prepare(
        self,
        dataset: Dataset,
        seed: int,
        validation: float,
        engine: str,
        expected: Mapping[str, str],
        model: ModelSpec | None = None,
    ) -> tuple[str, str]:
        """Make the trainer; returns the node's id and address.

        Raises :class:`StudyError` where the versions here are not ``expected``, those of the coordinator, and where
        the engine or the code of the model is missing here.
        """
        address = ray.util.get_node_ip_address()
        here = versions()
        differing = [
            f"{name} {here[name]} in place of {version}" for name, version in expected.items() if here[name] != version
        ]
        if differing:
            raise StudyError(
                f"The node {address} has {', '.join(differing)}. Results would differ from node to node: install "
                "the same versions on all of them, then run this command again."
            )
        os.environ.update(cache_flags(cache_folder()))
        try:
            worker.prepare(worker.trainer_of(dataset, seed, validation, engine, model))
        except StudyError as error:
            raise StudyError(f"The node {address} cannot train this study. {error}") from None
        except CodeError as error:
            raise StudyError(
                f"The node {address} cannot use the model's code. {error} Every node reads it at the path that it has "
                "on the machine that runs the study: put it into a folder that all of them share."
            ) from None
        return ray.get_runtime_context().get_node_id(), address

    def run(self, trial: Trial) -> Result:
        """Train one trial."""
        return worker.run(trial)

    def outgrown(self, megabytes: int) -> Trial:
        """The next trial that takes more memory than it may, as soon as it does."""
        return worker.wait_until_outgrown(megabytes)


@dataclass(eq=False)
class Actor:
    """The way to one worker process. ``node`` is its id, ``address`` its machine's; both empty until it is up."""

    handle: Any
    starts: int  # of the process in this place, in a row
    node: str = ""
    address: str = ""
    began: float = 0.0  # when it was given its trial, on the monotonic clock


class RayExecutor(Pool[Actor]):
    """Runs trials on the cluster at ``address``, or on a Ray of its own on this machine.

    ``workers`` are all CPUs of the cluster where it is None. ``dataset`` is put into the object store once, and every
    node fetches it once.
    """

    def __init__(
        self,
        dataset: Dataset,
        *,
        seed: int,
        validation: float,
        workers: int | None,
        engine: str = "keras",
        address: str | None = None,
        limits: Limits | None = None,
        model: ModelSpec | None = None,
    ) -> None:
        super().__init__()
        self._limits = limits or Limits()
        self._cluster = Cluster(address, workers, dataset.x.nbytes + dataset.y.nbytes)
        try:
            self.workers = workers or self._cluster.cpus()
            self._actor = ray.remote(RayWorker).options(
                num_cpus=1,
                max_restarts=0,
                max_task_retries=0,
                max_concurrency=1 if self._limits.memory is None else 2,
                runtime_env={"env_vars": worker.FIXED | self._cluster.variables},
            )
            self._arguments = ray.put(dataset), seed, validation, engine, versions(), model
            self._last_seen = time.monotonic()
            self._all = [Worker(self._start()) for _ in range(self.workers)]
            for one in self._all:
                self._prepare(one)
        except BaseException:
            self._cluster.leave()
            raise

    def wait(self, timeout: float) -> list[Outcome]:
        """Outcomes that arrived within ``timeout`` seconds.

        Raises :class:`StudyError` when no worker has been up for :data:`LONELY_SECONDS`, or one cannot start.
        """
        outcomes = super().wait(timeout) + self._overdue()
        if self._idle or self._busy:
            self._last_seen = time.monotonic()
        elif time.monotonic() - self._last_seen > LONELY_SECONDS:
            self._failure = StudyError(
                f"{self._cluster.place} has had no worker for {LONELY_SECONDS / 60:.0f} minutes. What is finished is "
                "kept. See to its nodes (ray status), then run this command again."
            )
        return outcomes

    def close(self) -> None:
        """End all workers at once."""
        self._waiting.clear()
        for one in self._all:
            with contextlib.suppress(Exception):
                ray.kill(one.process.handle)
        self._cluster.leave()

    def _start(self, starts: int = 1) -> Actor:
        return Actor(self._actor.remote(), starts)

    def _prepare(self, one: Worker[Actor]) -> None:
        up = partial(self._up, one, one.process)
        future = one.process.handle.prepare.remote(*self._arguments).future()
        future.add_done_callback(lambda done: self._events.put(partial(up, done)))

    def _up(self, one: Worker[Actor], actor: Actor, done: Future[tuple[str, str]]) -> None:
        """A worker has started, or could not."""
        error = done.exception()
        if error is None:
            actor.node, actor.address = done.result()
            if self._limits.memory is not None:
                self._watch(one)
            self._assign(one)
        elif isinstance(error, RayTaskError):
            self._failure = error.cause if isinstance(error.cause, DepthgaugeError) else _no_start(error.cause)
        elif actor.starts >= STARTS:
            self._failure = _no_start(error)
        else:
            one.process = self._start(actor.starts + 1)
            self._prepare(one)

    def _send(self, one: Worker[Actor], trial: Trial) -> Future[Result]:
        one.process.began = time.monotonic()
        future: Future[Result] = one.process.handle.run.remote(trial).future()
        return future

    def _restart(self, one: Worker[Actor], *, alive: bool) -> None:
        if alive:
            ray.kill(one.process.handle)
        one.process = self._start()
        self._prepare(one)

    def _failed(self, one: Worker[Actor], trial: Trial, error: BaseException) -> Crash | None:
        if isinstance(error, RayTaskError):
            self._free(one)
            return Crash(trial, reason_of(error.cause))
        actor = one.process
        out_of_reach = isinstance(error, ActorUnavailableError)
        self._replace(one, alive=out_of_reach)
        if out_of_reach:
            return Crash(trial, f"the node {actor.address} is out of reach", "machine")
        later = threading.Timer(NODE_SECONDS, self._events.put, [partial(self._judged, trial, actor)])
        later.daemon = True
        later.start()
        return None

    def _judged(self, trial: Trial, actor: Actor) -> Crash:
        """What a dead worker died of: a machine that goes down ends its workers before it is gone itself."""
        if any(node["NodeID"] == actor.node and node["Alive"] for node in ray.nodes()):
            return Crash(trial, f"worker process died on the node {actor.address}")
        return Crash(trial, f"the node {actor.address} was lost", "machine")

    def _overdue(self) -> list[Outcome]:
        """Stop the trials that have taken too long; the first ones in work are those that began first."""
        stopped: list[Outcome] = []
        if self._limits.seconds is not None:
            latest = time.monotonic() - self._limits.seconds
            for one, trial in list(self._busy.items()):
                if one.process.began > latest:
                    break
                self._replace(one, alive=True)
                stopped.append(Crash(trial, self._limits.too_long, "limit"))
        return stopped

    def _watch(self, one: Worker[Actor]) -> None:
        found = partial(self._outgrown, one, one.process)
        future = one.process.handle.outgrown.remote(self._limits.memory).future()
        future.add_done_callback(lambda done: self._events.put(partial(found, done)))

    def _outgrown(self, one: Worker[Actor], actor: Actor, done: Future[Trial]) -> Crash | None:
        if one.process is not actor or done.exception() is not None:
            return None
        trial = self._busy.get(one)
        if trial is None or trial.key != done.result().key:  # it has just ended by itself
            self._watch(one)
            return None
        self._replace(one, alive=True)
        return Crash(trial, self._limits.too_large, "limit")


def _no_start(error: BaseException) -> StudyError:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return StudyError(
        f"A worker of the cluster could not start: {lines[-1] if lines else type(error).__name__}. Every node needs "
        "depthgauge with the versions of this machine in the Python that runs Ray there."
    )
