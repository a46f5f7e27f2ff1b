"""First screens of studies with several settings: a line a setting for cures, one network to use, no absurd numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reports import render
from reports.sections.answer import verdict_lines
from study.analysis.findings import Findings
from study.analysis.gap import AtReading
from study.analysis.onset.verdict import OnsetVerdict
from study.analysis.replies.axis_reply import axis_words
from study.analysis.replies.reply import Said, reply
from study.analysis.replies.study_replies import replies_to
from study.design.source import spec_of
from study.records.intervals import Interval
from study.records.networks import OwnModel
from tests.reports import sample_findings as sample

INCONCLUSIVE = replace(sample.BENIGN, kind="inconclusive", replicates=(5, 5), largest_drop_upper_bound=0.019)


def answers(findings: Findings, question: str) -> tuple[Said, ...]:
    (found,) = [one.answers for one in replies_to(findings) if one.question.startswith(question)]
    return found


def of_two_sizes() -> Findings:
    """Cures at two places, on 100 and on 300 samples."""
    study = sample.remedies_study()
    (found,) = study.remedies
    gain = next(one for one in found.remedies if one.test.outcome == "helped")
    more = replace(gain, arm="noise", test=replace(gain.test, interval=Interval(0.02, 0.01, 0.03, 8)))
    places = (replace(found, at="the baseline 128-64"), replace(found, remedies=(*found.remedies, more)))
    names = ("100 samples", "300 samples")
    panels = tuple(
        replace(panel, others=name, name=f"{panel.arm}, {name}", samples=samples)
        for name, samples in zip(names, (100, 300), strict=True)
        for panel in study.panels
    )
    picks = tuple(replace(study.picks[0], panel=panel.name) for panel in panels)
    remedies = tuple(replace(place, setting=name) for name in names for place in places)
    return replace(study, panels=panels, picks=picks, remedies=remedies)


def test_cures_take_a_line_a_setting_with_a_sentence_a_place() -> None:
    (said,) = answers(of_two_sizes(), "Which cure helps?")
    assert said.setting == ""  # both sizes say the same
    at_baseline, at_depth = said.sentences
    assert at_baseline.startswith("At the baseline 128-64, only dropout 0.3 is shown to help (+3.0")
    assert "dropout 0.3 helps most (+3.0 ± 0.6 points of test accuracy), then noise (+2.0" in at_depth
    assert "early stopping hurts (−4.00 ± 0.21 points)" in at_depth and "no effect of L2 1e-3 is shown" in at_depth


def test_help_whose_intervals_end_below_the_margin_is_no_headline() -> None:
    study = of_two_sizes()
    open_ = tuple(replace(panel, margin=0.035) for panel in study.panels)  # more than +3.0, less than +3.6
    (said,) = answers(replace(study, panels=open_), "Which cure helps?")
    assert "only dropout 0.3 is shown to help (+3.0" in said.sentences[0]
    panels = tuple(replace(panel, margin=0.05) for panel in study.panels)
    (said,) = answers(replace(study, panels=panels), "Which cure helps?")
    at_baseline, at_depth = said.sentences
    assert "dropout 0.3 helps by less than matters, 5 points (+3.0 ± 0.6 points of test accuracy)" in at_baseline
    assert "dropout 0.3 and noise help by less than matters, 5 points (+3.0" in at_depth


def test_longer_training_was_not_tried_unless_it_was() -> None:
    study = sample.remedies_study()
    (said,) = answers(study, "When to stop")
    assert said.sentences[-1] == "Longer training was not tried."
    longer = tuple(
        replace(point, configuration=replace(point.configuration, epochs=500)) for point in study.panels[1].points
    )
    panels = (study.panels[0], replace(study.panels[1], points=longer), *study.panels[2:])
    (said,) = answers(replace(study, panels=panels), "When to stop")
    assert not any("Longer" in sentence for sentence in said.sentences)


@pytest.mark.parametrize(
    ("high", "n", "said"),
    [
        (0.009, 6, "No cure helps test accuracy by as much as matters, 1 point."),
        (0.021, 6, "No cure is shown to help test accuracy, though L2 may by up to 2.1 points."),
        (None, 1, "No cure is shown to help test accuracy."),
        (0.22, 2, "No cure is shown to help test accuracy."),  # two replicates tell nothing
    ],
)
def test_no_cure_is_known_to_matter_only_where_all_intervals_end_below_the_margin(
    high: float | None, n: int, said: str
) -> None:
    study = sample.remedies_study()
    (found,) = study.remedies
    nothing = next(one for one in found.remedies if one.test.outcome == "no difference shown")
    ends = {"dropout": Interval(0.0, -0.01, 0.004, 6), "L2": Interval(0.0, None if high is None else -0.01, high, n)}
    cures = tuple(
        replace(nothing, arm=arm, test=replace(nothing.test, interval=interval)) for arm, interval in ends.items()
    )
    panels = tuple(replace(panel, margin=0.01) for panel in study.panels)
    of_study = replace(study, panels=panels, remedies=(replace(found, remedies=cures),))
    assert [one.sentences for one in answers(of_study, "Which cure helps")] == [(said,)]


def test_decisions_are_about_the_most_samples_alone() -> None:
    study = of_two_sizes()
    for question in ("Which network", "When to stop", "Keep the baseline"):
        (said,) = answers(study, question)
        assert said.setting == "300 samples"
    assert len(answers(sample.default_study(), "Does more depth")) == 2  # what a size shows stands there for each
    assert [said.setting for said in answers(sample.default_study(), "Which network")] == ["54,000 samples"]


def test_wrong_labels_are_no_choice_either() -> None:
    study = sample.default_study()
    noisy = tuple(
        replace(study.panels[0], name=name, others=name, place=(("label_noise", share),))
        for name, share in (("0 % wrong labels", 0.0), ("20 % wrong labels", 0.2))
    )
    picks = tuple(replace(study.picks[0], panel=panel.name) for panel in noisy)
    study = replace(study, panels=noisy, picks=picks)
    assert [said.setting for said in answers(study, "When to stop")] == ["0 % wrong labels"]


def test_a_number_of_replicates_is_named_where_somebody_may_run_them() -> None:
    panel = sample.small_panel(verdict=replace(INCONCLUSIVE, replicates_needed=13))
    assert axis_words(panel)[1] == "About 13 replicates would settle it."
    many = replace(INCONCLUSIVE, replicates_needed=265)
    said = axis_words(sample.small_panel(verdict=many))
    assert "265" not in " ".join(said)
    assert said[1] == (
        "More replicates would hardly help: if a fall of 1.9 points does not matter to you, the answer is no."
    )
    assert "265" not in many.sentence() and "would settle" not in many.sentence()


@pytest.mark.parametrize("kind", ["overfitting", "unsettled", "small"])
def test_a_fall_whose_size_may_be_none_says_so(kind: str) -> None:
    verdict = OnsetVerdict(
        "unsettled" if kind == "unsettled" else "overfitting", onset=4, interval=(2, 8), certain_from=8,
        reference_depth=2, drop_depth=8, test_drop=0.011, test_drop_interval=(-0.001, 0.022), train_drop=0.0,
        train_accuracy=1.0, margin=0.02 if kind == "small" else 0.01, compared_depths=(1, 2, 4, 8),
    )  # fmt: skip
    words = " ".join(axis_words(sample.small_panel(verdict=verdict)))
    assert "less sure" in words and "(−0.1 to 2.2)" in words
    surer = replace(verdict, test_drop_interval=(0.001, 0.022))
    assert "less sure" not in " ".join(axis_words(sample.small_panel(verdict=surer)))


@pytest.mark.parametrize(("ran", "needed", "worth"), [(5, 30, True), (5, 31, False), (20, 60, True), (20, 61, False)])
def test_that_is_up_to_30_or_three_times_those_there_are(ran: int, needed: int, worth: bool) -> None:
    verdict = OnsetVerdict(kind="inconclusive", replicates=(ran, ran), replicates_needed=needed)
    assert verdict.replicates_to_run == (needed if worth else None)


def test_many_settings_with_one_answer_are_counted_and_all_of_them_are_the_whole_study() -> None:
    settings = [(f"{n} samples", ("No.",)) for n in range(1, 6)]
    found = reply("?", [*settings, ("9 samples", ("Yes.",))])
    assert found is not None and [one.setting for one in found.answers] == ["1 samples; 2 samples; 3 more", "9 samples"]
    found = reply("?", settings)
    assert found is not None and [one.setting for one in found.answers] == [""]


def test_wrong_labels_are_said_to_cost_what_was_lost_since_the_best_epoch() -> None:
    study = sample.default_study()
    points = []
    for point in study.panels[0].points:
        best, end = Interval(0.83, 0.81, 0.85, 5), Interval(0.79, 0.78, 0.8, 5)
        readings = (AtReading("best", best, point.gap), AtReading("tail", end, point.gap))
        points.append(replace(point, readings=readings))
    noisy = replace(study.panels[0], points=tuple(points), name="20 %", place=(("label_noise", 0.2),))
    pick = replace(study.picks[0], panel="20 %")
    (said,) = answers(replace(study, panels=(noisy,), picks=(pick,)), "What does it cost")
    assert said.text == (
        "Test accuracy of 2x128 is 83.0 ± 2.0 % where validation loss is lowest, and 79.0 ± 1.0 % (n = 5) at the end."
    )
    clean = replace(noisy, place=())
    asked = [one.question for one in replies_to(replace(study, panels=(clean,), picks=(pick,)))]
    assert not [question for question in asked if "wrong labels" in question]


def test_what_was_asked_stands_below_the_name_and_in_the_title() -> None:
    study = sample.default_study()
    spec = study.facts.spec.model_copy(update={"description": "Does <depth> harm?"})
    page = render(replace(study, facts=replace(study.facts, spec=spec)), None)
    assert '<p class="about">Does &lt;depth&gt; harm?</p>' in page
    assert "<title>depth · Does &lt;depth&gt; harm?</title>" in page
    assert 'class="about"' not in render(study, None)


def test_one_network_of_ones_own_is_sent_to_its_own_space_and_not_to_presets_of_dense_stacks() -> None:
    study = sample.default_study()
    asked = [{"name": "blocks", "kind": "int", "low": 1, "high": 4, "default": 2}]
    model = {"source": "net.py:build", "code": "0" * 64, "hyperparameters": asked}
    spec = spec_of({"name": "own", "dataset": "mnist", "model": model, "axis_words": "blocks"})
    pick = study.picks[0]
    network = OwnModel("net.py:build", "0" * 64, (("blocks", 2),))
    only = replace(pick.candidates[0], configuration=replace(pick.candidates[0].configuration, network=network))
    own = replace(
        study,
        facts=replace(study.facts, spec=spec),
        panels=(replace(study.panels[0], verdict=None, name="own"),),
        picks=(replace(pick, panel="own", candidates=(only,), index=0),),
    )
    (axis,) = answers(own, "Do larger values of blocks")
    assert axis.sentences == (
        "This study cannot tell: it has one network and does not sweep blocks. Values in [space] would: "
        "space.blocks.values.",
    )
    (use,) = answers(own, "Which network")
    assert use.sentences[-1] == "Others come with values in [space]."


@pytest.mark.parametrize("kind", ["overfitting", "unsettled", "degradation"])
def test_a_small_fall_is_no_headline_in_the_table_of_verdicts_either(kind: str) -> None:
    verdict = OnsetVerdict(
        kind, onset=None if kind == "degradation" else 4, interval=None if kind == "degradation" else (2, 4),
        certain_from=4, reference_depth=2, drop_depth=8, test_drop=0.004, test_drop_interval=(0.001, 0.007),
        train_drop=0.004, train_accuracy=0.99, compared_depths=(1, 2, 4, 8), replicates=(5, 5),
    )  # type: ignore[arg-type]  # fmt: skip
    study = sample.default_study()
    study = replace(study, panels=(sample.small_panel(verdict=verdict),), picks=())
    (line,) = verdict_lines(study)
    assert line.where == "no fall that matters"
    assert line.where_note.startswith("a small one is shown, below the margin of 0.5 points")
