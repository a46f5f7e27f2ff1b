"""``card.json``: what a final network is, what it rests on, how good it is and what was not measured."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from study.analysis.interval_words import value, with_n
from study.analysis.pick_words import rule_words
from study.analysis.t_intervals import wilson_interval
from study.design.parts_words import once_words
from study.final.choose import Choice
from study.final.test_rows import TEST_ROWS
from study.final.training import Refit, Trained
from study.records.intervals import Interval
from study.records.trials import FINAL_REPLICATE, of_split
from study.words import amount, count, number, percent_text, whole

SCHEMA = "depthgauge-card-1"
FEW = 30  # test items of a class below which its accuracy says little


def card(
    choice: Choice, trained: Trained, refit: Refit, *, trials: str, versions: dict[str, str], command: str
) -> dict[str, Any]:
    """Everything about a final network in plain JSON types; accuracies in [0, 1], an absent number is null.

    Under ``study`` and ``why``, what is called an accuracy is the study's ``metric``.

    ``trials`` is the hash of the study's trials, ``versions`` are those of the final training, ``command`` repeats it.
    """
    facts, panel, found = choice.findings.facts, choice.panel, choice.pick
    classes, confusion = per_class(trained)
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "network": {
            "name": choice.name,
            "parameters": found.chosen.parameters,
            "configuration": choice.configuration.to_dict(),
            "input_shape": list(trained.shape),
            "labels": list(trained.names),
        },
        "final": {
            "refit": refit,
            "epochs": choice.epochs,
            "seed": facts.spec.seed,
            "replicate": FINAL_REPLICATE,
            "train_samples": trained.sizes[0],
            "validation_samples": trained.sizes[1],
            "train_accuracy": trained.train,
            "validation_accuracy": trained.validation,
            "metrics": [asdict(one) for one in trained.measured],
            "threshold": None if trained.threshold is None else trained.threshold.to_dict(trained.names),
            "residuals": None if trained.residuals is None else trained.residuals.to_dict(),
            "weighted": facts.spec.weighted_metrics,
            "test_accuracy": asdict(trained.test),
            "gap": None if trained.test.mean is None or trained.train is None else trained.train - trained.test.mean,
            "classes": classes,
            "confusion": confusion,
        },
        "study": {
            "name": facts.name,
            "file": facts.spec.to_toml(),
            "command": facts.run.command,
            "versions": dict(facts.run.versions),
            "trials": facts.finished + facts.failed,
            "trials_sha256": trials,
            "panel": panel.name,
            "panels": list(choice.panels),
            "reading": choice.point.reading,
            "replicates": panel.replicates,
            "samples": panel.samples,
            "metric": panel.metric.name,
            "target_deviation": facts.run.target_deviation,
            "test_accuracy": asdict(found.accuracy),
            "gap": asdict(found.gap),
        },
        "why": {
            "rule": rule_words(panel.metric),
            "reason": choice.reason,
            "guaranteed": found.guaranteed,
            "margin": panel.margin,
            "alpha": panel.alpha,
            "max_parameters": choice.max_parameters,
            "left_out": choice.left_out,
            "threshold": found.threshold,
            "candidates": [
                {
                    "name": one.name,
                    "parameters": one.parameters,
                    "validation_accuracy": asdict(one.validation),
                    "mean": one.mean,
                    "bound": choice.bounds[i],
                    "shown_within_margin": shown(choice.bounds[i], panel.margin),
                    "runs_left_out_of_verdict": choice.unjudged[i],
                    "role": "pick" if i == found.index else "runner-up" if i == found.runner_up else "",
                }
                for i, one in enumerate(found.candidates)
            ],
        },
        "data": {
            "name": facts.spec.dataset,
            "sha256": facts.dataset_sha256,
            "train": facts.run.train_samples + facts.run.validation_samples,
            "test": facts.run.test_samples,
            "scheme": facts.spec.scheme,
            "parts": facts.run.parts,
            "test_rows": TEST_ROWS if trained.test_rows_written else None,
            "notes": list(facts.run.data_notes),
        },
        "limits": limits(choice, trained, refit),
        "versions": versions,
        "command": command,
    }
    return document


def shown(bound: float | None, margin: float) -> bool | None:
    """Whether a network is shown to be within the margin of every other one, None where there is no bound."""
    return None if bound is None else bound < margin


def per_class(trained: Trained) -> tuple[list[dict[str, Any]], list[list[int]]]:
    """Test accuracy of each class with its counts, and the confusion matrix (K, K): true classes in rows."""
    k = len(trained.names)
    confusion = np.zeros((k, k), np.int64)
    np.add.at(confusion, (trained.labels, trained.predicted), 1)
    classes = [
        {"label": name, "correct": int(row[i]), **asdict(wilson_interval(int(row[i]), int(row.sum())))}
        for i, (name, row) in enumerate(zip(trained.names, confusion, strict=True))
    ]
    return classes, confusion.tolist()


def limits(choice: Choice, trained: Trained, refit: Refit) -> list[str]:
    """What the numbers of a final network do not say, in sentences."""
    facts, panel, found = choice.findings.facts, choice.panel, choice.pick
    metric = panel.metric
    high = "high" if metric.larger_is_better else "low"
    said = [
        _tested(choice),
        *_answers(trained),
        f"The study's {with_n(value(found.accuracy, metric.unit), found.accuracy)} speaks of what this procedure "
        "picks. The final "
        "network is one more run, with a split and initial weights of its own.",
    ]
    if trained.threshold is not None and trained.threshold.threshold is not None:
        said.append(
            "This network answers with its decision threshold, and so do its values here; the study's are those of the "
            "likelier label."
        )
    if facts.spec.scheme == "fixed":
        said.append(
            "An interval over replicates, however narrow, says nothing of other test items: all replicates are "
            f"measured on the same {count(facts.run.test_samples, 'item')}. What so many items can tell is the "
            f"interval beside the test {metric.words if trained.residuals else _tested_by(choice)} of this network."
        )
        if facts.run.groups:
            said.append(
                f"That interval takes each item for itself. Rows of one {facts.spec.data.group!r} are alike, so that "
                "it is too narrow; those of the study count a group as one."
            )
    if (spread := _spread(choice)) is not None:
        said.append(
            f"Single runs of this network differ by {metric.unit.difference(spread)} of test {metric.words} (s.d.)."
            if spread > 0
            else f"All runs of this network had the same test {metric.words}. On other items they would not."
        )
    if choice.left_out:
        said.append(
            f"Larger ones were never compared with it: {count(choice.left_out, 'network')} of the study with more than "
            f"{whole(choice.max_parameters)} parameters, which may be better."
        )
    if unjudged := choice.unjudged[found.index]:
        said.append(
            f"The verdict leaves out {unjudged} of the {count(found.chosen.validation.n, 'run')} of this network, "
            "because the training accuracy fell far behind (training broke or did not learn). The choice and the "
            "numbers here count them: a training of this network can go wrong like that."
        )
    if not found.guaranteed and len(found.candidates) > 1:
        said.append(
            f"That it is within {metric.unit.chosen(panel.margin)} of every other candidate could not be shown."
        )
    if len(choice.panels) > 1:
        said.append(
            f"{panel.name} is one of {len(choice.panels)} settings of the study. Where it was chosen by its "
            f"{metric.words}, the cross-fitted {metric.words} does not allow for that and may be a little too {high}."
        )
    if choice.point.reading == "tail":
        said.append(
            "The study reads the mean over its last epochs. This network is the last epoch alone, which may be a "
            "little better or worse."
        )
    elif choice.epochs < choice.point.configuration.epochs:
        said.append(
            f"It was trained for {count(choice.epochs, 'epoch')}, the median of where reading {choice.point.reading} "
            f"found the study's {count(panel.replicates, 'replicate')}, and not stopped anew."
        )
    said += _training_limits(choice, trained, refit)
    if len(trained.labels) and (few := [c for c in per_class(trained)[0] if c["n"] < FEW]):
        names = ", ".join(f"{c['label']} ({c['n']})" for c in few)
        said.append(f"Classes with fewer than {FEW} test items, whose accuracy says little: {names}.")
    return said


def _answers(trained: Trained) -> list[str]:
    """What a network's answers do not say."""
    if not trained.names:
        return [
            "It gives one number whatever it is given, and no interval: how far off it is on rows that it was not "
            "trained on, the residuals say.",
            "Beyond the targets of its training rows it was never told what to predict.",
        ]
    return [
        f"It answers with one of its {len(trained.names)} labels whatever it is given: it cannot say that an item is "
        "none of them.",
        "Its probabilities were not calibrated: 0.9 does not mean that 9 of 10 such answers are right.",
    ]


