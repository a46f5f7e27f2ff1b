"""Odd and hostile data: nothing is silently wrong, nothing is a traceback."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import cli
from tests.data.odd_inputs import INPUTS, Odd


def test_there_are_many_kinds_of_odd_inputs_and_no_two_of_one_name() -> None:
    names = [f"{odd.kind}: {odd.name}" for odd in INPUTS]
    assert len(set(names)) == len(names) >= 100
    assert len({odd.kind for odd in INPUTS}) >= 20


@pytest.mark.parametrize("odd", INPUTS, ids=lambda odd: f"{odd.kind}: {odd.name}")
@pytest.mark.filterwarnings("error")
def test_an_odd_input_is_read_right_or_refused_in_one_line(tmp_path: Path, odd: Odd) -> None:
    odd.make(tmp_path)
    with contextlib.chdir(tmp_path):
        done = CliRunner().invoke(cli.app, ["data", "check", *odd.arguments, "--json"])
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    if odd.refused:
        assert done.exit_code == 2 and done.stdout == "" and len(done.stderr.strip().splitlines()) == 1, done.output
        said = done.stderr
    else:
        assert done.exit_code == 0 and done.stderr == "", done.output
        document = json.loads(done.stdout)
        said = " ".join(document["notes"])
        if odd.labels:
            assert [one["name"] for one in document["classes"]] == list(odd.labels)
        if odd.columns:
            assert {one["name"]: one["kind"] for one in document["columns"]} == odd.columns
    for words in odd.says:
        assert words in said
    for words in odd.silent:
        assert words not in said
