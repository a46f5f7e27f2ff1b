"""A running study on the terminal: a live table, or plain lines where the output is no terminal."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import mean

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from study.plan import plan_panels
from study.records import Result, Trial, TrialKey
from study.spec import StudySpec

LINE_SECONDS = 1.0  # at most one plain line in this time


@contextmanager
def watch(spec: StudySpec, console: Console) -> Iterator[PlainProgress | LiveProgress]:
    """An observer that shows the run on ``console``, live on a terminal and as lines elsewhere."""
    progress = Progress(spec)
    display = LiveProgress(progress, console) if console.is_terminal else PlainProgress(progress, console)
    try:
        yield display
    finally:
        display.close()


class Progress:
    """Counts what happens in a run: the numbers behind both displays."""

    def __init__(self, spec: StudySpec) -> None:
        self.spec = spec
        self.started = time.monotonic()
        self.planned = self.finished = self.failed = self.reused = self.epochs = 0
        self.running = 0
        self.work_done = self.work_left = 0.0
        self._work: dict[TrialKey, float] = {}
        self.validation: dict[str, list[float]] = defaultdict(list)

    def begin(self, trials: tuple[Trial, ...], done: tuple[Result, ...], work: dict[TrialKey, float]) -> None:
        """Count what is planned and what is there already."""
        self.planned, self.reused = len(trials), len(done)
        self._work = work
        self.work_left = sum(work.values()) - sum(work[r.trial.key] for r in done)
        for result in done:
            self._count(result)

    def add(self, result: Result) -> None:
        """Count a result that has just arrived."""
        self._count(result)
        work = self._work[result.trial.key]
        self.work_done += work
        self.work_left -= work
        self.epochs += int(result.trajectory.epochs[-1]) if len(result.trajectory.epochs) else 0

    def _count(self, result: Result) -> None:
        if result.state == "finished":
            self.finished += 1
            self.validation[result.trial.configuration.key].append(float(result.trajectory.split("validation")[0][-1]))
        else:
            self.failed += 1

    @property
    def line(self) -> str:
        """The state in one line."""
        seconds = max(time.monotonic() - self.started, 1e-9)
        done = self.finished + self.failed
        parts = [f"{done} of {self.planned} trials", f"{self.running} running", f"{self.failed} failed"]
        if self.epochs:
            parts.append(f"{self.epochs / seconds:.1f} epochs/s")
        if self.work_done:
            parts.append(f"{clock(seconds * self.work_left / self.work_done)} left")
        return ", ".join(parts)


class PlainProgress:
    """One line a result, at most one a second; for logs and pipes."""

    def __init__(self, progress: Progress, console: Console) -> None:
        self.progress, self.console = progress, console
        self._last = 0.0

    def begin(self, trials: tuple[Trial, ...], done: tuple[Result, ...], work: dict[TrialKey, float]) -> None:
        """Say what is about to run."""
        self.progress.begin(trials, done, work)
        self.console.print(f"{len(trials)} trials, {len(done)} of them already in the store", highlight=False)

    def result(self, result: Result) -> None:
        """Say what has ended."""
        self.progress.add(result)
        now = time.monotonic()
        if result.state == "failed" or now - self._last >= LINE_SECONDS:
            self._last = now
            self.console.print(f"{self.progress.line}; {_ended(result)}", highlight=False, markup=False)

    def tick(self, running: tuple[Trial, ...]) -> None:
        """Nothing moves in a log; the next line says how many are running."""
        self.progress.running = len(running)

    def close(self) -> None:
        """Say how it ended, if it began at all."""
        self.progress.running = 0
        if self.progress.planned:
            self.console.print(self.progress.line, highlight=False)


class LiveProgress:
    """A table of validation accuracy by network that grows while trials run; for terminals.

    Test accuracy is for the verdict: who watches it run by run begins to choose by it.
    """

    def __init__(self, progress: Progress, console: Console) -> None:
        self.progress = progress
        self._live = Live(console=console, refresh_per_second=4, transient=True)
        self._running: tuple[Trial, ...] = ()
        self._live.start()

    def begin(self, trials: tuple[Trial, ...], done: tuple[Result, ...], work: dict[TrialKey, float]) -> None:
        """Show the empty table."""
        self.progress.begin(trials, done, work)
        self.tick(())

    def result(self, result: Result) -> None:
        """Count a result; the next tick shows it. A failure stays on the screen."""
        self.progress.add(result)
        if result.state == "failed":
            self._live.console.print(Text(_ended(result), "yellow"))

    def tick(self, running: tuple[Trial, ...]) -> None:
        """Draw the state of things."""
        p = self.progress
        p.running = len(running)
        bar = ProgressBar(total=max(p.planned, 1), completed=p.finished + p.failed, width=40)
        work = "training " + ", ".join(f"{t.configuration.label} (replicate {t.replicate})" for t in running)
        self._live.update(Group(self._table(), bar, Text(p.line), Text(work if running else "")))

    def close(self) -> None:
        """Take the display off the screen."""
        self._live.stop()

    def _table(self) -> Table:
        title = "mean validation accuracy at the last epoch, %"
        table = Table(box=None, padding=(0, 1), title=title, title_justify="left")
        panels = plan_panels(self.progress.spec)
        labels = list(dict.fromkeys(c.label for panel in panels for c in panel.configurations))
        table.add_column("")
        for label in labels:
            table.add_column(label, justify="right", no_wrap=True)
        for panel in panels:
            found = {c.label: self.progress.validation[c.key] for c in panel.configurations}
            cells = [f"{100 * mean(found[label]):.1f}" if found.get(label) else "·" for label in labels]
            table.add_row(panel.name or self.progress.spec.name, *cells)
        return table


def clock(seconds: float) -> str:
    """``2:05`` for 125 seconds, ``1:02:05`` with hours."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _ended(result: Result) -> str:
    who = f"{result.trial.configuration.label}, replicate {result.trial.replicate}"
    if result.state == "failed":
        return f"{who} failed: {result.reason}"
    return f"{who}: validation {100 * result.trajectory.split('validation')[0][-1]:.1f} %"
