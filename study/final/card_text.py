"""``card.md``: the card in words and tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from study.analysis.interval_words import difference, estimate, value, with_n
from study.design.setting_words import class_weights_words
from study.final.card import interval
from study.final.residuals import FILE
from study.final.threshold import HALF, threshold_words
from study.records.intervals import Interval
from study.records.metrics import ACCURACY, METRICS, RMSE, Metric
from study.records.trials import EVEN, SPLITS, Configuration
from study.records.units import Unit
from study.words import MISSING, count, percent_text, share_text, whole

_SHOWN = {True: "shown", False: "not shown", None: "not known"}
MOST_CLASSES = 30  # in a confusion matrix that can still be read


def card_text(card: dict[str, Any]) -> str:
    """The card as Markdown."""
    network, final, study, why, data = (card[part] for part in ("network", "final", "study", "why", "data"))
    metric = _metric(card, study["metric"])
    unit = metric.unit
    parts = [
        f"# {network['name']}, the pick of study {study['name']}",
        f"{_network(network)}, trained for {count(final['epochs'], 'epoch')} on "
        f"{count(final['train_samples'], 'sample')} of {data['name']}.",
        _table(("", ""), _summary(card)),
        "## Why this one",
        f"{why['reason']}\n\nThe rule: {why['rule'][0].lower()}{why['rule'][1:]} The margin is "
        f"{unit.chosen(why['margin'])}{_limit(why)}. Panel: {study['panel']}, "
        f"{count(study['replicates'], 'replicate')}, read at {study['reading']}. Test {metric.words} decided nothing.",
        _table(
            (
                "network",
                "parameters",
                f"validation{unit.of_values}",
                "n",
                "another is better by less than",
                "within the margin",
                "",
            ),
            [
                (
                    one["name"],
                    whole(one["parameters"]),
                    estimate(interval(one["validation_accuracy"]), unit),
                    one["validation_accuracy"]["n"],
                    MISSING if one["bound"] is None else unit.difference(one["bound"], 1),
                    _SHOWN[one["shown_within_margin"]],
                    one["role"],
                )
                for one in why["candidates"]
            ],
        ),
        "## What was not measured",
        "\n".join(f"- {sentence}" for sentence in card["limits"]),
        *(_classes(final, network["labels"]) if final["test_accuracy"]["n"] else []),
        *(_residuals(final["residuals"], _metric(card, RMSE.name).unit) if final["residuals"] else []),
        "## Data",
        _table(
            ("", ""),
            [
                ("data set", data["name"]),
                ("SHA-256 of its arrays", f"`{data['sha256']}`"),
                *_parts(data),
            ],
        ),
        *(["\n".join(f"- {note}" for note in data["notes"])] if data["notes"] else []),
        "## To repeat it",
        f"```\n{study['command']}\n{card['command']}\n```",
        _table(
            ("", ""),
            [
                ("seed, replicate", f"{final['seed']}, {final['replicate']}"),
                ("trials of the study", f"{whole(study['trials'])}, SHA-256 `{study['trials_sha256']}`"),
                ("versions of the study", _versions(study["versions"])),
                ("versions of the final training", _versions(card["versions"])),
                *((name, f"SHA-256 `{digest}`") for name, digest in card["files"].items()),
            ],
        ),
        *(["\n".join(f"- {note}" for note in card["formats"])] if card["formats"] else []),
        "The study's file:",
        f"```toml\n{study['file'].strip()}\n```",
    ]
    return "\n\n".join(parts) + "\n"


def _summary(card: dict[str, Any]) -> list[tuple[str, str]]:
    final, study = card["final"], card["study"]
    metric = _metric(card, study["metric"])
    unit, words = metric.unit, "" if metric is ACCURACY else f"{metric.words} "
    expected = "to be expected of this choice"
    if final["refit"] != "train" or final["train_samples"] != study["samples"]:
        expected = f"this choice in the study, on {count(study['samples'], 'sample')}"
    items = final["test_accuracy"]["n"]
    measured = f"{_share(final['test_accuracy'])}, n = {whole(items)} items" if items else "no row was sealed"
    classes = bool(card["network"]["labels"])
    tested_by = metric
    if classes:
        tested_by = _metric(card, ACCURACY.name)
    else:
        (own,) = (one for one in final["metrics"] if one["name"] == metric.name)
        tested = _measured(value, own["interval"], unit)
        measured = f"{tested} items" if own["interval"]["n"] else "no row was sealed"
    rows = [
        (f"test {tested_by.words} of this network", measured),
        (f"{words}{expected}", _measured(value, study["test_accuracy"], unit) + ", cross-fitted"),
        (f"{words}gap between train and test, in the study", _measured(difference, study["gap"], unit)),
    ]
    if classes:
        rows.append((f"train {tested_by.words} of this network", percent_text(final["train_accuracy"], 2)))
    if final["threshold"] is not None:
        rows.append(("decision threshold", _threshold(final["threshold"], card)))
    if final["validation_accuracy"] is not None:
        held_out = f"{percent_text(final['validation_accuracy'], 2)}, n = {whole(final['validation_samples'])} items"
        rows.append((f"validation {tested_by.words} of this network", held_out))
    for one in final["metrics"]:
        own = _metric(card, one["name"])
        told = [f"{part} {own.unit.value_text(one[part], 1)}" for part in SPLITS if one[part] is not None]
        rows.append((f"{own.words} of this network", ", ".join(told)))
    return rows


def _threshold(told: dict[str, Any], card: dict[str, Any]) -> str:
    """From which probability on the positive label is the answer, and why."""
    metric, n = _metric(card, told["metric"]), f"n = {whole(told['n'])} validation items"
    even = metric.unit.value_text(told["even"], 1)
    if told["share"] == HALF:
        return f"the likelier label; no other threshold was clearly better by {metric.words} ({even}, {n})"
    return (
        f"{threshold_words(told['positive'], told['share'])}, chosen by {metric.words} on validation: "
        f"{metric.unit.value_text(told['value'], 1)}, with 50 % {even} ({n})"
    )


def _network(network: dict[str, Any]) -> str:
    configuration = Configuration.from_dict(network["configuration"])
    first, *more = configuration.network.details
    words = [first, configuration.optimizer_words, f"batch size {configuration.batch_size}", *more]
    if configuration.class_weights != EVEN:
        words.append(class_weights_words(configuration.class_weights))
    return f"{configuration.label} with {whole(network['parameters'])} parameters ({', '.join(words)})"


def _metric(card: dict[str, Any], name: str) -> Metric:
    """A metric, in the unit of the target where there is one, and as rows count in it."""
    deviation = card["study"]["target_deviation"]
    metric = METRICS[name] if deviation is None else METRICS[name].in_unit("", deviation)
    return metric.weighted() if card["final"]["weighted"] else metric


def _residuals(residuals: dict[str, Any], unit: Unit) -> list[str]:
    """Predicted against true, the errors, and the worst rows."""
    shares = [(f"{100 * float(share):g} %", unit.number(error)) for share, error in residuals["quantiles"].items()]
    groups = [
        (one["n"], *(unit.number(one[name]) for name in ("predicted", "target", "rmse"))) for one in residuals["groups"]
    ]
    worst = [
        (one["row"], *(unit.number(one[name]) for name in ("target", "predicted", "error")))
        for one in residuals["worst"]
    ]
    where = "test set" if residuals["part"] == "test" else "validation part, which was not trained on"
    return [
        "## Predicted against true",
        f"{count(residuals['n'], 'row')} of the {where}, in groups from the lowest to the highest prediction. Where "
        f"mean prediction and mean target differ, predictions of that size are biased. `{FILE}` has every row.",
        _table(("rows", "mean prediction", "mean target", "RMSE"), groups),
        "## Residuals",
        f"Predicted minus true has the mean {unit.number(residuals['mean'])} and the standard deviation "
        f"{unit.number(residuals['deviation'])}; below these values lie so many of the rows:",
        _table(("share of the rows", "predicted minus true"), shares),
        "## Worst rows",
        _table(("row (0 is the first)", "target", "predicted", "predicted minus true"), worst),
    ]


def _limit(why: dict[str, Any]) -> str:
    most = why["max_parameters"]
    return "" if most is None else f"; networks with more than {whole(most)} parameters were left out"


def _parts(data: dict[str, Any]) -> list[tuple[str, str]]:
    """Which rows were trained on and tested."""
    if data["scheme"] != "fixed":
        return [("parts in the study", data["parts"]), ("sealed rows", "none: no row was sealed")]
    return [
        ("training part", f"{whole(data['train'])}, validation included"),
        ("test set", f"{whole(data['test'])}{_drawn(data)}"),
    ]


def _drawn(data: dict[str, Any]) -> str:
    rows = data["test_rows"]
    return (
        ""
        if rows is None
        else f", drawn by depthgauge; which rows of the data they are, is in `{rows}` (0 is the first)"
    )


def _measured(words: Callable[[Interval, Unit], str], values: dict[str, Any], unit: Unit) -> str:
    return with_n(words(interval(values), unit), interval(values))


def _share(values: dict[str, Any]) -> str:
    """A share of items with its Wilson interval."""
    if values["mean"] is None:
        return "no items"
    mean, low, high = (share_text(values[name], 2) for name in ("mean", "low", "high"))
    return f"{mean} % (95 % interval {low} to {high})"


def _classes(final: dict[str, Any], labels: list[str]) -> list[str]:
    rows = [(one["label"], one["n"], one["correct"], _share(one)) for one in final["classes"]]
    table = _table(("label", "items", "right", "accuracy"), rows)
    return ["## Each class of the test set", table, *_confusion(final, labels)]


def _confusion(final: dict[str, Any], labels: list[str]) -> list[str]:
    if len(labels) > MOST_CLASSES:
        return ["The confusion matrix is in `card.json`."]
    rows = [(f"**{label}**", *row) for label, row in zip(labels, final["confusion"], strict=True)]
    return ["Confusion matrix: true labels in rows, answers in columns.", _table(("", *labels), rows)]


def _versions(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def _table(head: tuple[str, ...], rows: Any) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)
