"""What the first screen is made of: questions that people ask, each answered in a few plain words."""

from __future__ import annotations

from dataclasses import dataclass

Answered = tuple[str, tuple[str, ...]]
"""A setting, and the sentences about it."""


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: at most two short ``sentences``, about ``setting``; empty where they are about the whole study."""

    setting: str
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """The sentences, one after the other."""
        return " ".join(self.sentences)


@dataclass(frozen=True, slots=True)
class Reply:
    """A question, and the answers to it: one, or one a setting."""

    question: str
    answers: tuple[Said, ...]


def reply(question: str, answers: list[Answered]) -> Reply | None:
    """The reply from (setting, sentences), settings that get the same words put together; None without any."""
    settings: dict[tuple[str, ...], list[str]] = {}
    for setting, sentences in answers:
        if sentences:
            settings.setdefault(sentences, []).append(setting)
    said = tuple(Said("; ".join(names), sentences) for sentences, names in settings.items())
    return Reply(question, said) if said else None
