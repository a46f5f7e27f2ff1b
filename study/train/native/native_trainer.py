"""Trial in, result out, in C: what :mod:`study.train.trainer` does, for dense stacks, without TensorFlow."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from study.data.dataset import Dataset
from study.data.scaling import fit_scaling
from study.data.splits import Sample, draw_sample
from study.design.own_model import ModelSpec
from study.errors import DataError, StudyError
from study.records.metrics import ACCURACY, CROSS_ENTROPY
from study.records.predicted_classes import PREDICTED
from study.records.trials import Configuration, Result, Trial
from study.train.draws import dropout_key, orders, start_weights
from study.train.engine import run_trial
from study.train.measuring import Parts, takes_outputs
from study.train.native.compiled import Stack, get_weights, module, not_covered, set_weights
from study.train.recorder import Evaluation
from study.train.samples import Samples
from study.train.weights import row_weights


@dataclass(frozen=True, slots=True)
class NativeRows:
    """A sample and what the compiled part makes of it: its inputs, and the bounds of train, validation and test.

    ``parts`` are its labels or targets, ``taught`` what the network learns of them.
    """

    sample: Sample
    inputs: Any
    bounds: tuple[int, ...]
    parts: Parts
    taught: NDArray[Any]


class NativeProgram:
    """One trial's network, at its start weights; a :class:`study.train.engine.Program`."""

    most_epochs = 1

    def __init__(
        self,
        configuration: Configuration,
        dataset: Dataset,
        rows: NativeRows,
        *,
        seed: int,
        replicate: int,
        kernels: str | None = None,
        outputs: bool = False,
    ) -> None:
        """``outputs``: evaluations bring along the logits of all rows."""
        train_rows = rows.bounds[1]
        stack = Stack.of(configuration, dataset, train_rows, dropout_key(seed, replicate))
        self.network = stack.network(sparse=rows.inputs.sparse, kernels=kernels)
        set_weights(self.network, start_weights(configuration, dataset.inputs, dataset.outputs, seed, replicate))
        self._rows = rows
        self._orders = orders(seed, replicate, train_rows)
        self._weights = row_weights(configuration, rows.parts)
        self._predicted = np.zeros(rows.bounds[-1], np.int32)
        self._confidence = np.zeros(rows.bounds[-1], np.float32)
        self._losses = np.zeros(rows.bounds[-1], np.float32)
        self._outputs = np.zeros((rows.bounds[-1], dataset.outputs), np.float32) if outputs else None

    def train(self, epochs: int) -> None:
        """Train this many epochs, each in the next order of the replicate."""
        sample = self._rows.sample
        weights = () if self._weights is None else (self._weights,)
        for _ in range(epochs):
            self.network.train(self._rows.inputs, sample.rows, self._rows.taught, next(self._orders), *weights)

    def evaluate(self) -> Evaluation:
        """Evaluate train, validation and test. Sums run over rows in their order, in double precision."""
        sample = self._rows.sample
        room = () if self._outputs is None else (self._outputs,)
        found = self._predicted, self._confidence, self._losses, *room
        self.network.evaluate(self._rows.inputs, sample.rows, self._rows.taught, *found)
        if self._rows.parts.task == "regression":
            return Evaluation({}, {}, self._outputs)
        correct = self._predicted == self._rows.taught
        accuracy, cross_entropy = [], []
        for first, end in pairwise(self._rows.bounds):
            rows = max(end - first, 1)
            accuracy.append(int(np.count_nonzero(correct[first:end])) / rows)
            cross_entropy.append(module().ordered_sum(self._losses[first:end]) / rows)
        tested = slice(self._rows.bounds[2], None)
        items = {
            ACCURACY.name: correct[tested],
            CROSS_ENTROPY.name: np.maximum(self._losses[tested], 0),  # a logarithm of 1 may round below
        }
        predicted = np.empty(len(correct[tested]), PREDICTED)
        predicted["label"], predicted["confidence"] = self._predicted[tested], self._confidence[tested]
        values = {ACCURACY.name: accuracy, CROSS_ENTROPY.name: cross_entropy}
        return Evaluation(values, items, self._outputs, predicted)

    def recorded(self, epoch: int, watched: float) -> None:
        """Nothing: no schedule is trained here."""

    def weights(self) -> tuple[NDArray[np.float32], ...]:
        """Copies of all weights, in the order of ``keras.Model.get_weights``."""
        return get_weights(self.network)


