"""The validated, frozen description of a study."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import tomli_w
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from study.design.look_schedule import look_replicates
from study.design.own_model import TRAINING, ModelSpec, OwnSpec, filled
from study.design.space import AXIS_WORDS, HYPERPARAMETERS, NetworkSpec, Widths
from study.records.intervals import Inference
from study.records.metrics import ACCURACY, METRICS, RMSE, TASKS, Metric
from study.records.readings import parse_reading
from study.records.sources import DataSource, Scheme, Task
from study.records.trials import BALANCED, CLASS_LOSSES, EVEN, LOSSES, MetricChoice
from study.words import NAME, NAME_RULE, unknown, value_text

PATIENCE, OFF = "patience", "off"
DEFAULT = "default"  # as a baseline: what is trained without [space]
SEARCH_SHARE = 0.5  # of the rows, where test rows are redrawn: what searches see, and nothing tests
DECIDING = tuple(metric for metrics in TASKS.values() for metric in metrics if metric.items)
LEAST_LOG = 1e-30  # of a logarithmic range: what training calculates with has no smaller numbers to speak of


Values = Annotated[list[Any], Field(min_length=1, max_length=1000)]
Replicates = Annotated[int, Field(strict=True, ge=1, le=1000)]
AUTO = "auto"


class Frozen(BaseModel):
    """Base of the parts of a spec: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Dimension(Frozen):
    """One hyperparameter that the study varies, and why.

    ``scientific``: its effect is the question; it has ``values``. ``nuisance``: tuned anew for every combination of
    scientific values, over ``values`` or from ``low`` to ``high`` (both included), on a logarithmic scale with ``log``;
    ``zero`` lets the search switch it off, too.
    """

    role: Literal["scientific", "nuisance"] = Field(
        "scientific", description="its effect is the question, or it is tuned anew for every scientific value"
    )
    values: Values | None = Field(None, description="what it may be; a scientific one needs them")
    low: float | None = Field(None, description="lower end of the range of a nuisance one, included")
    high: float | None = Field(None, description="upper end, included")
    log: bool = Field(False, description="search the range on a logarithmic scale; low above 0")
    zero: bool = Field(False, description="let the search switch it off, too")

    @model_validator(mode="after")
    def _is_complete(self) -> Dimension:
        if self.values is not None:
            if (self.low, self.high, self.log, self.zero) != (None, None, False, False):
                raise ValueError("values stand beside low, high, log or zero; give either values or a range")
            return self
        if self.role == "scientific":
            raise ValueError("a scientific hyperparameter needs values, for example values = [1, 2, 4]")
        if self.low is None or self.high is None:
            raise ValueError("a nuisance hyperparameter needs low and high, or values")
        if not -1e300 < self.low < self.high < 1e300:
            raise ValueError(
                f"low must be below high, but low = {value_text(self.low)} and high = {value_text(self.high)}"
            )
        if self.log and self.low <= 0:
            raise ValueError(
                f"log = true needs low above 0, but low = {value_text(self.low)}; with zero = true, 0 is tried beside "
                "the range"
            )
        if self.log and not (self.low >= LEAST_LOG and self.high <= 1 / LEAST_LOG):
            raise ValueError(
                f"log = true needs low from {LEAST_LOG:g} and high to {1 / LEAST_LOG:g}, what numbers of 32 bits hold, "
                f"but low = {self.low:g} and high = {self.high:g}"
            )
        if self.zero and self.low <= 0:
            raise ValueError(f"zero = true needs low above 0, but low = {value_text(self.low)}")
        return self


class Search(Frozen):
    """How the nuisance hyperparameters of every cell are tuned, on validation, by the metric at the reading."""

    proposer: str = Field(
        "optuna:tpe", description="what proposes settings: a sampler of Optuna or oracle of KerasTuner"
    )
    trials: int = Field(
        20, strict=True, ge=1, le=100_000, description="trials of each cell, shared out to its searches"
    )
    stop: bool = Field(
        True, description="end a search where its last step as large as the rest gained less than half of the margin"
    )
    pruner: Literal["none", "median", "successive-halving", "hyperband"] = Field(
        "none", description="ends poor trials of a search early; successive-halving only where nothing is scientific"
    )


