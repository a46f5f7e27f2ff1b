"""Where files go when nobody names a place: ``depthgauge/<study>/`` in the working directory."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

FOLDER = Path("depthgauge")


def slug(name: str) -> str:
    """A study's name as a folder's name: letters, digits and dashes, and what tells it from similar names."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return plain if plain == name else f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"
