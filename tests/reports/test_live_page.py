"""The page of a study that runs: on this machine alone, growing with its results, provisional until it is done."""

from __future__ import annotations

import http.client
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from reports.write.live_page import LivePage, served
from study.design.plan import make_plan
from study.design.source import build_spec
from study.errors import InputError
from study.records.imported import ForeignStudy
from study.store import Store, open_store
from tests.conftest import FACTS, scripted_result, trials_of

SPEC = build_spec(
    {"name": "s", "dataset": "digits", "replicates": 2, "space": {"depth": {"values": [1, 2, 3]}}}, "test"
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = open_store(str(tmp_path / "studies.db"), create=True)
    store.begin(make_plan(SPEC), "hash", FACTS)
    return store


@pytest.fixture
def url(store: Store) -> Iterator[str]:
    with served(LivePage(open_store(store.place), "s")) as page:
        yield page.url


def asked(url: str, path: str = "/", *, method: str = "GET", host: str | None = None) -> tuple[int, str]:
    """The status and the text of an answer."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port or 0, timeout=30)
    connection.request(method, path, headers={} if host is None else {"Host": host})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def bar(page: str) -> str:
    found = re.search(r'<p id="live"[^>]*>(.*?)</p>', page)
    assert found is not None
    return found[1]


def test_it_grows_with_the_results_and_is_provisional_until_all_are_there(store: Store, url: str) -> None:
    trials = trials_of(SPEC)
    before, (_, page) = asked(url, "/state"), asked(url)
    assert bar(page) == "Provisional: 0 of 6 trials so far, and nobody runs the study now. What it says may change."
    with store.lease("s", "pytest"):
        for trial in trials[:3]:
            store.record("s", scripted_result(trial, test_items=FACTS.test_samples))
        assert asked(url, "/state") != before
        assert "3 of 6 trials so far, and this page grows as results arrive" in bar(asked(url)[1])
        for trial in trials[3:]:
            store.record("s", scripted_result(trial, test_items=FACTS.test_samples))
        assert "6 of 6 trials" in bar(asked(url)[1])  # still run by somebody, who may train reference models
    _, page = asked(url)
    assert bar(page) == "" and 'id="live" role="status"' in page and "Does it overfit?" in page


def test_the_page_knows_the_state_that_its_server_says(url: str) -> None:
    _, state = asked(url, "/state")
    assert f'data-state="{state}"' in asked(url)[1]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "LOCALHOST:8000", "[::1]:1"])
def test_a_browser_on_this_machine_is_answered(url: str, host: str) -> None:
    assert asked(url, "/state", host=host)[0] == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "", "[", "@"])
def test_a_page_from_elsewhere_whose_name_leads_here_gets_nothing(url: str, host: str) -> None:
    for path in ("/", "/state"):
        status, text = asked(url, path, host=host)
        assert status == 421 and "trials" not in text


def test_it_answers_two_paths_and_only_reads(url: str) -> None:
    assert asked(url, "/../etc/passwd")[0] == asked(url, "/report.html")[0] == 404
    assert asked(url, method="POST")[0] == asked(url, method="DELETE")[0] == 501
    assert asked(url, method="HEAD") == (200, "")


def test_it_listens_on_the_loopback_address_alone_unless_another_is_asked_for(store: Store, url: str) -> None:
    assert urlsplit(url).hostname == "127.0.0.1"
    with socket.socket() as other:
        other.bind(("127.0.0.2", urlsplit(url).port or 0))  # no wildcard address has taken it
    with served(LivePage(store, "s"), host="127.0.0.3") as page:
        assert asked(page.url, "/state")[0] == 200


def test_its_policy_lets_it_speak_to_its_own_server_only(url: str) -> None:
    _, page = asked(url)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None and "default-src &#39;none&#39;" in policy[1]
    assert "connect-src &#39;self&#39;" in policy[1] and "http" not in policy[1]


@pytest.mark.parametrize(("host", "port"), [("203.0.113.1", 0), ("no such host", 0)])
def test_an_address_that_cannot_be_used_is_one_line(store: Store, host: str, port: int) -> None:
    with pytest.raises(InputError, match="cannot be listened on") as error, served(LivePage(store, "s"), host, port):
        pass
    assert "\n" not in str(error.value)


def test_a_port_in_use_is_one_line(store: Store, url: str) -> None:
    taken = urlsplit(url).port or 0
    with pytest.raises(InputError, match="cannot be listened on"), served(LivePage(store, "s"), port=taken):
        pass


def test_a_study_that_was_imported_has_no_such_page(store: Store) -> None:
    store.keep(ForeignStudy("f", "Optuna", "5", "f", "accuracy", "maximize", (), ()))
    with pytest.raises(InputError, match="nothing of it runs here"):
        LivePage(store, "f")


def test_a_store_that_is_away_for_a_moment_is_said_and_asked_again(store: Store, url: str) -> None:
    store.delete("s")
    status, text = asked(url, "/state")
    assert status == 503 and "There is no study 's'" in text
