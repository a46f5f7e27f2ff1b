"""axe-core finds no violation in the report: every kind of page, light and dark, everything unfolded."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from reports import write_report
from tests.browser.conftest import Visit
from tests.browser.test_report import many_settings
from tests.reports import sample_findings as sample
from tests.reports import sample_search as scripted
from tests.reports.test_maps_and_classes import map_study, with_classes
from tests.reports.test_metric_switch import several_metrics
from tests.reports.test_predictions import evenly, predicting_study

pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")


# The rows of a table are alike; axe takes half a minute for all of them.
FEW_ROWS = "document.querySelectorAll('tbody').forEach(body => [...body.rows].slice(4).forEach(row => row.remove()))"


def violations(seen: Visit) -> list[str]:
    """What axe-core says against the page, one line an element; a drawing is one image to it, as to a screen reader."""
    seen.page.evaluate(FEW_ROWS)
    source = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    seen.page.evaluate(source)
    found = seen.page.evaluate("axe.run({exclude: ['.plot-container']})")["violations"]
    return [f"{one['impact']}: {one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize(
    ("make", "scheme"),
    [
        (sample.default_study, "light"),
        pytest.param(scripted.isolation, "dark", marks=pytest.mark.long),
        (predicting_study, "dark"),
        pytest.param(sample.remedies_study, "dark", marks=pytest.mark.long),
        pytest.param(sample.unfinished_study, "light", marks=pytest.mark.long),
        pytest.param(map_study, "dark", marks=pytest.mark.long),
        pytest.param(with_classes, "light", marks=pytest.mark.long),
        pytest.param(evenly, "light", marks=pytest.mark.long),
        pytest.param(several_metrics, "light", marks=pytest.mark.long),
        pytest.param(many_settings, "dark", marks=pytest.mark.long),
    ],
)
def test_axe_finds_no_violation(visit: Any, tmp_path: Path, make: Any, scheme: str) -> None:
    path = write_report(make(), tmp_path / "report.html", date="2026-01-01")
    seen = visit(path, color_scheme=scheme, viewport={"width": 1280, "height": 900})
    seen.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert violations(seen) == []


def test_axe_would_find_one(visit: Any, tmp_path: Path) -> None:
    seen = visit(write_report(sample.default_study(), tmp_path / "report.html", date=None))
    seen.page.evaluate("document.querySelector('.chart').removeAttribute('aria-label')")
    assert any("role-img-alt" in one for one in violations(seen))
