"""When a study whose replicates are decided as it goes is looked at, and what share of alpha each look may use."""

from __future__ import annotations

LOOKS = (3, 5, 7, 10, 14, 20)
"""After so many replicates; beyond them each number is half as large again as the last."""
_GROWTH = 1.5


def look_replicates(most: int, whole: int = 1) -> tuple[int, ...]:
    """The numbers of replicates after which a panel is looked at, ascending; the last is ``most``.

    Where replicates come in repeats of ``whole`` folds, looks stand at whole repeats, and ``most`` is a multiple.
    """
    repeats, looks = most // whole, []
    look = LOOKS[0] if whole == 1 else 1
    while look < repeats:
        looks.append(look * whole)
        look = next((one for one in LOOKS if one > look), round(_GROWTH * look)) if whole == 1 else look + 1
    return (*looks, most)


def look_share(looks: int) -> float:
    """The share of alpha that each of so many ``looks`` may use."""
    return 1 / looks
