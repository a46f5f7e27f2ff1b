"""The page of a study that runs, in a browser: it renews itself, keeps folds open, says when nobody serves it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reports.write.live_page import LivePage, served
from study.design.plan import make_plan
from study.store import open_store
from tests.conftest import FACTS, scripted_result, trials_of
from tests.reports.test_live_page import SPEC


def test_it_renews_itself_and_keeps_what_was_unfolded(browser: Any, tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "studies.db"), create=True)
    store.begin(make_plan(SPEC), "hash", FACTS)
    trials = trials_of(SPEC)
    for trial in trials[:4]:
        store.record("s", scripted_result(trial, test_items=FACTS.test_samples))
    page = browser.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    with served(LivePage(open_store(store.place), "s")) as there:
        page.goto(there.url)
        bar = page.locator("#live")
        assert "4 of 6 trials so far" in bar.text_content() and bar.is_visible()
        page.locator("details").first.evaluate("fold => { fold.open = true; }")
        for trial in trials[4:]:
            store.record("s", scripted_result(trial, test_items=FACTS.test_samples))
        bar.wait_for(state="hidden", timeout=30_000)
        assert page.locator("details").first.evaluate("fold => fold.open")
        assert not complaints
    bar.wait_for(state="visible", timeout=30_000)
    assert bar.text_content() == "No longer renewed: depthgauge watch has ended."
    page.close()
