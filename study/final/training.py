"""The final training, in a process like the study's workers: same program, fresh replicate, no test rows."""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import time
import warnings
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from study.analysis.t_intervals import t_interval, weighted_share_interval, wilson_interval
from study.data.dataset import Dataset
from study.data.loading import load_dataset
from study.data.splits import Sample, draw_sample
from study.design.own_model import ModelSpec
from study.design.spec import StudySpec
from study.errors import InputError, StudyError
from study.final import build_script
from study.final.model_input import ModelInput
from study.final.own_code import copy_code, custom_objects, own_part
from study.final.residuals import Residuals
from study.final.test_rows import write_test_rows
from study.final.threshold import ChosenThreshold, Threshold, answers_of, choose_threshold
from study.machine.places import scratch_folder
from study.machine.silence import silence
from study.records.intervals import Interval
from study.records.metrics import ACCURACY, METRICS, Measured, Metric, Predictions, Scores
from study.records.sources import Task
from study.records.trials import FINAL_REPLICATE, Configuration, MetricChoice, Trajectory, Trial
from study.run.executors import worker
from study.train.engine_choice import trainer_of
from study.train.measuring import positive_class
from study.words import clean, option

if TYPE_CHECKING:
    import keras

Refit = Literal["train", "train+validation"]
Format = Literal["keras", "tflite", "saved_model", "onnx"]
REFITS: tuple[Refit, ...] = get_args(Refit)
FORMATS: tuple[Format, ...] = get_args(Format)
MODEL = "model.keras"
FILES = {"keras": MODEL, "tflite": "model.tflite", "saved_model": "saved_model", "onnx": "model.onnx"}
KERAS_NAMES = {"tflite": "litert", "saved_model": "tf_saved_model", "onnx": "onnx"}  # of the formats that it exports
BATCH = 500
ANSWERED = ("answers", "classes")  # sources of the metrics that a decision threshold changes


@dataclass(frozen=True, slots=True)
class Job:
    """What to train, on what, and the folder that gets the model and what belongs to it."""

    spec: StudySpec
    dataset_sha256: str
    configuration: Configuration
    refit: Refit
    formats: tuple[Format, ...]
    title: str
    folder: Path
    model: ModelSpec | None = None  # the user's own, and where its file lies


UNKNOWN = Interval(None, None, None, 0)


@dataclass(frozen=True, slots=True)
class FinalMetric:
    """A metric of the final network, by its ``name``: after its last epoch, on ``test`` as the saved model answers.

    None where it has no value, and on validation where its rows were trained on. ``interval`` is that of ``test`` over
    its items, in a regression.
    """

    name: str
    train: float | None
    validation: float | None
    test: float | None
    interval: Interval = UNKNOWN


@dataclass(frozen=True, slots=True)
class Trained:
    """What the final training left beside its files.

    Accuracies are clean, in [0, 1], that of ``test`` with its interval over items; that of validation is None where
    its rows were trained on. Rows count in them as in the study's. ``sizes`` are the numbers of rows trained on and
    held out. ``labels`` and ``predicted`` (N,) are the test set's, by the saved model, as places in its outputs, whose
    ``names`` are (K,). ``notes`` say for each further format how far it agrees, or why it is not there.
    ``test_rows_written`` says whether depthgauge drew the test set and wrote its rows.
    ``measured`` are the metrics that the study asks for beside accuracy.

    ``threshold`` is how that between two labels was chosen, None where there was nothing to choose. All that is said of
    answers is of answers with it.

    A regression has no accuracies, labels and names, but ``residuals``, None where all rows were trained on.
    """

    train: float | None
    validation: float | None
    test: Interval
    sizes: tuple[int, int]
    labels: NDArray[np.int64]
    predicted: NDArray[np.int64]
    names: tuple[str, ...]
    shape: tuple[int, ...]
    notes: tuple[str, ...]
    seconds: float
    test_rows_written: bool
    measured: tuple[FinalMetric, ...] = ()
    residuals: Residuals | None = None
    threshold: ChosenThreshold | None = None


def train_apart(job: Job) -> Trained:
    """:func:`train` in a process of its own, like the study's workers.

    Raises :class:`StudyError` where the training diverges or its process dies.
    """
    from concurrent.futures import BrokenExecutor

    from pebble import ProcessExpired, ProcessPool

    from study.run.executors.starting import worker_context

    with scratch_folder() as scratch:
        pool = ProcessPool(1, initializer=worker.attend, initargs=(scratch, os.getpid()), context=worker_context())
        try:
            trained: Trained = pool.schedule(train, args=(job,)).result()
        except (ProcessExpired, BrokenExecutor) as error:
            code = getattr(error, "exitcode", "unknown")
            raise StudyError(
                f"The process of the final training died (exit code {code}); it may have run out of memory. "
                "Nothing was written. Run the same command again."
            ) from error
        finally:
            pool.stop()
            pool.join()
    return trained


