"""A real browser for the tests of this folder: Playwright on the system's Chromium, skipped where there is none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reports import write_report
from study.analysis.findings import Findings

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip(f"no Chromium found: none of {', '.join(NAMES)} is on the PATH")
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


class Visit:
    """A page opened from a file, with everything it complained about and asked for."""

    def __init__(self, browser: Any, path: Path, **context: Any) -> None:
        self.context = browser.new_context(**context)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.address = path.as_uri()
        self.page.goto(self.address)

    def see_all(self) -> None:
        """Scroll through the page, so that every figure is drawn.

        By the page's own means: Playwright's way waits for two frames in which nothing moves, which a busy machine
        without a screen has once not given in 30 seconds.
        """
        charts = self.page.locator(".chart")
        for i in range(charts.count()):
            charts.nth(i).evaluate("chart => chart.scrollIntoView({block: 'center'})")
            charts.nth(i).locator(".main-svg").first.wait_for()


HEIGHTS = {390: 844, 1280: 900}  # a phone and a laptop


@pytest.fixture(scope="module")
def drawn(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Visit]]:
    """Pages with all their figures, to be looked at and not to be changed: drawing one takes seconds."""
    opened: dict[tuple[Any, ...], Visit] = {}

    def open_page(make: Callable[[], Findings], width: int = 1280, scheme: str = "light") -> Visit:
        key = make, width, scheme
        if key not in opened:
            path = write_report(make(), tmp_path_factory.mktemp("drawn") / "report.html", date="2026-01-01")
            viewport = {"width": width, "height": HEIGHTS[width]}
            opened[key] = Visit(browser, path, viewport=viewport, color_scheme=scheme)
            opened[key].see_all()
        return opened[key]

    yield open_page
    for one in opened.values():
        one.context.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Any]:
    opened: list[Visit] = []

    def open_page(path: Path, **context: Any) -> Visit:
        opened.append(Visit(browser, path, **context))
        return opened[-1]

    yield open_page
    for one in opened:
        one.context.close()
