"""Simulated critical values of the depth comparisons, for the very pattern of runs that a study has.

No textbook table covers them: the statistics are largest-of-many, with a few noisy variances and with holes.
They are simulated under equal depth means for several profiles of noise over depth, and the largest quantile
over the profiles is used, so that the stated error rate holds for each of them. A pattern is simulated once
and remembered in memory and in the user's cache folder (``DEPTHGAUGE_CACHE`` names another folder); a cache
that cannot be read or written only costs the time to simulate again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from study.analysis.onset.layout import Floats, Layout, Mask, drops, lay_out
from study.machine.places import cache_root, write_whole

# Part of every cache key: raise it when anything below, or in layout.py, changes the numbers.
SIMULATION_VERSION = 7
SIMULATIONS = 10_000
# Level of ``strict_fall`` in units of alpha. At 0.3, overfitting before a failing zone is found in 92 % (s = 1, R = 5,
# D = 9) instead of 96 %; at 0.6, degradation is called overfitting in up to 1.6 % instead of 0.8 %.
STRICT_SHARE = 0.4
# Level of ``fall``, likewise: the rest of alpha is for falls that are found before depths too noisy to tell, and for
# noise that none of the profiles has.
FALL_SHARE = 0.8
# Level of ``inner``, likewise: at 0.4, degradation was called overfitting in up to 2.2 %, twice as often as without.
INNER_SHARE = 0.1
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class CriticalValues:
    """Critical values in standard errors for one pattern of runs with D depths and one ``alpha``.

    ``fall[d - 1]``: depth d below the best of the shallower ones, level 0.8 alpha; ``strict_fall`` the same at level
    0.4 alpha, ``inner`` at level 0.1 alpha, and ``training`` at level alpha, for training accuracy. ``best[d]``: depth
    d below the best of all others, level alpha / 5. ``single[j]``: deepest depth against depth j alone, level alpha.
    ``dip``: the largest over all pairs of depths, level alpha / 5.
    """

    fall: tuple[float, ...]
    strict_fall: tuple[float, ...]
    inner: tuple[float, ...]
    training: tuple[float, ...]
    best: tuple[float, ...]
    single: tuple[float, ...]
    dip: float


def critical_values(present: Mask, alpha: float, seed: int = 0, *, paired: bool = True) -> CriticalValues:
    """Critical values for the runs in ``present`` (R, D), which :func:`layout.comparable` left unchanged.

    ``alpha`` in (0, 0.5); ``seed`` >= 0 picks the simulated noise. The order of the replicates does not matter, and of
    runs that are not ``paired`` only their number at each depth.
    """
    if not paired:
        present = np.arange(int(present.sum(axis=0).max()))[:, None] < present.sum(axis=0)
    rows = tuple(sorted("".join("1" if cell else "0" for cell in row) for row in present))
    return _critical_values(rows, float(alpha), int(seed), str(cache_root()), paired)


@lru_cache(maxsize=4096)
def _critical_values(rows: tuple[str, ...], alpha: float, seed: int, folder: str, paired: bool) -> CriticalValues:
    key = f"{SIMULATION_VERSION} {SIMULATIONS} {alpha!r} {seed} {' '.join(rows)}{'' if paired else ' unpaired'}"
    digest = hashlib.sha256(key.encode()).hexdigest()
    path = Path(folder) / "critical-values" / f"{len(rows)}x{len(rows[0])}-{digest[:24]}.json"
    known = _read(path, key)
    if known is not None:
        return known
    present = np.array([[cell == "1" for cell in row] for row in rows])
    values = _simulate(present, alpha, [seed, int(digest[:16], 16)], paired=paired)
    _write(path, key, values)
    return values


def noise_profiles(depths: int) -> Iterator[Floats]:
    """Mixing matrices (D, D): they turn independent noise into the noise for which the critical values must hold.

    Constant, growing (x3 linear, x5 exponential), falling, noisy at both ends, noisy in the middle, deepest x4,
    two deepest x4, two shallowest x3; correlated between neighbours (0.8), and replicates with a slope of their own.
    The first plan had the constant, growing, deepest x3 and two shallowest x3 ones only. With it, false onsets reached
    5.7 to 6.7 % under correlated noise and 5.8 % under a deepest depth x5, and a single noisy inner depth counted as
    fallen in 8 %. The power lost is 0 to 5 points.
    """
    place = np.linspace(-1, 1, depths)
    flat = np.ones(depths)
    growing, steep = 2 + place, np.geomspace(1, 5, depths)
    ends = 1 + 2 * np.abs(place)
    for deviation in (flat, growing, steep, growing[::-1], ends, 4 - ends):
        yield np.diag(deviation)
    yield one_noisy(depths, [-1], 4)
    yield one_noisy(depths, [-2, -1], 4)
    yield one_noisy(depths, [0, 1], 3)
    steps = np.arange(depths)
    slopes = np.outer(place, place)
    for covariance in (0.8 ** np.abs(steps[:, None] - steps), np.eye(depths) + 3 * slopes):
        root: Floats = np.linalg.cholesky(covariance).T
        yield root


def one_noisy(depths: int, places: list[int], factor: float) -> Floats:
    """Mixing matrix (D, D) of independent noise that is ``factor`` times larger at ``places``."""
    deviation = np.ones(depths)
    deviation[places] = factor
    return np.diag(deviation)


def _simulate(present: Mask, alpha: float, seed: list[int], *, paired: bool) -> CriticalValues:
    depths = present.shape[1]
    levels = [1 - share * alpha for share in (FALL_SHARE, STRICT_SHARE, INNER_SHARE, 1)]
    rare = 1 - alpha / 5
    fall, best, single = np.zeros((len(levels), depths)), np.zeros(depths), np.zeros(depths - 1)
    dip = 0.0
    with threadpool_limits(1):  # several are no faster, and round the last digit by how many there are
        all_noise, one_depth = _simulated(present, seed, paired=paired)
    for drop in all_noise:
        best = np.maximum(best, np.quantile(drop.best, rare, axis=0))
        single = np.maximum(single, np.quantile(drop.single, 1 - alpha, axis=0))
        fall[:, 1:] = np.maximum(fall[:, 1:], np.quantile(drop.fall, levels, axis=0))
        dip = max(dip, float(np.quantile(drop.fall.max(axis=1), rare)))
    for depth, worst in one_depth.items():
        fall[:, depth] = np.maximum(fall[:, depth], np.quantile(worst, levels))
    levels_of = [tuple(one[1:].tolist()) for one in fall]
    return CriticalValues(
        fall=levels_of[0],
        strict_fall=levels_of[1],
        inner=levels_of[2],
        training=levels_of[3],
        best=tuple(best.tolist()),
        single=tuple(single.tolist()),
        dip=dip,
    )


@dataclass(frozen=True, slots=True)
class _Drops:
    """What is asked of S data sets without any fall: the largest standardised drops.

    ``best`` (S, D) below any other depth, ``fall`` (S, D - 1) below any shallower one, ``single`` (S, D - 1) of the
    deepest depth below each other one.
    """

    best: Floats
    fall: Floats
    single: Floats

    @classmethod
    def of(cls, t: Floats) -> _Drops:
        """Those of ``t`` (S, D, D), of which only the part above the diagonal is left."""
        best, single = t.max(axis=1), t[:, :-1, -1].copy()
        t[:, np.tri(t.shape[-1], dtype=bool)] = -np.inf
        return cls(best, t.max(axis=1)[:, 1:], single)

    @classmethod
    def joined(cls, parts: Sequence[_Drops]) -> _Drops:
        """All the data sets of ``parts``."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("best", "fall", "single")))


