"""What every proposer promises: settings inside the space, and the same ones again after any interruption."""

from __future__ import annotations

import importlib.util
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import OptimizeResult

from study.design.search_engines import EXTRAS, PROPOSERS, check_proposer
from study.errors import SpecError, StudyError
from study.records.parameters import Parameter, Setting, Value, active, check_parameters, check_setting, every_setting
from study.search.proposers.driven import WAIT, Asked, Event, Proposer, Told
from study.search.proposers.making import make_proposer

EPOCHS = 9
SLOW = "optuna:gp"  # a quarter of a second a proposal

MIXED = (
    Parameter("depth", "int", 1, 3),
    Parameter("width_1", "int", 8, 512, log=True),
    Parameter("width_2", "int", 8, 512, log=True, condition=("depth", (2, 3))),
    Parameter("width_3", "int", 8, 512, log=True, condition=("depth", (3,))),
    Parameter("dropout", "float", 0.0, 0.5),
    Parameter("penalty", "choice", values=("off", "l2")),
    Parameter("l2", "float", 1e-6, 1e-2, log=True, condition=("penalty", ("l2",))),
    Parameter("layers", "choice", values=("all", "first"), condition=("penalty", ("l2",))),
    Parameter("first", "int", 1, 2, condition=("layers", ("first",))),
    Parameter("patience", "choice", values=(2, 5, "off")),
)
SMALL = (
    Parameter("rate", "float", 1e-4, 1e-1, log=True),
    Parameter("width", "int", 8, 64),
    Parameter("penalty", "choice", values=("off", "l2")),
    Parameter("l2", "float", 1e-6, 1e-2, log=True, condition=("penalty", ("l2",))),
)
FINITE = (
    Parameter("depth", "int", 1, 3),
    Parameter("width_2", "choice", values=(8, 32), condition=("depth", (2, 3))),
    Parameter("penalty", "choice", values=("off", "l2")),
    Parameter("layers", "choice", values=("all", "one"), condition=("penalty", ("l2",))),
    Parameter("which", "int", 1, 2, condition=("layers", ("one",))),
    Parameter("batch_norm", "choice", values=(False, True)),
)


