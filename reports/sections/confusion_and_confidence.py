"""What the picks take their test items for, as a part of the section on the pick: confusion, and confidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.blocks import Block, Chart, Column, Figure, Prose, Table
from reports.figures import confusion, reliability
from reports.sections.thinning import behind, charted, left_out
from study.analysis.interval_words import LEAST, share_estimate, share_range
from study.words import count, listed, percent_text, share_text, whole

if TYPE_CHECKING:
    from study.analysis.findings import Findings
    from study.analysis.prediction_findings import PredictionFinding

MOST_MISTAKES = 40  # rows of a table of mistakes, in place of a matrix with too many classes
LACKING = (
    "No confusion matrix, no precision and no calibration of the pick: its runs in {settings} kept no predicted "
    "classes, as runs of older versions did not. Run the study again under another name to have them."
)


def prediction_blocks(findings: Findings, prefix: str) -> tuple[Block, ...]:
    """The two figures of all picks whose runs kept what they predicted, and a sentence on those that did not."""
    lacking = [pick.panel for pick in findings.picks if pick.predictions is None and pick.classes]
    notes: tuple[Block, ...] = (Prose("", (LACKING.format(settings=listed(lacking)),)),) if lacking else ()
    return (*_confusion(findings, prefix), *_reliability(findings, prefix), *notes)


def _confusion(findings: Findings, prefix: str) -> tuple[Block, ...]:
    shown, folded, picks = charted(findings), behind(findings), confusion.collect(findings)
    if not picks:
        return ()
    if len(picks[0].labels) > confusion.MOST:
        return (_mistakes(picks),)
    charts = tuple(
        Chart(
            f"{prefix}confusion-{i}",
            one,
            f"{one.name}, {one.network}",
            f"Confusion matrix of {one.network}, {one.name}. {_most_often(one)}",
            folded=one.name in folded,
        )
        for i, one in enumerate(confusion.collect(shown), start=1)
    )
    caption = (
        "Of the test items of each true class, the percentage taken for each class, over all runs of the pick. "
        "The more often a mistake is made, the stronger its colour."
    )
    caption = " ".join([caption, *left_out(shown, findings)])
    return (Figure("What is taken for what", charts, caption, (), _matrix(picks)),)


def _most_often(data: confusion.ConfusionData) -> str:
    mistakes = data.mistakes()
    if not mistakes:
        return "No item is mistaken."
    true, said = mistakes[0]
    items = count(int(data.counts[true, said]), "item")
    return f"Most often {data.labels[true]} is taken for {data.labels[said]}: {items}."


def _matrix(picks: tuple[confusion.ConfusionData, ...]) -> Table:
    """Items by true and predicted class, a matrix for each pick."""
    rows = tuple(
        (data.name, data.network, label, *(whole(cell) for cell in row))
        for data in picks
        for label, row in zip(data.labels, data.counts.tolist(), strict=True)
    )
    columns = (Column("setting"), Column("network"), Column("true class"))
    said = tuple(Column(f"taken for {label}", True) for label in picks[0].labels)
    return Table(f"Test items of {_runs(picks)} by true and predicted class", (*columns, *said), rows)


def _mistakes(picks: tuple[confusion.ConfusionData, ...]) -> Table:
    """The most frequent mistakes of each pick, where there are too many classes for a matrix."""
    rows = tuple(
        (
            data.name,
            data.network,
            data.labels[true],
            data.labels[said],
            whole(int(data.counts[true, said])),
            share_text(int(data.counts[true, said]) / int(data.counts[true].sum())),
        )
        for data in picks
        for true, said in data.mistakes()[:MOST_MISTAKES]
    )
    columns = (
        *(Column(name) for name in ("setting", "network", "true class", "taken for")),
        Column("items", True),
        Column("of its class, %", True),
    )
    caption = f"The most frequent mistakes in test items of {_runs(picks)}, at most {MOST_MISTAKES} of each network"
    return Table(caption, columns, rows)


def _runs(picks: tuple[confusion.ConfusionData, ...]) -> str:
    numbers = sorted({one.runs for one in picks})
    return count(numbers[0], "run") if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]} runs"


def _reliability(findings: Findings, prefix: str) -> tuple[Block, ...]:
    shown, folded, picks = charted(findings), behind(findings), reliability.collect(findings)
    if not picks:
        return ()
    charts = tuple(
        Chart(
            f"{prefix}reliability-{i}",
            one,
            f"{one.name}, {one.network}",
            f"Accuracy against confidence of {one.network}, {one.name}: "
            f"{'; '.join(reliability.bin_words(of) for of in one.bins)}.",
            folded=one.name in folded,
        )
        for i, one in enumerate(reliability.collect(shown), start=1)
    )
    said = [
        confidence_words(pick.predictions, f"{pick.chosen.name}, {pick.panel}" if len(picks) > 1 else pick.chosen.name)
        for pick in findings.picks
        if pick.predictions is not None
    ]
    caption = (
        "Test items in ten bins of equal width by confidence, the probability of the class predicted, and how many of "
        "them were right, with 95 % intervals. On the dashed line a network is as sure as it is right. Below, how the "
        "items spread over the bins."
    )
    caption = " ".join([caption, *(said if len(said) <= 4 else []), *left_out(shown, findings)])
    rows = tuple(
        (
            data.name,
            data.network,
            reliability.bin_name(one),
            whole(one.items),
            share_text(one.confidence),
            share_estimate(one.accuracy),
            str(one.accuracy.n),
        )
        for data in picks
        for one in data.bins
    )
    names = ("items", "mean confidence, %", "right, %", "n")
    columns = (Column("setting"), Column("network"), Column("confidence, %", True), *(Column(n, True) for n in names))
    table = Table("Test items of all runs by confidence, with 95 % intervals, n replicates", columns, rows)
    return (Figure("Is it as sure as it is right?", charts, caption, (), table),)


def confidence_words(found: PredictionFinding, name: str) -> str:
    """Whether a network is surer than it is right."""
    accuracy, sure = found.accuracy, percent_text(found.confidence)
    if accuracy.low is None or accuracy.high is None or accuracy.n < LEAST:
        return f"{name} is {sure} sure on average and {share_range(accuracy)} right."
    if found.confidence > accuracy.high:
        judged = "surer than it is right"
    elif found.confidence < accuracy.low:
        judged = "less sure than it is right"
    else:
        judged = "about as sure as it is right"
    return f"{name} is {judged}: {sure} sure on average, {share_range(accuracy)} right."
