"""``build_model.py``: the final network as plain Keras code that builds it and trains it again without depthgauge."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType

from study.data.columns import MISSING
from study.data.files import cell_words, csv_text
from study.data.files.npz import PAIRS
from study.data.scaling import TargetScaling
from study.final.model_input import FILE, ModelInput
from study.records.networks import OwnModel
from study.records.trials import COMPILED, COSINE, PLATEAU, Configuration
from study.train.keras_code import (
    Layer,
    callbacks,
    calling,
    class_weights,
    compiling,
    layers,
    model_code,
    one_hot,
    schedule_class,
)
from study.words import clean

NAME = "build_model.py"

FAR = 1_000  # standard deviations from 0, from which on a target loses digits in float32

_SCRIPT = '''\
"""{title}, as plain Keras code. Written by depthgauge, which it does not need.

    python build_model.py DATA {target}[--save MODEL.keras] [--seed 0]

DATA is an .npz file with x and y, or with x_train, y_train, x_test and y_test; or a .csv or .tsv file
{csv}
{answers_are}
"""

{imports}

import keras
import numpy as np

FILE = Path(__file__).with_name("{file}")
if not FILE.is_file():
    raise SystemExit(f"There is no {{FILE}}. It belongs beside this script: copy it from the folder of the pick.")
INPUT = json.loads(FILE.read_text("utf-8"))
{constants}


{network}def build():
    """The untrained network: items of shape {shape} in, {gives} out."""
{model}


{train}


def read(path, target):
    """Training part, and test part or None: each items and {answers}."""
    if not Path(path).is_file():
        raise SystemExit(f"{{path}}: there is no such file.")
    if path.endswith(".npz"):
        with np.load(path, allow_pickle=False) as loaded:
            arrays = {{name.lower(): loaded[name] for name in loaded.files}}
        parts = [("x", "y")]
        for x, y in {pairs}:
            if x.format("train") in arrays:
                there = [part for part in ("test", "val", "valid", "validation") if x.format(part) in arrays]
                parts = [(x.format(part), y.format(part)) for part in ("train", *there[:1])]
                break
        check_names(path, [name for pair in parts for name in pair], arrays, "array")
        parts = [(reduced(arrays[x]), arrays[y].ravel().tolist()) for x, y in parts]
    else:
        table = read_table(path, target)
        check_names(path, [target], table, "column", " Name the column to predict with --target COLUMN.")
        answers = table.pop(target)
{counting}        parts = [(features(table), answers{counted})]
    parts = [(x, known(path, y), *more) for x, y, *more in parts]
    return parts[0], parts[1] if len(parts) > 1 else None


def check_names(path, needed, there, kind, hint=""):
    """End with one line where a column or an array is not there."""
    lost = [name for name in needed if name not in there]
    if lost:
        found = ", ".join(map(str, list(there)[:12]))
        raise SystemExit(f"{{path}}: there is no {{kind}} {{lost[0]!r}}. There are: {{found}}.{{hint}}")


{known}


def reduced(x):
    """Items from where training began to count: float32 would round off the digits that tell large values apart."""
    if not INPUT["offset"]:
        return x
    rows = x.reshape(len(x), -1)
    offset, unit = np.array(INPUT["offset"]), np.array(INPUT["unit"])
    if rows.dtype.kind in "iu" and (offset == np.floor(offset)).all():
        rows = rows.astype(np.int64) - offset.astype(np.int64)
    else:
        rows = rows.astype(np.float64) - offset
    return (rows / unit).astype(np.float32).reshape(x.shape)


def read_table(path, target):
    """The columns of a .csv or .tsv file by their names, each a list of text, read as training reads it."""
    try:
        found = layout(path, target)
        cells = list(rows(path, found))
    except (TableError, UnicodeDecodeError, OSError, EOFError) as error:
        raise SystemExit(f"{{path}}: {{error}}.") from None
    if not cells or len(set(found.names)) < len(found.names):
        raise SystemExit(f"{{path}}: expected rows of values below column names that differ.")
    return {{name: list(column) for name, column in zip(found.names, zip(*cells))}}


def numbers(name, cells, place):
    """The numbers (n,) of a column from where training began to count, an empty cell as NaN."""
    offset, unit = (INPUT["offset"][place], INPUT["unit"][place]) if INPUT["offset"] else (0, 1)
    values = []
    for cell in cells:
        try:
            whole = WHOLE.fullmatch(cell.strip()) and offset == int(offset)
            values.append((int(cell) - int(offset) if whole else number(cell) - offset) / unit)
        except ValueError as error:
            raise SystemExit(f"column {{name!r}}: {{error}}.") from None
    return np.array(values, np.float64)


{features}


# How a table is read: copied from depthgauge, where training read it so.


{cells}


{text}


def main():
    """Train on a file, say how good that is, and save the model where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--target", default={column!r})
    parser.add_argument("--save")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    train_part, test_part = read(arguments.data, arguments.target)
    model = train(*train_part, seed=arguments.seed)
    for name, part in (("train", train_part), ("test", test_part)):
        if part is not None:
            print(f"{{name}} {{said(model, *part{parts})}}, n = {{len(part[1])}}")
    if arguments.save:
        model.save(arguments.save)


