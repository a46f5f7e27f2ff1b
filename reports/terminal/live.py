"""A study that runs, here or elsewhere, on the terminal: a live table, or plain lines where there is no terminal."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import fmean

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from reports.terminal.escaping import escape
from study.design.plan import Plan
from study.records.reference_runs import ReferenceTask
from study.records.trials import Proposal, Result, Trial, TrialKey, of_search
from study.run.agenda import is_final
from study.run.observers import Follower
from study.store import Holder, StoredStudy
from study.words import count, engine_words, number, printable, whole

LINE_SECONDS = 1.0  # at most one plain line in this time
FEWEST_FOR_TIME = 4  # results of this run before a time left is named
LEAST_WORK = 0.05  # of the work, likewise: the first guesses were 14 hours for 85 seconds
NAMED = 16  # trials in work that are named on the screen; a cluster may have a thousand


@contextmanager
def watch(plan: Plan, console: Console) -> Iterator[PlainProgress | LiveProgress]:
    """An observer, or a follower, that shows the run on ``console``, live on a terminal and as lines elsewhere."""
    progress = Progress(plan)
    display = LiveProgress(progress, console) if console.is_terminal else PlainProgress(progress, console)
    try:
        yield display
    finally:
        display.close()


class Progress:
    """Counts what happens in a run: the numbers behind both displays."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.started = time.monotonic()
        self.planned = self.finished = self.reused = self.epochs = self.arrived = 0
        self.running = 0
        self.driver = ""  # who runs the study, where it is followed from elsewhere
        self.work_done = 0.0
        self._waiting: dict[TrialKey, float] = {}  # trials that are known and not done, with their work
        self._all_work: list[float] = []
        self._failed: set[TrialKey] = set()
        self.validation: dict[str, list[float]] = defaultdict(list)
        self.searched: dict[str, list[float | None]] = defaultdict(list)

    def begin(self, planned: int, study: StoredStudy, work: Callable[[Trial], float]) -> None:
        """Count what is planned and what is there already."""
        self.planned, self.work = planned, work
        for result in filter(is_final, study.results.values()):
            self.reused += 1
            self._count(result)
            self._all_work.append(work(result.trial))
        for proposal in study.proposals:
            if proposal.told is not None:
                self.told(proposal)

    def submitted(self, trial: Trial) -> None:
        """Count a trial that waits."""
        self._waiting[trial.key] = self.work(trial)
        self._all_work.append(self._waiting[trial.key])

    def told(self, proposal: Proposal) -> None:
        """Count an answer to a search."""
        self.searched[proposal.cell].append(proposal.value)

    def add(self, result: Result) -> None:
        """Count a result that has just arrived."""
        self._count(result)
        self.arrived += 1
        self.work_done += self._waiting.pop(result.trial.key, 0.0)  # none where it had failed, and ran again elsewhere
        self.epochs += int(result.trajectory.epochs[-1]) if len(result.trajectory.epochs) else 0

    def _count(self, result: Result) -> None:
        self._failed.discard(result.trial.key)
        if result.state == "finished":
            self.finished += 1
            if not of_search(result.trial.replicate):
                last = float(result.trajectory.column(self.plan.spec.metric, "validation")[-1])
                self.validation[result.trial.configuration.key].append(last)
        else:
            self._failed.add(result.trial.key)

    def ended(self, result: Result) -> str:
        """A trial that has ended, and what it reached on validation."""
        metric, who = self.plan.spec.deciding, f"{result.trial.configuration.label}, {_purpose(result.trial)}"
        if result.state == "failed":
            return printable(f"{who} failed: {result.reason}")
        last = float(result.trajectory.column(metric.name, "validation")[-1])
        return f"{who}: validation {metric.unit.value_text(last)}"

    @property
    def failed(self) -> int:
        """How many trials have failed, and were not run again with more luck."""
        return len(self._failed)

    @property
    def work_left(self) -> float:
        """Operations still to do; trials that a search has not proposed yet count as the mean of those known."""
        unknown = max(self.planned - self.finished - self.failed - len(self._waiting), 0)
        return sum(self._waiting.values()) + unknown * (fmean(self._all_work) if self._all_work else 0.0)

    @property
    def line(self) -> str:
        """The state in one line."""
        seconds = max(time.monotonic() - self.started, 1e-9)
        done = self.finished + self.failed
        parts = [
            f"{whole(done)} of {'at most ' if self.plan.open_ended else ''}{whole(self.planned)} trials",
            self.driver or f"{whole(self.running)} running",
            f"{whole(self.failed)} failed",
        ]
        if self.epochs:
            parts.append(f"{number(self.epochs / seconds)} epochs/s")
        if self.work_left and self._tells_the_time():
            parts.append(f"{clock(seconds * self.work_left / self.work_done)} left")
        return ", ".join(parts)

    def _tells_the_time(self) -> bool:
        """Whether the time that is left means something: the first results are mostly compilation."""
        enough = self.arrived >= FEWEST_FOR_TIME
        return enough and self.work_done >= LEAST_WORK * (self.work_done + self.work_left)


