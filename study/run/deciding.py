"""Between replicates: which panels are settled, and which cells run again. Decided by what is recorded alone."""

from __future__ import annotations

from study.analysis.conclude import panel_verdicts
from study.analysis.onset.verdict import OnsetVerdict
from study.design.plan import PlannedPanel
from study.records.looks import Look
from study.store import StoredStudy


def decide(study: StoredStudy, *, late: bool) -> list[Look]:
    """A look at every panel that is undecided, when all runs of its replicates so far have ended.

    A panel goes on with the cells where further replicates could change its verdict, and with its baseline. It ends
    where there are none, at its most replicates, where the study has too few trials left for its next look, and where
    it is ``late``. Panels come in the order of the study: trials that one does not need are the next one's.
    """
    verdicts = panel_verdicts(study)
    most, spent = study.spec.trials_at_most, len(study.results)
    looks = []
    for panel in study.plan.panels:
        if not panel.undecided:
            continue
        going_on = _going_on(study, panel, verdicts.get(panel.name))
        further = (panel.next_look() - panel.replicates) * len(going_on)
        if not going_on:
            looks.append(Look(panel.name, panel.replicates, ending="settled"))
        elif panel.replicates == panel.most:
            looks.append(Look(panel.name, panel.replicates, ending="most"))
        elif late:
            looks.append(Look(panel.name, panel.replicates, ending="clock"))
        elif most is not None and spent + further > most:
            looks.append(Look(panel.name, panel.replicates, ending="budget"))
        else:
            spent += further
            looks.append(Look(panel.name, panel.replicates, going_on))
    return looks


def _going_on(study: StoredStudy, panel: PlannedPanel, verdict: OnsetVerdict | None) -> tuple[str, ...]:
    """The names of the cells that can still decide, the baseline with them; none where the panel is settled."""
    if verdict is None or not verdict.open_depths:
        return ()
    everything = study.facts.train_samples
    open_cells = [
        cell.name for cell in panel.cells if (everything if cell.value is None else cell.value) in verdict.open_depths
    ]
    return (*open_cells, *([panel.baseline.name] if panel.baseline is not None else ()))
