"""Networks: a stack of dense layers so far. What a network is stands here; how it is trained, in a configuration."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Dropout = float | tuple[float, ...]


@dataclass(frozen=True, slots=True)
class DenseStack:
    """Hidden layers of ``hidden`` units each, every one with the same activation, before a softmax over the classes.

    ``dropout`` is one rate in [0, 1) for every hidden layer, or one rate a layer; ``l2`` the coefficient of the penalty
    on every kernel; ``batch_norm`` puts batch normalization before each activation.
    """

    hidden: tuple[int, ...]
    activation: str = "relu"
    dropout: Dropout = 0.0
    l2: float = 0.0
    batch_norm: bool = False

    @property
    def depth(self) -> int:
        """Number of hidden layers."""
        return len(self.hidden)

    @property
    def units(self) -> int:
        """Number of hidden units."""
        return sum(self.hidden)

    @property
    def dropout_rates(self) -> tuple[float, ...]:
        """One dropout rate for each hidden layer."""
        return self.dropout if isinstance(self.dropout, tuple) else (self.dropout,) * self.depth

    @property
    def label(self) -> str:
        """The architecture as people write it: ``4x128`` or ``128-64``."""
        if not self.hidden:
            return "no hidden layer"
        if len(set(self.hidden)) == 1:
            return f"{self.depth}x{self.hidden[0]}"
        return "-".join(map(str, self.hidden))

    def parameters(self, inputs: int, classes: int) -> int:
        """Number of trainable parameters with ``inputs`` features and ``classes`` classes."""
        sizes = (inputs, *self.hidden, classes)
        dense = sum((a + 1) * b for a, b in pairwise(sizes))
        # Batch normalization brings a scale and a shift a unit and replaces the bias.
        return dense + (self.units if self.batch_norm else 0)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; the inverse of :meth:`from_dict`."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> DenseStack:
        """Rebuild a network from :meth:`to_dict` after a round trip through JSON."""
        dropout = values["dropout"]
        rates = tuple(dropout) if isinstance(dropout, list) else dropout
        return cls(**{**values, "hidden": tuple(values["hidden"]), "dropout": rates})


Network = DenseStack  # what a configuration can train
