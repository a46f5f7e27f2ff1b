"""All kinds of odd inputs once a draw."""

from __future__ import annotations

from collections.abc import Iterator

from tests.odd import arrays, parquet, pictures, tables
from tests.odd.case import Case


def cases(draw: int) -> Iterator[Case]:
    """The inputs of a draw: the same number, the same inputs."""
    for module in (tables, parquet, arrays, pictures):
        yield from module.cases(draw)
