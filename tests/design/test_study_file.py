"""A file to start from: it is the preset's study as it is, and every comment in it that sets something can be used."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from study.design.keys import spec_keys, toml
from study.design.source import build_spec, load_spec, preset_text, presets
from study.design.space import HYPERPARAMETERS
from study.design.spec import Arm, Confirm, Dimension, Search, StudySpec
from study.design.study_file import study_file
from study.errors import SpecError

COMMENTED = re.compile(r"^#(?=\S)", re.MULTILINE)


@pytest.mark.parametrize("preset", presets())
def test_as_it_is_the_file_is_the_presets_study(preset: str, tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    file.write_text(study_file(preset), "utf-8")
    assert load_spec(str(file)) == load_spec(preset)


@pytest.mark.parametrize("preset", presets())
def test_the_file_keeps_every_line_of_the_preset_with_its_comments(preset: str) -> None:
    lines = study_file(preset).splitlines()
    assert [line for line in preset_text(preset).splitlines() if line not in lines] == []


@pytest.mark.parametrize("preset", presets())
def test_every_commented_setting_makes_a_valid_study_and_a_key_that_was_not_set(preset: str) -> None:
    text = study_file(preset)
    unchanged = tomllib.loads(text)
    places = [found.start() for found in COMMENTED.finditer(text)]
    assert len(places) > 15
    for place in places:
        values = tomllib.loads(text[:place] + text[place + 1 :])
        assert values != unchanged
        build_spec(values, text[place:].split("\n")[0])


def test_all_that_can_be_set_beside_the_default_study_is_there() -> None:
    keys = {line.split(" = ")[0] for line in re.findall(r"^#(\S.*)$", study_file("depth"), re.MULTILINE)}
    assert {"seed", "alpha", "halt", "evaluate_every", "label_noise", "optimizer", "patience"} <= keys
    varied = study_file("depth").split("\n[space]\n")[1]
    offered = {name for name in HYPERPARAMETERS if re.search(rf"^#{name} = ", varied, re.MULTILINE)}
    assert {"width", "dropout"} <= offered and "samples" not in offered  # its arms say how many


def test_every_key_of_the_spec_has_a_meaning_a_kind_and_a_default_or_an_example() -> None:
    keys = spec_keys()
    assert all(key.description and key.kind for key in keys), [k.name for k in keys if not k.description]
    expected = {*StudySpec.model_fields, *Dimension.model_fields, *Search.model_fields, *Confirm.model_fields}
    assert expected | {*Arm.model_fields} <= {key.name for key in keys} | {key.table.split(".")[0] for key in keys}


def test_kinds_say_what_is_allowed() -> None:
    kinds = {(key.table, key.name): key.kind for key in spec_keys()}
    assert kinds["", "replicates"] == 'whole number from 1 to 1,000 or "auto"'
    assert kinds["", "margin"] == "number above 0"
    assert kinds["", "alpha"] == "number above 0 below 0.5"
    assert kinds["network", "activation"] == '"relu", "gelu", "tanh", "selu", "sigmoid", "elu", "leaky_relu" or "silu"'
    assert kinds["network", "samples"] == 'whole number from 2 or "all"'
    assert kinds["network", "hidden"] == "text or list of whole numbers"
    assert kinds["space.HYPERPARAMETER", "zero"] == "true or false"


@pytest.mark.parametrize("value", [1, 0.5, 1e-4, True, 'a "b"', [1, "all"], {"role": "nuisance", "values": [2, "off"]}])
def test_a_value_on_one_line_is_the_value_again(value: object) -> None:
    assert tomllib.loads(f"x = {toml(value)}") == {"x": value}


def test_an_unknown_preset_names_the_nearest() -> None:
    with pytest.raises(SpecError, match="'baseline'"):
        study_file("basline")
