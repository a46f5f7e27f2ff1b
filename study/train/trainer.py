"""Trial in, result out: a compiled program trains whole epochs, another evaluates them.

Both are real Keras (layers, loss, optimizer) inside XLA, single-threaded: an epoch takes a thirteenth of the time
of ``model.fit`` on half the cores. ``docs/performance.md`` says what each step gained.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from study.data.dataset import Dataset
from study.data.scaling import fit_scaling
from study.data.splits import Sample, draw_sample
from study.design.own_model import ModelSpec
from study.machine.host import processor_name
from study.records.metrics import ACCURACY, CROSS_ENTROPY
from study.records.predicted_classes import PREDICTED
from study.records.trials import EMPTY, Configuration, Result, Trial
from study.seeds import Stream, stream
from study.train.draws import orders
from study.train.engine import run_trial
from study.train.measuring import Parts, takes_outputs
from study.train.network import Candidate, Candidates, DenseCandidates, KerasNetwork, Network
from study.train.own.code import BuildError
from study.train.own.own_candidates import OwnCandidates
from study.train.own.own_network import fast_random_numbers
from study.train.recorder import Evaluation
from study.train.samples import Samples
from study.train.schedule import Schedule
from study.train.weights import row_weights

EVALUATION_ROWS = 500  # in one chunk; anything from 250 to 2,000 is equally fast, small ones need less filling
UNCOMPILABLE = (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError, tf.errors.InternalError)
ROWS_A_CALL = 5_000  # of small training sets, one call trains several epochs: dispatch is a tenth of an epoch there


@dataclass(frozen=True, slots=True)
class Rows:
    """A sample as tensors: train, validation and test rows one after the other, filled up to whole chunks.

    ``index`` (P,) int32 points into the images; ``y`` is what is taught: labels (P,) int32, or standardised targets
    (P, 1) float32. ``sizes`` are the three lengths without filling, ``parts`` the labels or targets as given.
    ``scaling`` is shift and scale (F,) float32 where rows are standardised by this sample's training rows, and empty
    where the data set has a constant scale.
    """

    index: tf.Tensor
    y: tf.Tensor
    sizes: tuple[int, int, int]
    parts: Parts
    scaling: tuple[tf.Tensor, ...] = ()

    @property
    def total(self) -> int:
        """P, a multiple of :data:`EVALUATION_ROWS`."""
        return int(self.index.shape[0])

    @property
    def test_rows(self) -> NDArray[np.int32]:
        """The test rows (N,) of the data set."""
        rows: NDArray[np.int32] = self.index.numpy()
        return rows[sum(self.sizes[:2]) : sum(self.sizes)]


class Program:
    """One architecture, compiled for one layout of rows: ``train`` runs epochs, ``evaluate`` reads every row.

    ``together`` is the number of epochs that one call of ``train`` may run. With ``outputs``, ``evaluate`` brings along
    the logits.
    """

    def __init__(
        self,
        network: KerasNetwork,
        configuration: Configuration,
        dataset: Dataset,
        x: tf.Tensor,
        rows: Rows,
        weights: tuple[tf.Tensor, ...],
        *,
        outputs: bool,
    ) -> None:
        started = time.perf_counter()
        self.train_rows = rows.sizes[0]
        self.batch = min(configuration.batch_size, self.train_rows)
        self.steps = -(-self.train_rows // self.batch)
        self.together = max(1, ROWS_A_CALL // self.train_rows)
        self.scheduled = configuration.scheduled
        self.chunks = rows.total // EVALUATION_ROWS
        self.x = x
        self.scale = 1.0 if network.as_given and dataset.scale is not None else dataset.scale
        self.outputs = dataset.outputs
        self.network = network
        evaluate: Callable[..., tuple[tf.Tensor, ...]] = self._evaluate_outputs if outputs else self._evaluate
        if dataset.task == "regression":
            evaluate = self._predict
        self.length = self.steps * self.batch if network.padded else self.train_rows  # of an epoch's order
        train = self._train if network.padded else self._train_whole
        try:
            self.train, self.evaluate = self._traced(train, evaluate, rows, weights, compiled=network.compiled)
        except UNCOMPILABLE:
            if isinstance(network, Network):
                raise
            self.train, self.evaluate = self._traced(train, evaluate, rows, weights, compiled=False)
        self.compile_seconds = time.perf_counter() - started

    def _traced(
        self,
        train: Callable[..., tf.Tensor],
        evaluate: Callable[..., Any],
        rows: Rows,
        weights: tuple[tf.Tensor, ...],
        *,
        compiled: bool,
    ) -> tuple[Any, Any]:
        """Both functions, traced and compiled by calls that train nothing.

        Outside of XLA, what TensorFlow draws is fast by itself, and it has no Threefry there.
        """
        functions = tf.function(train, jit_compile=compiled), tf.function(evaluate, jit_compile=compiled)
        with fast_random_numbers() if compiled else nullcontext():
            given = rows.index, rows.y, rows.scaling
            functions[0](*given, weights, self.rates(), self.pad(), _key(0, 0), tf.constant(0))
            functions[1](*given)
        return functions

    def pad(self, *orders: NDArray[np.integer]) -> tf.Tensor:
        """The orders (train_rows,) of up to ``together`` epochs, each of them ``length`` long: one flat tensor."""
        table = np.zeros((self.together, self.length), np.int32)
        for epoch, order in enumerate(orders):
            table[epoch, : len(order)] = order
        return tf.constant(table.ravel())

    def rates(self, schedule: Schedule | None = None, epochs: int = 0) -> tuple[tf.Tensor, ...]:
        """The learning rates of the steps of up to ``together`` epochs; nothing where the rate stays what it is."""
        if not self.scheduled:
            return ()
        table = np.zeros(self.together * self.steps, np.float32)
        if schedule is not None:
            table[: epochs * self.steps] = schedule.next(epochs)
        return (tf.constant(table),)

    def _set_rate(self, rates: tuple[tf.Tensor, ...], step: tf.Tensor) -> None:
        for values in rates:
            self.network.optimizer.learning_rate.assign(values[step])

    def _inputs(self, index: tf.Tensor, scaling: tuple[tf.Tensor, ...]) -> tf.Tensor:
        """What the network sees of rows ``index`` (B,), as :meth:`study.data.scaling.Scaling.apply` computes it."""
        x = tf.cast(tf.gather(self.x, index), tf.float32)
        if self.scale is not None:
            return x / self.scale
        shift, scale = scaling
        if self.network.as_given:
            return tf.where(tf.math.is_nan(x), shift, x)
        return tf.where(tf.math.is_nan(x), 0.0, (x - shift) / scale)

    def _train(
        self,
        index: tf.Tensor,
        y: tf.Tensor,
        scaling: tuple[tf.Tensor, ...],
        weights: tuple[tf.Tensor, ...],
        rates: tuple[tf.Tensor, ...],
        order: tf.Tensor,
        key: tf.Tensor,
        steps: tf.Tensor,
    ) -> tf.Tensor:
        """``steps`` optimizer steps along ``order``, the rows of whole epochs as :meth:`pad` gives them.

        ``weights`` (P,) are what rows count, and ``rates`` the learning rates of the steps, or nothing.
        """
        network = self.network
        variables = network.variables
        step = tf.constant(0)
        while step < steps:  # a tf.range would make XLA compile anew for each number of steps
            rows = tf.slice(order, [step * self.batch], [self.batch])
            valid = (step % self.steps) * self.batch + tf.range(self.batch) < self.train_rows
            network.draw(self.batch, key + tf.stack([0, step]))
            self._set_rate(rates, step)
            with tf.GradientTape() as tape:
                inputs = self._inputs(tf.gather(index, rows), scaling)
                outputs = network.outputs(inputs, training=True, valid=valid)
                weight = tf.cast(valid, tf.float32)
                mean = self.batch / tf.reduce_sum(weight)
                for counts in weights:
                    weight *= tf.gather(counts, rows)
                objective = network.objective(tf.gather(y, rows), outputs, weight * mean)
            network.optimizer.apply(tape.gradient(objective, variables), variables)
            step += 1
        return network.optimizer.iterations

    def _train_whole(
        self,
        index: tf.Tensor,
        y: tf.Tensor,
        scaling: tuple[tf.Tensor, ...],
        weights: tuple[tf.Tensor, ...],
        rates: tuple[tf.Tensor, ...],
        order: tf.Tensor,
        key: tf.Tensor,
        steps: tf.Tensor,
    ) -> tf.Tensor:
        """:meth:`_train` with a last batch that is as long as it is: for networks in which rows know of one another.

        It holds the step twice where that batch is shorter, which takes as much longer to compile.
        """
        whole, rest = divmod(self.train_rows, self.batch)
        start = done = tf.constant(0)
        while start < (steps // self.steps) * self.train_rows:
            step = tf.constant(0)
            while step < whole:
                self._set_rate(rates, done)
                self._step(index, y, scaling, weights, tf.slice(order, [start + step * self.batch], [self.batch]))
                step += 1
                done += 1
            if rest:
                self._set_rate(rates, done)
                self._step(index, y, scaling, weights, tf.slice(order, [start + whole * self.batch], [rest]))
                done += 1
            start += self.train_rows
        return self.network.optimizer.iterations

    def _step(
        self,
        index: tf.Tensor,
        y: tf.Tensor,
        scaling: tuple[tf.Tensor, ...],
        weights: tuple[tf.Tensor, ...],
        rows: tf.Tensor,
    ) -> None:
        """One optimizer step on ``rows`` of the sample."""
        network = self.network
        weight = None
        for counts in weights:
            weight = tf.gather(counts, rows)
        with tf.GradientTape() as tape:
            outputs = network.outputs(self._inputs(tf.gather(index, rows), scaling), training=True)
            objective = network.objective(tf.gather(y, rows), outputs, weight)
        network.optimizer.apply(tape.gradient(objective, network.variables), network.variables)

    def _evaluate(
        self, index: tf.Tensor, y: tf.Tensor, scaling: tuple[tf.Tensor, ...]
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """The class that each row is taken for, its probability, and cross-entropy: (rows,) int32, float32, float32."""
        predicted = tf.TensorArray(tf.int32, self.chunks, element_shape=[EVALUATION_ROWS])
        confidence = tf.TensorArray(tf.float32, self.chunks, element_shape=[EVALUATION_ROWS])
        losses = tf.TensorArray(tf.float32, self.chunks, element_shape=[EVALUATION_ROWS])
        for chunk in tf.range(self.chunks):
            start = chunk * EVALUATION_ROWS
            labels = tf.slice(y, [start], [EVALUATION_ROWS])
            inputs = self._inputs(tf.slice(index, [start], [EVALUATION_ROWS]), scaling)
            logits = self._scores(inputs)
            predicted = predicted.write(chunk, tf.argmax(logits, 1, tf.int32))
            confidence = confidence.write(chunk, tf.reduce_max(tf.nn.softmax(logits), 1))
            losses = losses.write(chunk, tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
        return predicted.concat(), confidence.concat(), losses.concat()

    def _evaluate_outputs(
        self, index: tf.Tensor, y: tf.Tensor, scaling: tuple[tf.Tensor, ...]
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]:
        """What :meth:`_evaluate` says of the rows, and their logits (rows, K) float32; a program of its own, so that
        studies that do not ask for them do without."""
        (logits,) = self._predict(index, y, scaling)
        predicted, confidence = tf.argmax(logits, 1, tf.int32), tf.reduce_max(tf.nn.softmax(logits), 1)
        return predicted, confidence, tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits), logits

    def _scores(self, inputs: tf.Tensor) -> tf.Tensor:
        """Logits, or predictions, of inputs in inference."""
        return self.network.scores(self.network.outputs(inputs, training=False))

    def _predict(self, index: tf.Tensor, y: tf.Tensor, scaling: tuple[tf.Tensor, ...]) -> tuple[tf.Tensor]:
        """The outputs (rows, outputs) float32 of all rows: all that a regression is evaluated by."""
        outputs = tf.TensorArray(tf.float32, self.chunks, element_shape=[EVALUATION_ROWS, self.outputs])
        for chunk in tf.range(self.chunks):
            rows = tf.slice(index, [chunk * EVALUATION_ROWS], [EVALUATION_ROWS])
            outputs = outputs.write(chunk, self._scores(self._inputs(rows, scaling)))
        return (outputs.concat(),)


class TrialProgram:
    """A program that serves one trial: its rows, orders, masks and rates; a :class:`study.train.engine.Program`."""

    def __init__(
        self,
        program: Program,
        rows: Rows,
        seed: int,
        replicate: int,
        weights: tuple[tf.Tensor, ...],
        schedule: Schedule,
    ) -> None:
        self._program = program
        self._schedule = schedule
        self._rows = rows
        self._weights = weights
        self._orders = orders(seed, replicate, program.train_rows)
        self._draws = int(stream(seed, replicate, Stream.DROPOUT).generate_state(1)[0] >> 2)
        self._done = 0

    @property
    def network(self) -> KerasNetwork:
        """What it trains."""
        return self._program.network

    @property
    def most_epochs(self) -> int:
        """How many epochs one call of the program may run."""
        return self._program.together

    def train(self, epochs: int) -> None:
        """Train this many epochs, each in the next order of the replicate."""
        program, rows = self._program, self._rows
        chosen = islice(self._orders, epochs)
        steps = tf.constant(epochs * program.steps)
        key = _key(self._draws, self._done * program.steps)
        rates = program.rates(self._schedule, epochs)
        program.train(rows.index, rows.y, rows.scaling, self._weights, rates, program.pad(*chosen), key, steps)
        self._done += epochs

    def evaluate(self) -> Evaluation:
        """Evaluate train, validation and test."""
        rows = self._rows
        found = [values.numpy() for values in self._program.evaluate(rows.index, rows.y, rows.scaling)]
        if rows.parts.task == "regression":
            return Evaluation({}, {}, found[0][: sum(rows.sizes)])
        said, confidence, losses = found[:3]
        correct = said[: sum(rows.sizes)] == rows.parts.labels
        train, validation, test = (slice(a, b) for a, b in pairwise(np.cumsum((0, *rows.sizes))))
        parts = train, validation, test
        values = {
            ACCURACY.name: [float(correct[part].mean()) for part in parts],
            CROSS_ENTROPY.name: [float(losses[part].mean(dtype=np.float64)) for part in parts],
        }
        items = {ACCURACY.name: correct[test], CROSS_ENTROPY.name: np.maximum(losses[test], 0)}
        predicted = np.empty(rows.sizes[2], PREDICTED)
        predicted["label"], predicted["confidence"] = said[test], confidence[test]
        return Evaluation(values, items, found[3][: sum(rows.sizes)] if len(found) > 3 else None, predicted)

    def recorded(self, epoch: int, watched: float) -> None:
        """Take note of the validation loss of a record, a schedule may go by it: in the unit that is trained in."""
        target = self._rows.parts.target
        self._schedule.recorded(epoch, watched if target is None else (watched / target.deviation) ** 2)

    def weights(self) -> tuple[np.ndarray, ...]:
        """Copies of all weights, in the order in which a plain Keras model of the same layers sets them."""
        return self._program.network.weights()


class KerasTrainer:
    """Runs the trials of one study, one at a time, and remembers programs and samples between them.

    A trial's result depends on the study's seed, the trial and the machine, never on what ran before it. Programs
    are never forgotten, because TensorFlow would not give their memory back (15 to 40 MB each): whoever runs a
    trainer bounds their number by starting a new process.
    """

    def __init__(
        self,
        dataset: Dataset,
        *,
        seed: int,
        validation: float,
        draw: Callable[..., Sample] = draw_sample,
        model: ModelSpec | None = None,
    ) -> None:
        """``draw`` takes the arguments of :func:`~study.data.splits.draw_sample` and may give other rows.

        ``model`` is the user's own where the study has one. Raises :class:`~study.errors.CodeError` where its code
        cannot be imported, :class:`~study.errors.StudyError` where it is not the study's.
        """
        self.x = tf.constant(dataset.x)
        self.dataset = replace(dataset, x=self.x.numpy())  # a view: the images are in memory once
        self.seed = seed
        self._candidates: Candidates = DenseCandidates(self.dataset, seed)
        if model is not None:
            self._candidates = OwnCandidates(model, self.dataset, seed)
        self.programs: dict[Hashable, Program] = {}
        self.samples = Samples(self.dataset, seed=seed, validation=validation, draw=draw, take=self._taken)

    def run(self, trial: Trial, *, keep_weights: bool = False) -> Result:
        """Train, evaluate after every ``evaluate_every`` epochs, and return the result.

        A run whose cross-entropy stops being finite ends there and comes back as failed. With ``keep_weights`` a
        finished result brings the weights after its last epoch along.
        Raises :class:`~study.errors.DataError` when the sample cannot be drawn.
        """
        configuration, replicate = trial.configuration, trial.replicate
        rows = self.samples.of(configuration, replicate)
        try:
            program, candidate, compiled = self.ready(
                configuration, replicate, rows, outputs=takes_outputs(trial.metrics, rows.parts.task)
            )
        except BuildError as error:
            return Result(trial, "failed", EMPTY, reason=str(error), engine="keras", cpu=processor_name())
        started = time.perf_counter()
        candidate.start(program.network)
        result = run_trial(
            program,
            trial,
            rows.parts,
            engine="keras",
            started=started,
            tested=None if self.dataset.redrawn is None else rows.test_rows,
            compile_seconds=compiled,
            keep_weights=keep_weights,
        )
        return replace(result, parameters=candidate.parameters)

    def ready(
        self, configuration: Configuration, replicate: int, rows: Rows, *, outputs: bool = False
    ) -> tuple[TrialProgram, Candidate, float]:
        """A program for a trial, what starts it, and the seconds that compiling it took: 0 where it was there.

        Raises :class:`BuildError` where the configuration makes no network.
        """
        candidate = self._candidates.of(configuration, replicate, rows.sizes[0])
        weights = self._weights(configuration, rows)
        sizes = configuration.batch_size, rows.sizes[0], rows.total
        key = (candidate.key, *sizes, outputs, len(weights), configuration.scheduled)
        compiled = 0.0
        if key not in self.programs:
            network = candidate.network()
            made = Program(network, configuration, self.dataset, self.x, rows, weights, outputs=outputs)
            self.programs[key], compiled = made, made.compile_seconds
        program = self.programs[key]
        schedule = Schedule(configuration, program.steps)
        return TrialProgram(program, rows, self.seed, replicate, weights, schedule), candidate, compiled

    def _taken(self, sample: Sample) -> Rows:
        filling, parts = (0, -len(sample.y) % EVALUATION_ROWS), Parts.of(sample, self.dataset)
        index, y = (tf.constant(np.pad(values, filling)) for values in (sample.rows, parts.taught))
        if parts.task == "regression":
            y = y[:, None]
        return Rows(index, y, sample.sizes, parts, self._scaling(sample))

    def _scaling(self, sample: Sample) -> tuple[tf.Tensor, ...]:
        if self.dataset.scale is not None:
            return ()
        fitted = fit_scaling(self.dataset, sample.rows[: sample.sizes[0]])
        return tf.constant(fitted.shift), tf.constant(fitted.scale)

    def _weights(self, configuration: Configuration, rows: Rows) -> tuple[tf.Tensor, ...]:
        weights = row_weights(configuration, rows.parts)
        return () if weights is None else (tf.constant(np.pad(weights, (0, rows.total - len(weights)))),)


def _key(draws: int, step: int) -> tf.Tensor:
    """The dropout key (2,) of a trial at a step."""
    return tf.constant([draws, step], tf.int32)
