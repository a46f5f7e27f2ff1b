"""Networks: a stack of dense layers, or a model of the user's own. How one is trained stands in a configuration.

Both kinds answer the same questions, so that nobody has to ask which one it is: what it is called, what describes it in
words and in columns, how many parameters it has.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any

from study.records.parameters import Value
from study.words import count, value_text

Dropout = float | tuple[float, ...]
GLOROT_UNIFORM = "glorot_uniform"


@dataclass(frozen=True, slots=True)
class DenseStack:
    """Hidden layers of ``hidden`` units each, every one with the same activation, before a softmax over the classes.

    ``dropout`` is one rate in [0, 1) for every hidden layer, or one rate a layer, ``input_dropout`` that of the inputs;
    ``l2`` and ``l1`` are coefficients of penalties on every hidden kernel, and ``max_norm``, above 0, is the largest
    norm of the weights into one hidden unit. ``batch_norm`` or ``layer_norm`` puts that normalization before each
    activation. With ``residual``, a hidden layer that is as wide as the one before it adds what it was given to what it
    gives. ``initializer`` is Keras's name for what kernels are drawn from.
    """

    hidden: tuple[int, ...]
    activation: str = "relu"
    dropout: Dropout = 0.0
    l2: float = 0.0
    batch_norm: bool = False
    input_dropout: float = 0.0
    l1: float = 0.0
    max_norm: float = 0.0
    layer_norm: bool = False
    residual: bool = False
    initializer: str = GLOROT_UNIFORM

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

    @property
    def program_key(self) -> tuple[Hashable, ...]:
        """What of it a compiled program depends on.

        Dropout, penalties and the largest norm enter as present or not; their numbers are variables of the program.
        """
        there = (any(self.dropout_rates), self.input_dropout > 0, self.l2 > 0, self.l1 > 0, self.max_norm > 0)
        return (self.hidden, self.activation, self.batch_norm, self.layer_norm, self.residual, *there)

    @property
    def skips(self) -> tuple[bool, ...]:
        """For each hidden layer, whether it adds what it was given to what it gives."""
        return tuple(self.residual and self.hidden[i - 1 : i] == (width,) for i, width in enumerate(self.hidden))

    @property
    def place(self) -> int:
        """Where it stands when nothing is varied: its depth."""
        return self.depth

    @property
    def shape_words(self) -> str:
        """Its shape in words: ``4 hidden layers``."""
        return count(self.depth, "hidden layer")

    @property
    def details(self) -> tuple[str, ...]:
        """What the label does not tell, in words."""
        told = (
            (self.dropout, f"dropout {self.dropout}"),
            (self.input_dropout, f"dropout {self.input_dropout:g} of the inputs"),
            (self.l2, f"L2 {self.l2:g}"),
            (self.l1, f"L1 {self.l1:g}"),
            (self.max_norm, f"weights into a unit of norm {self.max_norm:g} at most"),
            (self.batch_norm, "batch normalization"),
            (self.layer_norm, "layer normalization"),
            (self.residual, "residual connections"),
            (self.initializer != GLOROT_UNIFORM, f"initializer {self.initializer}"),
        )
        return (self.activation, *(words for there, words in told if there))

    @property
    def columns(self) -> dict[str, Any]:
        """Its part of a row of a table; ``dropout`` is None where ``dropout_rates`` lists one a layer."""
        listed = isinstance(self.dropout, tuple)
        return self.fields | {
            "hidden": "-".join(map(str, self.hidden)),
            "dropout": None if listed else self.dropout,
            "dropout_rates": "-".join(map(str, self.dropout_rates)) if listed else None,
        }

    def parameters(self, inputs: int, classes: int) -> int | None:
        """Number of trainable parameters with ``inputs`` features and ``classes`` classes."""
        sizes = (inputs, *self.hidden, classes)
        dense = sum((a + 1) * b for a, b in pairwise(sizes))
        # Normalization brings a scale and a shift a unit; that of batches replaces the bias.
        return dense + self.units * (2 * self.layer_norm + self.batch_norm)

    def products(self, inputs: int, classes: int) -> tuple[int, ...]:
        """Multiplications a row of each layer, without biases."""
        return tuple(a * b for a, b in pairwise((inputs, *self.hidden, classes)))

    @property
    def fields(self) -> dict[str, Any]:
        """All of it by name, what is as usual included."""
        return {name: getattr(self, name) for name in self.__slots__}

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; the inverse of :meth:`from_dict`. Later fields stand there where they are not as usual."""
        fields = self.fields
        for name, usual in LATER.items():
            if fields[name] == usual:
                del fields[name]
        return fields

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> DenseStack:
        """Rebuild a network from :meth:`to_dict` after a round trip through JSON."""
        dropout = values["dropout"]
        rates = tuple(dropout) if isinstance(dropout, list) else dropout
        return cls(**{**values, "hidden": tuple(values["hidden"]), "dropout": rates})