def train(job: Job) -> Trained:
    """Train, write the model and what belongs to it into the job's folder, and read the test set once, with the model.

    Raises :class:`InputError` where the data are not those of the study any more, :class:`StudyError` where the
    training diverges.
    """
    worker.use_one_thread()
    if job.model is not None:
        worker.keep_quiet()
    dataset = load_dataset(job.spec.source)
    if dataset.sha256 != job.dataset_sha256:
        raise InputError(
            f"The data of study {job.spec.name!r} have changed since it ran, so its pick says nothing of them. Restore "
            "them, or run a new study."
        )
    started = time.perf_counter()
    samples: list[Sample] = []

    def draw(*arguments: Any, **more: Any) -> Sample:
        samples.append(sealed(draw_sample(*arguments, **more), job.refit))
        return samples[-1]

    trainer = trainer_of(
        job.spec.engine,
        dataset,
        seed=job.spec.seed,
        validation=job.spec.validation,
        draw=draw,
        model=job.model,
    )
    metrics = job.spec.measured
    result = trainer.run(Trial(job.configuration, FINAL_REPLICATE, metrics=metrics), keep_weights=True)
    if result.state == "failed":
        raise StudyError(
            f"The final training failed: {result.reason}. The study's own runs of this network did not, so it can only "
            f"just be trained. Pick a smaller one with {option('max_parameters')}."
        )
    seconds = time.perf_counter() - started
    (sample,) = samples
    rows = sample.rows[: sample.sizes[0]]
    takes = ModelInput.of(dataset, rows)
    takes.write(job.folder)
    own = None
    if job.model is not None:
        copy_code(job.model, job.folder)
        own = own_part(job.model, job.configuration, dataset, sample.sizes[0])
    script = build_script.source(
        job.configuration,
        takes,
        job.title,
        own,
        job.spec.data.weight,
        job.spec.validation,
        weighted=job.spec.weighted_metrics,
    )
    (job.folder / build_script.NAME).write_text(script, "utf-8")
    with silence():
        model, saved = _saved(job.folder, result.weights, None if own is None else -1 - own.behind(takes))
        test_rows = np.arange(dataset.training, len(dataset.y))
        tested = takes.items(dataset.x[test_rows])
        outputs = outputs_of(model, tested) if len(tested) else np.zeros((0, dataset.outputs), np.float32)
        residuals = _residuals(dataset, sample, model, takes, job.refit) if takes.target is not None else None
        chosen, last = _decided(job, dataset, sample, model, takes, result.trajectory)
        some = takes.items(dataset.x[rows[:BATCH]]).astype(np.float32)
        notes = (*saved, *(export(model, job.folder, one, some) for one in job.formats if one != "keras"))
    held_out = job.refit == "train"
    threshold = None if chosen is None else chosen.threshold
    if threshold is not None:
        takes = replace(takes, threshold=threshold)
        takes.write(job.folder)
    train_accuracy, validation_accuracy = last.get(ACCURACY.name, (None, None))
    if residuals is not None:
        residuals.write(job.folder)
    classes = test_rows if dataset.classes else test_rows[:0]
    measuring = _FinalMeasuring(dataset, metrics, threshold)
    return Trained(
        train=train_accuracy,
        validation=validation_accuracy if held_out else None,
        test=measuring.accuracy(outputs, test_rows) if len(classes) else UNKNOWN,
        sizes=(sample.sizes[0], sample.sizes[1] if held_out else 0),
        labels=dataset.y[classes].astype(np.int64),
        predicted=(answers_of(outputs, threshold) if dataset.classes else np.zeros(0)).astype(np.int64),
        names=takes.labels,
        shape=takes.shape,
        notes=notes,
        seconds=seconds,
        test_rows_written=write_test_rows(job.folder, dataset),
        measured=tuple(
            _measured(
                metric,
                last[metric.name],
                measuring.of(metric, outputs, test_rows),
                dataset.task,
                held_out=held_out,
            )
            for metric in metrics.all
            if metric is not ACCURACY
        ),
        residuals=residuals,
        threshold=chosen,
    )


Last = dict[str, tuple[float | None, float | None]]  # each metric on train and on validation


