"""How often ``data check`` finds traps that were planted, and how far clean tables stay from its thresholds.

    python -m benchmarks.data_traps [FILE.csv:TARGET ...]

prints one table over the clean tables of scikit-learn (and those of the files named), and one over tables in which a
trap was planted, :data:`DRAWS` draws of each. ``docs/data.md`` has both.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import TypeAlias
from unittest import mock

import numpy as np
import pandas

from study.data import near_copies, telling_columns
from study.data.category_codes import category_codes
from study.data.check import data_notes
from study.data.dataset import Dataset
from study.data.loading import load_dataset
from study.records.sources import DataSource

CLEAN = ("iris", "wine", "breast_cancer", "digits")
DRAWS = 20
ROWS = 400

Table: TypeAlias = pandas.DataFrame


def load(table: Table) -> Dataset:
    """A table as ``depthgauge`` reads it, tested in folds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        table.to_csv(path, index=False)
        return load_dataset(DataSource(str(path), target="target", scheme="folds"))


def of_sklearn(name: str) -> Table:
    """One of scikit-learn's tables; its column of labels is called target."""
    import sklearn.datasets

    found: Table = getattr(sklearn.datasets, f"load_{name}")(as_frame=True).frame
    return found


def best_skills(dataset: Dataset, seed: int) -> tuple[float, float]:
    """The skill of the best column and of the best pair, on rows drawn with ``seed``."""
    rows = np.random.default_rng(seed).permutation(dataset.training)[: telling_columns.ROWS]
    y = dataset.y[rows]
    base = np.bincount(y).max() / len(y)
    columns = telling_columns.named_columns(dataset, rows)
    values = {name: telling_columns._filled(column) for name, column in columns.items()}
    coarse = {name: telling_columns._by_bins(column, y) for name, column in values.items()}
    most = sorted(coarse, key=lambda name: -coarse[name])[: telling_columns.PAIRED]

    def skill(*names: str) -> float:
        right = telling_columns._by_tree(telling_columns._features(*(values[name] for name in names)), y)
        return float((right - base) / (1 - base))

    return max(map(skill, most)), max((skill(*pair) for pair in combinations(most, 2)), default=0.0)


def near_share(dataset: Dataset) -> float | None:
    """The share of rows with a near copy; None where it cannot be told."""
    digests = np.random.default_rng(0).permutation(len(dataset.y)).astype(np.uint64)
    with mock.patch.object(near_copies, "SHARE", -1.0), mock.patch.object(near_copies, "FEWEST", 0):
        found = near_copies.near_copies(dataset, digests)
    return None if found is None else found.rows / found.of


def clean(name: str, table: Table) -> str:
    """A row of the first table."""
    dataset = load(table)
    skills = np.array([best_skills(dataset, seed) for seed in range(DRAWS)])
    share = near_share(dataset)
    kinds = ", ".join(sorted({kind_of(note.text) for note in data_notes(dataset)} - {""})) or "none"
    near = "not told" if share is None else f"{100 * share:.1f} %"
    one, pair = skills.max(axis=0)
    return f"| {name} | {len(table):,} | {one:.2f} | {pair:.2f} | {near} | {kinds} |"


def kind_of(note: str) -> str:
    """Which of the traps a note is about; empty for another one."""
    signs = {
        "to tell the label": "gives the label away",
        "as a row number or a time": "orders the rows",
        "Near copies": "near copies",
        "codes of categories": "codes",
        "looks like regression": "amounts",
    }
    return next((kind for sign, kind in signs.items() if sign in note), "")


def noise(rng: np.random.Generator) -> Table:
    """Eight columns of which two have to do with the label."""
    x = rng.normal(size=(ROWS, 8))
    table = pandas.DataFrame(x, columns=list("abcdefgh"))
    table["target"] = np.where(table.a + table.b + rng.normal(size=ROWS) > 0, "yes", "no")
    return table


