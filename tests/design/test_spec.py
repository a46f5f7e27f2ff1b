"""A spec is what the user wrote, or an error that says where and how to mend it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from depthgauge import Study
from reports.write.report_files import check_place
from study.design.plan import Winner, make_plan
from study.design.source import build_spec, data_settings, load_spec, presets
from study.design.spec import StudySpec
from study.errors import InputError, SpecError
from study.records.sources import DataSource
from tests.conftest import trials_of


@pytest.mark.parametrize("name", presets())
def test_every_preset_is_a_valid_study_and_survives_a_round_trip(name: str) -> None:
    spec = load_spec(name)
    assert spec.name == name and spec.description
    assert build_spec(tomllib.loads(spec.to_toml()), "again") == spec


def test_the_baseline_is_the_tutorials_network() -> None:
    (trial, *others) = trials_of(load_spec("baseline"))
    c = trial.configuration
    assert (c.network.hidden, c.network.activation, c.optimizer, c.learning_rate) == ((128, 64), "relu", "adam", 1e-3)
    assert (c.batch_size, c.epochs, c.samples, c.network.dropout, c.network.l2) == (32, 5, None, 0.0, 0.0)
    assert len(others) == 4
    assert c.network.parameters(784, 10) == 784 * 128 + 128 + 128 * 64 + 64 + 64 * 10 + 10


def test_the_default_study_covers_both_sizes() -> None:
    few, everything = make_plan(load_spec("depth")).panels
    assert [point.value for point in few.points({})] == [1, 2, 3, 4, 6, 8, 10, 12]
    assert (
        few.replicates >= 8
        and few.points({})[0].first.configuration.samples == 300
        and few.points({})[0].first.configuration.epochs == 80
    )
    assert everything.replicates >= 3 and everything.points({})[0].first.configuration.samples is None
    assert few.baseline is not None and few.baseline.configuration({}).network.hidden == (128, 64)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("network.widht=3", ["network.widht", "'width'"]),
        ("network.width=-3", ["network.width", "greater than or equal to 1", "-3"]),
        ("network.dropout=1.5", ["network.dropout", "less than 1", "1.5"]),
        ("network.activation=rel", ["network.activation", "'relu'", "'rel'"]),
        ("network.samples=1", ["network.samples", "greater than or equal to 2"]),
        ("network.epochs=two", ["network.epochs", "integer", "'two'"]),
        ("network.hidden=64", ["fixes the widths", "depth"]),
        ("network.dropout=[0.1, 0.2]", ["2 rates", "1 hidden layers"]),
        ("space.depth=[]", ["space.depth", "at least 1 item"]),
        ("space.depth=[1, 1]", ["space.depth", "twice"]),
        ("space.depth=[1, -2]", ["depth", "-2"]),
        ("space.depht=[1, 2]", ["'depht'", "'depth'"]),
        ("baseline=100000000x128", ["baseline", "at most 200"]),
        ("baseline=-1x5", ["baseline", "expected hidden widths"]),
        ("network.halt=true", ["network.halt", "integer"]),
        ('arms=[{name = "a", space = {depth = []}}]', ["at least 1 item"]),
        ('arms=[{name = "a", network = {widht = 3}}]', ["arms.a.", "'width'"]),
        ('arms=[{name = "a\\u001b[31m"}]', ["control characters"]),
        ("name=../x", ["study name", "../x"]),
        ("name=<script>", ["study name", "<script>"]),
        ("reading=worst", ["reading", "patience=p", "worst"]),
        ("replicates=0", ["replicates", "greater than or equal to 1"]),
        ("seed=-1", ["seed"]),
        ("margin=0", ["margin", "greater than 0"]),
        ("network=3", ["network", "3"]),
        ("network.width.x=3", ["network.width", "single value"]),
        ("arms=3", ["arms", "3"]),
        ("replicates", ["KEY=VALUE"]),
    ],
)
def test_a_bad_value_is_named_with_its_place_and_its_remedy(setting: str, expected: list[str]) -> None:
    with pytest.raises(SpecError) as error:
        load_spec("depth", ["network.width=32", setting] if setting.startswith("network.width.") else [setting])
    for words in expected:
        assert words in str(error.value)
    assert "Traceback" not in str(error.value) and "pydantic" not in str(error.value)


def test_an_unknown_key_in_a_file_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('name = "mine"\n[network]\nlerning_rate = 0.1\n')
    with pytest.raises(SpecError, match=r"mine\.toml: network\.lerning_rate.*'learning_rate'"):
        load_spec(str(file))


@pytest.mark.parametrize(
    ("content", "expected"), [(b"name = ", "not valid TOML"), (b"\xff\xfe", "cannot be read as text")]
)
def test_a_file_that_is_no_toml_is_said_to_be_none(tmp_path: Path, content: bytes, expected: str) -> None:
    file = tmp_path / "broken.toml"
    file.write_bytes(content)
    with pytest.raises(SpecError, match=expected):
        load_spec(str(file))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("people.csv", "a table.*run PRESET --data .*people.csv --target COLUMN"),
        ("people.PARQUET", "a table.*--target COLUMN"),
        ("people.npz", r"arrays.*--data .*people.npz$"),
        ("study.toml", "settings of a study, found none"),
    ],
)
def test_data_or_an_empty_file_in_place_of_a_study_never_starts_one(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(SpecError, match=words):
        load_spec(str(tmp_path / name))


def test_a_report_that_cannot_be_written_is_said_before_training() -> None:
    if not Path("/proc/self").exists():
        pytest.skip("needs a folder that looks writable and is not")
    with pytest.raises(InputError, match="--output"):
        check_place("any", Path("/proc/x.html"))


def test_an_unknown_preset_names_the_nearest_one() -> None:
    with pytest.raises(SpecError, match="'baseline'"):
        load_spec("basline")


def test_the_command_line_wins_over_the_file_and_over_its_arms() -> None:
    spec = load_spec("depth", ["replicates=2", "network.epochs=3", "space.depth=[1, 5]"], name="quick")
    for panel in make_plan(spec).panels:
        assert panel.replicates == 2
        assert {c.epochs for c in panel.configurations({})} == {3}
        assert [point.value for point in panel.points({})] == [1, 5]
    assert spec.name == "quick"


def test_a_mapping_is_changed_like_a_file_and_stays_as_it_was(tmp_path: Path) -> None:
    values = {"name": "x", "network": {"width": 32}}
    study = Study.define(values, name="y", settings=["network.width=8", "replicates=9"], store=str(tmp_path / "s.db"))
    assert (study.name, study.spec.network.width, study.spec.replicates) == ("y", 8, 9)
    assert values == {"name": "x", "network": {"width": 32}}


def test_equal_configurations_of_several_arms_are_one_trial() -> None:
    arms = [{"name": "last", "reading": "last"}, {"name": "stopped", "reading": "patience=2"}]
    spec = build_spec({"space": {"depth": {"values": [1, 2]}}, "arms": arms, "replicates": 3}, "test")
    assert len(make_plan(spec).panels) == 2
    assert len(trials_of(spec)) == 2 * 3


def test_a_trial_keeps_test_items_where_the_panels_that_show_it_are_read() -> None:
    arms = [
        {"name": "none"},
        {"name": "early stopping", "reading": "patience=5"},
        {"name": "dropout", "network": {"dropout": 0.2}, "reading": "best"},
    ]
    spec = build_spec({"space": {"depth": {"values": [1, 2]}}, "arms": arms, "baseline": "8"}, "test")
    for trial in make_plan(spec).trials({}).values():
        expected = ("best",) if trial.configuration.network.dropout else ("tail", "patience=5")
        assert trial.readings == expected


def test_what_a_search_chose_keeps_test_items_at_all_readings_that_a_search_may_choose() -> None:
    """Another one that ends later may choose the same network at another reading: nothing depends on the order."""
    space = {
        "depth": {"values": [1, 2]},
        "learning_rate": {"role": "nuisance", "values": [0.001, 0.003]},
        "patience": {"role": "nuisance", "values": ["off", 2, 5]},
    }
    plan = make_plan(build_spec({"space": space}, "test"))
    search = plan.searches[0]
    winner = Winner(search.cell.configuration({"learning_rate": 0.001}), "patience=2")
    trials = plan.trials({search.name: (winner,)}).values()
    assert {trial.readings for trial in trials} == {("tail", "patience=2", "patience=5")}
    assert search.trial({"learning_rate": 0.001}).readings == ()  # nobody judges the items of a search


def test_other_scientific_values_make_panels_of_their_own() -> None:
    space = {"depth": {"values": [3, 1]}, "samples": {"values": [100, "all"]}, "batch_norm": {"values": [True, False]}}
    panels = make_plan(build_spec({"space": space}, "test")).panels
    assert [p.name for p in panels][:2] == ["100 samples, batch normalization", "100 samples, no batch normalization"]
    assert [point.value for point in panels[0].points({})] == [1, 3]


def test_training_set_sizes_are_ordered_from_all_downwards() -> None:
    panels = make_plan(build_spec({"space": {"samples": {"values": [100, "all", 1000]}}}, "test")).panels
    assert [point.value for point in panels[0].points({})] == [None, 1000, 100]


def test_a_halving_profile_halves() -> None:
    values = {"network": {"profile": "halving"}, "space": {"depth": {"values": [1, 2, 3]}}}
    panels = make_plan(build_spec(values, "test")).panels
    assert [point.first.configuration.network.hidden for point in panels[0].points({})] == [
        (128,),
        (128, 64),
        (128, 64, 32),
    ]


def test_own_data_are_part_of_the_spec_and_survive_a_round_trip() -> None:
    settings = ['data.target="income"', 'data.drop=["id"]', "data.test=test.csv", "seed=7"]
    spec = load_spec("baseline", ["dataset=people.csv", *settings])
    assert spec.source == DataSource("people.csv", "income", ("id",), "test.csv", 0.2, 7)
    assert build_spec(tomllib.loads(spec.to_toml()), "again") == spec


def test_a_preset_on_own_data_is_a_study_of_its_own_name(tmp_path: Path) -> None:
    assert load_spec("depth", ["dataset=my data/people (old).csv"]).name == "depth-people -old-"
    assert load_spec("depth", ["dataset=people.csv", "name=mine"]).name == "mine"
    assert load_spec("depth", ["dataset=people.csv"], "mine").name == "mine"
    assert load_spec("depth", ["dataset=digits"]).name == "depth"
    (tmp_path / "study.toml").write_text('name = "mine"')
    assert load_spec(str(tmp_path / "study.toml"), ["dataset=people.csv"]).name == "mine"


@pytest.mark.parametrize("text", ["people.csv", "1.5", 'a "b" \\ c.csv', "Łódź.csv", "true", "[x]"])
def test_the_short_forms_take_any_path_and_column_as_they_are(text: str) -> None:
    spec = load_spec("baseline", data_settings(text, text))
    assert (spec.dataset, spec.data.target) == (text, text)


def test_data_means_a_file_even_one_that_is_called_like_a_data_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_spec("baseline", data_settings("digits", None)).dataset == "digits"
    (tmp_path / "digits").mkdir()
    assert load_spec("baseline", data_settings("digits", None)).dataset == "./digits"


def test_a_data_table_without_own_data_is_refused() -> None:
    with pytest.raises(SpecError, match=r"\[data\].*dataset = \"mnist\""):
        build_spec({"data": {"target": "income"}}, "study.toml")


def test_a_list_where_a_table_belongs_is_told_in_the_files_words() -> None:
    with pytest.raises(SpecError, match=r"space.depth: Expected a table with keys of its own \(\[space.depth\]\)"):
        build_spec({"name": "s", "space": {"depth": [1, 2]}}, "test")


def test_a_fixed_network_can_be_asked_what_helps_it() -> None:
    spec = load_spec("remedies", ["network.hidden=6x128"])
    assert spec.network.hidden == (128,) * 6 and "depth" not in spec.space and len(spec.arms) > 1


def test_an_arm_does_not_fix_what_the_space_lists_but_a_store_that_has_such_a_study_is_read() -> None:
    space, arms = {"width": {"values": [1, 2]}}, [{"name": "a", "network": {"width": 3}}, {"name": "b"}]
    values = {"name": "s", "dataset": "digits", "space": space, "arms": arms}
    with pytest.raises(SpecError, match=r"arms\.a\.network\.width: \[space\] lists values of width, too"):
        build_spec(values, "test")
    assert StudySpec.model_validate(values).arms[0].network == {"width": 3}