if __name__ == "__main__":
    main()
'''

_NETWORK = '''\
sys.path.append(str(Path(__file__).parent))  # where {file} lies
{imported}  # noqa: E402


def network():
    """What the function of the study builds."""
{lines}


'''

_CLASSES = {
    "answers_are": "Labels are those of LABELS.",
    "constants": 'LABELS = INPUT["labels"]',
    "gives": "a probability for each label",
    "answers": "the places of their labels",
    "train": '''\
def train(x, y{counts}, seed=0):
    """A trained network, from items (n, ...) and the places (n,) of their labels in LABELS{told}."""
    keras.utils.set_random_seed(seed)
    model = build()
{taught}{compiling}
{shuffled}    {name}.fit(x, y, batch_size={batch_size}, epochs={epochs}{more}, verbose=2)
    return model


def answers(probabilities):
    """The places (n,) of the labels that probabilities (n, K) are answered with.

    Between two, as the threshold says that was chosen for the network of the pick.
    """
    threshold = INPUT["threshold"]
    if threshold is None:
        return probabilities.argmax(1)
    positive = threshold["positive"]
    return np.where(probabilities[:, positive] >= threshold["share"], positive, 1 - positive)


def said(model, x, y{judged}):
    """How good a network is on items and the places of their labels{told_judged}."""
    right = answers(model.predict(x, verbose=0)) == y
    return f"{weighted}accuracy {{np.average(right{averaged}):.4f}}"''',
    "known": '''\
def known(path, labels):
    """The places (n,) of labels in LABELS."""
    places = {label: place for place, label in enumerate(LABELS)}
    names = [label_name(label) for label in labels]
    strange = [name for name in names if name not in places]
    if strange:
        raise SystemExit(f"{path}: label {strange[0]!r} is none of LABELS: {', '.join(LABELS)}.")
    return np.array([places[name] for name in names])


def label_name(label):
    """A label as it stands in LABELS: text is what it says, the number 3.0 is 3."""
    name = label.decode() if isinstance(label, bytes) else str(label)
    whole = re.fullmatch("(-?[0-9]+)[.]0*", name)
    return whole[1] if whole and name not in LABELS else name''',
}

_NUMBERS = {
    "answers_are": "Targets are numbers.",
    "constants": 'MEAN, DEVIATION = INPUT["target"]["mean"], INPUT["target"]["deviation"]  # of the target',
    "gives": "a number in the unit of the target",
    "answers": "their targets",
    "train": '''\
