"""Names that other people's programs give to what depthgauge has, too."""

from __future__ import annotations

import re

_NAMES = {
    "n_layers": "depth",
    "num_layers": "depth",
    "layers": "depth",
    "hidden_layers": "depth",
    "n_hidden": "depth",
    "dense_layers": "depth",
    "num_dense_layers": "depth",
    "batch_norm": "batch_norm",
    "batchnorm": "batch_norm",
    "use_batch_norm": "batch_norm",
    "use_batchnorm": "batch_norm",
    "batch_normalization": "batch_norm",
    "epochs": "epochs",
    "n_epochs": "epochs",
    "num_epochs": "epochs",
    "n_hidden_layers": "depth",
    "num_hidden_layers": "depth",
    "units": "width",
    "n_units": "width",
    "num_units": "width",
    "hidden_units": "width",
    "neurons": "width",
    "lr": "learning_rate",
    "dropout_rate": "dropout",
    "batch": "batch_size",
    **{name: name for name in ("depth", "width", "learning_rate", "dropout", "l2", "optimizer", "batch_size")},
    **{name: name for name in ("activation", "momentum", "l1", "label_smoothing")},
}
_LAYER = re.compile(r"(.+?)_?(?:l|layer_?)?[0-9]{1,3}")


def hyperparameter(name: str) -> str | None:
    """The hyperparameter of depthgauge that a foreign name plainly means; None where it means none."""
    return _NAMES.get(name.lower())


def of_a_layer(name: str) -> str | None:
    """The hyperparameter that a name such as ``n_units_l2``, ``units_0`` or ``dropout_l1`` has for one layer."""
    match = _LAYER.fullmatch(name.lower())
    found = _NAMES.get(match[1].rstrip("_")) if match and name.lower() not in _NAMES else None
    return found if found in ("width", "dropout", "activation", "l2") else None
