"""The whole loop as one command: it says when there is nothing to learn, and goes on wherever it was interrupted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from reports.sections.chain_page import chain_page
from reports.write.markdown import page_markdown
from study.analysis.chain_findings import ChainFinding
from study.data.loading import load_dataset
from study.design.plan import Plan
from study.design.source import data_settings, shared_values
from study.errors import InputError, SpecError
from study.records.reference_runs import REFERENCES
from study.records.trials import Result
from study.run import chain
from study.run.chain import Chain
from study.run.observers import Observer
from study.run.start import Workplace
from study.store import Store, open_store
from tests.conftest import ENGINE
from tests.training import TrainingExecutor

pytestmark = pytest.mark.skipif(ENGINE != "native", reason="takes minutes without the native engine")
MINUTES = 60.0  # more than any of these takes: nothing is left out


@pytest.fixture(autouse=True)
def short_trials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chains as they are, but with fewer values and trials, and without the start of workers in each stage."""
    monkeypatch.setattr("study.run.start.LocalExecutor", TrainingExecutor)
    monkeypatch.setattr(chain, "MOST", 12)
    monkeypatch.setattr(chain, "DEPTHS", [1, 2, 4])
    monkeypatch.setattr(chain, "TRIALS", (4, 6))


def table(folder: Path, name: str, *, learnable: bool, seed: int = 1) -> Path:
    """A table of 240 rows whose label follows from two columns, or from nothing."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(240, 4))
    label = (x[:, 0] + x[:, 1] > 0) if learnable else rng.random(240) < 0.5
    lines = [",".join([*(f"{one:.5f}" for one in row), "ab"[int(y)]]) for row, y in zip(x, label, strict=True)]
    path = folder / f"{name}.csv"
    path.write_text("\n".join(["p,q,r,s,label", *lines]) + "\n", "utf-8")
    return path


class Impatient(Observer):
    """Interrupts after so many results."""

    def __init__(self, results: int) -> None:
        self._left = results

    def result(self, result: Result) -> None:
        self._left -= 1
        if self._left < 0:
            raise KeyboardInterrupt


def follow(
    data: Path, store: Store, observer: Observer | None = None, minutes: float = MINUTES, settings: Sequence[str] = ()
) -> ChainFinding:
    @contextmanager
    def watching(plan: Plan) -> Iterator[Observer]:
        yield observer or Observer()

    about = shared_values(str(data), data_settings(None, "label") + list(settings), "auto")
    return Chain(
        "c", about, store, Workplace(workers=2), minutes, command="test", watching=watching, say=lambda line: None
    ).run()


def test_labels_that_follow_from_nothing_are_said_to_and_the_rows_set_aside_stay_unread(tmp_path: Path) -> None:
    store = open_store("sqlite://", create=True)
    found = follow(table(tmp_path, "noise", learnable=False, seed=3), store)
    assert found.outcome == "nothing to learn" and found.final is None
    assert found.sentences[0].startswith("There is nothing to learn that was found")
    assert "48 rows set aside were not read" in found.sentences[0]
    assert [line.name for line in store.list()] == ["c-depth"]
    assert "There is nothing to learn" in page_markdown(chain_page(found))


@pytest.mark.long
def test_where_luck_carried_a_chain_on_the_rows_set_aside_say_that_there_is_nothing(tmp_path: Path) -> None:
    found = follow(table(tmp_path, "noise", learnable=False, seed=2), open_store("sqlite://", create=True))
    assert found.outcome == "nothing to learn" and found.final is not None
    assert "on 48 rows that no stage had seen" in found.sentences[0]
    assert not any("depthgauge pick" in sentence for sentence in found.sentences)


def test_a_chain_ends_with_one_network_that_was_read_on_rows_no_stage_had_seen(tmp_path: Path) -> None:
    data = table(tmp_path, "rule", learnable=True)
    store = open_store("sqlite://", create=True)
    found = follow(data, store)
    assert [line.name for line in store.list()] == ["c-depth", "c-cures", "c-search", "c-confirm", "c-final"]
    assert found.final is not None and found.outcome != "nothing to learn"
    final = load_dataset(store.load_own("c-final").spec.source)
    sealed = {row.tobytes() for row in final.x[final.training :]}
    for key in ("depth", "cures", "search", "confirm"):
        seen = load_dataset(store.load_own(f"c-{key}").spec.source)
        assert len(seen.y) == final.training and sealed.isdisjoint(row.tobytes() for row in seen.x)
    assert found.aside == len(sealed) == 48
    assert "on 48 rows that no stage had seen" in found.sentences[0]
    assert "depthgauge pick c-final writes that network." in found.sentences
    text = page_markdown(chain_page(found))
    assert text.index(found.sentences[0][:40]) < text.index("How it came to that")
    assert all(one.question in text for one in found.decisions)


def test_where_a_straight_line_is_the_rule_the_chain_ends_with_a_linear_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of depths 1 to 4 it began with: no hidden layer is among the cures."""
    monkeypatch.setattr(chain, "TRIALS", (10**9, 10**9))  # no search: there is no time for one
    rng = np.random.default_rng(4)
    x = rng.normal(size=(240, 12)).round(4)
    y = (x.sum(1) + 2 * rng.normal(size=240) > 0).astype(int)
    data = tmp_path / "line.csv"
    names = ",".join([*(f"x{number}" for number in range(12)), "label"])
    np.savetxt(data, np.column_stack([x, y]), delimiter=",", header=names, comments="", fmt="%.4f")
    found = follow(data, open_store("sqlite://", create=True))
    cures = found.decisions[1].sentence
    assert cures.startswith(
        (
            "Yes: a linear network",
            "None is shown to, but what seems better by half of the margin or more is taken: a linear network",
        )
    )
    assert found.final is not None and found.final.panels[0].points[0].configuration.network.hidden == ()


