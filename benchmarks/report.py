"""What a report costs: its size, the time to write it, and when its first figure can be seen.

``python benchmarks/report.py`` takes a study of 1,000 trials of 50 epochs (scripted) and the default study
(scripted), and opens both with headless Chromium, five times each. Needs playwright and a Chromium.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from reports import write_report  # noqa: E402
from tests.browser.conftest import CHROMIUM, FLAGS  # noqa: E402
from tests.reports import sample_findings as sample  # noqa: E402

ROUNDS = 5
# The first frame after Plotly has put its marks into the first figure.
SEEN = """() => new Promise(done => {
    const look = () => document.querySelector('.chart .main-svg .points path')
        ? requestAnimationFrame(() => done(performance.now())) : requestAnimationFrame(look);
    look();
})"""


def first_figure(browser: Browser, path: Path) -> float:
    """Seconds from the start of the navigation to the first figure on the screen."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(path.as_uri(), wait_until="commit")
    seen = page.evaluate(SEEN)
    page.close()
    return float(seen) / 1000


def main() -> None:
    """Print one line a study."""
    print("| study | MB | written in, s | first figure after, s (median of 5) |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, make in (("default", sample.default_study), ("1,000 trials x 50 epochs", sample.large_study)):
            findings, path = make(), Path(folder) / "report.html"
            began = time.perf_counter()
            write_report(findings, path, date=None)
            written = time.perf_counter() - began
            seen = statistics.median(first_figure(browser, path) for _ in range(ROUNDS))
            print(f"| {name} | {path.stat().st_size / 1e6:.2f} | {written:.2f} | {seen:.2f} |")
        browser.close()


if __name__ == "__main__":
    main()
