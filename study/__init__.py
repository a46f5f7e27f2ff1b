"""The rooms of depthgauge; ``import depthgauge`` is its public face.

``from study import Study, load_study`` goes on working for one release.
"""

from __future__ import annotations

import warnings
from typing import Any

MOVED = ("Study", "load_study")


def __getattr__(name: str) -> Any:
    if name in MOVED:
        import depthgauge

        warnings.warn(f"study.{name} is now depthgauge.{name}", DeprecationWarning, stacklevel=2)
        return getattr(depthgauge, name)
    raise AttributeError(f"module 'study' has no attribute {name!r}")
