"""Event files of TensorBoard: written by its own writer, read here; broken and cut off, read up to there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary

from depthgauge import diagnose
from study.errors import InputError
from study.foreign.event_files import read_events
from study.foreign.event_records import framed
from tests.foreign.logged import EPOCHS, overfitting
from tests.test_cli import depthgauge

TAGS = {"loss/train": "loss", "loss/val": "val_loss", "acc/val": "val_accuracy"}


def event_file(folder: Path, history: dict[str, list[float]] | None = None) -> Path:
    """A file as PyTorch's SummaryWriter writes it: a version, then a scalar an event."""
    history = history or overfitting()
    events = [Event(file_version="brain.Event:2")]
    for step in range(EPOCHS):
        for tag, name in TAGS.items():
            value = Summary.Value(tag=tag, simple_value=history[name][step])
            events.append(Event(step=step, summary=Summary(value=[value])))
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "events.out.tfevents.1.host.1"
    file.write_bytes(b"".join(framed(event.SerializeToString()) for event in events))
    return file


def only(source: Path) -> Any:
    (run,) = diagnose(source).runs
    return run


def test_tensorboard_s_own_reader_reads_what_is_framed_here(tmp_path: Path) -> None:
    from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import PyRecordReader_New

    file = event_file(tmp_path)
    reader, count = PyRecordReader_New(str(file)), 0
    while True:
        try:
            reader.GetNext()
        except Exception:
            break
        count += 1
    assert count == 1 + EPOCHS * len(TAGS)


def test_a_folder_a_file_and_a_folder_of_runs_are_read(tmp_path: Path) -> None:
    file = event_file(tmp_path / "a")
    event_file(tmp_path / "b")
    assert only(file).overfits == only(tmp_path / "a").overfits == "yes"
    runs = diagnose(tmp_path).runs
    assert [Path(run.curves.name).name for run in runs] == ["a", "b"]
    assert only(file).curves.unit == "step"


def test_folders_of_training_and_validation_are_one_run(tmp_path: Path) -> None:
    history = overfitting()
    for part, name in (("train", "loss"), ("valid", "val_loss")):
        events = [Event(step=i, summary=Summary(value=[Summary.Value(tag="loss", simple_value=v)]))
                  for i, v in enumerate(history[name])]  # fmt: skip
        (tmp_path / "run" / part).mkdir(parents=True)
        content = b"".join(framed(event.SerializeToString()) for event in events)
        (tmp_path / "run" / part / "events.out.tfevents.2").write_bytes(content)
    run = only(tmp_path)
    assert run.overfits == "yes" and run.curves.train_loss is not None


@pytest.mark.parametrize("damage", ["cut off", "flipped bit", "long length"])
def test_a_damaged_file_is_read_up_to_the_damage_and_that_is_said(damage: str, tmp_path: Path) -> None:
    file = event_file(tmp_path)
    content = bytearray(file.read_bytes())
    at = len(content) * 9 // 10
    if damage == "cut off":
        content = content[:at]
    elif damage == "flipped bit":
        content[at] ^= 1
    else:
        content += b"\xff" * 8 + b"\0" * 8
    file.write_bytes(content)
    run = only(file)
    assert any("breaks off" in note for note in run.curves.notes)
    assert len(run.curves) == (
        EPOCHS if damage == "long length" else EPOCHS - 4
    )  # of the last ten per cent, and the record it is in


def test_records_that_are_no_events_and_links_are_left_alone(tmp_path: Path) -> None:
    junk = tmp_path / "junk" / "events.out.tfevents.1"
    junk.parent.mkdir()
    junk.write_bytes(framed(b"\xff\xff\xff") * 3)
    with pytest.raises(InputError, match="found none"):
        diagnose(junk.parent)
    outside = event_file(tmp_path / "outside")
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "events.out.tfevents.1").symlink_to(outside)
    assert depthgauge("diagnose", "inside", cwd=tmp_path).returncode == 2


def test_tags_are_shown_without_what_a_terminal_obeys(tmp_path: Path) -> None:
    value = Summary.Value(tag="val_loss\x1b[31m", simple_value=1.0)
    file = tmp_path / "events.out.tfevents.1"
    file.write_bytes(framed(Event(step=1, summary=Summary(value=[value])).SerializeToString()))
    (events,) = read_events(file).values()
    assert list(events.scalars) == ["val_loss [31m"]
