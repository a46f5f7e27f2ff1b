"""The report in a real browser: Playwright on the system's Chromium, skipped where there is none."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from reports import write_report
from study.analysis.findings import Findings
from tests.reports import sample_findings as sample
from tests.reports import sample_search as scripted
from tests.reports.test_large_study import settings, study
from tests.reports.test_metric_switch import several_metrics
from tests.reports.test_predictions import evenly


def many_settings() -> Findings:
    """A study of so many settings that most stand under folds."""
    return study(settings(6, 3, 3))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(sample.default_study(), tmp_path_factory.mktemp("report") / "report.html", date="2026-01-01")


def wait_until(page: Any, expression: str) -> None:
    """Wait for an expression to hold; Playwright's own wait needs an eval, which the page's policy forbids."""
    for _ in range(400):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never true within 20 s: {expression}")


def test_the_page_opens_from_a_file_without_an_error_or_a_request(drawn: Any) -> None:
    seen = drawn(sample.default_study)
    assert seen.complaints == []
    assert seen.requests == [seen.address]


def test_every_figure_has_marks(drawn: Any) -> None:
    marks = drawn(sample.default_study).page.eval_on_selector_all(
        ".chart", "charts => charts.map(c => c.querySelectorAll('.points path, .lines path').length)"
    )
    assert len(marks) == 4 + 18 + 2 and min(marks) >= 5


def test_the_first_figure_does_not_wait_for_the_others(visit: Any, report: Path) -> None:
    page = visit(report, viewport={"width": 1280, "height": 900}).page
    page.locator("#depth-1 .main-svg").first.wait_for()
    assert page.locator(".js-plotly-plot").count() < page.locator(".chart").count()


def test_the_first_screen_holds_the_answer(visit: Any, report: Path) -> None:
    replies = visit(report, viewport={"width": 1280, "height": 900}).page.locator(".replies").bounding_box()
    assert replies["y"] + replies["height"] < 900


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)])
def test_every_section_is_one_click_away_wherever_one_reads(visit: Any, report: Path, width: int, height: int) -> None:
    page = visit(report, viewport={"width": width, "height": height}, reduced_motion="reduce").page
    page.evaluate("scrollTo(0, 5000)")
    boxes = [link.bounding_box() for link in page.locator("nav a").all()]
    assert all(b["x"] >= 0 and b["x"] + b["width"] <= width and 0 <= b["y"] < height / 8 for b in boxes)
    page.locator("nav a", has_text="Pick").click()
    bar, heading = page.locator(".stays").bounding_box(), page.locator("#pick-title").bounding_box()
    assert bar["y"] == 0 and bar["height"] <= heading["y"] < height / 4


def test_the_table_of_trials_sorts_by_keyboard_and_filters(visit: Any, report: Path) -> None:
    page = visit(report).page
    table = page.locator("table.interactive")
    head = table.locator("th", has_text="test, %")
    column = head.evaluate("cell => cell.cellIndex")

    def values() -> list[float]:
        cells = table.locator(f"tbody tr:not([hidden]) td:nth-child({column + 1})")
        return [float(text) for text in cells.all_text_contents()]

    head.locator("button").focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    assert values() == sorted(values()) and len(values()) > 90
    page.keyboard.press("Enter")
    assert values() == sorted(values(), reverse=True)
    page.locator("[data-filter]").fill("12x128")
    assert len(values()) == 8
    assert page.locator("[data-count]").inner_text().startswith("8 of ")


def test_failed_trials_can_be_singled_out(visit: Any, tmp_path: Path) -> None:
    page = visit(write_report(sample.unfinished_study(), tmp_path / "report.html", date=None)).page
    page.locator("[data-state]").select_option("failed")
    states = page.locator("table.interactive tbody tr:not([hidden]) td:nth-child(5)").all_text_contents()
    assert states == ["failed", "failed"]


def test_figures_follow_the_colour_scheme(visit: Any, report: Path) -> None:
    page = visit(report, color_scheme="light").page
    paper = "document.querySelector('#depth-1')._fullLayout.paper_bgcolor"
    page.locator("#depth-1").evaluate("chart => chart.scrollIntoView()")
    page.locator("#depth-1 .main-svg").first.wait_for()
    assert page.evaluate(paper) == "#ffffff"
    page.emulate_media(color_scheme="dark")
    wait_until(page, f"{paper} === '#14171c'")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 28)"


@pytest.mark.parametrize(
    "make",
    [
        sample.default_study,
        scripted.isolation,
        pytest.param(sample.remedies_study, marks=pytest.mark.long),
        pytest.param(sample.all_failed_study, marks=pytest.mark.long),
        pytest.param(scripted.plain_search, marks=pytest.mark.long),
        pytest.param(scripted.unfinished_search, marks=pytest.mark.long),
    ],
)
def test_a_phone_needs_no_horizontal_scroll(drawn: Any, make: Any) -> None:
    assert drawn(make, 390).page.evaluate("document.documentElement.scrollWidth") == 390


OVERLAPS = """() => [...document.querySelectorAll('.chart')].flatMap(chart => {
    const words = [...chart.querySelectorAll('svg text')].filter(w => w.textContent.trim());
    const boxes = words.map(w => [w.textContent, w.getBoundingClientRect()]).filter(([, p]) => p.width);
    return boxes.flatMap(([a, p], i) => boxes.slice(i + 1).filter(([, q]) =>
        Math.min(p.right, q.right) - Math.max(p.left, q.left) > 1 &&
        Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 3).map(([b]) => `${chart.id}: ${a} / ${b}`));
})"""


@pytest.mark.parametrize(
    ("make", "width"),
    [
        (sample.default_study, 390),
        (sample.default_study, 1280),
        (scripted.isolation, 390),
        pytest.param(scripted.isolation, 1280, marks=pytest.mark.long),
        pytest.param(scripted.plain_search, 390, marks=pytest.mark.long),
        pytest.param(scripted.plain_search, 1280, marks=pytest.mark.long),
        pytest.param(evenly, 390, marks=pytest.mark.long),
        pytest.param(evenly, 1280, marks=pytest.mark.long),
    ],
)
def test_words_in_a_figure_do_not_overlap(drawn: Any, width: int, make: Any) -> None:
    assert drawn(make, width).page.evaluate(OVERLAPS) == []


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (390, "light"),
        (1280, "dark"),
        pytest.param(390, "dark", marks=pytest.mark.long),
        pytest.param(1280, "light", marks=pytest.mark.long),
    ],
)
def test_the_searches_are_drawn_in_both_schemes_without_a_message(drawn: Any, width: int, scheme: str) -> None:
    seen = drawn(scripted.isolation, width, scheme)
    assert seen.complaints == [] and seen.requests == [seen.address]
    ink = {"light": "rgb(107, 114, 128)", "dark": "rgb(163, 171, 184)"}[scheme]
    dots = seen.page.locator("#search-1-1 .points path")
    assert dots.count() == 36 + 6 + 3 + 3 and dots.first.evaluate("dot => getComputedStyle(dot).fill") == ink
    bars = seen.page.locator("#importance .points path")
    assert bars.count() == 4


def test_all_trials_can_be_looked_at_by_keyboard_and_crosses_stay(visit: Any, tmp_path: Path) -> None:
    page = visit(write_report(scripted.isolation(), tmp_path / "report.html", date=None)).page
    page.locator("#search-1-1").evaluate("chart => chart.scrollIntoView()")
    page.locator("#search-1-1 .main-svg").first.wait_for()
    low = "document.querySelector('#search-1-1')._fullLayout.yaxis.range[0]"
    before = page.evaluate(low)
    crosses = "[...document.querySelectorAll('#search-1-1 .points path')].filter(p => p.style.fill === 'none').length"
    page.locator("#search [data-zoom]").first.focus()
    page.keyboard.press("Space")
    wait_until(page, f"{low} < {before} - 2")
    edge = "document.querySelector('#search-1-1')._fullLayout.yaxis100.range[0]"
    assert page.evaluate(edge) == 0 and page.evaluate(crosses) >= 2


def test_each_panel_can_have_its_own_scale(visit: Any, report: Path) -> None:
    page = visit(report, viewport={"width": 1280, "height": 900}).page
    page.locator("#depth-2 .main-svg").first.wait_for()
    low = "document.querySelector('#depth-2')._fullLayout.yaxis.range[0]"
    assert page.evaluate(low) < 90
    page.locator("#depth [data-zoom]").check()
    wait_until(page, f"{low} > 95")


def test_the_code_can_be_copied_or_is_selected(visit: Any, report: Path) -> None:
    page = visit(report).page
    button = page.locator("[data-copy]").first
    button.click()
    wait_until(page, "document.querySelector('[data-copy]').textContent !== 'Copy'")


def test_it_prints_on_paper_with_all_figures_also_from_dark_mode(visit: Any, report: Path, tmp_path: Path) -> None:
    seen = visit(report, color_scheme="dark", viewport={"width": 1280, "height": 900})
    seen.page.locator("#depth-1 .main-svg").first.wait_for()
    seen.page.evaluate(
        "addEventListener('afterprint', () => (window.printed = document.querySelectorAll('.js-plotly-plot').length))"
    )
    seen.page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert (tmp_path / "report.pdf").stat().st_size > 50_000
    assert seen.page.evaluate("window.printed") == 24
    assert seen.complaints == []


def test_settings_under_a_fold_are_drawn_when_it_opens_and_on_paper(visit: Any, tmp_path: Path) -> None:
    page = visit(write_report(many_settings(), tmp_path / "report.html", date=None)).page
    fold = page.locator("#depth details.printed").first
    chart = fold.locator(".chart").first
    fold.scroll_into_view_if_needed()
    assert chart.locator(".main-svg").count() == 0 and not chart.is_visible()
    fold.locator("summary").first.click()
    chart.locator(".main-svg").first.wait_for()
    assert chart.evaluate("chart => chart.querySelector('.main-svg').clientWidth") > 300
    page.evaluate(
        "addEventListener('beforeprint', () => (window.open = "
        "[...document.querySelectorAll('details.printed')].every(one => one.open)))"
    )
    page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert page.evaluate("window.open") is True
    assert page.locator("#curves details.printed[open]").count() == 0


def test_every_image_has_words_and_headings_are_in_order(drawn: Any) -> None:
    page = drawn(sample.default_study).page
    assert page.locator("[role=img]:not([aria-label])").count() == 0
    levels = page.eval_on_selector_all("h1, h2, h3, h4", "all => all.map(h => +h.tagName[1])")
    assert levels[0] == 1 and all(b - a <= 1 for a, b in pairwise(levels))
    assert page.locator("main").count() == page.locator("header").count() == page.locator("footer").count() == 1


def test_the_switch_shows_the_charts_of_one_metric_at_a_time(visit: Any, tmp_path: Path) -> None:
    page = visit(write_report(several_metrics(), tmp_path / "report.html", date=None)).page
    panels = page.locator("#depth [data-choice]")
    shown = page.locator("#depth [data-choice]:not([hidden])")
    assert panels.count() == 3 * shown.count()
    page.get_by_label("cross-entropy", exact=True).check()
    page.wait_for_function("document.querySelector('#depth-cross_entropy-1 .main-svg') !== null")
    assert shown.evaluate_all("all => new Set(all.map(one => one.dataset.choice)).size") == 1
    titles = page.locator("#depth-cross_entropy-1 .ytitle").first
    assert titles.text_content() == "cross-entropy, nats" and titles.is_visible()
    assert page.evaluate("document.querySelector('#depth-cross_entropy-1 .main-svg').clientWidth") > 300
    page.get_by_label("accuracy", exact=True).check()
    page.wait_for_selector("#depth-1 .main-svg")
    assert not titles.is_visible()
