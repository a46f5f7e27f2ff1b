"""What the first screen is made of: questions that people ask, each answered in a few plain words."""

from __future__ import annotations

from dataclasses import dataclass

Answered = tuple[str, tuple[str, ...]]
"""A setting, and the sentences about it."""


MOST_NAMED = 3  # settings in front of one answer


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
    """The reply from (setting, sentences), settings that get the same words put together; None without any.

    Where all settings get the same words, these are about the whole study.
    """
    settings: dict[tuple[str, ...], list[str]] = {}
    for setting, sentences in answers:
        if sentences:
            settings.setdefault(sentences, []).append(setting)
    several = len({setting for setting, sentences in answers if sentences}) > 1
    everywhere = several and len(settings) == 1 and all(sentences for _, sentences in answers)
    said = tuple(Said("" if everywhere else _together(names), one) for one, names in settings.items())
    return Reply(question, said) if said else None


def _together(names: list[str]) -> str:
    """Settings of which the same is said: their names, or the first ones and how many more."""
    if len(names) <= MOST_NAMED:
        return "; ".join(names)
    return f"{'; '.join(names[: MOST_NAMED - 1])}; {len(names) - MOST_NAMED + 1} more"
