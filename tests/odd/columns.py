"""Columns of tables, each value written down exactly before it is written as text: a way of writing is a kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from tests.odd.case import Value

Rng = np.random.Generator
GAPS = (
    "-",
    "--",
    "?",
    "N/A",
    "n/a",
    "na",
    "NULL",
    "null",
    "None",
    ".",
    "*",
    "#DIV/0!",
    "#N/A",
    "nan",
    "\u2013",
    "missing",
)


@dataclass(frozen=True)
class Column:
    """The cells of a column as text (None: nothing is written at all), and what each means."""

    cells: tuple[str, ...]
    values: tuple[Value, ...]


def decimal(digits: int, places: int) -> str:
    """``digits / 10**places`` with all its places."""
    sign, digits = "-" if digits < 0 else "", abs(digits)
    if places == 0:
        return f"{sign}{digits}"
    return f"{sign}{digits // 10**places}.{digits % 10**places:0{places}}"


def of_digits(digits: list[int], places: int = 0, write: Callable[[int, int], str] = decimal) -> Column:
    """Numbers that are whole multiples of ``10**-places``."""
    return Column(tuple(write(one, places) for one in digits), tuple(Fraction(one, 10**places) for one in digits))


def _around(low: int, reach: int, places: int = 0) -> Callable[[Rng, int], Column]:
    return lambda rng, n: of_digits([low + int(k) for k in rng.integers(0, reach, n)], places)


def small(rng: Rng, n: int) -> Column:
    return of_digits([int(k) for k in rng.integers(-9999, 9999, n)], 3)


def identifiers(rng: Rng, n: int) -> Column:
    start = int(rng.integers(10**9, 10**11))
    return of_digits([start + int(k) for k in rng.permutation(3 * n)[:n]])


def with_exponent(rng: Rng, n: int) -> Column:
    """1.5e3, 15E+2, 1500e-0."""
    forms = ("{}e{}", "{}E{}", "{}e{:+}", "{}E{:+03}", "+{}e{}")
    digits, powers = rng.integers(1, 9999, n), rng.integers(-4, 5, n)
    cells = [forms[int(k)].format(d, p) for d, p, k in zip(digits, powers, rng.integers(0, len(forms), n), strict=True)]
    return Column(
        tuple(cells), tuple(Fraction(int(d)) * Fraction(10) ** int(p) for d, p in zip(digits, powers, strict=True))
    )


def without_zeros(rng: Rng, n: int) -> Column:
    """.5, 5., +.5, -5.: digits on one side of the point only."""
    digits = rng.integers(1, 10, n)
    cells, values = [], []
    for k, d in enumerate(digits.tolist()):
        cells.append((f".{d}", f"{d}.", f"+.{d}", f"-{d}.")[k % 4])
        values.append((Fraction(d, 10), Fraction(d), Fraction(d, 10), Fraction(-d))[k % 4])
    return Column(tuple(cells), tuple(values))


def with_zeros_before(rng: Rng, n: int) -> Column:
    digits = [int(k) for k in rng.integers(0, 900, n)]
    return of_digits(digits, 0, lambda k, _: f"{k:05}")


def padded(rng: Rng, n: int) -> Column:
    """White space on either side of numbers."""
    inside = of_digits([int(k) for k in rng.integers(-999, 999, n)], 1)
    return Column(tuple(" " * (k % 3) + cell + " " * (k % 2) for k, cell in enumerate(inside.cells)), inside.values)


def empty(rng: Rng, n: int) -> Column:
    return Column(("",) * n, (None,) * n)


def constant(rng: Rng, n: int) -> Column:
    return of_digits([int(rng.integers(10**9, 10**12))] * n)


def nearly_empty(rng: Rng, n: int) -> Column:
    base = small(rng, n)
    return Column(
        tuple(cell if k % 5 == 0 else "" for k, cell in enumerate(base.cells)),
        tuple(value if k % 5 == 0 else None for k, value in enumerate(base.values)),
    )


def truth(rng: Rng, n: int) -> Column:
    yes = ("True", "TRUE", "true")[int(rng.integers(3))]
    no = {"True": "False", "TRUE": "FALSE", "true": "false"}[yes]
    flags = rng.random(n) < 0.5
    flags[:2] = True, False
    return Column(tuple(yes if one else no for one in flags), tuple(Fraction(int(one)) for one in flags))


def truth_with_gaps(rng: Rng, n: int) -> Column:
    return gapped(truth(rng, n), rng, "")


def gapped(column: Column, rng: Rng, token: str) -> Column:
    """The same column, a few of whose cells say that there is nothing."""
    gone = set(rng.permutation(np.arange(2, len(column.cells)))[: 1 + len(column.cells) // 12].tolist())
    return Column(
        tuple(token if k in gone else cell for k, cell in enumerate(column.cells)),
        tuple(None if k in gone else value for k, value in enumerate(column.values)),
    )


def chosen(*words: str) -> Callable[[Rng, int], Column]:
    """Words, of which each comes often enough to be in the training part."""

    def make(rng: Rng, n: int) -> Column:
        cells = tuple(words[int(k)] for k in rng.permutation(np.arange(n) % len(words)))
        return Column(cells, cells)

    return make


def words_with_gaps(rng: Rng, n: int) -> Column:
    return gapped(chosen("red", "green")(rng, n), rng, ("", "NA", "null", "None", "?")[int(rng.integers(5))])


COLUMNS: dict[str, Callable[[Rng, int], Column]] = {
    "small decimals": small,
    "seconds since 1970": _around(1_700_000_000, 60),
    "milliseconds since 1970": _around(1_700_000_000_000, 5000),
    "nanoseconds since 1970": _around(1_700_000_000_000_000_000, 900),
    "fractions of a second since 1970": _around(1_700_000_000_0000, 9000, 4),
    "below zero at 1e9": _around(-3_000_000_100, 90),
    "metres with millimetres at 5e6": _around(5_412_345_000, 4000, 3),
    "near 2**24": _around(2**24 - 20, 60),
    "near 2**53": _around(2**53 - 20, 60),
    "near 2**63": _around(2**63 - 200, 190),
    "beyond 2**63": _around(2**63 + 10, 190),
    "below -2**62": _around(-(2**63) + 5, 190),
    "ten digits behind the point": _around(1_000_000_000_0, 50, 10),
    "from 1e3 to 1e15": lambda rng, n: of_digits([int(10 ** p) for p in rng.uniform(3, 15, n)]),
    "identifiers": identifiers,
    "exponents": with_exponent,
    "points without zeros": without_zeros,
    "zeros before": with_zeros_before,
    "white space around numbers": padded,
    "an empty column": empty,
    "a column of NA": lambda rng, n: Column(("NA",) * n, (None,) * n),
    "a column of one sign and empty cells": lambda rng, n: Column(("-", "") * (n // 2), ("-", None) * (n // 2)),
    "quoted white space for gaps": lambda rng, n: gapped(small(rng, n), rng, " "),
    "words with white space for gaps": lambda rng, n: gapped(chosen("red", "green")(rng, n), rng, "  "),
    "a constant column at 1e9": constant,
    "four cells of five empty": nearly_empty,
    "truth values": truth,
    "truth values with gaps": truth_with_gaps,
    "words": chosen("red", "green", "blue"),
    "words with gaps": words_with_gaps,
    "words that look empty": chosen("-", "n.a.", "red", "missing"),
    "words that differ by case": chosen("Rome", "rome", "ROME"),
    "words that differ by white space": chosen("no", "no ", "no  "),
    "words of one look": chosen("caf\u00e9", "cafe\u0301", "c\u0430f\u00e9"),
    "words with delimiters": chosen("a,b", "a;b", "a|b", "a\tb"),
    "words with quotes": chosen('5" pipe', 'say "no"', "it's", '""'),
    "words with line ends": chosen("one\ntwo", "one", "two\n"),
    "words beyond the plane": chosen("\U0001f600", "\U00020bb7", "\u200b"),
    "sizes among words": chosen("36", "38", "XL"),
    "yes and no": chosen("yes", "no"),
    "truth values and words": chosen("True", "False", "unknown"),
    "numbers with underscores": chosen("1_0", "1_1", "2_0"),
    "a formula": chosen("=1+1", "@x", "+49 x"),
}  # fmt: skip
