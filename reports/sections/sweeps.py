"""What the sections on the metric and on the gap have in common: a chart a panel, and the numbers behind them."""

from __future__ import annotations

from collections.abc import Collection

from reports.blocks import Chart, Column, Table
from reports.figures.accuracy_sweep import AccuracyData
from reports.figures.gap_sweep import GapData
from reports.figures.imported_sweep import ImportedSweep
from reports.figures.sweep import SweepData, SweepPanel
from study.analysis.interval_words import LEAST, estimate, value
from study.records.units import Unit

WITH_INTERVALS, TOO_FEW = ", with 95 % intervals", ", too few for intervals"
OWN_SCALE = "each panel on its own vertical scale"


def sweep_charts(
    data: AccuracyData | GapData | ImportedSweep,
    id: str,
    what: str,
    choice: str = "",
    folded: Collection[str] = (),
) -> tuple[Chart, ...]:
    """A chart for each panel; ``what`` it shows begins its content in words, ``choice`` is that of a switch.

    Those of the ``folded`` panels open at a click.
    """
    return tuple(
        Chart(
            f"{id}-{i}",
            data.only(panel),
            panel.name,
            _in_words(panel, what, data.metric.unit),
            choice=choice,
            folded=panel.name in folded,
        )
        for i, panel in enumerate(data.panels, start=1)
    )


def most_runs(data: SweepData) -> int:
    """The most runs that stand behind one of the drawn means."""
    return max(e.interval.n for p in data.panels for s in p.series for e in s.estimates)


def intervals_words(data: SweepData) -> str:
    """Whether the drawn means have intervals, as the end of a sentence."""
    return WITH_INTERVALS if most_runs(data) >= LEAST else TOO_FEW


def zoom(data: SweepData) -> str:
    """Offers a scale of its own where some panel fills so little of the shared one that it shows more."""
    low, high = data.y_range
    return OWN_SCALE if any(p.y_range[1] - p.y_range[0] < 0.6 * (high - low) for p in data.panels) else ""


def sweep_table(data: SweepData, caption: str) -> Table:
    """Every estimate of a depth or gap figure, with its n."""
    names = [s.name for s in data.panels[0].series] if data.panels else []
    rows, unit = [], data.metric.unit
    for panel in data.panels:
        places = [panel.axis.name(v) for v in panel.axis.values]
        columns = [list(s.estimates) for s in panel.series]
        baseline = [s.beside for s in panel.series if s.beside is not None]
        if len(baseline) == len(columns):
            places.append(f"baseline {panel.axis.beside_text}")
            columns = [[*column, beside] for column, beside in zip(columns, baseline, strict=True)]
        for i, place in enumerate(places):
            cells = [c[i].interval for c in columns]
            rows.append((panel.name, place, *(estimate(c, unit) for c in cells), str(max(c.n for c in cells))))
    labels = {p.axis.label for p in data.panels}
    label = labels.pop() if len(labels) == 1 else "value"
    titles = [Column(f"{name}{unit.of_differences if name == 'gap' else unit.of_values}", True) for name in names]
    return Table(
        caption,
        (Column("setting"), Column(label, all(not p.axis.names for p in data.panels)), *titles, Column("n", True)),
        tuple(rows),
    )


def _in_words(panel: SweepPanel, what: str, unit: Unit) -> str:
    parts = []
    for series in panel.series:
        known = [(v, e.interval) for v, e in zip(panel.axis.values, series.estimates, strict=True) if e.interval.n]
        if known:
            (first, start), (last, end) = known[0], known[-1]
            places = [(panel.axis.name(first), start), (panel.axis.name(last), end)][: len(known)]
            said = " and ".join(f"{value(interval, unit)} at {place}" for place, interval in places)
            parts.append(f"{series.name} {said}")
    return f"{what} against {panel.axis.label}, {panel.name}: {'; '.join(parts)}."
