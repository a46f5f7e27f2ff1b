"""The careful person's whole loop as a chain of stored studies, from the data to one network read on untouched rows.

A part of the rows is set aside before the first stage (``data.aside``). Every decision rests on what is recorded, so a
chain that was interrupted goes on anywhere and decides the same.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from study.analysis.chain_findings import (
    ChainFinding,
    Decision,
    change_between,
    change_words,
    is_better_guess,
    is_gain,
    may_beat_unlearned,
)
from study.analysis.conclude import conclude
from study.analysis.findings import Findings, Panel
from study.data.loading import load_dataset
from study.design.plan import Plan, make_plan
from study.design.source import SHARED, build_spec
from study.design.spec import StudySpec
from study.errors import InputError
from study.machine import host
from study.records.trials import Configuration
from study.run.observers import Observer
from study.run.start import Workplace, run
from study.store import Store
from study.words import count, listed, option

ALPHA = 0.016  # of each claim: all of them together stay below 5 %
DEPTHS = [0, 1, 2, 3, 4, 6, 8]  # without hidden layers it is logistic or linear regression
WIDTH = 64
UPDATES, FEWEST, MOST = 60_000, 10, 60  # rows times epochs of a trial about, and epochs at the least and the most
FIRST = 0.5  # of the minutes, what the first stage may take
SETTING = ("network", "reading", "arms")  # beside SHARED, what a stage goes on with, or not at all
STAGES = ("depth", "cures", "search", "confirm", "final")
JUDGED = ("depth", "final")  # the stages that are held against reference models
TRIALS = (10, 200)  # of a search: with fewer it is left out
VALIDATION = 0.2  # of a training part: choices go by it, and a tenth of a small table says too little
OVERHEAD = 1.3  # minutes that pass for each minute of training: workers start, reference models are trained
REPLICATES = 10  # two repeats of folds, wherever settings are held against each other
FINALISTS = (3, 10)  # of a search, its best that are read again; the more where that is a small part of the minutes


@dataclass(frozen=True, slots=True)
class Setting:
    """A network and how it is trained, as a study file has it, and where it is read."""

    network: dict[str, Any]
    reading: str


class Chain:
    """The stages of one chain, whose studies are called ``name`` and what they ask.

    ``about`` is what all of them share, as a study file has it: the data and what is measured. ``watching`` is around
    each run; ``say`` gets a line on each decision.
    """

    def __init__(
        self,
        name: str,
        about: dict[str, Any],
        store: Store,
        workplace: Workplace,
        minutes: float,
        *,
        command: str,
        watching: Callable[[Plan], AbstractContextManager[Observer]],
        say: Callable[[str], None],
    ) -> None:
        self.name, self.store, self.workplace, self.minutes = name, store, workplace, minutes
        self._about, self._command, self._watching, self._say = about, command, watching, say
        self._decisions: list[Decision] = []
        self._spent, self._trained = 0.0, 0  # minutes of all stages so far, by what their trials took, and how many

    def run(self) -> ChainFinding:
        """Run what is missing of all stages. Raises :class:`InputError` where the data cannot be used so."""
        whole = load_dataset(self._fixed().source)
        aside = len(whole.y) - whole.training
        epochs = max(FEWEST, min(MOST, UPDATES // max(whole.training, 1)))
        network = {"width": WIDTH, "epochs": epochs, "evaluate_every": max(1, epochs // 15)}
        depth = self._stage(
            "depth",
            {"replicates": "auto", "network": network, "space": {"depth": {"values": DEPTHS}}},
            minutes=FIRST * self.minutes,
        )
        (panel,) = depth.panels
        self._decided("Does more depth hurt?", panel.sentence, depth)
        if not may_beat_unlearned(depth, panel.margin):
            return self._found(None, aside)
        chosen = self._after_cures(panel, _network_of(_picked(panel, depth)), panel.reading)
        chosen = self._after_search(chosen, epochs)
        final = self._stage(
            "final", {"replicates": REPLICATES, "network": chosen.network, "reading": chosen.reading}, aside=False
        )
        return self._found(final, aside)

    def _after_cures(self, panel: Panel, network: dict[str, Any], reading: str) -> Setting:
        """The network with the cure that helps it most on validation, or as it is."""
        plain = Setting(network, reading)
        question = "Do the usual cures help?"
        cures = _cures(network)
        arms = [{"name": "none"}, *({"name": name, **cure} for name, cure in cures.items())]
        if not (self._begun("cures") or (self._is_next("cures") and self._affords(len(arms) * REPLICATES))):
            self._decided(question, "Left out: there was no time for it.", None)
            return plain
        found = self._stage("cures", {"replicates": REPLICATES, "network": network, "arms": arms})
        none, *others = found.panels
        metric, alpha = panel.metric, ALPHA / len(others)
        changes = {one.name: change_between(none, one, alpha) for one in others}
        shown = [name for name, change in changes.items() if is_gain(change, metric)]
        best = max(shown or changes, key=lambda name: metric.turned(changes[name].mean or 0.0))
        tried = next(one for one in others if one.name == best)
        said = change_words(best, none, tried, changes[best], alpha)
        if shown:
            self._decided(question, f"Yes: {said}. The network is trained so.", found)
        elif is_better_guess(changes[best], metric, panel.margin):
            self._decided(
                question,
                f"None is shown to, but what seems better by half of the margin or more is taken: {said}.",
                found,
            )
        else:
            self._decided(question, f"None is shown to: the best, {said}. The network stays as it is.", found)
            return plain
        cure = cures[best]
        return Setting({**network, **cure.get("network", {})}, cure.get("reading", reading))

    def _after_search(self, plain: Setting, epochs: int) -> Setting:
        """What a search finds, where fresh replicates show on validation that it is better; else ``plain``."""
        question = "Does a search find a better one?"
        trials, finalists = self._trials()
        if not (self._begun("search") or (self._is_next("search") and trials >= TRIALS[0])):
            self._decided(question, "Left out: there was no time for it.", None)
            return plain
        space = {
            "depth": {"role": "nuisance", "low": 0, "high": 6},
            "width": {"role": "nuisance", "low": 16, "high": 256, "log": True},
            "dropout": {"role": "nuisance", "low": 0.0, "high": 0.5},
            "l2": {"role": "nuisance", "low": 1e-6, "high": 1e-2, "log": True, "zero": True},
            "learning_rate": {"role": "nuisance", "low": 1e-4, "high": 1e-2, "log": True},
        }
        network = {"epochs": epochs, "evaluate_every": plain.network["evaluate_every"]}
        search = {
            "replicates": REPLICATES,
            "network": network,
            "space": space,
            "search": {"trials": trials, "stop": False},  # the minutes are there to be used
            "confirm": {"best": finalists},
            "baseline": None,  # the plain network is held against what is found afterwards, with all that it has
        }
        found = self._stage("search", search)
        trials = 0 if found.search is None else found.search.trained
        if not found.panels:
            self._decided(question, found.sentence, found)
            return plain
        winner = _network_of(_picked(found.panels[0], found))
        arms = [
            {"name": "plain", "reading": plain.reading, "network": plain.network},
            {"name": "searched", "network": winner},
        ]
        held = self._stage("confirm", {"replicates": 2 * REPLICATES, "arms": arms})
        first, second = held.panels
        change, metric = change_between(first, second, ALPHA, after=REPLICATES), second.metric  # the first chose it
        found_by = f"on fresh replicates, what {count(trials, 'trial')} found"
        said = change_words(found_by, first, second, change, ALPHA)
        if is_gain(change, metric):
            self._decided(question, f"Yes: {said}.", held)
        elif is_better_guess(change, metric, second.margin):
            self._decided(
                question,
                f"None is shown to be, but what seems better by half of the margin or more is taken: {said}.",
                held,
            )
        else:
            self._decided(question, f"None that is shown to be: {said}. The plain one stays.", held)
            return plain
        return Setting(winner, second.reading)

    def _stage(self, key: str, values: dict[str, Any], *, aside: bool = True, minutes: float | None = None) -> Findings:
        """Run what is missing of a stage, with the file that it was begun with; returns its findings."""
        name = f"{self.name}-{key}"
        shared, spec = self._shared(aside=aside), self.store.begun(name)
        if spec is None:
            spec = build_spec({"name": name, "alpha": ALPHA, **shared, **values}, "auto")
        asked = build_spec({"name": name, **shared, **values}, "auto")
        one, other = (each.model_dump(mode="json", include={*SHARED, *SETTING}) for each in (spec, asked))
        if differing := [key for key in (*SHARED, *SETTING) if one[key] != other[key]]:
            raise InputError(
                f"Study {name!r} was begun with other settings of {listed(differing)}. Give this chain another name "
                f"({option('name')})."
            )
        plan = make_plan(spec)
        with self._watching(plan) as observer:
            run(
                plan,
                self.store,
                observer,
                workplace=self.workplace,
                command=self._command,
                reference=key in JUDGED,
                minutes=minutes,
            )
        findings = conclude(self.store.load_own(name))
        self._spent += OVERHEAD * findings.facts.training_minutes / self._workers
        self._trained += findings.facts.finished
        return findings

    @property
    def _workers(self) -> int:
        return self.workplace.workers or host.cores()

    def _begun(self, key: str) -> bool:
        return self.store.begun(f"{self.name}-{key}") is not None

    def _affords(self, trials: int) -> bool:
        """Whether half of the minutes that are left suffice for so many more trials."""
        return trials * self._each() <= (self.minutes - self._spent) / 2

    def _is_next(self, key: str) -> bool:
        """Whether a stage may begin still: no later one has, whose decisions would rest on others."""
        return not any(map(self._begun, STAGES[STAGES.index(key) :]))

    def _trials(self) -> tuple[int, int]:
        """The trials of a search that half of the minutes left suffice for, and how many of them are read again."""
        affordable = int((self.minutes - self._spent) / 2 / self._each())
        few, many = FINALISTS
        finalists = many if affordable >= 2 * many * REPLICATES else few
        return max(1, min(affordable - finalists * REPLICATES, TRIALS[1])), finalists

    def _each(self) -> float:
        """Minutes that a trial takes, by those of all stages so far."""
        return max(self._spent, 1e-6) / max(self._trained, 1)

    def _fixed(self) -> StudySpec:
        return build_spec({"name": self.name, **self._shared(aside=False)}, "auto")

    def _shared(self, *, aside: bool) -> dict[str, Any]:
        own = {"aside": True} if aside else {"scheme": "fixed"}
        begun = self.store.begun(f"{self.name}-depth")
        validation = VALIDATION if begun is None else begun.validation  # a chain goes on as it was begun
        return {"validation": validation, **self._about, "data": {**self._about.get("data", {}), **own}}

    def _decided(self, question: str, sentence: str, findings: Findings | None) -> None:
        self._decisions.append(Decision(question, sentence, findings))
        self._say(f"{question} {sentence}")

    def _found(self, final: Findings | None, aside: int) -> ChainFinding:
        return ChainFinding(self.name, self._about["dataset"], tuple(self._decisions), final, ALPHA, aside)


def _cures(network: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What is held against a network as it is: arms of a study file."""
    # Few weights at the usual rate are not trained to their end: 77 % in place of 81 % on flights.
    linear = {"hidden": [], "learning_rate": 0.01, "epochs": 3 * network["epochs"]}
    return {
        **({"dropout": {"network": {"dropout": 0.3}}} if network["hidden"] else {}),
        "L2": {"network": {"l2": 1e-3}},
        "early stopping": {"reading": "patience=5"},
        "a learning rate of 0.01": {"network": {"learning_rate": 0.01}},
        "a linear network, trained longer": {"network": linear},
    }


def _picked(panel: Panel, findings: Findings) -> Configuration:
    """The configuration that a panel's pick names; that of the best point where it picks none."""
    pick = next((one for one in findings.picks if one.panel == panel.name), None)
    return panel.points[0].configuration if pick is None else pick.chosen.configuration


def _network_of(configuration: Configuration) -> dict[str, Any]:
    """A configuration as the ``[network]`` of a study file."""
    network = configuration.network.to_dict()
    return {
        **{name: network[name] for name in ("hidden", "dropout", "l2")},
        "learning_rate": configuration.learning_rate,
        "epochs": configuration.epochs,
        "evaluate_every": configuration.evaluate_every,
    }
