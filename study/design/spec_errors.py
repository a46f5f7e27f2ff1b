"""What is said where a value does not fit a study's description: a line for each key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from study.design.spec import StudySpec
from study.words import unknown

_WORD = "literal["  # how pydantic begins the tag of such a member of a union


def explain(
    errors: Iterable[Any], source: str, changed: Sequence[str] = (), model: type[BaseModel] | None = None
) -> str:
    """One line for each key that pydantic complains about.

    Names ``source``, or the command line for keys in ``changed``. ``model`` is what was validated, the whole spec by
    default.
    """
    lines: dict[str, str] = {}
    complaints = list(errors)
    words = {_key(error): error["ctx"]["expected"].replace("'", '"') for error in complaints if _is_word(error)}
    for error in complaints:
        if _is_word(error):
            continue  # said with what else the key could be
        location, key = _location(error), _key(error)
        origin = "--set" if any(key == c or key.startswith(c + ".") for c in changed) else source
        if error["type"] == "extra_forbidden":
            problem = unknown(location[-1], _fields_at(location[:-1], model or StudySpec), "key")
        elif error["type"] in ("model_type", "dict_type"):
            problem = f"Expected a table with keys of its own ([{key}]). Found: {_short(error['input'])}."
        else:
            word = next((word for own, word in words.items() if key == own or key.startswith(own + ".")), "")
            problem = error["msg"].removeprefix("Value error, ").rstrip(".") + (f", or {word}" if word else "")
            problem += "" if problem.endswith("?") else "."
            if not isinstance(error["input"], dict | BaseModel):
                problem += f" Found: {_short(error['input'])}."
        lines.setdefault(key, ": ".join(part for part in (origin, key, problem) if part))
    return "\n".join(lines.values())


def _location(error: Any) -> list[str]:
    return [str(part) for part in error["loc"] if not _is_type_tag(str(part))]


def _key(error: Any) -> str:
    return ".".join(_location(error))


def _is_word(error: Any) -> bool:
    """Whether it says that a value, which may be something else, is not a word such as ``"auto"``."""
    return error["type"] == "literal_error" and str(error["loc"][-1]).startswith(_WORD)


def _short(value: Any) -> str:
    try:
        text = repr(value)
    except ValueError:  # Python writes no whole number of so many digits
        text = "a number of too many digits"
    return text if len(text) <= 100 else f"{text[:97]}..."


def _is_type_tag(part: str) -> bool:
    """Whether pydantic added this part of a location to say which member of a union it tried."""
    return part in ("int", "float", "nullable") or part.startswith(("function-", "constrained", "tuple[", _WORD))


def _fields_at(location: list[str], model: Any) -> tuple[str, ...]:
    for part in location:
        if part in getattr(model, "model_fields", {}):
            annotation = model.model_fields[part].annotation
            nested = [t for t in (annotation, *get_args(annotation)) if hasattr(t, "model_fields")]
            model = nested[0] if nested else model
    return tuple(model.model_fields)
