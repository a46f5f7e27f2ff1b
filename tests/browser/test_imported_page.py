"""The page of another program's study in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reports import write_report
from study.analysis.imported_findings import conclude_imported
from tests.browser.conftest import HEIGHTS
from tests.reports.test_imported_page import study


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_its_figures_are_drawn_without_a_complaint_and_fit(visit: Any, tmp_path: Path, width: int, scheme: str) -> None:
    path = write_report(conclude_imported(study()), tmp_path / "page.html", date="2026-01-01")
    seen = visit(path, viewport={"width": width, "height": HEIGHTS[width]}, color_scheme=scheme)
    seen.see_all()
    assert seen.complaints == [] and seen.requests == [seen.address]
    assert seen.page.evaluate("document.documentElement.scrollWidth") == width
    assert seen.page.locator(".chart .main-svg").count() >= 7
