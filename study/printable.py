"""Text of files and databases from elsewhere, as it may be printed."""


def printable(text: str) -> str:
    """``text`` without what a terminal obeys: control characters become spaces, lines stay lines."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)