def train(x, y{counts}, seed=0):
    """A trained network, from items (n, ...) and their targets (n,){told}."""
    keras.utils.set_random_seed(seed)
    model = build()
{weighed}    # All layers but the last, which gives the target's unit: they learn in standard deviations from its mean.
    taught = {cut}
{compiling}
{shuffled}    taught.fit(x, (y - MEAN) / DEVIATION, batch_size={batch_size}, epochs={epochs}{more}, verbose=2)
    return model


def said(model, x, y{judged}):
    """How good a network is on items and their targets, in the unit of the target{told_judged}."""
    errors = model.predict(x, verbose=0)[:, 0] - y
    square, distance = np.average(errors**2{averaged}), np.average(np.abs(errors){averaged})
    return f"{weighted}RMSE {{np.sqrt(square):.6g}}, {weighted}MAE {{distance:.6g}}"''',
    "known": '''\
def known(path, targets):
    """Targets (n,) as numbers."""
    try:
        found = np.array([number(str(target)) for target in targets], np.float64)
    except ValueError as error:
        raise SystemExit(f"{path}: target: {error}.") from None
    if not np.isfinite(found).all():
        raise SystemExit(f"{path}: expected a finite target in every row.")
    return found''',
}

_COUNTING = """\
        weight = {weight!r}
        check_names(path, [weight], table, "column")
        try:
            counts = np.array([number(cell) for cell in table.pop(weight)], np.float64)
        except ValueError as error:
            raise SystemExit(f"{{path}}: column {{weight!r}}: {{error}}.") from None
        if not np.isfinite(counts).all() or counts.min() < 0 or counts.max() == 0:
            raise SystemExit(f"{{path}}: column {{weight!r}}: expected numbers from 0 on, and not 0 in all rows.")
"""

_ARRAYS = '''\
def features(table):
    """Items of a table with one column for each of their values, in order."""
    columns = [numbers(name, cells, place) for place, (name, cells) in enumerate(table.items())]
    if len(columns) != int(np.prod(INPUT["shape"])):
        raise SystemExit(f"expected {int(np.prod(INPUT['shape']))} columns of values, found {len(columns)}.")
    return np.stack(columns, axis=1).astype(np.float32).reshape(-1, *INPUT["shape"])'''

_TABLE = '''\
def features(table):
    """What the model takes of a table: numbers, an empty cell as the mean of training; one column a category."""
    known = INPUT["columns"]
    check_names("the table", [*known["numeric"], *(name for name, _ in known["categorical"])], table, "column")
    columns = []
    for place, name in enumerate(known["numeric"]):
        values = numbers(name, table[name], place).astype(np.float32)
        columns.append(np.where(np.isnan(values), np.float32(INPUT["shift"][place]), values))
    for name, categories in known["categorical"]:
        cells = ["{missing}" if is_empty(cell) else cell for cell in table[name]]
        columns += [np.array([cell == category for cell in cells]) for category in categories]
    return np.stack(columns, axis=1).astype(np.float32)'''


@dataclass(frozen=True, slots=True)
class OwnPart:
    """What of a script is the user's own model.

    ``network`` is what is built, from ``facts`` (by name, as Python), for items of ``shape``, which it takes
    ``as_given``. Its outputs are ``probabilities``, or logits, of each class or of the second of two (``single``).
    ``one_hot`` says whether its loss takes labels so.
    """

    network: OwnModel
    facts: Mapping[str, str]
    shape: tuple[int, ...]
    as_given: bool
    probabilities: bool
    single: bool
    one_hot: bool

    def behind(self, takes: ModelInput) -> int:
        """How many layers stand behind it in the script's model."""
        return len(_to_probabilities(self, takes)) + (takes.target is not None)


def source(
    configuration: Configuration,
    takes: ModelInput,
    title: str,
    own: OwnPart | None = None,
    weight: str | None = None,
    validation: float = 0.1,
    *,
    weighted: bool = False,
) -> str:
    """The text of a file whose ``build()`` is the model that is saved beside it.

    ``configuration`` trains exactly its number of epochs; ``weight`` is what rows count by, ``validation`` the share of
    rows that a learning rate goes by where it goes by validation. ``weighted``: rows count in what the script says of
    the network, too.
    """
    table = takes.columns is not None
    built: list[Layer] = ["network()", *_to_probabilities(own, takes)] if own is not None else []
    built = built or layers(configuration, takes.outputs)
    more = [] if takes.target is None else [_to_unit(takes.target)]
    into = [] if own is None else [f"keras.layers.Reshape({own.shape!r})"]
    before = [*_input_layers(takes, as_given=own is not None and own.as_given), *into]
    lines, model = model_code(f"keras.Input({takes.shape!r})", [*before, *built, *more])
    body = "\n".join([*lines, f"return {model}"])
    apart = len(more) if own is None else own.behind(takes)  # layers behind what is trained
    task = _CLASSES if takes.target is None else _NUMBERS
    taught = "taught" if apart else "model"
    if own is None or configuration.optimizer != COMPILED:
        compiled = compiling(configuration, taught, watch=configuration.schedule == PLATEAU)
    else:
        compiled = (
            f"own = model.layers[{-1 - apart}]\n"
            f"{taught}.compile(optimizer=own.optimizer, loss=own.loss{'' if takes.target else ', metrics=[{!r}]'})"
        ).replace("{!r}", '"accuracy"')
    hot = own.one_hot if own is not None and configuration.optimizer == COMPILED else one_hot(configuration)
    columns = "    y = keras.utils.to_categorical(y, len(LABELS))\n" if hot else ""
    cut = f"keras.Sequential([keras.Input({takes.shape!r}), *model.layers[:{-apart}]])"
    if lines:
        cut = f"keras.Model(model.inputs, model.layers[{-1 - apart}].output)"
    weights = class_weights(configuration, takes.labels)
    weighed = f"    weights = {weights}\n" if weights else ""  # of places, before they become columns
    weighing = ", class_weight=weights" if weights else ""
    if weight is not None:  # Keras takes no weights of classes beside those of rows
        of_classes = " * np.array([weights[place] for place in y])" if weights else ""
        weighed += "    counts = np.ones(len(y)) if counts is None else counts\n"  # arrays come without
        weighed += f"    counts = counts / np.mean(counts){of_classes}\n"
        weighing = ", sample_weight=counts"
    schedule, called = schedule_class(configuration), callbacks(configuration)
    if called:
        weighing += f", callbacks=[{', '.join(called)}]"
    shuffled = ""
    if configuration.schedule == PLATEAU:  # Keras holds out the last rows, which may be of one class
        weighing += f", validation_split={validation!r}"
        names = ["x", "y", *(["counts"] if weight is not None else [])]
        each = ", ".join(f"{name}[order]" for name in names)
        shuffled = f"    order = np.random.default_rng(seed).permutation(len(x))\n    {', '.join(names)} = {each}\n"
    train = task["train"].format(
        taught=weighed + columns + (f"    {taught} = {cut}\n" if apart and takes.target is None else ""),
        weighed=weighed,
        cut=cut,
        shuffled=shuffled,
        name=taught,
        compiling=textwrap.indent(compiled, "    "),
        batch_size=configuration.batch_size,
        epochs=configuration.epochs,
        more=weighing,
        counts="" if weight is None else ", counts=None",
        told="" if weight is None else ", and what they count (n,)",
        judged=", counts=None" if weighted else "",
        told_judged=", which count so (n,)" if weighted else "",
        weighted="weighted " if weighted else "",
        averaged=", weights=counts" if weighted else "",
    )
    return _SCRIPT.format(
        network=(f"{schedule}\n\n" if schedule else "") + ("" if own is None else _network(own)),
        **(task | {"train": train}),
        title=_in_docstring(title),
        target="" if table else "[--target COLUMN] ",
        csv="with the columns of the study's table."
        if table
        else "with one column for each value of an item, in order.",
        file=FILE,
        shape=takes.shape,
        model=textwrap.indent(body, "    "),
        pairs=[pair("{}") for pair in PAIRS],
        imports="\n".join(
            _imports(csv_text, cell_words, own=own, more=["import math"] * (configuration.schedule == COSINE))
        ),
        features=(_TABLE if table else _ARRAYS).replace("{missing}", MISSING),
        cells=_body(cell_words),
        text=_body(csv_text),
        column=takes.columns.target if takes.columns is not None else "label",
        counted="" if weight is None else ", counts",
        parts="" if weighted else "[:2]",
        counting="" if weight is None else _COUNTING.format(weight=weight),
    )


def _network(own: OwnPart) -> str:
    """The function that calls the user's."""
    imports, lines, call = calling(own.network, own.facts, "build_network")
    return _NETWORK.format(
        file=f"{own.network.module}.py",
        imported=imports[-1],
        lines=textwrap.indent("\n".join([*lines, f"return {call}"]), "    "),
    )


def _to_probabilities(own: OwnPart, takes: ModelInput) -> list[str]:
    """The layers that make probabilities of each class of what the user's network gives."""
    if takes.target is not None or (own.probabilities and not own.single):
        return []
    if not own.single:
        return ["keras.layers.Softmax()"]
    # Of a single number p, 1 - p and p: exact, and of layers that load without code.
    second = [] if own.probabilities else ['keras.layers.Activation("sigmoid")']
    both = (
        "keras.layers.Dense(2, trainable=False, kernel_initializer=keras.initializers.Constant([[-1.0, 1.0]]), "
        "bias_initializer=keras.initializers.Constant([1.0, 0.0]))"
    )
    return [*second, both]


def _imports(*modules: ModuleType, own: OwnPart | None, more: Iterable[str]) -> list[str]:
    """The lines of import that the script and the modules copied into it need, ``more`` among them."""
    lines = {"import argparse", "import json", "import re", "from pathlib import Path", *more}
    if own is not None:
        lines |= {"import sys", *(["import keras_tuner"] if "hp" in own.network.asks else [])}
    for module in modules:
        lines |= {ast.unparse(node) for node in _tree(module) if isinstance(node, ast.Import | ast.ImportFrom)}
    return sorted(lines, key=lambda line: (line.startswith("from"), line))


def _body(module: ModuleType) -> str:
    """A module's text below its docstring and its imports."""
    text = inspect.getsource(module).splitlines()
    heads = [n for n in _tree(module)[1:] if not isinstance(n, ast.Import | ast.ImportFrom)]
    last = max(n.end_lineno or 0 for n in _tree(module) if n not in heads and n.lineno < heads[0].lineno)
    return "\n".join(text[last:]).strip()


def _tree(module: ModuleType) -> list[ast.stmt]:
    return ast.parse(inspect.getsource(module)).body


def _in_docstring(text: str) -> str:
    """Text that cannot end the docstring it stands in: names come from stores, which may be somebody else's."""
    return clean(text).replace("\\", "/").replace('"', "'")


def _to_unit(target: TargetScaling) -> str:
    """The layer that brings a prediction to the target's unit: float32, which TensorFlow Lite knows, where it does."""
    precise = ', dtype="float64"' if abs(target.mean) >= FAR * target.deviation else ""
    return f"keras.layers.Rescaling(DEVIATION, offset=MEAN{precise})"


def _input_layers(takes: ModelInput, *, as_given: bool) -> list[str]:
    """The layers that make of an item as given what the network was trained on."""
    flat = ["keras.layers.Flatten()"] if len(takes.shape) > 1 else []
    if as_given:
        return flat
    if takes.scale is not None:
        return [*flat, f"keras.layers.Rescaling(1 / {takes.scale:g})"]
    # Two layers and no Normalization, which takes no spread below 1e-7 and squares it.
    return [
        *flat,
        'keras.layers.Rescaling(1.0, offset=[-value for value in INPUT["shift"]])',
        'keras.layers.Rescaling([1 / value for value in INPUT["spread"]])',
    ]