class Confirm(Frozen):
    """What is run again on fresh replicates after a search; only these runs are reported.

    ``best`` is the number of configurations that a search without a scientific hyperparameter confirms.
    """

    replicates: int | None = Field(
        None,
        strict=True,
        ge=1,
        le=1000,
        description="fresh runs of each cell, of its searches' winners in turn; else as many as the study's",
        examples=[5],
    )
    best: int = Field(
        3, strict=True, ge=1, le=100, description="how many are confirmed where nothing is scientific, the best first"
    )


class DataSpec(Frozen):
    """What belongs to data of the user's own: see :class:`~study.records.sources.DataSource`."""

    target: str | None = Field(None, min_length=1, description="column of a table that is predicted")
    drop: tuple[str, ...] = Field((), max_length=10_000, description="columns of a table to leave out")
    categorical: tuple[str, ...] = Field(
        (),
        max_length=10_000,
        description="columns of a table whose numbers are codes: each is a category",
        examples=[["region"]],
    )
    test: str | None = Field(None, min_length=1, description="path of an own test set")
    test_share: float = Field(0.2, gt=0, lt=1, description="share of the rows that is the test set without one")
    scheme: Literal["folds", "holdout", "fixed"] | None = Field(
        None,
        description="rows that a replicate tests: a fold, a share drawn anew, or the same in all; by default folds for "
        "your own data without a test set",
        examples=["folds"],
    )
    folds: int = Field(5, strict=True, ge=2, le=100, description="folds of a repeat; replicates come in whole repeats")
    aside: bool = Field(
        False,
        description="leave the fixed test part (test, or test_share of the rows) for a later study, and test folds of "
        "the rest",
    )
    group: str | None = Field(None, min_length=1, description="column of a table: no group is in two parts; no input")
    time: str | None = Field(None, min_length=1, description="column of a table: later rows are tested; no input")
    weight: str | None = Field(
        None, min_length=1, description="column of a table: what a row counts in training, beside others; no input"
    )

    def obstacle(self, scheme: Scheme, *, own: bool) -> str:
        """What does not fit together under a scheme, in words; empty where all does. ``own``: the user's own data."""
        drawn = f'data.scheme = "{scheme}" draws the test rows' if scheme != "fixed" else ""
        theirs = (self.target, self.test, self.group, self.time, self.weight, *self.drop, *self.categorical)
        if not own and any(one is not None for one in theirs):
            return "target, drop, categorical, test, group, time and weight in [data] belong to data of your own"
        if self.aside and scheme != "folds":
            return f'data.aside leaves the test part for later and tests folds, but data.scheme = "{scheme}"'
        if self.aside:
            drawn = ""
        elif self.test_share != 0.2 and (scheme == "folds" or (scheme == "fixed" and not own)):
            return 'test_share says nothing here; it belongs to data.scheme = "holdout", or "fixed" for your own data'
        if self.test is not None and (drawn or self.group or self.time):
            key = drawn or ("data.group draws rows apart" if self.group else "data.time draws rows apart")
            return f"{key}, but data.test names a test set. Remove one of them"
        if self.time is not None and scheme == "holdout":
            return 'data.scheme = "holdout" tests rows of any time. With data.time, choose "folds" or "fixed"'
        if self.time is not None and self.group is not None:
            return "data.group keeps rows of all times together, and data.time draws them apart. Remove one of them"
        return ""


class Arm(Frozen):
    """One setting of a study: what differs from the rest of the file.

    Arms answer the same question under other conditions: fewer samples, with dropout, read elsewhere.
    """

    name: Annotated[
        str, Field(min_length=1, max_length=80, description="what the report calls it; none is compared with")
    ]
    network: dict[str, Any] = Field({}, description="fixed hyperparameters that differ", examples=[{"dropout": 0.3}])
    space: dict[str, Values] = Field({}, description="values of scientific hyperparameters that differ")
    replicates: int | None = Field(
        None, strict=True, ge=1, le=1000, description="in place of the study's", examples=[5]
    )
    reading: str | None = Field(None, description="in place of the study's", examples=["best", "patience=5"])
    margin: float | None = Field(None, gt=0, description="in place of the study's", examples=[0.01])

    @field_validator("name")
    @classmethod
    def _name_is_printable(cls, name: str) -> str:
        if not name.isprintable():
            raise ValueError("expected a name without line breaks and control characters")
        return name