def _decided(
    job: Job, dataset: Dataset, sample: Sample, model: keras.Model, takes: ModelInput, trajectory: Trajectory
) -> tuple[ChosenThreshold | None, Last]:
    """The threshold, chosen on the rows held out, and the metrics after the last epoch with it."""
    last: Last = {name: _finite(values[-1]) for name, values in trajectory.values.items()}
    metrics = job.spec.measured
    if not dataset.classes or job.refit != "train":
        return None, last
    bounds = np.cumsum((0, *sample.sizes[:2]))
    parts = [sample.rows[start:end] for start, end in pairwise(bounds)]
    measuring = _FinalMeasuring(dataset, metrics)
    held_out = outputs_of(model, takes.items(dataset.x[parts[1]]))
    labels, weights = dataset.y[parts[1]], dataset.counted(parts[1], weighted=metrics.weighted)
    chosen = choose_threshold(METRICS[metrics.metric], held_out, labels, measuring.positive, weights)
    if chosen is None or chosen.threshold is None:
        return chosen, last
    outputs = (outputs_of(model, takes.items(dataset.x[parts[0]])), held_out)
    measuring = replace(measuring, threshold=chosen.threshold)
    for metric in {ACCURACY, *metrics.all}:
        if metric.source in ANSWERED:
            train, validation = (measuring.of(metric, *one).value for one in zip(outputs, parts, strict=True))
            last[metric.name] = train, validation
    return chosen, last


def _finite(values: NDArray[np.float64]) -> tuple[float | None, float | None]:
    train, validation = (float(one) if np.isfinite(one) else None for one in values[:2])
    return train, validation


@dataclass(frozen=True, slots=True)
class _FinalMeasuring:
    """How the final network is measured on rows of the data: as the study was, and with its decision threshold."""

    dataset: Dataset
    choice: MetricChoice
    threshold: Threshold | None = None

    @property
    def positive(self) -> int:
        """The place of the class that metrics of one class are about."""
        return positive_class(self.choice, self.dataset.labels)

    def of(self, metric: Metric, outputs: NDArray[np.floating[Any]], rows: NDArray[np.integer[Any]]) -> Measured:
        """A metric of the model's ``outputs`` (n, K) for these rows (n,); one of answers, with the threshold."""
        answers, weights = self.dataset.y[rows], self.dataset.counted(rows, weighted=self.choice.weighted)
        if self.dataset.task == "regression":
            return metric.measure(Predictions(answers, outputs[:, 0].astype(np.float64), weights))
        logits = np.log(np.maximum(outputs, np.finfo(np.float32).tiny))
        if self.threshold is not None and metric.source in ANSWERED:
            logits = np.eye(2)[self.threshold.answers(outputs)]
        return metric.measure(Scores(answers, logits, self.dataset.labels, self.positive, weights))

    def accuracy(self, outputs: NDArray[np.floating[Any]], rows: NDArray[np.integer[Any]]) -> Interval:
        """The accuracy on these rows with its 95 % interval."""
        measured = self.of(ACCURACY, outputs, rows)
        if measured.items is None:
            return UNKNOWN
        weights = self.dataset.counted(rows, weighted=self.choice.weighted)
        if weights is None:
            return wilson_interval(int(measured.items.sum()), len(rows))
        return weighted_share_interval(measured.items, weights)


def _residuals(
    dataset: Dataset, sample: Sample, model: keras.Model, takes: ModelInput, refit: Refit
) -> Residuals | None:
    """Those of the test set, or where no row was sealed, of the rows held out for validation."""
    part: Literal["test", "validation"] = "test"
    rows = np.arange(dataset.training, len(dataset.y))
    places = rows - dataset.training if dataset.drawn is None else dataset.drawn
    if not len(rows):
        if refit != "train":
            return None
        part, rows = "validation", sample.rows[sample.sizes[0] : sum(sample.sizes[:2])].astype(np.int64)
        places = rows
    predicted = outputs_of(model, takes.items(dataset.x[rows]))[:, 0].astype(np.float64)
    return Residuals(part, places, dataset.y[rows], predicted)


def _measured(
    metric: Metric, last: tuple[float | None, float | None], tested: Measured, of: Task, *, held_out: bool
) -> FinalMetric:
    """A metric from the ``last`` values on train and validation, and as it was ``tested``."""
    train, validation = last
    over_items = UNKNOWN if of == "classification" or tested.items is None else t_interval(tested.items)
    return FinalMetric(metric.name, train, validation if held_out else None, tested.value, over_items)


def sealed(drawn: Sample, refit: Refit) -> Sample:
    """A sample without the test set: validation stands in its place, and with ``train+validation`` among the rows
    trained on, too."""
    train, held_out = (slice(*bounds) for bounds in pairwise(np.cumsum((0, *drawn.sizes[:2]))))
    parts = [train, held_out] if refit == "train+validation" else [train]
    parts += [held_out, held_out]
    rows, y = (np.concatenate([values[part] for part in parts]) for values in (drawn.rows, drawn.y))
    held = drawn.sizes[1]
    return Sample(rows, y, (len(rows) - 2 * held, held, held))


