"""depthgauge from Python: define a study, run it, read what it found.

    from study import Study, load_study

    study = Study.define({"name": "mine", "space": {"depth": {"values": [1, 2, 4]}}}).run()
    print(study.verdict().sentence)

Importing this package loads nothing else; TensorFlow is loaded by the worker processes of :meth:`Study.run` only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from study.api import Study, load_study

__all__ = ["Study", "load_study"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from study import api

        return getattr(api, name)
    raise AttributeError(f"module 'study' has no attribute {name!r}")
