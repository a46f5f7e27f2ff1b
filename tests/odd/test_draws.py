"""Data drawn at random are read value for value, or refused in one line that says what is wrong and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.odd.case import Case, verify
from tests.odd.draws import cases

DRAW = list(cases(0))
LONG = 20  # draws, of some 350 inputs each


def test_there_are_hundreds_of_inputs_of_many_kinds() -> None:
    assert len(DRAW) > 300 and len({case.kind for case in DRAW}) > 200


@pytest.mark.parametrize("case", DRAW, ids=lambda case: f"{case.kind}, {case.name}".encode("ascii", "replace").decode())
@pytest.mark.filterwarnings("error")
def test_an_input_drawn_at_random_is_read_exactly_or_refused_in_one_line(tmp_path: Path, case: Case) -> None:
    verify(case, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("draw", range(1, LONG + 1))
@pytest.mark.filterwarnings("error")
def test_so_are_many_more_draws(tmp_path: Path, draw: int) -> None:
    for number, case in enumerate(cases(draw)):
        folder = tmp_path / str(number)
        folder.mkdir()
        try:
            verify(case, folder)
        except Exception as error:
            error.add_note(f"{case.kind}, {case.name}")
            raise