def _simulated(present: Mask, seed: list[int], *, paired: bool) -> tuple[list[_Drops], dict[int, Floats]]:
    """The drops (S) under every noise profile, and for each inner depth its own where it is the only noisy one.

    All profiles are of the same noise, which is drawn once. Of a single noisy depth fewer simulations do, because they
    bound a rare case.
    """
    layout, depths = lay_out(present, paired=paired), present.shape[1]
    profiles = list(noise_profiles(depths))
    alone = {depth: one_noisy(depths, [depth], 4) for depth in range(1, depths - 1)}
    rng = np.random.default_rng(seed)
    drops_of: list[list[_Drops]] = [[] for _ in profiles]
    worst_of: dict[int, list[Floats]] = {depth: [] for depth in alone}
    for start in range(0, SIMULATIONS, _CHUNK):
        noise = rng.standard_normal((min(_CHUNK, SIMULATIONS - start), *present.shape))
        for mixing, found in zip(profiles, drops_of, strict=True):
            found.append(_Drops.of(_standardised(layout, _mixed(noise, mixing, present))))
        for depth, mixing in alone.items() if start < SIMULATIONS // 2 else ():
            t = _standardised(layout, _mixed(noise, mixing, present))
            worst_of[depth].append(t[:, :depth, depth].max(axis=1))
    return [_Drops.joined(found) for found in drops_of], {d: np.concatenate(found) for d, found in worst_of.items()}


def _standardised(layout: Layout, cells: Floats) -> Floats:
    """Standardised drops (S, D, D) of ``cells`` (S, n)."""
    return drops(layout.means(cells), layout.variances(cells), layout.runs)


def _mixed(noise: Floats, mixing: Floats, present: Mask) -> Floats:
    """The cells (S, n) of ``noise`` (S, R, D) under a noise profile."""
    deviation = np.diag(mixing)
    diagonal = np.array_equal(mixing, np.diag(deviation))
    mixed = noise * deviation if diagonal else noise @ mixing  # the same numbers, in a tenth of the product's time
    return mixed[:, present]


def _read(path: Path, key: str) -> CriticalValues | None:
    """The values kept at ``path``, or None where they are missing, damaged or another pattern's."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept.pop("key") != key:
            return None
        dip = float(kept.pop("dip"))
        values = CriticalValues(dip=dip, **{name: tuple(map(float, numbers)) for name, numbers in kept.items()})
        finite = np.isfinite(
            [dip, *values.fall, *values.strict_fall, *values.inner, *values.training, *values.best, *values.single]
        ).all()
        return values if finite and len(values.fall) + 1 == len(values.best) else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _write(path: Path, key: str, values: CriticalValues) -> None:
    """Keep ``values`` at ``path`` in one step, so that a reader never sees half a file."""
    with suppress(OSError):
        write_whole(path, json.dumps({"key": key, **asdict(values)}))
