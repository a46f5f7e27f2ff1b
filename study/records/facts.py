"""What a study's first run found out and a store keeps beside its trials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

Count = Annotated[int, Field(ge=0)]


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="ignore"))
class RunFacts:
    """What was found of data and machine when a study was begun, or last gone on with.

    ``sizes`` are the rows of train, validation and test with all training samples (where replicates differ, the most to
    train on and the fewest to test), ``inputs`` the features of a row. ``parts`` says in sentences which rows are
    tested and trained on; empty in studies of older versions.
    ``labels`` are the names of the classes; a regression has none, but ``target_deviation``, the standard deviation of
    the target over the training part (with validation) in the target's unit. ``versions`` are those of the packages
    that decide numbers, ``command`` is what repeats the run. ``data_notes`` are sentences on what in the data can
    mislead, ``data_traps`` those of them that would change a decision. ``proposer`` are the settings of the engine that
    searches, None where nothing is searched. ``why_keras`` says why Keras trains where the study left the engine to us,
    and else is empty. ``references_left_out`` are sentences on the reference models that are not trained beside the
    networks, and why. ``groups`` are those of the test rows, or of all rows where replicates test rows of their own, as
    numbers from 0; empty where rows have none, and in studies of older versions. Raises ValueError for values that
    these cannot be: a store from elsewhere may hold anything.
    """

    sizes: tuple[Count, Count, Count]
    inputs: Annotated[int, Field(ge=1)]
    classes: Annotated[int, Field(ge=0, le=1_000_000)]
    versions: Mapping[str, str]
    command: str
    labels: tuple[str, ...] = ()
    data_notes: tuple[str, ...] = ()
    proposer: Mapping[str, Any] | None = None
    parts: str = ""
    data_traps: tuple[str, ...] = ()
    references_left_out: tuple[str, ...] = ()
    why_keras: str = ""
    target_deviation: Annotated[float, Field(gt=0)] | None = None
    groups: tuple[Annotated[int, Field(ge=0, lt=2**31)], ...] = ()

    def __post_init__(self) -> None:
        """The digits name the classes of studies that were begun before names were kept."""
        if not self.labels:
            object.__setattr__(self, "labels", tuple(map(str, range(self.classes))))
        if len(self.labels) != self.classes:
            raise ValueError(f"{self.classes} classes have {len(self.labels)} names")
        if (self.classes > 0) == (self.target_deviation is not None):
            raise ValueError("there are either classes or a target")

    @property
    def outputs(self) -> int:
        """What a network gives for a row."""
        return self.classes or 1

    @property
    def train_samples(self) -> int:
        """Rows of the whole training part without validation."""
        return self.sizes[0]

    @property
    def validation_samples(self) -> int:
        """Rows of validation."""
        return self.sizes[1]

    @property
    def test_samples(self) -> int:
        """Rows of the test part."""
        return self.sizes[2]

    def to_json(self) -> str:
        """The inverse of :meth:`from_json`."""
        return _ADAPTER.dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str) -> RunFacts:
        """Rebuild facts from :meth:`to_json`. Raises ValueError for text that holds none."""
        try:
            return _ADAPTER.validate_json(text)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


_ADAPTER = TypeAdapter(RunFacts)
