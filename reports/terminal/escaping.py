"""Text from elsewhere on a terminal."""

from __future__ import annotations

from rich import markup

from study.words import printable


def escape(text: str) -> str:
    """Text that rich and the terminal print as it is."""
    return markup.escape(printable(text))