LATER = {
    name: DenseStack.__dataclass_fields__[name].default
    for name in ("input_dropout", "l1", "max_norm", "layer_norm", "residual", "initializer")
}


@dataclass(frozen=True, slots=True)
class OwnModel:
    """What a function of the user's builds: ``source`` (``net.py:build``) with these hyperparameters.

    ``code`` is the hash of the function's file and of the local modules that it imports: other code is another network.
    ``settings`` are the names and values of the function's hyperparameters that are active, in the function's order.
    ``asks`` are the names of what else it is called with: KerasTuner's ``hp`` for all of these, facts of the data.
    ``horizon`` is the number of epochs that a schedule spans, where it asks for ``steps``, even if fewer are trained.
    """

    source: str
    code: str
    settings: tuple[tuple[str, Value], ...]
    asks: tuple[str, ...] = ()
    horizon: int | None = None

    @property
    def module(self) -> str:
        """The name that its file is imported under."""
        return PurePosixPath(self.source.rpartition(":")[0]).stem

    @property
    def function(self) -> str:
        """The function's name."""
        return self.source.rpartition(":")[2]

    @property
    def units(self) -> int:
        """Nothing that can be told without building it."""
        return 0

    @property
    def program_key(self) -> tuple[Hashable, ...]:
        """What of it a compiled program may depend on: only who builds it can tell that some share one."""
        return (self.source, self.code, self.settings, self.horizon)

    @property
    def place(self) -> int:
        """Where it stands when nothing is varied."""
        return 1

    @property
    def label(self) -> str:
        """Function and hyperparameters: ``build(blocks 2, width 32)``."""
        return f"{self.function}({self.shape_words})"

    @property
    def shape_words(self) -> str:
        """Its hyperparameters in words."""
        return ", ".join(f"{name} {_setting_text(value)}" for name, value in self.settings)

    @property
    def details(self) -> tuple[str, ...]:
        """What the label does not tell, in words."""
        return (f"built by {self.source}",)

    @property
    def columns(self) -> dict[str, Any]:
        """Its part of a row of a table."""
        return dict(self.settings)

    def parameters(self, inputs: int, classes: int) -> int | None:
        """Unknown: only its code can tell, and results bring it along."""
        return None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; the inverse of :meth:`from_dict`."""
        settings = [list(one) for one in self.settings]
        values = {"source": self.source, "code": self.code, "settings": settings, "asks": list(self.asks)}
        return values | ({} if self.horizon is None else {"horizon": self.horizon})

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> OwnModel:
        """Rebuild a network from :meth:`to_dict` after a round trip through JSON."""
        settings = tuple((str(name), value) for name, value in values["settings"])
        asks, horizon = tuple(map(str, values["asks"])), values.get("horizon")
        return cls(
            str(values["source"]), str(values["code"]), settings, asks, None if horizon is None else int(horizon)
        )


def _setting_text(value: Value) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return value if isinstance(value, str) else value_text(value)


Network = DenseStack | OwnModel  # what a configuration can train


def network_from(values: dict[str, Any]) -> Network:
    """The network that ``values`` describe, as its ``to_dict`` made them."""
    return OwnModel.from_dict(values) if "source" in values else DenseStack.from_dict(values)
