"""The rooms of the house and the imports between them, read from the code: ``python -m tests.rooms`` prints them.

A room is a folder of ``study`` or ``reports``, or a file that stands beside them. ``docs/architecture.md`` draws the
rooms in their order, a line each; a room imports only from rooms above it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "architecture.md"
PRODUCT = ("study", "reports", "cli", "depthgauge")

Arrow = tuple[str, str]


def modules() -> dict[str, Path]:
    """Every module of the product by its dotted name."""
    files = [
        *(ROOT / "study").rglob("*.py"),
        *(ROOT / "reports").rglob("*.py"),
        *(file for file in ROOT.glob("*.py") if file.name != "setup.py"),
    ]  # that builds, and is no part
    named = {".".join(file.relative_to(ROOT).with_suffix("").parts): file for file in files}
    return {name.removesuffix(".__init__"): file for name, file in named.items() if "migrations" not in name}


def drawn() -> list[str]:
    """The rooms in the order of the page: the first word of each line of its block ``rooms``."""
    block = re.search(r"<!-- rooms -->\n(.*?)<!-- end of rooms -->", PAGE.read_text("utf-8"), re.DOTALL)
    assert block is not None, f"{PAGE} has lost its block of rooms"
    return [line.split()[0] for line in block[1].splitlines() if line.startswith("    ")]


def room(module: str) -> str:
    """The room of a module: ``study/data`` of ``study.data.files.images``, ``study/words`` of ``study.words``."""
    return "/".join(module.split(".")[:2])


def imports() -> dict[Arrow, list[Arrow]]:
    """For each pair of rooms, the modules of the first that import modules of the second; late and typing ones too."""
    known = modules()
    found: dict[Arrow, list[Arrow]] = {}
    for module, file in known.items():
        for other in sorted(set(_imported(ast.parse(file.read_text("utf-8")), known))):
            if room(module) != room(other):
                found.setdefault((room(module), room(other)), []).append((module, other))
    return found


def _imported(tree: ast.Module, known: dict[str, Path]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                if (other := name if name in known else node.module) in known:
                    yield other


def circles() -> list[list[str]]:
    """The modules that import each other in a ring, ring by ring; none where the house is in order."""
    known = modules()
    targets = {module: set(_imported(ast.parse(file.read_text("utf-8")), known)) for module, file in known.items()}
    # Whatever imports nothing that is left stands in no ring: take it away, again and again.
    while free := [module for module, others in targets.items() if not others & targets.keys() - {module}]:
        for module in free:
            del targets[module]
    return [[module, *sorted(others & targets.keys())] for module, others in sorted(targets.items())]


def main() -> None:
    """Print every arrow between two rooms with the imports that make it, and how many there are."""
    order, arrows = drawn(), imports()
    for (source, target), made in sorted(arrows.items()):
        back = "" if source in order and target in order and order.index(target) < order.index(source) else "  BACK"
        print(f"{source} -> {target}: {len(made)}{back}")
        if back:
            print("\n".join(f"    {module} imports {other}" for module, other in made))
    print(f"{len(order)} rooms, {len(arrows)} arrows between them, made by {sum(map(len, arrows.values()))} imports")


if __name__ == "__main__":
    main()
