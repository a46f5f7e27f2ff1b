"""The words of a page that not everybody knows, and a link to each of them where it first stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reports.blocks import Glossary, Section
from study.records.metrics import ACCURACY, CROSS_ENTROPY

if TYPE_CHECKING:
    from markupsafe import Markup

    from study.records.metrics import Metric

GLOSSARY = (
    (
        "gap",
        r"generalization gap|gap",
        "How much better {metric} is on training data than on test data. A gap alone is no harm; overfitting that "
        "harms makes {metric} on test data worse.",
    ),
    (
        "validation loss",
        r"validation (?:loss|cross-entropy|RMSE)",
        "The {watched} on data that the network does not train on. Where it rises again in training, the network "
        "learns its training data by heart.",
    ),
    (
        "replicate",
        r"replicates?",
        "One repetition of the whole experiment: its own training samples, initial weights and order of batches, the "
        "same ones for every network. So networks are compared on equal terms.",
    ),
    (
        "4x128, 128-64",
        r"\d+x\d+|\d{2,4}(?:-\d{2,4})+",
        "The hidden layers of a network: four of 128 units, or one of 128 and one of 64.",
    ),
    ("preset", r"presets?", "A study that comes with the program: depthgauge run depth runs the one called depth."),
    ("n", r"n = \d+", "The number of replicates behind a mean."),
    (
        "±, interval",
        r"[\d.]+ ± [\d.]+|95 % intervals?|intervals?",
        "How well a mean is known: 90 ± 2 is an interval from 88 to 92. Of such intervals 95 in 100 hold the true "
        "value, which new data of the same kind would show.",
    ),
    (
        "bound",
        r"95 % bound",
        "The most that a {worsening} could be and still have gone unnoticed in so few runs.",
    ),
    (
        "certain from",
        r"(?:for )?certain from",
        "From this value on, every network is shown to be worse than one before it.",
    ),
    ("onset", r"onset", "The first value from which {metric} on test data {worsens}."),
    (
        "margin",
        r"margin",
        "The largest difference in {metric} that does not matter to this study. Its author has set it; a smaller "
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
        r"baseline|default setting",
        "The network that people bring along, or the default setting of a search: what is trained without it. It runs "
        "on the same replicates and takes no part in the verdict.",
    ),
    (
        "reference model",
        r"reference models?",
        "Something simple that the network is held against, trained on the same parts of the data in the same "
        "replicates: always the commonest class or the mean, logistic or ridge regression, gradient-boosted trees.",
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
        "The epochs at which a run is read: the last one, the tail, or the best.",
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
        "replicates tell. Test data take no part in the choice.",
    ),
    (
        "Pareto front",
        r"Pareto front",
        "The networks that no other one beats in size and {metric} at once.",
    ),
    ("recall", r"[Rr]ecall", "The share of a class that is found: of its test items, those taken for it."),
    ("precision", r"(?<![Aa]verage )[Pp]recision", "The share of what is taken for a class that is right."),
    (
        "confidence",
        r"confidence",
        "The probability that a network gives to the class that it predicts.",
    ),
    ("alpha", r"alpha", "The share of false claims that is accepted: 5 % unless the study says otherwise."),
)
"""Each word with what it looks like in a text, and what it means, in the ``{metric}`` of a study."""


def glossary_section(metrics: Sequence[Metric] = (ACCURACY,), watched: str = CROSS_ENTROPY.words) -> Section:
    """All the words with what they mean, as the last section of a page.

    ``metrics`` are those that decide the studies of the page, ``watched`` what their early stopping goes by.
    """
    different = list(dict.fromkeys(metrics))
    one = different[0] if len(different) == 1 else None
    said = {
        "metric": "the metric" if one is None else one.words,
        "worsens": "gets worse" if one is None else one.worsens,
        "worsening": "change for the worse" if one is None else one.worsening,
        "watched": watched,
    }
    words = tuple((word, meaning.format(**said)) for word, _, meaning in GLOSSARY)
    return Section("words", "Words", (Glossary(words),))


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
