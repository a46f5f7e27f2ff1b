"""Studies on a Ray cluster: two nodes on loopback, one of them lost in mid-study; and what a user can get wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from depthgauge import Study
from study.data.loading import load_dataset
from study.design.own_model import ModelSpec
from study.design.spec import StudySpec
from study.documents.verdict_document import verdict_document
from study.errors import InputError, StudyError
from study.records.trials import Result, Trial, TrialKey
from study.run.coordinator import ATTEMPTS
from study.run.observers import Observer
from study.run.start import Workplace
from tests.across.test_end_to_end import ENDLESS, command, study_file, wait_until
from tests.conftest import ENGINE
from tests.postgres import Server

STUDY: dict[str, Any] = {
    "name": "small",
    "dataset": "digits",
    "engine": ENGINE,
    "replicates": 2,
    "network": {"width": 128, "samples": 500, "epochs": 300},  # a trial takes some tenths of a second
    "space": {"depth": {"values": [1, 2, 3]}},
}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A head without a core, to which tests add nodes."""
    pytest.importorskip("ray", reason="the extra ray is not installed")
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    yield made
    made.shutdown()


@pytest.fixture(autouse=True)
def no_connection_is_left() -> Iterator[None]:
    """What one test leaves open would be the failure of all that follow."""
    yield
    if ray := sys.modules.get("ray"):
        ray.shutdown()


class KillsOnce(Observer):
    """Runs ``kill`` as soon as a trial has ended and two others are in work."""

    def __init__(self, kill: Callable[[], None]) -> None:
        self.kill: Callable[[], None] | None = kill
        self.ended = 0

    def result(self, result: Result) -> None:
        self.ended += 1

    def tick(self, running: tuple[Trial, ...]) -> None:
        if self.kill is not None and self.ended and len(running) == 2:
            self.kill()
            self.kill = None


@pytest.mark.long
def test_a_node_lost_in_mid_study_changes_nothing_in_the_results(
    cluster: Any, postgres_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ATTEMPTS, "crash", 1)  # the lost node is not held against its trial
    stays, goes = (cluster.add_node(num_cpus=1) for _ in range(2))
    observer = KillsOnce(lambda: cluster.remove_node(goes, allow_graceful=False))
    try:
        far = Study.define(STUDY, store=postgres_server.url())
        far.run(executor="ray", address=cluster.address, observer=observer)
    finally:
        remove(cluster, stays)
    assert observer.kill is None, "no node was killed"
    near = Study.define(STUDY, store=str(tmp_path / "near.db")).run(workers=2)
    assert len(recorded(far)) == 6 and recorded(far) == recorded(near)
    assert verdict_document(far.verdict()) == verdict_document(near.verdict())


def remove(cluster: Any, node: Any) -> None:
    """Until the head knows: for some seconds it still counts the CPU of a node that is gone."""
    cluster.remove_node(node)
    cluster.wait_for_nodes(timeout=120)


def recorded(study: Study) -> dict[TrialKey, tuple[object, ...]]:
    """What is kept of each trial, but for how long it took."""
    return {
        key: (
            result.state,
            result.trajectory["accuracy"].tobytes(),
            result.trajectory["cross_entropy"].tobytes(),
            result.items,
            result.class_accuracy,
        )
        for key, result in study.stored().results.items()
    }