class NativeTrainer:
    """Runs the trials of one study, one at a time, and remembers samples between them.

    A trial's result depends on the study's seed and the trial: not on the machine, nor on what ran before. What may
    differ in the last bit from one machine to another are data that are standardised, because their means and
    deviations are sums of NumPy's.
    """

    def __init__(
        self,
        dataset: Dataset,
        *,
        seed: int,
        validation: float,
        draw: Callable[..., Sample] = draw_sample,
        kernels: str | None = None,
        model: ModelSpec | None = None,
    ) -> None:
        """``draw`` takes the arguments of :func:`~study.data.splits.draw_sample` and may give other rows.

        ``model`` is the user's own where the study has one: the stacks that it is known to build are trained, and none
        of its code is run. ``kernels`` names others than the fastest of this machine, for tests. Raises
        :class:`~study.errors.StudyError` where the compiled part is missing.
        """
        self.dataset = dataset
        self.seed = seed
        self.kernels = kernels
        self._model = model
        self.samples = Samples(dataset, seed=seed, validation=validation, draw=draw, take=self._taken)
        self._x = np.ascontiguousarray(dataset.x)
        self._shared = None if dataset.scale is None else self._inputs(dataset.scale)

    def run(self, trial: Trial, *, keep_weights: bool = False) -> Result:
        """Train, evaluate after every ``evaluate_every`` epochs, and return the result.

        Raises :class:`~study.errors.DataError` when the sample cannot be drawn, or the configuration is not covered.
        """
        configuration = self._stacked(trial.configuration)
        program, rows, started = self.program(
            configuration, trial.replicate, outputs=takes_outputs(trial.metrics, self.dataset.task)
        )
        result = run_trial(
            program,
            trial,
            rows.parts,
            engine="native",
            started=started,
            tested=None if self.dataset.redrawn is None else rows.sample.rows[rows.bounds[2] :],
            keep_weights=keep_weights,
        )
        if self._model is None:
            return result
        parameters = configuration.network.parameters(self.dataset.inputs, self.dataset.outputs)
        return replace(result, parameters=parameters)

    def program(
        self, configuration: Configuration, replicate: int, *, outputs: bool = False
    ) -> tuple[NativeProgram, NativeRows, float]:
        """A trial's program, its rows, and when its clock started."""
        if why := not_covered(configuration, self.dataset):
            raise DataError(f'The native engine does not cover this: {why}. Set engine = "keras".')
        rows = self.samples.of(configuration, replicate)
        started = time.perf_counter()
        program = NativeProgram(
            configuration,
            self.dataset,
            rows,
            seed=self.seed,
            replicate=replicate,
            kernels=self.kernels,
            outputs=outputs,
        )
        return program, rows, started

    def _stacked(self, configuration: Configuration) -> Configuration:
        """The dense stack that a configuration is, or comes to."""
        stack = configuration if self._model is None else self._model.stacked(configuration)
        if stack is None:
            raise StudyError(f"It is not known that {configuration.label} is a dense stack. Run the study again.")
        return stack

    def _taken(self, sample: Sample) -> NativeRows:
        bounds = tuple(int(bound) for bound in np.cumsum((0, *sample.sizes)))
        parts = Parts.of(sample, self.dataset)
        return NativeRows(sample, self._inputs_of(sample), bounds, parts, parts.taught)

    def _inputs_of(self, sample: Sample) -> Any:
        if self._shared is not None:
            return self._shared
        fitted = fit_scaling(self.dataset, sample.rows[: sample.sizes[0]])
        return self._inputs(0.0, shift=fitted.shift, deviation=fitted.scale)

    def _inputs(self, scale: float, **standard: NDArray[np.float32]) -> Any:
        rows, features = self._x.shape
        return module().Inputs(self._x, rows=rows, features=features, scale=scale, **standard)