NO_ARM = Arm.model_construct(name="")  # stands for the whole study where it has no arms


class StudySpec(Frozen):
    """Everything that decides a study: same spec, same seed, same version, same result."""

    name: str = Field("study", description=f"what the store knows it by: {NAME_RULE}")
    description: str = Field("", description="one line for lists and reports")
    dataset: str = Field(
        "mnist", min_length=1, description="mnist, digits, fashion_mnist, cifar10, or the path of your own data"
    )
    data: DataSpec = DataSpec()
    task: Task = Field("classification", description="what the networks learn: classes, or a number (regression)")
    metric: str = Field(
        ACCURACY.name,
        description="what decides verdict, pick, searches and pruning",
        json_schema_extra={"enum": [metric.name for metric in DECIDING]},
    )
    metrics: tuple[str, ...] = Field(
        (),
        max_length=len(METRICS),
        description="what is measured and shown beside it",
        examples=[["cross_entropy", "roc_auc"]],
    )
    positive: str | None = Field(
        None,
        description="class that f1 and average_precision are about; of two classes, the second by default",
        examples=["yes"],
    )
    weighted_metrics: bool = Field(
        False, description="let rows count in metrics, too, as data.weight says, and not in training alone"
    )
    inference: Inference = Field(
        "new data", description="what intervals speak of: new data of the same kind, or these items, all there are"
    )
    model: Annotated[ModelSpec | None, WithJsonSchema({"type": "string"})] = Field(
        None,
        description="a function of your own that builds the network, file and name, the file relative to this one",
        examples=["net.py:build"],
    )
    axis_words: str | None = Field(
        None,
        min_length=1,
        max_length=80,
        description="what the values of the axis count or measure, where a model of your own names it",
        examples=["blocks"],
    )
    engine: Literal["auto", "native", "keras"] = Field(
        "auto",
        description="what trains: C without TensorFlow, or Keras's layers compiled by XLA; auto is C where it is built "
        "and trains every configuration",
        examples=["keras"],
    )
    seed: int = Field(0, strict=True, ge=0, lt=2**63, description="decides every draw; another one repeats the study")
    validation: float = Field(0.1, gt=0, lt=1, description="share of the training part held out")
    replicates: Replicates | Literal["auto"] = Field(
        5, description="runs of each network, paired across networks; auto runs again what can still decide"
    )
    replicates_at_most: Replicates = Field(20, description='where replicates = "auto" end, settled or not')
    trials_at_most: int | None = Field(
        None,
        strict=True,
        ge=1,
        le=1_000_000,
        description='where a study with replicates = "auto" ends; what run --minutes makes of the minutes',
        examples=[400],
    )
    searches: int | None = Field(
        None,
        strict=True,
        ge=1,
        le=1000,
        description="how often each cell is searched, sharing its trials and its replicates; by default once, or "
        "inside every replicate where each tests rows of its own",
        examples=[3],
    )
    reading: str = Field(
        "tail",
        description="where trajectories are read: last, tail, best or patience=p",
        examples=["best", "patience=5"],
    )
    margin: float | None = Field(
        None,
        gt=0,
        description="largest difference that does not matter, in the metric's unit; by default the metric's own",
        examples=[ACCURACY.margin],
    )
    alpha: float = Field(0.05, gt=0, lt=0.5, description="one minus the confidence of the verdict")
    baseline: Widths | Literal["default"] | None = Field(
        None,
        description="hidden widths of a network that runs beside the axis; default is what the file trains without "
        "[space], which searches have unless there are arms",
        examples=["128-64"],
    )
    network: NetworkSpec = NetworkSpec()
    space: dict[str, Dimension] = Field({}, description="the hyperparameters that vary, each with its role")
    search: Search | None = None
    confirm: Confirm | None = None
    arms: tuple[Arm, ...] = Field(
        (),
        max_length=1000,
        description="the same question under other conditions",
        examples=[[{"name": "none"}, {"name": "dropout", "network": {"dropout": 0.3}}]],
    )

    @model_validator(mode="wrap")
    @classmethod
    def _own_models_have_their_own_names(cls, values: Any, handler: ModelWrapValidatorHandler[StudySpec]) -> StudySpec:
        """A study of an own model is an :class:`OwnStudySpec`, whoever validates it."""
        if cls is StudySpec and isinstance(values, dict) and values.get("model") is not None:
            return OwnStudySpec.model_validate(values)
        return handler(values)

    @model_validator(mode="before")
    @classmethod
    def _regression_has_its_defaults(cls, values: Any) -> Any:
        """RMSE and squared error where a regression names no metric and no loss: they are said like all else."""
        if not isinstance(values, dict) or values.get("task") != "regression":
            return values
        network = values.get("network", {})
        loss = {"network": {"loss": LOSSES[0]} | network} if isinstance(network, dict) else {}
        return {"metric": RMSE.name} | values | loss

    @field_validator("name")
    @classmethod
    def _name_is_safe(cls, name: str) -> str:
        if not NAME.fullmatch(name):
            raise ValueError(f"expected a study name of {NAME_RULE}")
        return name

    @model_validator(mode="before")
    @classmethod
    def _usual_margin_is_unsaid(cls, values: Any) -> Any:
        """A margin that is the metric's own is none of the study's: it is the same study, whoever wrote it down."""
        if isinstance(values, dict) and "margin" in values:
            metric = METRICS.get(str(values.get("metric", ACCURACY.name)))
            if metric is not None and values["margin"] == metric.margin:
                return {key: value for key, value in values.items() if key != "margin"}
        return values

    @field_validator("metric")
    @classmethod
    def _metric_decides(cls, name: str) -> str:
        if name in METRICS and not METRICS[name].items:
            raise ValueError(
                f"{name} cannot decide, because its noise of items is not known; list it under metrics, and choose one "
                f"of: {', '.join(metric.name for metric in DECIDING)}"
            )
        return name

    @model_validator(mode="after")
    def _parts_fit(self) -> StudySpec:
        valid = tuple(metric.name for metric in TASKS[self.task])
        for key, name in (("metric", self.metric), *(("metrics", name) for name in self.metrics)):
            if name not in valid:
                known = f"task = {self.task!r} has no {name}. It has: {', '.join(valid)}" if name in METRICS else ""
                raise ValueError(f"{key}: {known or unknown(name, valid, 'metric')}")
        if self.positive is not None and not any(metric.one_class for metric in self.measured.all):
            raise ValueError("positive: no metric of the study is about one class. Add f1, for example, or remove it")
        if self.weighted_metrics and self.data.weight is None:
            raise ValueError("weighted_metrics: nothing says what a row counts. Name the column with data.weight")
        low, high = self.deciding.bounds
        for key, margin in (("margin", self.margin), *((f"arms.{arm.name}.margin", arm.margin) for arm in self.arms)):
            if margin is not None and margin >= high - low:
                raise ValueError(
                    f"{key}: expected less than {high - low:g}, the range of {self.metric}, found {margin:g}"
                )
        for key, dimension in self.space.items():
            if key not in (*self.hyperparameters, PATIENCE):
                raise ValueError(f"space: {unknown(key, (*self.hyperparameters, PATIENCE), 'hyperparameter')}")
            if key == PATIENCE:
                _check_patience(dimension)
        for arm in self.arms:
            for key in arm.space:
                if key not in self.scientific:
                    raise ValueError(f"arms.{arm.name}.space.{key}: list {key} in [space] too, as scientific")
        if not self.nuisance:
            parts = (("search", self.search), ("confirm", self.confirm), ("searches", self.searches))
            for table, part in parts:
                if part is not None:
                    raise ValueError(
                        f'{table}: nothing to search, because no hyperparameter in [space] has role = "nuisance". '
                        f"Give one that role, or remove {table}"
                    )
        if self.searches not in (None, 1) and not self.scientific:
            raise ValueError(
                f"searches: {self.searches} searches of each value tell what luck is, but no hyperparameter in [space] "
                "is scientific. List values of one, or leave searches out"
            )
        if obstacle := self._looks_obstacle():
            raise ValueError(obstacle)
        if obstacle := self.data.obstacle(self.scheme, own=self.own):
            comes = "" if self.own else f', and dataset = "{self.dataset}" comes with the program'
            raise ValueError(f"data: {obstacle}{comes}")
        if obstacle := self._task_obstacle():
            raise ValueError(obstacle)
        names = [arm.name for arm in self.arms]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"arms: two arms are named {name!r}; give each a name of its own")
        for reading in (self.reading, *(arm.reading for arm in self.arms if arm.reading)):
            parse_reading(reading)
        return self

    def _looks_obstacle(self) -> str:
        """What stands against deciding replicates as the study goes, in words; empty where nothing does."""
        if self.replicates != AUTO:
            fields = type(self).model_fields
            keys = ("replicates_at_most", "trials_at_most")
            given = [key for key in keys if getattr(self, key) != fields[key].default]
            return f'{given[0]}: belongs to replicates = "auto". Set that, or remove it' if given else ""
        if not any(name in AXIS_WORDS for name in self.scientific):
            return (
                'replicates: "auto" goes by the verdict along an axis, and no ordered hyperparameter in [space] is '
                "scientific. Give a number"
            )
        if self.searches_inside:
            return (
                'replicates: "auto" does not go with a search inside each replicate. Give a number, or set searches = 1'
            )
        if self.confirming.replicates is not None:
            return 'confirm.replicates: a number beside replicates = "auto". Remove one of them'
        return ""

    def _task_obstacle(self) -> str:
        """What does not fit the task, in words; empty where all does."""
        names = ("loss", "label_noise", "class_weights")
        asked = {name: [getattr(self.network, name), *self._varied(name)] for name in names}
        regression = self.task == "regression"
        if regression and not self.own:
            return f'task: dataset = "{self.dataset}" has classes. A regression needs data of your own'
        if regression and any(asked["label_noise"]):
            return "label_noise: it swaps labels of classes, and a regression has none. Remove it"
        if regression and any(weights != EVEN for weights in asked["class_weights"]):
            return "class_weights: a regression has no classes. Remove them"
        listed = [("space", getattr(self.space.get("class_weights"), "values", None) or ())]
        listed += [(f"arms.{arm.name}.space", arm.space.get("class_weights", ())) for arm in self.arms]
        for table, values in listed:
            if any(value not in (EVEN, BALANCED) for value in values):
                return f'{table}.class_weights: expected "{EVEN}" or "{BALANCED}". Give weights to network of an arm'
        wrong = [loss for loss in asked["loss"] if (loss in LOSSES) != regression]
        if wrong:
            of_classes = f'{" or ".join(CLASS_LOSSES)}. With task = "regression": {", ".join(LOSSES)}'
            losses = ", ".join(LOSSES) if regression else of_classes
            return f'loss = "{wrong[0]}" does not go with task = "{self.task}". Expected {losses}'
        return ""

    def _varied(self, name: str) -> list[Any]:
        """What a hyperparameter may be beside its fixed value: in [space], and in the arms."""
        space = self.space.get(name)
        ranged = [] if space is None else [*(space.values or ()), space.low, space.high]
        arms = [value for arm in self.arms for value in (*arm.space.get(name, ()), arm.network.get(name))]
        return [value for value in (*ranged, *arms) if value is not None]

    @property
    def source(self) -> DataSource:
        """Everything that decides which data are loaded."""
        apart = self.nuisance and self.scheme != "fixed" and not self.searches_inside
        share = SEARCH_SHARE if apart else 0.0
        values = self.data.model_dump() | {
            "scheme": self.scheme,
            "task": self.task,
            "weighted_metrics": self.weighted_metrics,
        }
        return DataSource(self.dataset, **values, seed=self.seed, search_share=share)

    @property
    def own(self) -> bool:
        """Whether the data are the user's own."""
        return DataSource(self.dataset).own

    @property
    def scheme(self) -> Scheme:
        """Which rows a replicate tests."""
        redrawn = self.data.aside or (self.own and self.data.test is None)
        return self.data.scheme or ("folds" if redrawn else "fixed")

    def asked(self, arm: Arm) -> int:
        """The replicates that an arm asks for; the most where they are decided as it goes."""
        own = self.replicates if isinstance(self.replicates, int) else self.replicates_at_most
        return (self.confirming.replicates if self.nuisance else None) or arm.replicates or own

    def replicates_of(self, arm: Arm) -> int:
        """The replicates of an arm at the most: as many as asked for, of folds in whole repeats."""
        return -(-self.asked(arm) // self._whole) * self._whole

    def looks_of(self, arm: Arm) -> tuple[int, ...]:
        """The replicates after which an arm is looked at; none where it has a number of its own or the study has."""
        if self.replicates != AUTO or arm.replicates is not None:
            return ()
        return look_replicates(self.replicates_of(arm), self._whole)

    @property
    def _whole(self) -> int:
        """In what numbers replicates come."""
        return self.data.folds if self.scheme == "folds" else 1

    def searches_of(self, arm: Arm) -> int:
        """How often each cell of an arm is searched."""
        return self.replicates_of(arm) if self.searches_inside else self.searches or 1

    @property
    def searches_inside(self) -> bool:
        """Whether each replicate has a search of its own, which sees what that replicate trains on.

        So where test rows are drawn anew, unless the study asks for a single search: that one has a share of the rows
        to itself, which no replicate tests. Without a scientific hyperparameter there is a single one.
        """
        return self.scheme != "fixed" and bool(self.nuisance and self.scientific) and self.searches != 1

    @property
    def deciding(self) -> Metric:
        """The metric that decides."""
        return METRICS[self.metric]

    @property
    def measured(self) -> MetricChoice:
        """What trials measure."""
        others = self.metrics if self.task == "classification" else tuple(metric.name for metric in TASKS[self.task])
        return MetricChoice(self.metric, others, self.positive, self.weighted_metrics)

    def margin_of(self, arm: Arm) -> float | None:
        """The largest difference that does not matter in an arm, as it is asked for; None is the metric's own."""
        return arm.margin or self.margin

    @property
    def hyperparameters(self) -> tuple[str, ...]:
        """The names of all that may vary."""
        return HYPERPARAMETERS

    def ordered(self, name: str) -> bool:
        """Whether the values of a hyperparameter have an order, so that it can be the axis."""
        return name in AXIS_WORDS

    @property
    def axis(self) -> str:
        """The ordered scientific hyperparameter that verdicts are about; depth where there is none."""
        return next((name for name in self.scientific if self.ordered(name)), "depth")

    def shapes(self, name: str) -> bool:
        """Whether a hyperparameter is part of the architecture, so that the network's label tells it."""
        return name in ("depth", "width")

    def asked_range(self, name: str) -> tuple[float, float] | None:
        """The range that a model's own code asks for; None where there is none."""
        one = None if self.model is None else self.model.named(name)
        return None if one is None or one.low is None or one.high is None else (one.low, one.high)

    def words_of(self, name: str) -> str:
        """What the values of a hyperparameter count or measure: ``hidden layers``."""
        return self.axis_words if self.axis_words and name == self.axis else AXIS_WORDS.get(name, name)

    @property
    def scientific(self) -> dict[str, list[Any]]:
        """Names and values of the hyperparameters whose effect is the question, in the order of the file."""
        return {name: d.values or [] for name, d in self.space.items() if d.role == "scientific"}

    @property
    def uncompiled(self) -> str:
        """Why XLA does not compile the networks of a model of the user's own; empty where it does."""
        return "" if self.model is None else self.model.uncompiled

    @property
    def nuisance(self) -> dict[str, Dimension]:
        """The hyperparameters that are tuned in every cell."""
        return {name: d for name, d in self.space.items() if d.role == "nuisance"}

    def values_of(self, arm: Arm, name: str) -> list[Any]:
        """The values of a scientific hyperparameter in an arm, which may list its own."""
        return arm.space.get(name, self.scientific[name])

    @property
    def searching(self) -> Search:
        """How nuisance hyperparameters are tuned, in the file's words or by default."""
        return self.search or Search()

    @property
    def winners_per_search(self) -> int:
        """How many configurations of a search are confirmed: its best, or the best few of a plain search."""
        return 1 if self.scientific else self.confirming.best

    @property
    def confirming(self) -> Confirm:
        """What is confirmed after a search, in the file's words or by default."""
        return self.confirm or Confirm()

    def to_toml(self) -> str:
        """The spec as a study file that gives the same spec again."""
        found = {"model": {"built"}}  # anew whenever its code is looked at
        return tomli_w.dumps(self.model_dump(exclude_defaults=True, exclude_none=True, exclude=found, mode="json"))


class OwnStudySpec(StudySpec):
    """A study of a model of the user's own: its hyperparameters are those of its code, and those of training."""

    network: OwnSpec = OwnSpec()  # type: ignore[assignment]  # fixed values that the code asks for, in place of a stack's

    @model_validator(mode="before")
    @classmethod
    def _ranges_of_the_code(cls, values: Any) -> Any:
        """A hyperparameter that is given a role alone has the range of the code."""
        if not isinstance(values, dict) or not isinstance(values.get("space"), dict):
            return values
        model = ModelSpec.model_validate(values["model"])
        return {**values, "space": {name: filled(model, name, one) for name, one in values["space"].items()}}

    @model_validator(mode="after")
    def _is_no_stack(self) -> OwnStudySpec:
        if self.baseline not in (None, DEFAULT):
            raise ValueError(
                f"baseline: it is a dense stack, and {self.own_model.source} builds the networks here. Give "
                f'"{DEFAULT}" for its own default, or leave it out'
            )
        if self.own_model.code:
            for name in self.network.model_extra or {}:
                if name not in self.own_model.names:
                    raise ValueError(f"network: {unknown(name, self.hyperparameters, 'hyperparameter')}")
            said = self.network.model_fields_set
            if self.task == "regression" and self.network.loss == LOSSES[0]:
                said = said - {"loss"}  # what a regression has by default, nobody has to have said
            places = {"network": said}
            places |= {f"arms.{arm.name}.network": set(arm.network) for arm in self.arms}
            for name, own in self.own_model.settled.items():
                for place, given in places.items():
                    if name in given:
                        raise ValueError(
                            f"{place}.{name}: {self.own_model.source} compiles its model with {own}, which is "
                            "respected. Remove one of them"
                        )
        return self

    @property
    def own_model(self) -> ModelSpec:
        """The model, which is always there."""
        assert self.model is not None
        return self.model

    @property
    def hyperparameters(self) -> tuple[str, ...]:
        """The names of all that may vary: those of the code first."""
        training = (name for name in TRAINING if name in HYPERPARAMETERS)
        return tuple(dict.fromkeys((*self.own_model.names, *training)))

    def ordered(self, name: str) -> bool:
        """Whether all values of a hyperparameter are numbers."""
        known = self.own_model.named(name)
        listed = [self.scientific.get(name, []), *(arm.space.get(name, []) for arm in self.arms)]
        given = [value for values in listed for value in values]
        numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in given)
        return numbers and name in AXIS_WORDS if known is None else numbers and known.numeric

    def shapes(self, name: str) -> bool:
        """Whether a hyperparameter is part of the architecture: those of the code are."""
        return name in self.own_model.names

    @property
    def axis(self) -> str:
        """The ordered scientific hyperparameter that verdicts are about; where there is none, the code's first one."""
        names = (*self.scientific, *self.own_model.names)
        return next((name for name in names if self.ordered(name)), "epochs")


def _check_patience(patience: Dimension) -> None:
    """Patience is a reading of trajectories: it needs a list, and no search has to spend a run on it."""
    if patience.role != "nuisance" or patience.values is None:
        raise ValueError('space.patience: expected role = "nuisance" and values, for example [2, 5, "off"]')
    for value in patience.values:
        if value != OFF and (isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 999_999):
            raise ValueError(f'space.patience: expected whole numbers from 0 on, or "off", found {value!r}')
