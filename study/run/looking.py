"""A look at the code of a model, in a process of its own: none of it runs where studies are read and judged."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from study.design.own_model import Built, ModelSpec
from study.design.plan import Plan
from study.errors import CodeError
from study.machine.places import scratch_folder
from study.records.networks import OwnModel
from study.records.sources import DataSource
from study.records.trials import Configuration
from study.run.executors import worker
from study.train.engine_choice import shapes
from study.words import speak_as_command_line, speaks_as_command_line

MOST_SECONDS = 600.0

Found = TypeVar("Found")


def look_at(model: ModelSpec, source: DataSource, values: Mapping[str, Any], validation: float) -> ModelSpec:
    """:func:`study.train.own.described.described` in a process like the study's workers.

    Raises :class:`CodeError` where the code cannot be used, ends its process, or takes longer than ten minutes.
    """
    found: ModelSpec = _apart(model, _described, dict(values), source, validation)
    return found.model_copy(update={"place": model.place})


def look_through(plan: Plan) -> Plan:
    """The plan with what its code builds for all settings that are known, seen in a process like the study's workers.

    As it is where the code ends that process: then these settings are trials that fail.
    """
    spec, model = plan.spec, plan.spec.model
    if model is None:
        return plan
    of_networks = {one.network: one for one in shapes(plan) if isinstance(one.network, OwnModel)}
    unknown = tuple(one for network, one in of_networks.items() if model.built_of(network) is None)
    if not unknown:
        return plan
    try:
        found: tuple[Built, ...] = _apart(model, _built_of, unknown, spec.source, spec.validation)
    except CodeError:
        return plan
    known = model.model_copy(update={"built": (*model.built, *found)})
    return replace(plan, spec=spec.model_copy(update={"model": known}))


def _apart(model: ModelSpec, function: Callable[..., Found], *arguments: Any) -> Found:
    """What a function that runs the code of a model finds, in a process of its own."""
    from concurrent.futures import BrokenExecutor

    from pebble import ProcessExpired, ProcessPool

    from study.run.executors.starting import last_words, worker_context

    with scratch_folder() as scratch:
        pool = ProcessPool(1, initializer=worker.attend, initargs=(scratch, os.getpid()), context=worker_context())
        try:
            found: Found = pool.schedule(
                _prepared, args=(speaks_as_command_line(), function, model, *arguments), timeout=MOST_SECONDS
            ).result()
        except TimeoutError:
            raise CodeError(f"model: {model.source} was not done after {MOST_SECONDS / 60:.0f} minutes.") from None
        except (ProcessExpired, BrokenExecutor) as error:
            code = getattr(error, "exitcode", "unknown")
            raise CodeError(
                f"model: {model.source} ended its process (exit code {code}). {last_words()} may say why."
            ) from error
        finally:
            pool.stop()
            pool.join()
    return found


def source_of(model: str | Callable[..., Any]) -> str:
    """File and name of a function that stands in a file of the user's: ``net.py:build``; text is taken as it is.

    Raises :class:`CodeError` for a function that workers could not find again.
    """
    if isinstance(model, str):
        return model
    name = getattr(model, "__qualname__", "")
    try:
        file = inspect.getsourcefile(model)
    except TypeError:
        file = None
    if file is None or not Path(file).is_file() or not name.isidentifier():
        raise CodeError(
            f"model: {name or model!r} stands in no file of its own, and workers import it from there. Write it as a "
            'function of a file, and give that: model="net.py:build".'
        )
    return f"{file}:{name}"


def _prepared(on_command_line: bool, function: Callable[..., Found], *arguments: Any) -> Found:
    """What a function finds once this process is one of workers."""
    if on_command_line:
        speak_as_command_line()
    worker.keep_quiet()
    worker.use_one_thread()
    return function(*arguments)


def _described(model: ModelSpec, values: Mapping[str, Any], source: DataSource, validation: float) -> ModelSpec:
    from study.train.own.described import described

    return described(model, source, values, validation)


def _built_of(
    model: ModelSpec, configurations: Sequence[Configuration], source: DataSource, validation: float
) -> tuple[Built, ...]:
    from study.train.own.described import built_of

    return built_of(model, source, configurations, validation)