def outputs_of(model: keras.Model, x: NDArray[np.generic]) -> NDArray[np.floating[Any]]:
    """Probabilities (n, K) for items as given (n, ...), or the numbers (n, 1) of a regression in the target's unit."""
    outputs: NDArray[np.floating[Any]] = model.predict(x, batch_size=BATCH, verbose=0)
    return outputs


def export(model: keras.Model, folder: Path, form: Format, x: NDArray[np.float32]) -> str:
    """Write the model in another form and say how far it agrees on items ``x`` (n, ...), or why there is none."""
    import tensorflow as tf

    file = folder / FILES[form]
    expected = outputs_of(model, x)  # a model that was never called is not exported
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of converters, about NumPy and about themselves
            model.export(file, format=KERAS_NAMES[form], verbose=False)
        if form == "tflite":
            outputs = _interpreted(tf.lite.Interpreter(str(file)), x)
        elif form == "onnx":
            outputs = _run_by_onnx(file, x)
        else:
            loaded = tf.saved_model.load(str(file))  # has to live as long as its function
            outputs = loaded.serve(x).numpy()
    except Exception as error:  # whatever a converter raises: the model itself is there
        shutil.rmtree(file, ignore_errors=True)
        file.unlink(missing_ok=True)
        return f"{file.name} could not be made: {type(error).__name__}: {str(error).partition(chr(10))[0]}"
    difference = float(np.abs(outputs - expected).max())
    what = "predictions" if model.output_shape[-1] == 1 else "probabilities"
    return f"{file.name}: {what} differ from {MODEL} by {difference:.1g} at most, on {len(x)} training items."


def _saved(
    folder: Path, weights: tuple[NDArray[np.float32], ...], place: int | None
) -> tuple[keras.Model, tuple[str, ...]]:
    """The model that the folder's script builds, with these weights: saved, and read again as a user will.

    ``place`` is that of the user's own model among its layers, None where the weights are those of the whole. Beside it
    are sentences on what reading the file takes, and what it lacks. Raises :class:`StudyError` where Keras cannot read
    it.
    """
    import keras

    model = runpy.run_path(str(folder / build_script.NAME))["build"]()
    (model if place is None else model.layers[place]).set_weights(weights)
    compiled = [one for one in (model, *model.layers) if getattr(one, "optimizer", None) is not None]
    for one in compiled:  # by the user
        if not one.optimizer.built:  # else Keras warns where the file is loaded
            one.optimizer.build(one.trainable_variables)

    def read_again() -> keras.Model:
        model.save(folder / MODEL)
        return keras.models.load_model(folder / MODEL, custom_objects=custom_objects(folder), safe_mode=True)

    try:
        return read_again(), _theirs(model, folder)
    except Exception as first:  # whatever Keras, or a class of the user's, raises
        for one in compiled:
            one.compiled = False  # a loss that was made by a function cannot be found again by its name
        try:
            lacking = f"{MODEL} holds no optimizer and no loss, which Keras could not read again ({_short(first)})."
            return read_again(), (*_theirs(model, folder), lacking)
        except Exception as error:
            raise StudyError(
                f"The network is trained, but Keras cannot read what it saves of it: {_short(error)}. It reads layers "
                "of its own, and classes and functions of your file by their names: a function without one, as in "
                "Lambda(lambda x: ...), is lost."
            ) from None


def _theirs(model: keras.Model, folder: Path) -> tuple[str, ...]:
    """How a file that names classes or functions of the user's is read, if there are any."""
    config = model.to_json()
    needed = [one for name, one in custom_objects(folder).items() if json.dumps(name) in config]
    if not needed:
        return ()
    said = ", ".join(f'"{one.__name__}": {one.__module__}.{one.__name__}' for one in needed)
    return (f"To read {MODEL} in Python: keras.models.load_model({MODEL!r}, custom_objects={{{said}}})",)


def _short(error: Exception) -> str:
    lost = re.search(r"Could not locate [^.\n]*", str(error))  # behind a page of configuration
    text = lost[0] if lost else re.split(r"\. |\n", str(error).strip())[0].rstrip(".")
    return clean(f"{type(error).__name__}: {text[:200]}")


def _run_by_onnx(file: Path, x: NDArray[np.float32]) -> NDArray[np.float32]:
    """What ONNX Runtime computes of ``x``."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    (takes,) = session.get_inputs()
    outputs: NDArray[np.float32] = session.run(None, {takes.name: x})[0]
    return outputs


def _interpreted(interpreter: Any, x: NDArray[np.float32]) -> NDArray[np.float32]:
    """What TensorFlow Lite computes of ``x``."""
    (takes,), (gives,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.resize_tensor_input(takes["index"], x.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(takes["index"], x)
    interpreter.invoke()
    outputs: NDArray[np.float32] = interpreter.get_tensor(gives["index"])
    return outputs