def test_more_minutes_later_add_no_stage_before_one_that_has_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, store = table(tmp_path, "rule", learnable=True), open_store("sqlite://", create=True)
    with monkeypatch.context() as hurried:
        hurried.setattr(Chain, "_affords", lambda self, trials: False)
        hurried.setattr(chain, "TRIALS", (10**9, 10**9))
        first = follow(data, store)
    assert [one.sentence for one in follow(data, store).decisions] == [one.sentence for one in first.decisions]
    assert [line.name for line in store.list()] == ["c-depth", "c-final"]


def test_a_chain_that_would_be_decided_otherwise_now_asks_for_another_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, store = table(tmp_path, "rule", learnable=True), open_store("sqlite://", create=True)
    with monkeypatch.context() as earlier:
        earlier.setattr(chain, "_cures", lambda network: {"L2": {"network": {"l2": 1e-3}}})
        earlier.setattr(chain, "TRIALS", (10**9, 10**9))
        follow(data, store)
    with pytest.raises(InputError, match=r"'c-cures' was begun with other settings of arms\. Give this chain another"):
        follow(data, store)


@pytest.mark.long
def test_interrupted_anywhere_and_resumed_a_chain_decides_the_same(tmp_path: Path) -> None:
    data = table(tmp_path, "rule", learnable=True)
    straight = follow(data, open_store("sqlite://", create=True))
    store = open_store("sqlite://", create=True)
    for _ in range(60):
        try:
            resumed = follow(data, store, Impatient(23))
            break
        except KeyboardInterrupt:
            continue
    assert resumed.sentences == straight.sentences
    assert [one.sentence for one in resumed.decisions] == [one.sentence for one in straight.decisions]


def test_too_few_minutes_are_said_before_anything_runs(tmp_path: Path) -> None:
    store = open_store("sqlite://", create=True)
    with pytest.raises(InputError, match="too few for any answer"):
        follow(table(tmp_path, "rule", learnable=True), store, minutes=1e-6)
    assert store.list() == []


def test_a_number_to_predict_takes_the_same_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "TRIALS", (10**9, 10**9))  # no search: there is no time for one
    rng = np.random.default_rng(2)
    x = rng.normal(size=(240, 3)).round(4)
    y = 100 * np.abs(x[:, 0]) + rng.normal(size=240)
    data = tmp_path / "prices.csv"
    np.savetxt(data, np.column_stack([x, y]), delimiter=",", header="a,b,c,label", comments="", fmt="%.4f")
    store = open_store("sqlite://", create=True)
    found = follow(data, store, settings=["task=regression", "metric=mae"])
    assert found.final is not None and found.final.facts.metric.name == "mae"
    assert [one.scores.name for one in found.final.references[0].references] == list(REFERENCES["regression"])
    assert "test MAE" in " ".join(found.sentences) and "accura" not in " ".join(found.sentences)
    with pytest.raises(InputError, match=r"begun with other settings of metric\. Give this chain another name"):
        follow(data, store, settings=["task=regression"])


def test_what_a_chain_decides_by_itself_is_not_asked_of_it() -> None:
    settings = ("network.epochs=3", "replicates=5", "data.scheme=fixed", "space.depth=[1,2]", "dataset=other.csv")
    for setting in (*settings, "data={aside=true}"):
        with pytest.raises(SpecError, match="auto takes data"):
            shared_values("digits", [setting], "auto")
    with pytest.raises(SpecError, match=r"expected keys of \[data\]"):
        shared_values("digits", ["data=5"], "auto")


def test_a_chain_goes_on_with_fewer_minutes_than_it_was_begun_with(tmp_path: Path) -> None:
    store, data = open_store("sqlite://", create=True), table(tmp_path, "rule", learnable=True)
    straight = follow(data, store)
    assert follow(data, store, minutes=1e-6).sentences == straight.sentences


def test_a_metric_without_a_value_for_what_learns_nothing_is_said(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    y = np.full(120, 5.0)
    y[:2] = 1.0, 9.0
    data = tmp_path / "flat.csv"
    rows = np.column_stack([rng.normal(size=(120, 2)).round(3), y])
    np.savetxt(data, rows, delimiter=",", header="a,b,label", comments="", fmt="%.3f")
    found = follow(data, open_store("sqlite://", create=True), settings=["task=regression", "metric=r2"])
    assert found.outcome == "nothing to learn" and "Traceback" not in page_markdown(chain_page(found))
    assert found.sentences[0].startswith(("It cannot be told whether", "There is nothing to learn"))
