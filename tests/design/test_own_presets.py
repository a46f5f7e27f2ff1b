"""Presets whose network is a file of code: what they say of it is what it is."""

from __future__ import annotations

import tomllib

import pytest

from study.design.own_model import ModelSpec
from study.design.source import preset_text, presets
from study.records.sources import DataSource
from study.run.looking import look_at
from study.train.own.code import read_code

OWN = [name for name in presets() if "model" in tomllib.loads(preset_text(name))]


@pytest.mark.parametrize("name", OWN)
def test_a_preset_names_its_code_by_the_hash_that_it_has(name: str) -> None:
    model = ModelSpec.model_validate(tomllib.loads(preset_text(name))["model"])
    assert read_code(model).sha256 == model.code


@pytest.mark.parametrize("name", OWN)
def test_a_preset_says_of_its_code_what_a_look_finds(name: str) -> None:
    model = ModelSpec.model_validate(tomllib.loads(preset_text(name))["model"])
    assert look_at(ModelSpec(source=model.source), DataSource("digits"), {}, 0.1) == model


def test_there_are_such_presets() -> None:
    assert OWN == ["cnn", "tutorial"]
