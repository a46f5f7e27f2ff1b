"""The page of a diagnosis: the answer, each run's curves and what they say, how it was judged."""

from __future__ import annotations

from reports.blocks import Answer, Block, Chart, Column, Figure, Listing, Page, Prose, Section, Table
from reports.figures.logged_curves import LoggedCurves, logged_curves
from study.analysis.run_diagnosis import DiagnosedRuns, RunDiagnosis
from study.analysis.run_diagnosis_words import kept_sentences, run_sentences
from study.words import count, number, percent_text, points_text, value_text

MOST_DRAWN = 24  # runs whose curves are drawn
ROWS = 10  # of a curve in its table
LEGEND = (
    ("train", "train"),
    ("validation", "validation"),
    ("best", "what stopping keeps"),
    ("rising", "it overfits from here"),
)
RULES = (
    "A run overfits where the last tenth of validation loss, at least three records, lies above its lowest level by "
    "more than 5 % of that level and by more than four standard deviations of its own noise. Without a loss, "
    "validation error (1 - accuracy) is judged, and has to rise by more than the margin. All curves are looked at "
    "through a running median, so that single spikes count for nothing.",
)


def diagnosis_page(found: DiagnosedRuns) -> Page:
    """The page; names of files and columns are shown as text."""
    title = "Replicates" if found.replicates else found.runs[0].curves.name if len(found.runs) == 1 else "Finished runs"
    sections = (
        Section("answer", "The answer", tuple(_answer(found))),
        Section("curves", "Curves", tuple(_curves(found))),
        Section("method", "How this was judged", (Prose("", RULES), _asked(found))),
    )
    return Page(title, "depthgauge diagnosis", sections)


def _answer(found: DiagnosedRuns) -> list[Block]:
    several = len(found.runs) > 1 and found.replicates is None
    sentences = tuple((run.curves.name, run.sentence) for run in found.runs) if several else (("", found.sentence),)
    blocks: list[Block] = [Answer(sentences, (), "", ())]
    if found.replicates is not None and (said := tuple(kept_sentences(found.replicates))):
        blocks.append(Listing("Over the runs", said))
    if len(found.runs) == 1:
        blocks.append(Listing("What the curves say", tuple(run_sentences(found.runs[0]))))
    else:
        blocks.append(_table(found))
    return [*blocks, Listing("What this cannot show", found.cautions)]


def _table(found: DiagnosedRuns) -> Table:
    columns = (
        Column("run"), Column("overfits"), Column("from", True), Column("loss lost", True),
        Column("accuracy lost", True), Column("stopping keeps", True), Column("also"),
    )  # fmt: skip
    rows = tuple(
        (
            run.curves.name,
            run.overfits,
            "" if run.overfits_from is None else str(run.overfits_from),
            "" if run.lost_loss is None else value_text(run.lost_loss, 3),
            "" if run.lost_accuracy is None else points_text(run.lost_accuracy, 1),
            "" if run.stopping is None else str(run.stopping.kept),
            ", ".join(kind for kind in run.kinds if kind != "overfitting"),
        )
        for run in found.runs
    )
    return Table(f"{count(len(found.runs), 'run')}, each by itself", columns, rows)


def _curves(found: DiagnosedRuns) -> list[Block]:
    blocks: list[Block] = []
    if len(found.runs) > MOST_DRAWN:
        blocks.append(Prose("", (f"The curves of the first {MOST_DRAWN} of {len(found.runs)} runs are drawn.",)))
    for place, run in enumerate(found.runs[:MOST_DRAWN], 1):
        data = logged_curves(run)
        chart = Chart(f"curves-{place}", data, "", _alt(run))
        blocks.append(Figure(run.curves.name, (chart,), "", LEGEND, _numbers(data)))
        if len(found.runs) > 1:
            blocks.append(Listing("What these curves say", (run.sentence, *run_sentences(run))))
    return blocks


def _alt(run: RunDiagnosis) -> str:
    curves = run.curves
    return f"Curves of {curves.name}, {count(len(curves), 'record')} by {curves.unit}. {run.sentence}"


def _numbers(data: LoggedCurves) -> Table:
    """The drawn curves at about ten records."""
    every = max(1, -(-len(data.places) // ROWS))
    heads = [Column(data.unit, True)]
    heads += [Column(f"{part} {title}", True) for title, curves in data.rows for part, _ in curves]
    rows = tuple(
        (str(data.places[i]), *(number(curve[i], 3) for _, curves in data.rows for _, curve in curves))
        for i in range(0, len(data.places), every)
    )
    return Table("The curves at about ten of the records", tuple(heads), rows)


def _asked(found: DiagnosedRuns) -> Listing:
    chance = "not known" if found.chance is None else percent_text(found.chance)
    return Listing(
        "What was asked with",
        (
            f"Accuracy of guessing: {chance}.",
            f"Difference in accuracy that counts: {points_text(found.margin)}.",
            f"Patience of early stopping: {found.patience}.",
        ),
    )
