"""What MkDocs asks while it builds the guide: the parts that are generated from the program itself.

A page says ``<!-- generated: NAME -->`` where such a part belongs; on GitHub the comment is not seen, and the sentence
before it says how to get the same.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

os.environ["TERMINAL_WIDTH"] = "80"  # typer reads it when it is imported

ROOT = Path(__file__).parents[1]
MARKER = re.compile(r"<!-- generated: ([a-z]+) -->")
CODE_IN_A_TABLE = re.compile(r"(?m)^\|.*$")
PAGES_FROM_ABOVE = {"contributing.md": "CONTRIBUTING.md", "changelog.md": "CHANGELOG.md"}


def on_files(files: Any, *, config: Any) -> Any:
    """Add the pages that stand at the top of the repository, with their links as seen from docs/."""
    from mkdocs.structure.files import File

    for page, source in PAGES_FROM_ABOVE.items():
        text = (ROOT / source).read_text("utf-8").replace("](docs/", "](").replace("](CHANGELOG.md)", "](changelog.md)")
        files.append(File.generated(config, page, content=text))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Any) -> str:
    """Fill in the generated parts."""
    # GitHub needs \| inside code in a table, Python-Markdown would show the backslash
    markdown = CODE_IN_A_TABLE.sub(
        lambda line: re.sub(r"`[^`]*`", lambda c: c[0].replace(r"\|", "|"), line[0]), markdown
    )
    return MARKER.sub(lambda marker: "\n".join(GENERATED[marker[1]]()), markdown)


def commands() -> Iterator[str]:
    """The help of every command, as it is printed."""
    import typer.main
    from typer.testing import CliRunner

    import cli

    def helps(command: Any, words: list[str]) -> Iterator[str]:
        for name, one in getattr(command, "commands", {}).items():
            yield from helps(one, [*words, name])
        if not hasattr(command, "commands"):
            shown = CliRunner().invoke(cli.app, [*words, "--help"], env={"NO_COLOR": "1", "TERM": "dumb"}).stdout
            text = "\n".join(line.rstrip() for line in shown.replace(f"Usage: root {words[0]}", "").splitlines())
            yield f"### depthgauge {' '.join(words)}\n\n```text\n{text.strip()}\n```\n"

    yield from helps(typer.main.get_command(cli.app), [])


def settings() -> Iterator[str]:
    """Every key of a study file."""
    from study.design.keys import spec_keys, toml

    titles = {"": "Top of the file", "arms": "`[[arms]]`"}
    for table, keys in groupby(spec_keys(), key=lambda key: key.table):
        yield f"### {titles.get(table, f'`[{table}]`')}\n"
        rows = []
        for key in keys:
            default = "" if key.default is None else f"`{toml(key.default)}`"
            rows.append((f"`{key.name}`", key.kind, default, key.description))
        yield from _table(("key", "what it may be", "default", "meaning"), rows)


def tables() -> Iterator[str]:
    """The tables of the store and the meaning of their columns."""
    from study.store.schema import metadata

    for table in metadata.sorted_tables:
        yield f"### `{table.name}`\n"
        rows = [
            (f"`{column.name}`", str(column.type), "yes" if column.nullable else "", column.comment or "")
            for column in table.columns
        ]
        yield from _table(("column", "type", "may be null", "meaning"), rows)


def verdict() -> Iterator[str]:
    """The keys of verdict.json, part by part."""
    schema = json.loads((ROOT / "docs" / "verdict.schema.json").read_text("utf-8"))
    for name, part in (("the document", schema), *schema["$defs"].items()):
        yield f"### {name.replace('_', ' ')}\n"
        if "description" in part:
            yield f"{part['description'][0].upper()}{part['description'][1:].rstrip('.')}.\n"
        rows = [(f"`{key}`", _json_type(one), one.get("description", "")) for key, one in _properties(part).items()]
        yield from _table(("key", "type", "meaning"), rows)


def _properties(part: dict[str, Any]) -> dict[str, Any]:
    inner = next((one for one in _members(part) if "properties" in one), part)
    return dict(inner.get("properties", {}))


def _members(part: dict[str, Any]) -> list[dict[str, Any]]:
    """What a value may be, null last."""
    return sorted([*part.get("anyOf", ()), *part.get("oneOf", ())], key=lambda one: one.get("type") == "null")


def _json_type(one: dict[str, Any]) -> str:
    if "$ref" in one:
        return str(one["$ref"].rsplit("/", 1)[1]).replace("_", " ")
    if members := _members(one):
        return " or ".join(map(_json_type, members))
    if "enum" in one:
        return ", ".join(json.dumps(value) for value in one["enum"])
    if "const" in one:
        return json.dumps(one["const"])
    kind = one.get("type", "")
    if kind == "array":
        return f"list of {_json_type(one.get('items', {})) or 'values'}"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _table(titles: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    for row in (titles, ("---",) * len(titles), *rows) if rows else ():
        yield f"| {' | '.join(row)} |"
    yield ""


GENERATED = {"commands": commands, "settings": settings, "tables": tables, "verdict": verdict}