def _tested(choice: Choice) -> str:
    """On what the metric was measured on test, and on what not."""
    facts = choice.findings.facts
    words = _tested_by(choice)
    elsewhere = "items from elsewhere (other people, devices, times) was not measured."
    if facts.spec.scheme == "fixed":
        items = f"{count(facts.run.test_samples, 'item')} of {facts.spec.dataset}"
        return f"Test {words} was measured on {items}. How the network does on {elsewhere}"
    return (
        "No row was sealed: what one replicate tested others trained on, and this network trained on all rows but its "
        f"validation. It was tested on none; the test {words} here is that of the study's networks, chosen like it, on "
        f"rows that they had not seen. How it does on {elsewhere}"
    )


def _tested_by(choice: Choice) -> str:
    """What the saved network is tested by: accuracy, or the metric of a regression."""
    facts = choice.findings.facts
    return facts.fit.words if facts.run.classes else facts.metric.words


def _training_limits(choice: Choice, trained: Trained, refit: Refit) -> list[str]:
    """Where the final training differs from the study's."""
    facts, said = choice.findings.facts, []
    if refit == "train+validation":
        if len(trained.names) == 2:
            said.append("No rows were held out to choose a decision threshold on: it answers with the likelier label.")
        more = trained.sizes[0] / choice.panel.samples
        subset = f", {number(more, 1)} times as many as in the study" if more >= 1.5 else ""
        fixed = choice.point.reading in ("last", "tail")
        epochs = "" if fixed else ", and the number of epochs was chosen for fewer samples"
        said.append(
            f"It was trained on {count(trained.sizes[0], 'sample')}, training and validation rows together{subset}. "
            f"So its validation accuracy is not known{epochs}."
        )
    if choice.panel.samples < facts.run.train_samples:
        said.append(
            f"The study compared networks trained on {amount(choice.panel.samples, 'training samples')} of "
            f"{facts.run.train_samples:,}. With more of them another network may be better."
        )
    if facts.spec.data.weight is not None:
        column, once = repr(facts.spec.data.weight), once_words(facts.spec.task)
        said.append(
            f"In training and in metrics, rows counted as {column} says. {once}"
            if facts.spec.weighted_metrics
            else f"In training, rows counted as {column} says. All numbers here count every row once."
        )
    if noise := choice.point.configuration.label_noise:
        said.append(
            f"In the study {percent_text(noise)} of the training labels were wrong on purpose. The final network was "
            "trained on the given labels, so it may well be better than the study's runs."
        )
    return said


def _spread(choice: Choice) -> float | None:
    """Standard deviation of the metric on test over the study's runs of the network, None below 3 runs."""
    accuracy = of_split(choice.point.accuracy, "test")
    accuracy = accuracy[np.isfinite(accuracy)]
    return float(accuracy.std(ddof=1)) if len(accuracy) >= 3 else None


def interval(values: dict[str, Any]) -> Interval:
    """An interval of the card as the record it was."""
    return Interval(*(values[name] for name in ("mean", "low", "high", "n")))