def planted() -> Iterator[tuple[str, str, Callable[[np.random.Generator], Table]]]:
    """Each trap in words, its kind, and what makes a table with it."""

    def with_label(share: float) -> Callable[[np.random.Generator], Table]:
        def make(rng: np.random.Generator) -> Table:
            table = noise(rng)
            wrong = rng.random(ROWS) < share
            return table.assign(after=np.where((table.target == "yes") ^ wrong, 3, 7))

        return make

    def measured(rng: np.random.Generator) -> Table:
        table = noise(rng)
        return table.assign(after=(table.target == "yes") + 0.2 * rng.normal(size=ROWS))

    def difference(rng: np.random.Generator) -> Table:
        table = noise(rng)
        before = rng.normal(50, 20, ROWS)
        return table.assign(before=before, after=before + np.where(table.target == "yes", 5, -5) * rng.random(ROWS))

    def ordered(name: str, make: Callable[[np.random.Generator], np.ndarray]) -> Callable[[np.random.Generator], Table]:
        return lambda rng: noise(rng).assign(**{name: make(rng)})

    def copied(deviation: float) -> Callable[[np.random.Generator], Table]:
        def make(rng: np.random.Generator) -> Table:
            table = of_sklearn("breast_cancer").sample(ROWS, random_state=int(rng.integers(2**31)))
            some = table.sample(ROWS // 20, random_state=0)
            x = some.drop(columns="target")
            x += rng.normal(size=x.shape) * table.std()[x.columns].to_numpy() * deviation
            return pandas.concat([table, x.assign(target=some.target)])

        return make

    def coded(kinds: int) -> Callable[[np.random.Generator], Table]:
        def make(rng: np.random.Generator) -> Table:
            table = noise(rng)
            region = rng.integers(0, kinds, ROWS)
            effect = 1.5 * rng.normal(size=kinds)
            high = table.a + effect[region] + rng.normal(size=ROWS) > 0
            return table.assign(place=region, target=np.where(high, "yes", "no"))

        return make

    def amounts(low: int, rows: int) -> Callable[[np.random.Generator], Table]:
        def make(rng: np.random.Generator) -> Table:
            table = pandas.concat([noise(rng) for _ in range(rows // ROWS)])
            target = np.clip(np.round(low + 30 + 12 * table.a + 5 * rng.normal(size=rows)), low, low + 60).astype(int)
            counts = target.value_counts()
            return table.assign(target=target)[target.map(counts) >= 3]

        return make

    yield "the label, 1 % wrong", "gives the label away", with_label(0.01)
    yield "the label, 5 % wrong", "gives the label away", with_label(0.05)
    yield "the label as a number, with a deviation of 0.2", "gives the label away", measured
    yield "two columns whose difference is the label", "gives the label away", difference
    yield "row number", "orders the rows", ordered("row", lambda rng: np.arange(ROWS))
    yield (
        "seconds since 1970, about a minute apart",
        "orders the rows",
        ordered("when", lambda rng: 1.7e9 + np.cumsum(rng.exponential(60, ROWS)).round()),
    )
    yield "5 % of rows again, each column off by 1 % of its deviation", "near copies", copied(0.01)
    yield "the same, off by 3 %", "near copies", copied(0.03)
    yield "the same, off by 10 %", "near copies", copied(0.1)
    yield "8 codes with an effect", "codes", coded(8)
    yield "15 codes with an effect", "codes", coded(15)
    yield "ages as labels, 400 rows", "amounts", amounts(18, ROWS)
    yield "ages as labels, 4,000 rows", "amounts", amounts(18, 10 * ROWS)


def found_in(make: Callable[[np.random.Generator], Table], kind: str) -> tuple[int, int]:
    """In how many draws the trap was found, and in how many something else was."""
    hits = others = 0
    for draw in range(DRAWS):
        dataset = load(make(np.random.default_rng(draw)))
        kinds = {kind_of(note.text) for note in data_notes(dataset)} - {""}
        hits += kind in kinds
        others += bool(kinds - {kind})
    return hits, others


def codes_missed() -> None:
    """Columns of codes in the clean tables, shuffled: how many orders drawn at random are told from an order."""
    table = of_sklearn("digits")
    rng, found, of = np.random.default_rng(0), 0, 0
    for column in ("pixel_2_3", "pixel_3_4", "pixel_4_3"):
        for _ in range(DRAWS):
            order = rng.permutation(17)
            mixed = table.assign(**{column: order[table[column].to_numpy(int)]})
            found += column in category_codes(load(mixed))
            of += 1
    print(f"\nShuffled shades of grey told from ordered ones: {found} of {of}.")


def main(files: list[str]) -> None:
    """Print both tables."""
    print("| clean table | rows | best column | best pair | near copies | traps found |\n|---|--:|--:|--:|--:|---|")
    for name in CLEAN:
        print(clean(name, of_sklearn(name)), flush=True)
    for file in files:
        path, _, target = file.rpartition(":")
        print(clean(Path(path).stem, pandas.read_csv(path).rename(columns={target: "target"})), flush=True)
    print(clean("simulated", noise(np.random.default_rng(0))), flush=True)
    print("\n| planted | found | something else found |\n|---|--:|--:|")
    for words, kind, make in planted():
        hits, others = found_in(make, kind)
        print(f"| {words} | {hits} of {DRAWS} | {others} |", flush=True)
    codes_missed()


if __name__ == "__main__":
    main(sys.argv[1:])
