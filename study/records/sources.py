"""Where a study's data come from."""

from __future__ import annotations

from dataclasses import dataclass

DATASETS = ("mnist", "digits", "fashion_mnist", "cifar10")  # what comes with the program, or with Keras


@dataclass(frozen=True, slots=True)
class DataSource:
    """Everything that decides which data are loaded: a study's ``dataset``, its ``[data]`` table and its seed.

    ``dataset`` is the name of a data set that comes with the program, or the path of the user's own: only for that
    are the other values. ``target`` is the column of a table that holds the labels, ``drop`` are columns to leave
    out, ``test`` is the path of an own test set. Without one, ``test_share`` in (0, 1) of the rows becomes the test
    set, drawn stratified with ``seed``. Where ``sha256`` is given, the arrays must have that hash.
    """

    dataset: str
    target: str | None = None
    drop: tuple[str, ...] = ()
    test: str | None = None
    test_share: float = 0.2
    seed: int = 0
    sha256: str | None = None

    @property
    def own(self) -> bool:
        """Whether it is the user's own data."""
        return self.dataset not in DATASETS
