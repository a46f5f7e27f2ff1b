"""What the pick takes for what and how sure it is of that: figures as data, words, and what old studies lack."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from reports import render
from reports.figures import classes, confusion, reliability
from reports.page import page_of
from reports.sections.confusion_and_confidence import confidence_words
from reports.terminal.verdict_text import print_verdict
from study.analysis.findings import Findings
from study.analysis.item_intervals import NEW_DATA
from study.analysis.prediction_findings import PredictionFinding
from study.analysis.predictions import predictions_of
from study.analysis.replies.study_replies import replies_to
from study.records.metrics import F1, ROC_AUC, Metric
from study.records.predicted_classes import PREDICTED, PredictedClasses
from tests.reports import sample_findings as sample
from tests.reports.test_maps_and_classes import of_classes, with_classes

ITEMS = 400


def predicted(shares: Sequence[float], *, right: float = 0.8, sure: float = 0.9, runs: int = 5) -> PredictionFinding:
    """What runs say of classes with these ``shares`` of the items, of each of which about ``right`` are found."""
    rng, found = np.random.default_rng(3), []
    labels = np.repeat(np.arange(len(shares)), np.round(np.array(shares) * ITEMS).astype(int)).astype(np.int32)
    for _ in range(runs):
        said = np.empty(len(labels), PREDICTED)
        wrong = (labels + rng.integers(1, len(shares), len(labels))) % len(shares)
        said["label"] = np.where(rng.random(len(labels)) < right, labels, wrong)
        said["confidence"] = np.clip(rng.normal(sure, 0.04, len(labels)), 1 / len(shares), 1)
        found.append(PredictedClasses.of("tail", labels, said))
    return predictions_of(found, len(shares), items=len(labels), sampling=NEW_DATA)


def predicting_study(labels: tuple[str, ...] = ("no", "<b>yes</b>"), **shares: PredictionFinding) -> Findings:
    study = sample.default_study()
    given = shares.get("found") or predicted((0.95, 0.05))
    return of_classes(study, tuple(replace(pick, predictions=given) for pick in study.picks), labels)


def evenly() -> Findings:
    """Ten classes with as many items each."""
    return predicting_study(tuple(map(str, range(10))), found=predicted((0.1,) * 10))


def blocks_of(study: Findings) -> dict[str, object]:
    (section,) = [s for s in page_of([study]).sections if s.id == "pick"]
    return {getattr(block, "title", ""): block for block in section.blocks}


def test_a_class_has_its_recall_and_its_precision() -> None:
    data, *_ = classes.collect(predicting_study())
    recall, precision = data.draw()["data"]
    assert (recall["name"], precision["name"]) == ("recall", "precision")
    rare = next(row for row in data.rows if row.label == "<b>yes</b>")
    assert rare.precision is not None and rare.precision.mean is not None and rare.recall.mean is not None
    assert rare.precision.mean < 0.4 < 0.7 < rare.recall.mean  # a fifth of the many others is taken for it
    assert all(lower >= 0 for trace in (recall, precision) for lower in trace["error_x"]["arrayminus"])


def test_the_matrix_shows_shares_of_the_true_class_and_counts_behind_them() -> None:
    study = predicting_study()
    data, *_ = confusion.collect(study)
    trace = data.draw()["data"][0]
    assert [[float(cell) for cell in row] for row in trace["text"]] == pytest.approx(
        np.round(100 * data.counts / data.counts.sum(axis=1, keepdims=True)), abs=1
    )
    assert trace["z"][0][0] == trace["z"][1][1] == 0  # what is right is no mistake, however often
    figure = blocks_of(study)["What is taken for what"]
    counts = data.counts.tolist()
    assert figure.table.rows[0][2:] == ("no", *(f"{cell:,}" for cell in counts[0]))  # type: ignore[attr-defined]


@pytest.mark.parametrize("labels", [("no", "yes"), tuple(map(str, range(50)))], ids=len)
def test_a_network_that_mistakes_nothing_has_a_page(labels: tuple[str, ...]) -> None:
    study = predicting_study(labels, found=predicted((1 / len(labels),) * len(labels), right=1.1))
    assert "recall" in render([study], None)


def test_with_too_many_classes_for_a_matrix_the_most_frequent_mistakes_are_listed() -> None:
    number = confusion.MOST + 1
    study = predicting_study(tuple(map(str, range(number))), found=predicted((1 / number,) * number))
    (section,) = [s for s in page_of([study]).sections if s.id == "pick"]
    (table,) = [b for b in section.blocks if getattr(b, "caption", "").startswith("The most frequent mistakes")]
    first = [int(row[4]) for row in table.rows if row[0] == table.rows[0][0]]  # type: ignore[union-attr]
    assert len(first) == 40 and first == sorted(first, reverse=True)


def test_confidence_is_held_against_what_was_right_with_n_and_interval() -> None:
    data, *_ = reliability.collect(evenly())
    points, bars = data.draw()["data"]
    assert points["x"][-1] == pytest.approx(92, abs=4) and points["y"][-1] == pytest.approx(80, abs=5)
    assert 0 < points["error_y"]["array"][-1] < 8 and 0 < points["error_y"]["arrayminus"][-1] < 8
    assert sum(bars["y"]) == pytest.approx(100, abs=0.1)
    assert "right of 9" in points["hovertext"][-1]


@pytest.mark.parametrize(
    ("right", "sure", "said"),
    [(0.8, 0.95, "surer than it is right"), (0.9, 0.6, "less sure"), (0.8, 0.8, "as sure as")],
)
def test_a_network_is_called_too_sure_only_where_its_interval_shows_it(right: float, sure: float, said: str) -> None:
    assert said in confidence_words(predicted((0.5, 0.5), right=right, sure=sure), "4x128")


def test_of_one_run_nothing_is_judged() -> None:
    said = confidence_words(predicted((0.5, 0.5), right=0.8, sure=0.99, runs=1), "4x128")
    assert "surer" not in said and "(" not in said


def test_the_first_screen_and_the_terminal_speak_of_the_rarest_class_where_classes_are_uneven() -> None:
    study = predicting_study()
    (answers,) = [one.answers for one in replies_to(study) if "rarest" in one.question]
    assert "'<b>yes</b>', the rarest class (5.0 % of the test items)" in answers[0].text
    assert all(len(sentence.split()) <= 30 for answer in answers for sentence in answer.sentences)
    printed = io.StringIO()
    print_verdict(study, Console(file=printed, width=100))
    assert "Class by class" in printed.getvalue() and "right where it says so" in printed.getvalue()


def test_of_even_classes_the_first_screen_and_the_terminal_say_nothing() -> None:
    assert not [one for one in replies_to(evenly()) if "rarest" in one.question]
    printed = io.StringIO()
    print_verdict(evenly(), Console(file=printed, width=100))
    assert "Class by class" not in printed.getvalue()


@pytest.mark.parametrize(
    ("metric", "shares", "named", "said"),
    [
        (F1, (0.05, 0.95), None, True),
        (F1, (0.05, 0.95), "<b>yes</b>", False),
        (F1, (0.95, 0.05), None, False),
        (F1, (0.5, 0.5), None, False),
        (ROC_AUC, (0.05, 0.95), None, False),
    ],
)
def test_a_metric_of_a_class_that_nobody_named_is_said_to_be_about_the_commoner_one(
    metric: Metric, shares: tuple[float, float], named: str | None, said: bool
) -> None:
    study = predicting_study(found=predicted(shares))
    spec = study.facts.spec.model_copy(update={"metric": metric.name, "positive": named})
    study = replace(study, facts=replace(study.facts, spec=spec))
    (misleading,) = [one for one in replies_to(study) if one.question == "What could mislead?"]
    told = "No positive class was named, so F1 is about '<b>yes</b>', the commoner one. With positive = 'no' it is"
    assert any(told in " ".join(one.sentences) for one in misleading.answers) is said


@pytest.mark.parametrize(("metric", "rare", "said"), [(ROC_AUC, 0.05, True), (ROC_AUC, 0.3, False), (F1, 0.05, False)])
def test_intervals_that_few_items_of_a_class_make_too_narrow_are_said_to_be(
    metric: Metric, rare: float, said: bool
) -> None:
    study = predicting_study(found=predicted((1 - rare, rare)))
    spec = study.facts.spec.model_copy(update={"metric": metric.name})
    study = replace(study, facts=replace(study.facts, spec=spec))
    words = " ".join(one.text for reply in replies_to(study) if "mislead" in reply.question for one in reply.answers)
    told = (
        "Only 20 test items of the class '<b>yes</b>': with so few, intervals of ROC AUC are too narrow. With 30, 95 % "
        "intervals held the truth in 88 %."
    )
    assert (told in words) is said and ("too narrow" in words) is said


def test_a_class_that_is_never_said_is_called_so() -> None:
    study = predicting_study()
    never = predictions_of(
        [PredictedClasses("tail", ((0, 0, 95), (1, 0, 5)), (*[(0, 0, 0.0)] * 9, (100, 95, 97.0)))] * 3,
        2,
        items=100,
        sampling=NEW_DATA,
    )
    study = replace(study, picks=tuple(replace(pick, predictions=never) for pick in study.picks))
    (answers,) = [one.answers for one in replies_to(study) if "rarest" in one.question]
    assert answers[0].text.startswith("No: it takes nothing for '<b>yes</b>'")


def test_a_study_that_kept_none_says_so_and_keeps_its_recall() -> None:
    said = [p for block in blocks_of(with_classes()).values() for p in getattr(block, "paragraphs", ())]
    assert any("kept no predicted classes, as runs of older versions did not" in text for text in said)
    assert classes.collect(with_classes())[0].draw()["data"][0]["name"] == "recall"
