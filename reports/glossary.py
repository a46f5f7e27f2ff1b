"""The words of a page that not everybody knows, and a link to each of them where it first stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reports.blocks import Glossary, Section

if TYPE_CHECKING:
    from markupsafe import Markup

GLOSSARY = (
    (
        "gap",
        r"generalization gap|gap",
        "Training accuracy minus test accuracy. A gap alone is no harm; overfitting that harms shows in test accuracy "
        "that falls.",
    ),
    (
        "validation loss",
        r"validation loss|validation cross-entropy",
        "The cross-entropy on data that the network does not train on. Where it rises again in training, the "
        "network learns its training data by heart.",
    ),
    (
        "replicate",
        r"replicates?",
        "One repetition of the whole experiment: its own training samples, initial weights and order of batches, the "
        "same ones for every network. So networks are compared on equal terms.",
    ),
    ("n", r"n = \d+", "The number of replicates behind a mean."),
    (
        "±, interval",
        r"95 % intervals?|intervals?",
        "How well a mean is known. Of such intervals 95 in 100 hold the true value, which new data of the same kind "
        "would show.",
    ),
    (
        "bound",
        r"95 % bound",
        "The most that a fall could be and still have gone unnoticed in so few runs.",
    ),
    (
        "certain from",
        r"(?:for )?certain from",
        "From this value on, every network is shown to be worse than one before it.",
    ),
    ("onset", r"onset", "The first value from which test accuracy falls."),
    (
        "margin",
        r"margin",
        "The largest difference in accuracy that does not matter to this study. Its author has set it; a smaller "
        "network may lose so much and still be picked.",
    ),
    (
        "runs left out of the choice",
        r"runs left out of the choice|cross-fitted",
        "To tell how good a picked network is, each replicate is read on a network that was picked without it. So no "
        "run is praised for the luck by which it was chosen.",
    ),
    (
        "baseline",
        r"baseline",
        "The network that people bring along. It is trained on the same replicates and takes no part in the verdict.",
    ),
    (
        "reference model",
        r"reference models?",
        "Something simple that the network is held against, trained on the same parts of the data in the same "
        "replicates: always the commonest class, logistic regression, gradient-boosted trees.",
    ),
    (
        "arm",
        r"arms?",
        "One way of training that is compared with others, such as dropout with none.",
    ),
    ("cure", r"cures?|remed(?:y|ies)", "Something that is tried against overfitting, such as dropout."),
    (
        "reading",
        r"readings?",
        "The epochs at which the accuracy of a run is read: the last one, the tail, or the best.",
    ),
    (
        "tail",
        r"tail",
        "The mean of the last tenth of the epochs, because a single last epoch can be an unlucky spike.",
    ),
    ("trial", r"trials?", "One training of one network."),
    (
        "candidate",
        r"candidates?",
        "A network that may be picked; after a search, one of its best, run again on replicates that it has not seen.",
    ),
    (
        "pick",
        r"pick",
        "The network to use: the smallest that is within the margin of the best on validation data, as far as the "
        "replicates tell. Test accuracy takes no part in the choice.",
    ),
    (
        "Pareto front",
        r"Pareto front",
        "The networks that no other one beats in size and accuracy at once.",
    ),
    ("alpha", r"alpha", "The share of false claims that is accepted: 5 % unless the study says otherwise."),
)
"""Each word with what it looks like in a text, and what it means."""


def glossary_section() -> Section:
    """All the words with what they mean, as the last section of a page."""
    return Section("words", "Words", (Glossary(tuple((word, meaning) for word, _, meaning in GLOSSARY)),))


def anchor(word: str) -> str:
    """The id of a word in the list."""
    return "word-" + re.sub(r"[^a-z]+", "-", word.lower()).strip("-")


class Links:
    """Turns the first of each word on a page into a link to where it is explained."""

    def __init__(self) -> None:
        self.left = {word: re.compile(rf"(?<![\w-])(?:{looks})(?![\w-])") for word, looks, _ in GLOSSARY}

    def explained(self, text: str) -> Markup:
        """``text`` as HTML, with links on the words that have not had one."""
        from markupsafe import Markup, escape

        found = {}
        taken: list[tuple[int, int]] = []
        for word, looks in self.left.items():
            match = looks.search(text.replace("\u00a0", " "))
            if match is None or any(match.start() < end and start < match.end() for start, end in taken):
                continue
            found[match.span()] = word
            taken.append(match.span())
        parts, end = [], 0
        for (start, stop), word in sorted(found.items()):
            del self.left[word]
            parts.append(
                f'{escape(text[end:start])}<a class="word" href="#{anchor(word)}">{escape(text[start:stop])}</a>'
            )
            end = stop
        return Markup("".join([*parts, escape(text[end:])]))
