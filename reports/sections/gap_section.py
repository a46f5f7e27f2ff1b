"""The section on the generalization gap: the map of overfitting, the gap against the axis, and its readings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from reports.blocks import Block, Chart, Column, Figure, Fold, Section, Table
from reports.figures import gap_map, gap_sweep
from reports.sections.sweeps import intervals_words, sweep_charts, sweep_table, zoom
from reports.sections.thinning import behind, charted, left_out
from study.analysis.interval_words import difference, estimate
from study.analysis.place_words import named_points
from study.records.metrics import Metric
from study.records.units import PERCENT
from study.words import capital, value_text

if TYPE_CHECKING:
    from study.analysis.findings import Findings

READINGS = {"tail": "at end", "best": "at best"}


def gap_section(findings: Findings, prefix: str = "", of: str = "") -> Section:
    """Nothing where no trial has finished yet."""
    figure = gap_figure(findings, prefix, behind(findings))
    blocks: tuple[Block, ...] = ()
    if figure is not None:
        blocks = (*_maps(findings, prefix), figure, *_readings(findings))
    return Section(f"{prefix}gap", f"Generalization gap{of}", blocks, link="Gap")


def gap_figure(findings: Findings, prefix: str = "", folded: Collection[str] = ()) -> Figure | None:
    """The gap of every panel; None without a finished trial."""
    shown = charted(findings)
    data = gap_sweep.collect(shown)
    if not data.panels:
        return None
    caption = [f"{capital(gap_words(data.metric))}{_unit_words(data.metric)}{intervals_words(data)}."]
    caption += left_out(shown, findings)
    table = sweep_table(gap_sweep.collect(findings), "Gap, mean ± half the width of its 95 % interval, n replicates")
    charts = sweep_charts(data, f"{prefix}gap", "Gap", folded=folded)
    return Figure("", charts, " ".join(caption), (), table, zoom=zoom(data))


def gap_words(metric: Metric) -> str:
    """What the gap is."""
    first, second = ("train", "test") if metric.larger_is_better else ("test", "train")
    return f"{first} {metric.words} minus {second} {metric.words}"


def _unit_words(metric: Metric) -> str:
    if metric.unit is PERCENT:
        return ", in percentage points"
    return f", in {metric.unit.many}" if metric.unit.many else ""


def _maps(findings: Findings, prefix: str) -> tuple[Figure, ...]:
    """The map of overfitting, where the study spans two ordered hyperparameters."""
    data = gap_map.collect(findings)
    if not data:
        return ()
    charts = tuple(Chart(f"{prefix}map-{i}", one, one.name, _map_in_words(one)) for i, one in enumerate(data, start=1))
    metric = findings.facts.metric
    turned = "has fallen" if metric.larger_is_better else "has risen"
    caption = (
        f"Mean gap{_unit_words(metric).replace(',', '')} of every network, darker where it is larger. A frame says "
        f"that held-out {metric.words} {turned} there, too."
    )
    legend = (("certain", "overfitting is certain"), ("possible", "overfitting may have begun"))
    return (Figure("Map of overfitting", charts, caption, legend, _map_table(data)),)


def _map_in_words(data: gap_map.MapData) -> str:
    cells = [cell for row in data.rows for cell in row.cells if cell.gap.mean is not None]
    low, high = (end(cells, key=lambda cell: cell.gap.mean or 0.0) for end in (min, max))
    certain = sum(cell.overfits == gap_map.CERTAIN for cell in cells)
    return (
        f"Gap against {data.label} and {data.second_label}: from {difference(low.gap, data.unit)} to "
        f"{difference(high.gap, data.unit)}; "
        f"overfitting is certain in {certain} of {len(cells)} cells."
    )


def _map_table(maps: Sequence[gap_map.MapData]) -> Table:
    """Every cell of the maps of overfitting, with its n."""
    rows = tuple(
        (
            *((data.name,) if len(maps) > 1 else ()),
            value_text(row.value),
            value_text(cell.value),
            estimate(cell.gap, data.unit),
            str(cell.gap.n),
            cell.overfits or "no",
        )
        for data in maps
        for row in data.rows
        for cell in row.cells
    )
    columns = (
        *((Column("setting"),) if len(maps) > 1 else ()),
        Column(maps[0].second_label, True),
        Column(maps[0].label, True),
        Column(f"gap{maps[0].unit.of_differences}", True),
        Column("n", True),
        Column("overfitting"),
    )
    return Table("Gap, mean ± half the width of its 95 % interval, n replicates", columns, rows)


def _readings(findings: Findings) -> tuple[Fold, ...]:
    """Test and gap of the same runs, read at the end and at their best epoch; nothing where none has both."""
    rows, metric = [], findings.facts.metric
    unit = metric.unit
    for panel in findings.panels:
        for name, point in named_points(panel):
            read = {one.reading: one for one in point.readings}
            if read.keys() >= READINGS.keys():
                tests, gaps = ([getattr(read[at], what) for at in READINGS] for what in ("test", "gap"))
                rows.append((panel.name, name, *(estimate(one, unit) for one in (*tests, *gaps)), str(tests[0].n)))
    columns = [Column(f"test {words}{unit.of_values}", True) for words in READINGS.values()]
    columns += [Column(f"gap {words}{unit.of_differences}", True) for words in READINGS.values()]
    table = Table(
        "The same runs, read over the last tenth of their epochs (end) and at the best validation "
        f"{findings.facts.watched.words} (best)",
        (Column("setting"), Column("network"), *columns, Column("n", True)),
        tuple(rows),
    )
    title = f"What stopping early would have done to gap and test {metric.words}"
    return (Fold(title, (table,)),) if rows else ()
