"""The page of a diagnosis in Chromium: drawn without a complaint, asking for nothing, accessible, on a phone too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from depthgauge import diagnose
from reports.sections.diagnosis_page import diagnosis_page
from reports.write.report_files import write_page
from tests.browser.test_accessibility import violations
from tests.foreign.logged import flat, overfitting


@pytest.mark.parametrize("width", [390, pytest.param(1280, marks=pytest.mark.long)])
def test_the_page_is_drawn_without_a_complaint_and_fits(visit: Any, tmp_path: Path, width: int) -> None:
    found = diagnose(overfitting(), overfitting(1), flat(), replicates=True)
    seen = visit(write_page(diagnosis_page(found), tmp_path / "page.html"), viewport={"width": width, "height": 900})
    seen.see_all()
    assert seen.complaints == [] and seen.requests == [seen.address]
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width


def test_axe_finds_no_violation_in_the_page_of_a_diagnosis(visit: Any, tmp_path: Path) -> None:
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    seen = visit(write_page(diagnosis_page(diagnose(overfitting())), tmp_path / "page.html"), color_scheme="dark")
    seen.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert violations(seen) == []
