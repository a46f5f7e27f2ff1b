"""When a study whose replicates are decided as it goes is looked at, and what share of alpha each look may use."""

from __future__ import annotations

LOOKS = (3, 5, 7, 10, 14, 20)
"""After so many replicates; beyond them each number is half as large again as the last."""
_GROWTH = 1.5
_POCOCK = (0.05, 0.0294, 0.0221, 0.0182, 0.0158, 0.0142, 0.0130, 0.0120, 0.0112, 0.0106)


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
    """The share of alpha that each of so many ``looks`` may use: Pocock's nominal levels at 5 % over 5 %.

    Source: S. J. Pocock, "Group sequential methods in the design and analysis of clinical trials", Biometrika 64
    (1977). They are those of one normal mean; that they hold for verdicts, on runs that go where they can decide, is
    measured by ``benchmarks/adaptive_looks.py``. Beyond ten looks the share falls as their number grows.
    """
    return _POCOCK[looks - 1] / 0.05 if looks <= len(_POCOCK) else _POCOCK[-1] / 0.05 * len(_POCOCK) / looks