class PlainProgress(Follower):
    """One line a result, at most one a second; for logs and pipes."""

    def __init__(self, progress: Progress, console: Console) -> None:
        self.progress, self.console = progress, console
        self._last = 0.0

    def begin(self, planned: int, study: StoredStudy, work: Callable[[Trial], float]) -> None:
        """Say what is about to run."""
        self.progress.begin(planned, study, work)
        most = "at most " if study.plan.open_ended else ""
        self.console.print(
            f"{most}{whole(planned)} trials, {whole(self.progress.reused)} of them already in the store",
            highlight=False,
        )
        _say_engine(study, self.console)

    def submitted(self, trial: Trial) -> None:
        """Count it."""
        self.progress.submitted(trial)

    def told(self, proposal: Proposal) -> None:
        """Count it; the trial's own line says what it reached."""
        self.progress.told(proposal)

    def result(self, result: Result) -> None:
        """Say what has ended."""
        self.progress.add(result)
        now = time.monotonic()
        if result.state == "failed" or now - self._last >= LINE_SECONDS:
            self._last = now
            self.console.print(f"{self.progress.line}; {self.progress.ended(result)}", highlight=False, markup=False)

    def reference(self, task: ReferenceTask, done: int, tasks: int) -> None:
        """Say once that they are trained."""
        if not done:
            self.console.print(f"training {count(tasks, 'reference model')}", highlight=False, markup=False)

    def tick(self, running: tuple[Trial, ...]) -> None:
        """Nothing moves in a log; the next line says how many are running."""
        self.progress.running = len(running)

    def driven(self, holder: Holder | None) -> None:
        """Say who runs the study, where that has changed."""
        before, self.progress.driver = self.progress.driver, _driver(holder)
        if self.progress.driver != before:
            self.console.print(self.progress.line, highlight=False, markup=False)

    def close(self) -> None:
        """Say how it ended, if it began at all."""
        self.progress.running = 0
        if self.progress.planned:
            self.console.print(self.progress.line, highlight=False, markup=False)