@pytest.mark.long
def test_a_cluster_without_workers_is_said_and_not_waited_for(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from study.run.executors.ray import RayExecutor

    arguments: dict[str, Any] = {"seed": 0, "validation": 0.1, "address": cluster.address}
    with pytest.raises(InputError, match="has no CPU"):
        RayExecutor(load_dataset("digits"), workers=None, **arguments)
    monkeypatch.setattr("study.run.executors.ray.LONELY_SECONDS", 3.0)
    executor = RayExecutor(load_dataset("digits"), workers=1, **arguments)
    try:
        with pytest.raises(StudyError, match="has had no worker"):
            while executor.wait(0.2) == []:
                pass
    finally:
        executor.close()


@pytest.mark.long
def test_a_node_with_other_versions_is_refused(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from study.run.executors.ray import RayExecutor, versions

    monkeypatch.setattr("study.run.executors.ray.versions", lambda: versions() | {"keras": "9.9"})
    node = cluster.add_node(num_cpus=1)
    executor = RayExecutor(load_dataset("digits"), seed=0, validation=0.1, workers=1, address=cluster.address)
    try:
        with pytest.raises(StudyError, match=r"The node .* has keras .* in place of 9\.9.*same versions"):
            while executor.wait(0.2) == []:
                pass
    finally:
        executor.close()
        remove(cluster, node)


CODE = """\
import keras


def build(inputs, classes, width=8):
    print("what code prints is nobody's business")
    model = keras.Sequential([keras.Input(inputs), keras.layers.Flatten(), keras.layers.Dropout(0.1)])
    model.add(keras.layers.Dense(width, activation="relu"))
    return keras.Sequential([model, keras.layers.Dense(classes)])
"""


@pytest.mark.long
def test_a_model_of_ones_own_trains_on_a_cluster_as_on_this_machine(cluster: Any, tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(CODE)
    values = {key: value for key, value in STUDY.items() if key != "engine"}
    values |= {"model": {"source": "net.py:build", "place": str(tmp_path)}, "space": {"width": {"values": [4, 8]}}}
    values |= {"network": {"samples": 500, "epochs": 5}}
    node = cluster.add_node(num_cpus=1)
    try:
        far = Study.define(values, store=str(tmp_path / "far.db"))
        far.run(executor="ray", address=cluster.address)
    finally:
        remove(cluster, node)
    near = Study.define(values, store=str(tmp_path / "near.db")).run(workers=1)
    assert {result.state for result in far.stored().results.values()} == {"finished"}
    assert len(recorded(far)) == 4 and recorded(far) == recorded(near)


@pytest.mark.long
def test_a_node_that_lacks_the_code_of_a_model_is_named_with_what_to_do(cluster: Any, tmp_path: Path) -> None:
    from study.run.executors.ray import RayExecutor

    model = ModelSpec(source="net.py:build", place=str(tmp_path / "elsewhere"), code="0" * 64)
    arguments: dict[str, Any] = {"seed": 0, "validation": 0.1, "address": cluster.address, "model": model}
    node = cluster.add_node(num_cpus=1)
    executor = RayExecutor(load_dataset("digits"), workers=1, **arguments)
    try:
        with pytest.raises(
            StudyError, match=r"The node .* there is no file .*elsewhere/net\.py.*folder that all of them"
        ):
            while executor.wait(0.2) == []:
                pass
    finally:
        executor.close()
        remove(cluster, node)


@pytest.mark.parametrize(
    ("how", "at", "engine"),
    [
        pytest.param(signal.SIGINT, "RayWorker.prepare", "keras", id="starting", marks=pytest.mark.long),
        pytest.param(signal.SIGTERM, "RayWorker.run", ENGINE, id="training", marks=pytest.mark.long),
    ],
)
def test_an_interrupted_run_leaves_no_process_of_its_own_ray(
    how: signal.Signals, at: str, engine: str, tmp_path: Path
) -> None:
    pytest.importorskip("ray", reason="the extra ray is not installed")
    arguments = command("run", study_file(tmp_path, ENDLESS, engine), "--executor", "ray", "--workers", "1")
    process = subprocess.Popen(
        arguments, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    main = psutil.Process(process.pid)

    def is_there() -> bool:
        return any(at in _title(child) for child in main.children(recursive=True))

    try:
        wait_until(is_there)
        family = main.children(recursive=True)
        if how == signal.SIGINT:  # a terminal sends Ctrl-C to Ray's processes, too
            os.killpg(process.pid, how)
        else:
            process.send_signal(how)
        output, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "0 trials of 'small' are kept; the same command goes on" in errors
    assert output == "" and "Traceback" not in errors and "ray" not in errors.lower()
    assert not psutil.wait_procs(family, timeout=30)[1]


def _title(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # it has just ended
        return ""


@pytest.mark.parametrize(
    ("address", "said"),
    [("127.0.0.1:9", "nothing answers"), ("ray://127.0.0.1:9", "Invalid address"), ("nowhere", "Invalid address")],
)
def test_an_address_without_a_cluster_is_said_in_bounded_time(
    address: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ray", reason="the extra ray is not installed")
    from study.run.executors.ray import RayExecutor

    # Where nothing answers, all of it is waited for; Ray refuses an address as soon as it is imported.
    seconds = 5.0 if said == "nothing answers" else 120.0
    monkeypatch.setattr("study.run.executors.ray_cluster.ANSWER_SECONDS", seconds)
    with pytest.raises(InputError, match=f"No Ray cluster .*{said}.* Expected auto or HOST:PORT"):
        RayExecutor(load_dataset("digits"), seed=0, validation=0.1, workers=1, address=address)


def test_an_address_is_for_ray_only() -> None:
    with pytest.raises(InputError, match="Give --executor ray"):
        Workplace(address="auto")


def test_without_the_package_ray_its_command_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.delitem(sys.modules, "study.run.executors.ray", raising=False)
    monkeypatch.delitem(sys.modules, "study.run.executors.ray_cluster", raising=False)
    with pytest.raises(InputError, match=r"package ray: pip install 'depthgauge\[ray\]'"):
        Workplace("ray").executor(StudySpec(dataset="digits"), load_dataset("digits"))
