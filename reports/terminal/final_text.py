"""A final network and its predictions on the terminal: what ``pick`` and ``predict`` print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console

from reports.terminal.escaping import escape
from study.analysis.interval_words import value, with_n
from study.errors import InputError
from study.final.predict import PredictedNumbers, Predictions
from study.final.threshold import HALF, threshold_words
from study.records.units import Unit
from study.words import count, option, printable, share_text, whole

if TYPE_CHECKING:
    from study.final.final_network import FinalNetwork
    from study.records.intervals import Interval


def print_final(final: FinalNetwork, console: Console) -> None:
    """A final network in a few lines: what it is, how good, and where."""
    test, expected = final.accuracy, final.expected
    trained, metric = final.card["final"], final.metric
    tested = final.tested_by
    of = "" if metric == tested else f" of {metric.words}"
    lines = [
        f"{final.name}: {count(final.parameters, 'parameter')}, trained for "
        f"{count(final.configuration.epochs, 'epoch')} on {count(trained['train_samples'], 'sample')}",
        f"test {tested.words:<8}  {_tested(test, tested.unit)}",
        f"in the study   {with_n(value(expected, metric.unit), expected)}{of}, cross-fitted over its replicates",
        *_answers(trained["threshold"]),
        f"model          {final.model}",
        f"card           {final.folder / 'card.md'}",
        *final.formats,
    ]
    for line in lines:
        console.print(escape(line), highlight=False, soft_wrap=True)


def _answers(threshold: dict[str, Any] | None) -> list[str]:
    """The decision threshold between two labels, where another than the likelier one was chosen."""
    if threshold is None or threshold["share"] == HALF:
        return []
    return [f"answers        {threshold_words(threshold['positive'], threshold['share'])}"]


def _tested(test: Interval, unit: Unit) -> str:
    """What the network itself came to on test, where rows were kept for it."""
    if test.mean is None or test.low is None or test.high is None:
        return "not measured: no row was sealed"
    interval = f"95 % interval {unit.number(test.low, 1)} to {unit.number(test.high, 1)}"
    return f"{unit.value_text(test.mean, 1)}, {interval} (n = {whole(test.n)} test items)"


def prediction_lines(found: Predictions | PredictedNumbers, *, all_labels: bool) -> list[str]:
    """One line an item: its name, its label and the probability; with ``all_labels`` every label's, in their order.

    Of a regression its name and the number. The end of a line within a name or a label is a blank here. Raises
    :class:`InputError` where probabilities are asked of a regression.
    """
    width = max(len(name) for name in found.names)
    lines = []
    if isinstance(found, PredictedNumbers):
        if all_labels:
            raise InputError(f"{option('probabilities')}: this network predicts a number. Leave it out.")
        digits = Unit.of_target("", found.deviation).digits + 1
        rows = zip(found.names, found.numbers.tolist(), strict=True)
        return [" ".join(printable(f"{name:<{width}}  {one:.{digits}f}").splitlines()) for name, one in rows]
    for name, (label, probability), row in zip(found.names, found.best, found.probabilities, strict=True):
        said = f"{name:<{width}}  {label}  {_column(probability)}"
        if all_labels:
            said += "  " + "  ".join(f"{one} {_column(p)}" for one, p in zip(found.labels, row, strict=True))
        lines.append(" ".join(printable(said).splitlines()))
    return lines


def _column(probability: float) -> str:
    """Without a blank before its sign: programs split these lines into columns at blanks."""
    return f"{share_text(probability)}%"
