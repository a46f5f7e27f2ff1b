"""Simulated studies whose truth is known, to measure how often the verdict is right.

A family is a kind of curve, of noise and of training; it draws as many studies as wanted. Curves and noise are in
units of ``SIGMA``, the standard deviation of one run at the shallowest depth. ``R`` replicates, ``D`` depths 1 .. D.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Curve = Callable[[int], Floats]
Noise = Callable[[np.random.Generator, int, int], Floats]
Truth = Literal["silent", "degradation", "overfitting", "failing"]

SIGMA = 0.004
MARGIN = 2.5 * SIGMA
# Best test accuracy, training accuracy where training works, and accuracy of a guess.
_BEST, _TRAINED, CHANCE = 0.93, 0.998, 0.1


@dataclass(frozen=True)
class Study:
    """One simulated study: accuracies (R, D), and the index of the first depth that is truly worse, or None."""

    train: Floats
    test: Floats
    onset: int | None


@dataclass(frozen=True)
class Family:
    """``truth``: ``silent`` has no fall, ``degradation`` a fall of training and test together, ``failing`` no fall
    before training fails, ``overfitting`` a fall of test accuracy only.

    ``curve`` gives mean test accuracy (D,) relative to its best, ``training`` mean training accuracy (D,) relative to
    perfect, ``noise`` (R, D) what runs add, ``block`` the deviation of replicates, ``training_noise`` that of training.
    ``holes`` is the probability of a run being absent, ``diverged`` of one in the deeper half having diverged;
    ``all_diverge_from`` is the share of the axis from which on every run diverges.
    """

    name: str
    truth: Truth
    curve: Curve
    noise: Noise
    training: Curve = lambda depths: np.zeros(depths)
    training_noise: float = 0.1
    holes: float = 0.0
    diverged: float = 0.0
    all_diverge_from: float = 2.0
    block: float = 1.0

    def draw(self, rng: np.random.Generator, replicates: int, depths: int) -> Study:
        """One study of this family."""
        curve, training = self.curve(depths), self.training(depths)
        noise = self.noise(rng, replicates, depths) + self.block * rng.standard_normal((replicates, 1))
        test = _BEST + SIGMA * (curve + noise)
        loss = training - self.training_noise * np.abs(rng.standard_normal((replicates, depths)))
        # Where training fails it fails by chance: its spread grows with the loss, as on real data.
        loss += 0.3 * np.minimum(training, 0) * np.abs(rng.standard_normal((replicates, depths)))
        train = _TRAINED + SIGMA * loss
        deep = np.linspace(0, 1, depths) > 0.5
        lost = (rng.random((replicates, depths)) < self.diverged) & deep
        lost |= np.linspace(0, 1, depths) >= self.all_diverge_from
        train[lost], test[lost] = CHANCE, CHANCE
        absent = rng.random((replicates, depths)) < self.holes
        train[absent], test[absent] = np.nan, np.nan
        best = int(np.nonzero(curve == curve.max())[0][-1])
        onset = best + 1 if self.truth == "overfitting" else None
        return Study(np.clip(train, 0, 1), np.clip(test, 0, 1), onset)


def flat(depths: int) -> Floats:
    """No effect of depth."""
    return np.zeros(depths)


def rising(steps: float, total: float = 4.0) -> Curve:
    """Rise by ``total`` over the first share ``steps`` of the axis, then a plateau."""
    return lambda depths: -total * np.maximum(1 - np.linspace(0, 1, depths) / steps, 0)


def falling(slope: float, *, at: float = 0.5, power: float = 1.0, rise: float = 0.0, until: float = 1.0) -> Curve:
    """Best up to the share ``at`` of the axis, then a fall by ``slope * layers ** power``, flat from ``until`` on."""

    def curve(depths: int) -> Floats:
        steps = np.arange(depths)
        last_best, end = _index(at, depths), _index(until, depths)
        past = np.maximum(np.minimum(steps, end) - last_best, 0).astype(float)
        climb = rise * np.maximum(1 - steps / max(last_best, 1), 0)
        drop: Floats = -climb - slope * np.where(past > 0, past**power, 0)
        return drop

    return curve


def dipping(drop: float, *, at: float = 0.5) -> Curve:
    """One bad depth inside the range."""
    return lambda depths: -drop * (np.arange(depths) == _index(at, depths))


def both(first: Curve, second: Curve) -> Curve:
    """The sum of two curves."""
    return lambda depths: first(depths) + second(depths)


def _index(share: float, depths: int) -> int:
    return int(np.ceil(share * depths)) - 1


def normal(deviation: Callable[[Floats], Floats] = lambda place: np.ones_like(place)) -> Noise:
    """Normal noise with a standard deviation that depends on the place (0 shallowest .. 1 deepest)."""
    return lambda rng, r, d: rng.standard_normal((r, d)) * deviation(np.linspace(0, 1, d))


def noisy_at(places: list[int], factor: float) -> Noise:
    """Normal noise, ``factor`` times larger at some depths."""

    def noise(rng: np.random.Generator, r: int, d: int) -> Floats:
        deviation = np.ones(d)
        deviation[places] = factor
        return rng.standard_normal((r, d)) * deviation

    return noise


def heavy(freedom: float) -> Noise:
    """Student noise."""
    return lambda rng, r, d: rng.standard_t(freedom, (r, d))


def skewed(sign: float) -> Noise:
    """Centred exponential noise: rare bad (sign -1) or rare good (sign 1) runs."""
    return lambda rng, r, d: sign * (rng.exponential(1, (r, d)) - 1)


def outliers(share: float, drop: float) -> Noise:
    """Normal noise with a share of runs that are ``drop`` worse, at any depth."""
    return lambda rng, r, d: rng.standard_normal((r, d)) - drop * (rng.random((r, d)) < share)


def neighbours(correlation: float) -> Noise:
    """Noise that is correlated between neighbouring depths of one replicate."""

    def noise(rng: np.random.Generator, r: int, d: int) -> Floats:
        steps = np.arange(d)
        root = np.linalg.cholesky(correlation ** np.abs(steps[:, None] - steps))
        return rng.standard_normal((r, d)) @ root.T

    return noise


def own_slopes(slope: float) -> Noise:
    """Replicates that differ in how depth acts on them: ``slope`` is the deviation at both ends of the axis."""
    return lambda rng, r, d: rng.standard_normal((r, d)) + slope * rng.standard_normal((r, 1)) * np.linspace(-1, 1, d)


def unequal_blocks(rng: np.random.Generator, r: int, d: int) -> Floats:
    """Replicates that are noisier than others."""
    return rng.standard_normal((r, d)) * np.exp(0.7 * rng.standard_normal((r, 1)))


def two_levels(rng: np.random.Generator, r: int, d: int) -> Floats:
    """Runs that end in one of two states."""
    return rng.choice([-1.0, 1.0], (r, d)) + 0.1 * rng.standard_normal((r, d))


def underfit(depths: int) -> Floats:
    """Training that reaches a third of all there is at the shallowest depth, and everything from the middle on."""
    return -np.maximum(0.6 * (1 - 2 * np.linspace(0, 1, depths)), 0.0) / SIGMA


def _grow3(place: Floats) -> Floats:
    return 1 + 2 * place


def _grow5(place: Floats) -> Floats:
    grown: Floats = 5.0**place
    return grown


def _silent() -> list[Family]:
    noises: dict[str, Noise] = {
        "flat": normal(),
        "noise growing x3": normal(_grow3),
        "noise growing x5": normal(_grow5),
        "noise falling x3": normal(lambda place: 3 - 2 * place),
        "noise falling x5": normal(lambda place: 5.0 ** (1 - place)),
        "noise larger at both ends": normal(lambda place: 1 + 2 * np.abs(2 * place - 1)),
        "noise larger in the middle": normal(lambda place: 3 - 2 * np.abs(2 * place - 1)),
        "noise jumps x4 in the middle": normal(lambda place: np.where(place > 0.5, 4.0, 1.0)),
        "last depth noisy x3": noisy_at([-1], 3),
        "last depth noisy x5": noisy_at([-1], 5),
        "first depth noisy x5": noisy_at([0], 5),
        "one inner depth noisy x5": noisy_at([3], 5),
        "last depth quiet": noisy_at([-1], 0.2),
        "heavy tails t3": heavy(3),
        "heavy tails t2": heavy(2),
        "skewed down": skewed(-1),
        "skewed up": skewed(1),
        "two levels": two_levels,
        "soft outliers 3 %": outliers(0.03, 8),
        "neighbours correlated 0.5": neighbours(0.5),
        "neighbours correlated 0.8": neighbours(0.8),
        "replicates with own slopes": own_slopes(1.0),
        "replicates with own slopes, strong": own_slopes(2.0),
        "replicates of unequal noise": unequal_blocks,
    }
    families = [Family(name, "silent", flat, noise) for name, noise in noises.items()]
    families += [
        Family("plateau after a jump", "silent", rising(0.15, 6), normal()),
        Family("rise then plateau", "silent", rising(0.5), normal()),
        Family("rise then plateau, noise growing x5", "silent", rising(0.5), normal(_grow5)),
        Family("rising throughout", "silent", rising(1.0), normal()),
        Family("gap grows, test flat", "silent", flat, normal(), training=rising(1.0, 3)),
        Family("strong blocks", "silent", flat, normal(), block=5),
        Family("strong blocks, noise growing x5", "silent", flat, normal(_grow5), block=5),
        Family("5 % diverged, deep", "silent", flat, normal(), diverged=0.05),
        Family("20 % diverged, deep, noise growing x3", "silent", flat, normal(_grow3), diverged=0.2),
        Family("10 % of the runs missing", "silent", flat, normal(), holes=0.1),
        Family("all deep nets diverge", "silent", flat, normal(_grow3), all_diverge_from=0.7),
        Family("one bad depth inside", "silent", dipping(3), normal()),
        Family("one bad depth near the end", "silent", dipping(2, at=0.7), normal()),
        Family("shallow networks underfit", "silent", flat, normal(), training=underfit),
        Family("falls and recovers", "silent", lambda d: -2 * np.sin(np.linspace(0, np.pi, d)), normal()),
    ]
    return families


def _degrading() -> list[Family]:
    families = []
    for slope in (0.25, 0.5, 1.0, 2.5):
        curve = falling(slope)
        families.append(Family(f"degradation, s = {slope}", "degradation", curve, normal(), training=curve))
    steep = falling(1.0)
    families += [
        Family("degradation, noise growing x3", "degradation", steep, normal(_grow3), training=steep),
        Family("degradation, train falls by 70 %", "degradation", steep, normal(), training=falling(0.7)),
        Family(
            "degradation from the start", "degradation", falling(0.5, at=0.01), normal(), training=falling(0.5, at=0.01)
        ),
        Family(
            "flat, then failing training", "failing", falling(4, at=0.75), normal(_grow3), training=falling(8, at=0.75)
        ),
        Family(
            "flat, then training collapses", "failing", falling(20, at=0.75), normal(), training=falling(40, at=0.75)
        ),
    ]
    return families


def _overfitting() -> list[Family]:
    families = [
        Family(f"overfitting, s = {slope}", "overfitting", falling(slope), normal()) for slope in (0.25, 0.5, 1.0, 2.5)
    ]
    families += [
        Family("overfitting, s = 1, after a rise", "overfitting", falling(1, rise=4), normal()),
        Family("overfitting, s = 1, early", "overfitting", falling(1, at=0.3), normal()),
        Family("overfitting, s = 1, late", "overfitting", falling(1, at=0.7), normal()),
        Family("overfitting, s = 1, noise growing x3", "overfitting", falling(1), normal(_grow3)),
        Family("overfitting, s = 1, noise falling x3", "overfitting", falling(1), normal(lambda place: 3 - 2 * place)),
        Family(
            "overfitting, s = 1, noise in the middle",
            "overfitting",
            falling(1),
            normal(lambda p: 3 - 2 * np.abs(2 * p - 1)),
        ),
        Family("overfitting, s = 1, one inner depth noisy x5", "overfitting", falling(1), noisy_at([3], 5)),
        Family("overfitting, s = 1, heavy tails t3", "overfitting", falling(1), heavy(3)),
        Family("overfitting, s = 1, skewed down", "overfitting", falling(1), skewed(-1)),
        Family("overfitting, s = 1, strong blocks", "overfitting", falling(1), normal(), block=5),
        Family("overfitting, s = 1, neighbours correlated 0.8", "overfitting", falling(1), neighbours(0.8)),
        Family("overfitting, s = 1, own slopes", "overfitting", falling(1), own_slopes(1.0)),
        Family("overfitting, s = 1, 10 % missing", "overfitting", falling(1), normal(), holes=0.1),
        Family("overfitting, s = 1, shallow networks underfit", "overfitting", falling(1), normal(), training=underfit),
        Family("overfitting, s = 1, training noisy", "overfitting", falling(1), normal(), training_noise=0.5),
        Family("overfitting, step of 2", "overfitting", falling(2, power=0), normal()),
        Family("overfitting, concave", "overfitting", falling(1.5, power=0.5), normal()),
        Family("overfitting, convex", "overfitting", falling(0.3, power=2), normal()),
        Family("overfitting, convex, early", "overfitting", falling(0.15, power=2, at=0.2), normal()),
        Family("overfitting, s = 1, levels off", "overfitting", falling(1, until=0.75), normal()),
        Family(
            "overfitting, s = 1, then training fails",
            "overfitting",
            both(falling(1, at=0.4), falling(8, at=0.75)),
            normal(),
            training=falling(15, at=0.75),
        ),
        Family(
            "overfitting, s = 1, then all diverge",
            "overfitting",
            falling(1, at=0.4),
            normal(),
            all_diverge_from=0.75,
        ),
    ]
    return families


FAMILIES: tuple[Family, ...] = (*_silent(), *_degrading(), *_overfitting())
