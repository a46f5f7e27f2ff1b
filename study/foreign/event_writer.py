"""A study of depthgauge -> a folder for TensorBoard: a run a trial with its hparams and curves, and the means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from study.errors import InputError
from study.foreign.event_records import framed
from study.foreign.exported_runs import ExportedMean, ExportedRun, exported_means, exported_runs
from study.machine.places import slug, written_whole
from study.records.parameters import Value
from study.store import StoredStudy
from study.words import clean, option

FILE = "events.out.tfevents.depthgauge"
MEANS = "means"  # the folder of the runs that hold means over runs
HPARAMS = "hparams"  # the plugin of TensorBoard that shows settings
STARTED, ENDED = "_hparams_/session_start_info", "_hparams_/session_end_info"


def write_events(study: StoredStudy, folder: Path) -> int:
    """Write every trial, and the means of each panel with interval and n by place along its axis; returns the trials.

    What is there already with the same content stays. Raises :class:`InputError` where something else is there, before
    anything is written.
    """
    begun = datetime.fromisoformat(study.created).replace(tzinfo=UTC).timestamp()
    files = {f"{slug(study.name)}/{slug(run.name)}": _run_file(run, begun) for run in exported_runs(study)}
    number = len(files)
    for panel, means in _by_panel(study).items():
        files[f"{slug(study.name)}/{MEANS}/{slug(panel)}"] = _means_file(means, begun)
    todo = {folder / name / FILE: content for name, content in files.items()}
    try:
        for file, content in todo.items():
            if file.exists() and file.read_bytes() != content:
                raise InputError(
                    f"{clean(file)} is not overwritten: it holds another run. Name another folder with "
                    f"{option('tensorboard')}."
                )
        for file, content in todo.items():
            if not file.exists():
                with written_whole(file) as scratch:
                    scratch.write_bytes(content)
    except OSError as error:
        reason = error.strerror or clean(error)
        raise InputError(f"{clean(folder)} cannot be written: {reason}. Name another folder.") from None
    return number


def _by_panel(study: StoredStudy) -> dict[str, list[ExportedMean]]:
    found: dict[str, list[ExportedMean]] = {}
    for mean in exported_means(study):
        found.setdefault(mean.panel, []).append(mean)
    return found


def _run_file(run: ExportedRun, begun: float) -> bytes:
    from tensorboard.plugins.hparams.api_pb2 import STATUS_FAILURE, STATUS_SUCCESS
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData, SessionEndInfo, SessionStartInfo

    start = SessionStartInfo(group_name=run.name.rpartition("-r")[0], start_time_secs=begun)
    for name, value in run.settings.items():
        _set(start.hparams[name], value)
    last = max(run.seconds.values(), default=0.0)
    end = SessionEndInfo(status=STATUS_SUCCESS if run.finished else STATUS_FAILURE, end_time_secs=begun + last)
    summaries = [_hparams(STARTED, HParamsPluginData(version=0, session_start_info=start))]
    events = [_event(begun, 0, summaries)]
    steps: dict[int, dict[str, float]] = {}
    for tag, curve in run.curves.items():
        for step, value in curve:
            steps.setdefault(step, {})[tag] = value
    for step in sorted(steps):
        events.append(_event(begun + run.seconds[step], step, _scalars(steps[step])))
    events.append(_event(begun + last, 0, [_hparams(ENDED, HParamsPluginData(version=0, session_end_info=end))]))
    return b"".join([_version(begun), *events])


def _means_file(means: list[ExportedMean], begun: float) -> bytes:
    return b"".join([_version(begun), *(_event(begun, mean.place, _scalars(mean.values)) for mean in means)])


def _set(value: Any, setting: Value) -> None:
    if isinstance(setting, bool):
        value.bool_value = setting
    elif isinstance(setting, str):
        value.string_value = setting
    else:
        value.number_value = float(setting)


def _version(begun: float) -> bytes:
    from tensorboard.compat.proto.event_pb2 import Event

    return framed(Event(wall_time=begun, file_version="brain.Event:2").SerializeToString(deterministic=True))


def _event(wall_time: float, step: int, values: Iterator[Any] | list[Any]) -> bytes:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary

    event = Event(wall_time=wall_time, step=step, summary=Summary(value=list(values)))
    return framed(event.SerializeToString(deterministic=True))


def _scalars(values: Mapping[str, float]) -> Iterator[Any]:
    from tensorboard.compat.proto.summary_pb2 import Summary

    return (Summary.Value(tag=tag, simple_value=value) for tag, value in values.items())


def _hparams(tag: str, data: Any) -> Any:
    from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
    from tensorboard.compat.proto.types_pb2 import DT_FLOAT

    plugin = SummaryMetadata.PluginData(plugin_name=HPARAMS, content=data.SerializeToString(deterministic=True))
    nothing = TensorProto(dtype=DT_FLOAT, tensor_shape=TensorShapeProto(dim=[TensorShapeProto.Dim(size=0)]))
    return Summary.Value(tag=tag, metadata=SummaryMetadata(plugin_data=plugin), tensor=nothing)
