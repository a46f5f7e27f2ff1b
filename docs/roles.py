"""Docstrings name other objects as ``:class:`~study.errors.InputError` ``: the guide makes code of that."""

from __future__ import annotations

import re
from typing import Any

import griffe

ROLE = re.compile(r":(?:class|func|meth|mod|data|attr):`~?([\w.]+)`")


class Roles(griffe.Extension):
    """Turns roles into plain code, with the last part of the name."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Called for each object once all are loaded."""
        if obj.docstring is not None:
            obj.docstring.value = ROLE.sub(lambda role: f"`{role[1].rsplit('.', 1)[-1]}`", obj.docstring.value)