class LiveProgress(Follower):
    """A table of what each network reaches on validation that grows while trials run; for terminals.

    Test is for the verdict: who watches it run by run begins to choose by it.
    """

    def __init__(self, progress: Progress, console: Console) -> None:
        self.progress = progress
        self._live = Live(console=console, refresh_per_second=4, transient=True)
        self._running: tuple[Trial, ...] = ()
        self._live.start()

    def begin(self, planned: int, study: StoredStudy, work: Callable[[Trial], float]) -> None:
        """Show the empty table."""
        self.progress.begin(planned, study, work)
        _say_engine(study, self._live.console)
        self.tick(())

    def submitted(self, trial: Trial) -> None:
        """Count it."""
        self.progress.submitted(trial)

    def told(self, proposal: Proposal) -> None:
        """Count it; the next tick shows it."""
        self.progress.told(proposal)

    def result(self, result: Result) -> None:
        """Count a result; the next tick shows it. A failure stays on the screen."""
        self.progress.add(result)
        if result.state == "failed":
            self._live.console.print(Text(self.progress.ended(result), "yellow"))

    def reference(self, task: ReferenceTask, done: int, tasks: int) -> None:
        """Show which one is trained."""
        work = f"reference model {whole(done + 1)} of {whole(tasks)}: {task.model} (replicate {task.replicate})"
        self._live.update(Group(self._table(), Text(self.progress.line), Text(work)))

    def driven(self, holder: Holder | None) -> None:
        """Take down who runs the study; the next tick shows it."""
        self.progress.driver = _driver(holder)

    def tick(self, running: tuple[Trial, ...]) -> None:
        """Draw the state of things."""
        p = self.progress
        p.running = len(running)
        bar = ProgressBar(total=max(p.planned, 1), completed=p.finished + p.failed, width=40)
        work = "training " + ", ".join(f"{t.configuration.label} ({_purpose(t)})" for t in running[:NAMED])
        if len(running) > NAMED:
            work += f" and {whole(len(running) - NAMED)} more"
        self._live.update(Group(self._table(), bar, Text(p.line), Text(work if running else "")))

    def close(self) -> None:
        """Take the display off the screen."""
        self._live.stop()

    def _table(self) -> Table:
        return _searches(self.progress) if self.progress.plan.searches else _accuracies(self.progress)


def _accuracies(progress: Progress) -> Table:
    """The mean on validation of every configuration of a sweep."""
    metric = progress.plan.spec.deciding
    table = Table(
        box=None,
        padding=(0, 1),
        title=f"mean validation {metric.words} at the last epoch{metric.unit.of_values}",
        title_justify="left",
    )
    panels = progress.plan.panels
    labels = list(dict.fromkeys(c.label for panel in panels for c in panel.configurations({})))
    table.add_column("")
    for label in labels:
        table.add_column(label, justify="right", no_wrap=True)
    for panel in panels:
        found = {c.label: progress.validation[c.key] for c in panel.configurations({})}
        cells = [metric.unit.number(fmean(found[label])) if found.get(label) else "·" for label in labels]
        table.add_row(escape(panel.name or progress.plan.spec.name), *cells)
    return table


def _searches(progress: Progress) -> Table:
    """How far the search of every cell is."""
    metric = progress.plan.spec.deciding
    table = Table(box=None, padding=(0, 1), title="searches", title_justify="left")
    table.add_column("")
    table.add_column("proposals", justify="right")  # more than trials, where one comes to a network that was tried
    table.add_column(f"best validation{metric.unit.of_values}", justify="right")
    for search in progress.plan.searches:
        values = progress.searched[search.name]
        reached = [value for value in values if value is not None]
        best = metric.unit.number(max(reached, key=metric.turned)) if reached else "·"
        table.add_row(escape(search.name), f"{len(values)} of {search.trials}", best)
    return table


def _say_engine(study: StoredStudy, console: Console) -> None:
    """Why Keras trains, where the native engine would be faster."""
    why, uncompiled = study.facts.why_keras, study.plan.spec.uncompiled
    if why or uncompiled:
        engine = engine_words(study.plan.spec.engine, why, uncompiled)
        console.print(f"trained by {engine}", highlight=False, markup=False)


def clock(seconds: float) -> str:
    """``2:05`` for 125 seconds, ``1:02:05`` with hours."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _driver(holder: Holder | None) -> str:
    if holder is None:
        return "nobody runs it"
    who = f"process {holder.pid} on {printable(holder.host)}"
    return f"run by {who}" if holder.alive else f"no sign of life from {who}"


def _purpose(trial: Trial) -> str:
    return "search" if of_search(trial.replicate) else f"replicate {trial.replicate}"