def installed(name: str) -> bool:
    return name not in EXTRAS or importlib.util.find_spec(EXTRAS[name][0]) is not None


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=pytest.mark.skipif(not installed(name), reason="optional, and not installed"))
        for name in PROPOSERS
    ],
)
def name(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each proposer, with a short random start: ten trials at random would hide what a model does.

    KerasTuner's Gaussian process takes 2 seconds a proposal for its optimizer, which is left out here.
    """
    chosen = str(request.param)
    with pytest.MonkeyPatch.context() as patch:
        if chosen.startswith("optuna"):
            patch.setattr("study.search.proposers.optuna_samplers.STARTUP_TRIALS", 5)
        elif chosen == "keras-tuner:bayesian":
            patch.setattr("study.search.proposers.keras_tuner_oracles.INITIAL_POINTS", 5)
            patch.setattr("scipy.optimize.minimize", no_optimizer)
        yield chosen


def no_optimizer(function: Callable[[Any], Any], x0: Any, **_: Any) -> OptimizeResult:
    """In place of scipy's: stays where it starts."""
    value = function(x0)
    return OptimizeResult(x=x0, fun=value[0] if isinstance(value, tuple) else value, status=0, nit=0)


def space_for(name: str, other: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    return FINITE if name.endswith(":grid") else other


def make(name: str, parameters: tuple[Parameter, ...], history: Sequence[Event] = (), seed: int = 4) -> Proposer:
    return make_proposer(name, parameters, seed=seed, epochs=EPOCHS, history=history)


def score(number: int, setting: Setting) -> float | None:
    """A smooth accuracy; every fifth trial fails."""
    if number % 5 == 3:
        return None
    width = setting.get("width_1", setting.get("width", 30))
    return 0.9 - abs(float(width) - 40) / 1000 - float(setting.get("dropout", 0.1)) / 10 + 0.001 * len(setting)


def wide_is_good(number: int, setting: Setting) -> float:
    return float(setting["width"]) / 100


def run(
    proposer: Proposer,
    trials: int,
    in_flight: int,
    history: Sequence[Event] = (),
    score: Callable[[int, Setting], float | None] = score,
) -> list[Event]:
    """What a coordinator does, told out of order; each step depends on the events so far alone."""
    events = list(history)
    asked = sum(isinstance(event, Asked) for event in events)
    exhausted = False
    while True:
        if asked < trials and len(proposer.pending) < in_flight and not exhausted:
            setting = proposer.ask()
            exhausted = setting is None
            if isinstance(setting, dict):
                events.append(Asked(asked, setting))
                asked += 1
                continue
            assert setting is not WAIT or proposer.pending
        if not proposer.pending:
            return events
        pending = sorted(proposer.pending)
        number = pending[7 * len(events) % len(pending)]
        value = score(number, proposer.pending[number])
        proposer.tell(number, value)
        events.append(Told(number, value))


def proposals(events: Sequence[Event]) -> list[Setting]:
    return [event.setting for event in events if isinstance(event, Asked)]


class TestProposer:
    @pytest.mark.parametrize("in_flight", [1, 3])
    def test_settings_lie_in_the_space(self, name: str, in_flight: int) -> None:
        parameters, trials = space_for(name, MIXED), 8 if name == SLOW else 20
        proposed = proposals(run(make(name, parameters), trials, in_flight))
        assert len(proposed) == trials
        for setting in proposed:
            if name == "keras-tuner:hyperband":
                assert setting.pop("epochs") in (1, 3, 9)
            check_setting(parameters, setting)
        assert len({tuple(sorted(setting)) for setting in proposed}) > 1  # conditions are met, and not met

    def test_the_same_seed_proposes_the_same_and_another_something_else(self, name: str) -> None:
        parameters = space_for(name, SMALL)
        first, again, other = (run(make(name, parameters, seed=seed), 6, 1) for seed in (4, 4, 5))
        assert first == again
        if not name.endswith(":grid"):
            assert not any(setting in proposals(first) for setting in proposals(other))

    @pytest.mark.parametrize("in_flight", [pytest.param(1, marks=pytest.mark.long), 3])
    def test_a_search_interrupted_anywhere_goes_on_as_if_it_had_not_been(self, name: str, in_flight: int) -> None:
        parameters = space_for(name, SMALL)
        whole = run(make(name, parameters), 12, in_flight)
        for cut in range(0, len(whole) + 1, 8 if name == SLOW else 1):
            resumed = make(name, parameters, json_round_trip(whole[:cut]))
            told = {event.number for event in whole[:cut] if isinstance(event, Told)}
            asked = {e.number: e.setting for e in whole[:cut] if isinstance(e, Asked) and e.number not in told}
            assert resumed.pending == asked
            assert run(resumed, 12, in_flight, whole[:cut]) == whole

    def test_global_random_state_is_neither_used_nor_changed(self, name: str) -> None:
        parameters = space_for(name, SMALL)
        runs = []
        for seed in (1, 2):
            random.seed(seed)
            np.random.seed(seed)
            runs.append(run(make(name, parameters), 8, 2))
            drawn = random.random(), np.random.random()
            random.seed(seed)
            np.random.seed(seed)
            assert drawn == (random.random(), np.random.random())
        assert runs[0] == runs[1]

    def test_a_search_in_which_every_trial_fails_goes_on(self, name: str) -> None:
        proposer = make(name, space_for(name, SMALL))
        for number in range(15):
            assert isinstance(proposer.ask(), dict)
            proposer.tell(number, None)

    def test_settings_are_recorded_as_json_and_name_the_engine(self, name: str, capfd: Any) -> None:
        proposer = make(name, space_for(name, SMALL))
        assert json.loads(json.dumps(proposer.settings, allow_nan=False)) == proposer.settings
        engine = proposer.settings["engine"]
        assert proposer.settings["proposer"] == name and name.startswith(engine)
        assert proposer.settings["versions"][engine] and proposer.settings["arguments"]["seed"] > 0
        run(proposer, 7, 2)
        assert capfd.readouterr().out == ""

    def test_wrong_tellings_are_refused(self, name: str) -> None:
        proposer = make(name, space_for(name, SMALL))
        proposer.ask()
        for number, value in ((1, 0.5), (-1, 0.5), (0, float("nan")), (0, float("inf"))):
            with pytest.raises(StudyError, match=r"expected"):
                proposer.tell(number, value)
        proposer.tell(0, 0.5)
        with pytest.raises(StudyError, match=r"pending ones \(none\)"):
            proposer.tell(0, 0.5)

    def test_a_history_that_the_engine_does_not_repeat_says_which_versions(self, name: str) -> None:
        parameters = space_for(name, SMALL)
        history = run(make(name, parameters), 3, 1)
        history[2] = Asked(1, {"rate": 0.5})
        package = "optuna" if name.startswith("optuna") else "keras-tuner"
        with pytest.raises(StudyError, match=rf"trial 1 .*recorded with {package} 0\.1.*pip install {package}==0\.1"):
            make_proposer(
                name, parameters, seed=4, epochs=EPOCHS, history=history, recorded={"versions": {package: "0.1"}}
            )
        with pytest.raises(StudyError, match="depthgauge version and machine"):
            make(name, parameters, history)
        with pytest.raises(StudyError, match="asks for trial 5 where 1 was expected"):
            make(name, parameters, [history[0], Asked(5, {})])

    def test_an_engine_that_raises_is_named(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        proposer = make(name, space_for(name, SMALL))

        def broken(*_: Any) -> None:
            raise ZeroDivisionError("no luck")

        monkeypatch.setattr(proposer._engine, "ask", broken)  # type: ignore[attr-defined]
        with pytest.raises(StudyError, match=f"proposer {name} failed: ZeroDivisionError: no luck"):
            proposer.ask()


@pytest.mark.parametrize("in_flight", [1, 3])
@pytest.mark.parametrize("grid", ["optuna:grid", "keras-tuner:grid"])
def test_a_grid_gives_each_setting_once(grid: str, in_flight: int) -> None:
    whole = list(every_setting(FINITE))
    assert len(whole) == 5 * 4 * 2
    proposer = make(grid, FINITE)
    found = proposals(run(proposer, 1000, in_flight))
    assert sorted(map(str, found)) == sorted(map(str, whole))
    assert proposer.ask() is None


def test_hyperband_waits_for_pending_trials_and_gives_the_best_more_epochs() -> None:
    space = (Parameter("width", "int", 1, 12),)
    proposer = make("keras-tuner:hyperband", space)
    events: list[Event] = []
    while isinstance(setting := proposer.ask(), dict):
        assert setting["epochs"] == (1 if len(events) < 9 else 3)  # nine short trials, then the next bracket
        events.append(Asked(len(events), setting))
    for _ in range(3):
        assert proposer.ask() is WAIT  # every width is in flight; asking leaves no trace
    started = len(events)
    widest = max(int(event.setting["width"]) for event in events[:9] if isinstance(event, Asked))
    events = run(proposer, 20, 20, events, wide_is_good)
    assert {"width": widest, "epochs": EPOCHS} in proposals(events)
    for cut in range(started, len(events)):
        again = make("keras-tuner:hyperband", space, events[:cut])
        assert run(again, 20, 20, events[:cut], wide_is_good) == events


def test_a_gaussian_process_with_its_optimizer_repeats_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("study.search.proposers.keras_tuner_oracles.INITIAL_POINTS", 3)
    whole = run(make("keras-tuner:bayesian", SMALL[:2]), 5, 1)
    last = whole.index(next(event for event in whole if event.number == 4))
    assert run(make("keras-tuner:bayesian", SMALL[:2], whole[:last]), 5, 1, whole[:last]) == whole


def test_the_largest_int_on_a_log_scale_is_not_passed() -> None:
    from study.search.proposers.keras_tuner_oracles import _decoded, _hyperparameters

    width = Parameter("width", "int", 8, 512, log=True)
    assert _hyperparameters((width,)).space[0].prob_to_value(1.0) == 513
    assert _decoded(width, 513) == 512


def test_what_tpe_learns_shows() -> None:
    def late_loss(name: str) -> float:
        proposer = make(name, (Parameter("x", "float", -1.0, 1.0), Parameter("y", "float", -1.0, 1.0)))
        losses = []
        for number in range(40):
            setting = proposer.ask()
            assert isinstance(setting, dict)
            losses.append((float(setting["x"]) - 0.3) ** 2 + (float(setting["y"]) + 0.2) ** 2)
            proposer.tell(number, -losses[-1])
        return sum(losses[20:])

    assert late_loss("optuna:tpe") < late_loss("optuna:random") / 2


@pytest.mark.filterwarnings("ignore:Argument ``group`` is an experimental feature")
def test_tpe_proposes_what_the_loop_of_optuna_itself_would_try() -> None:
    import optuna

    proposer = make("optuna:tpe", SMALL)
    proposed = proposals(run(proposer, 25, 1, score=lambda number, setting: float(setting["rate"])))

    def objective(trial: optuna.Trial) -> float:
        rate = trial.suggest_float("rate", 1e-4, 1e-1, log=True)
        trial.suggest_int("width", 8, 64)
        if trial.suggest_categorical("penalty", ["off", "l2"]) == "l2":
            trial.suggest_float("l2", 1e-6, 1e-2, log=True)
        return rate

    study = optuna.create_study(
        direction="maximize", sampler=optuna.samplers.TPESampler(**proposer.settings["arguments"])
    )
    study.optimize(objective, n_trials=25)
    assert [trial.params for trial in study.trials] == proposed


def test_the_noted_defaults_of_tpe_are_those_of_the_installed_optuna() -> None:
    import optuna
    from optuna.samplers._tpe import sampler as tpe

    from study.search.proposers.optuna_samplers import TPE_DEFAULTS

    actual = optuna.samplers.TPESampler()._parzen_estimator_parameters._asdict()
    assert {key: actual[key] for key in TPE_DEFAULTS if key != "gamma"} | {
        "gamma": TPE_DEFAULTS["gamma"]
    } == TPE_DEFAULTS
    assert [tpe.default_gamma(n) for n in (0, 1, 10, 11, 1000)] == [0, 1, 1, 2, 25]


def test_checking_a_proposer_loads_no_engine() -> None:
    code = (
        "import sys; from study.design.search_engines import PROPOSERS, check_proposer\n"
        "from study.records.parameters import Parameter\n"
        "for name in PROPOSERS:\n"
        "    try: check_proposer(name, (Parameter('x', 'int', 1, 3), Parameter('y', 'int', 1, 3)), 9)\n"
        "    except Exception as error: assert 'pip install' in str(error), error\n"
        "print([m for m in ('optuna', 'keras_tuner', 'keras', 'tensorflow', 'torch', 'cmaes') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


class TestChecks:
    @pytest.mark.parametrize(
        ("proposer", "parameters", "words"),
        [
            ("optuna:tpee", MIXED, "Did you mean 'optuna:tpe'.*keras-tuner:grid"),
            ("hyperopt", MIXED, "unknown proposer 'hyperopt'.*optuna:qmc"),
            ("optuna:grid", MIXED, "width_1 is a range from 8 to 512.*values"),
            ("keras-tuner:grid", SMALL, "rate is a range"),
            ("optuna:grid", (Parameter("n", "int", 1, 10**9),), "at most 1000 combinations"),
            ("optuna:random", (), "at least one parameter"),
            ("keras-tuner:hyperband", (Parameter("epochs", "int", 1, 9),), "chooses the epochs itself"),
        ],
    )
    def test_says_what_to_do(self, proposer: str, parameters: tuple[Parameter, ...], words: str) -> None:
        with pytest.raises(SpecError, match=words):
            check_proposer(proposer, parameters)

    def test_hyperband_needs_epochs_to_save(self) -> None:
        check_proposer("keras-tuner:hyperband", SMALL, 3)
        with pytest.raises(SpecError, match=r"at least 3 epochs.*found 2"):
            check_proposer("keras-tuner:hyperband", SMALL, 2)

    @pytest.mark.parametrize("name", sorted(EXTRAS))
    def test_a_missing_package_is_one_line_with_the_command(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importlib.util, "find_spec", lambda package: None)
        with pytest.raises(SpecError, match=rf"^[^\n]*pip install 'depthgauge\[{EXTRAS[name][1]}\]'$"):
            check_proposer(name, SMALL)

    def test_cmaes_needs_two_ranges(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importlib.util, "find_spec", lambda package: object())
        check_proposer("optuna:cmaes", SMALL)
        with pytest.raises(SpecError, match=r"at least 2 .* found 1 \(rate\)"):
            check_proposer("optuna:cmaes", (SMALL[0], SMALL[2], Parameter("one", "int", 4, 4)))

    @pytest.mark.parametrize(
        ("parameter", "words"),
        [
            (Parameter("p", "float", 2, 1), "low <= high"),
            (Parameter("p", "float", 0, 1, log=True), "above 0"),
            (Parameter("p", "float", 0, float("inf")), "finite"),
            (Parameter("p", "int", 0.5, 1), "whole numbers"),
            (Parameter("p", "float", 1), "give both"),
            (Parameter("p", "choice"), "at least one value"),
            (Parameter("p", "choice", values=(1, True)), "True stands there twice"),
            (Parameter("depth", "int", 1, 2), "two parameters"),
            (Parameter("p", "int", 1, 2, condition=("later", (1,))), "does not stand before it"),
            (Parameter("p", "int", 1, 2, condition=("depth", ())), "names no value"),
            (Parameter("p", "int", 1, 2, condition=("depth", (9,))), "never happens"),
            (Parameter("p", "int", 1, 2, condition=("depth", (True,))), "never happens"),
        ],
    )
    def test_a_broken_space_is_refused(self, parameter: Parameter, words: str) -> None:
        with pytest.raises(SpecError, match=words):
            check_parameters((Parameter("depth", "int", 1, 3), parameter))


@st.composite
def spaces(draw: Any) -> tuple[Parameter, ...]:
    """Finite spaces with conditions on whatever stands before."""
    parameters: list[Parameter] = []
    some: list[Value] = [0, 1, 2.5, "a", "b", True]
    values = st.lists(st.sampled_from(some), min_size=1, max_size=3, unique=True)
    for index in range(draw(st.integers(1, 4))):
        condition = None
        if parameters and draw(st.booleans()):
            parent = draw(st.sampled_from(parameters))
            options = st.lists(st.sampled_from(list(parent.options or ())), min_size=1, max_size=2)
            condition = (parent.name, tuple(draw(options)))
        if draw(st.booleans()):
            low = draw(st.integers(-3, 3))
            parameters.append(Parameter(f"p{index}", "int", low, low + draw(st.integers(0, 2)), condition=condition))
        else:
            parameters.append(Parameter(f"p{index}", "choice", values=tuple(draw(values)), condition=condition))
    return tuple(parameters)


@given(spaces(), st.data())
def test_a_setting_holds_just_the_active_parameters(parameters: tuple[Parameter, ...], data: st.DataObject) -> None:
    check_parameters(parameters)
    settings = list(every_setting(parameters))
    assert len({str(setting) for setting in settings}) == len(settings)
    setting = data.draw(st.sampled_from(settings))
    check_setting(parameters, setting)
    assert [parameter.name for parameter in active(parameters, setting)] == list(setting)

    name = data.draw(st.sampled_from(sorted(setting)))
    for wrong in ({**setting, name: "nonsense"}, {**setting, name: None}, {**setting, "more": 1}):
        with pytest.raises(ValueError, match=r"expected"):
            check_setting(parameters, wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="expected a value"):
        check_setting(parameters, {key: value for key, value in setting.items() if key != name})


def json_round_trip(events: Sequence[Event]) -> list[Event]:
    """Events as they come back from a store."""
    return [
        Asked(event.number, json.loads(json.dumps(event.setting)))
        if isinstance(event, Asked)
        else Told(event.number, json.loads(json.dumps(event.value)))
        for event in events
    ]
