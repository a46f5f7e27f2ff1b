"""``build_model.py``: the final network as plain Keras code that builds it and trains it again without depthgauge."""

from __future__ import annotations

import textwrap
from pathlib import Path

from study.data.columns import MISSING
from study.data.files.tables import EMPTY
from study.final.model_input import FILE, ModelInput
from study.records.trials import Configuration
from study.train.keras_code import compiling, layers, sequential
from study.words import clean

NAME = "build_model.py"

_SCRIPT = '''\
"""{title}, as plain Keras code. Written by depthgauge, which it does not need.

    python build_model.py DATA {target}[--save MODEL.keras] [--seed 0]

DATA is an .npz file with x and y, or with x_train, y_train, x_test and y_test; or a .csv file (read with pandas)
{csv}
Labels are those of LABELS.
"""

import argparse
import json
import pathlib

import keras
import numpy as np

FILE = pathlib.Path(__file__).with_name("{file}")
if not FILE.is_file():
    raise SystemExit(f"There is no {{FILE}}. It belongs beside this script: copy it from the folder of the pick.")
INPUT = json.loads(FILE.read_text("utf-8"))
LABELS = INPUT["labels"]


def build():
    """The untrained network: items of shape {shape} in, a probability for each label out."""
    return {model}


def train(x, y, seed=0):
    """A trained network, from items (n, ...) and the places (n,) of their labels in LABELS."""
    keras.utils.set_random_seed(seed)
    model = build()
{compiling}
    model.fit(x, y, batch_size={batch_size}, epochs={epochs}, verbose=2)
    return model


def read(path, target):
    """Training part, and test part or None: each items and the places of their labels."""
    if not pathlib.Path(path).is_file():
        raise SystemExit(f"{{path}}: there is no such file.")
    if path.endswith(".npz"):
        with np.load(path, allow_pickle=False) as arrays:
            names = ["_train", "_test"] if "x_train" in arrays else [""]
            needed = ["x" + names[0], "y" + names[0]]
            if "x_test" in arrays:
                needed.append("y_test")
            check_names(path, needed, arrays.files, "array")
            parts = [(arrays["x" + name], arrays["y" + name]) for name in names if "x" + name in arrays]
    else:
        frame = read_table(path, target)
        check_names(path, [target], frame.columns, "column", " Name the column of labels with --target COLUMN.")
        parts = [(features(frame.drop(columns=target)), frame[target].to_numpy())]
    known = {{label: place for place, label in enumerate(LABELS)}}
    parts = [(x, [label_name(label) for label in y.ravel().tolist()]) for x, y in parts]
    strange = [name for _, names in parts for name in names if name not in known]
    if strange:
        raise SystemExit(f"{{path}}: label {{strange[0]!r}} is none of LABELS: {{', '.join(LABELS)}}.")
    parts = [(x, np.array([known[name] for name in names])) for x, names in parts]
    return parts[0], parts[1] if len(parts) > 1 else None


def check_names(path, needed, there, kind, hint=""):
    """End with one line where a column or an array is not there."""
    lost = [name for name in needed if name not in there]
    if lost:
        found = ", ".join(map(str, list(there)[:12]))
        raise SystemExit(f"{{path}}: there is no {{kind}} {{lost[0]!r}}. There are: {{found}}.{{hint}}")


def label_name(label):
    """A label as it stands in LABELS: the number 3.0 is 3."""
    try:
        return f"{{float(label):.0f}}" if str(label) not in LABELS and float(label).is_integer() else str(label)
    except ValueError:
        return str(label)


{read_table}


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
            accuracy = model.evaluate(*part, verbose=0, return_dict=True)["accuracy"]
            print(f"{{name}} accuracy {{accuracy:.4f}}, n = {{len(part[1])}}")
    if arguments.save:
        model.save(arguments.save)


if __name__ == "__main__":
    main()
'''

_ARRAYS = '''\
def read_table(path, target):
    """The rows of a .csv file, labels as text."""
    import pandas

    return pandas.read_csv(path, dtype={target: str})


def features(frame):
    """Items of a table with one column for each of their values, in order."""
    return frame.to_numpy(np.float32).reshape(-1, *INPUT["shape"])'''

_TABLE = '''\
def read_table(path, target):
    """The rows of a .csv file, labels and words as text, empty cells as missing values."""
    import pandas

    with open(path, encoding="utf-8-sig") as file:
        delimiter = max(",;\\t", key=file.readline().count)
    words = [name for name, _ in INPUT["columns"]["categorical"]]
    needed = [*INPUT["columns"]["numeric"], *words]
    empty = dict.fromkeys(needed, {empty})
    types = dict.fromkeys([target, *words], str)
    frame = pandas.read_csv(
        path, sep=delimiter, skipinitialspace=True, keep_default_na=False, na_values=empty, dtype=types
    )
    check_names(path, needed, frame.columns, "column")
    return frame


def features(frame):
    """What the model takes of a table: numbers, an empty cell as the mean of training; one column a category."""
    columns = []
    for place, name in enumerate(INPUT["columns"]["numeric"]):
        columns.append(frame[name].astype(float).fillna(INPUT["shift"][place]))
    for name, categories in INPUT["columns"]["categorical"]:
        cells = frame[name].astype(object).where(frame[name].notna(), "{missing}").astype(str)
        columns += [cells == category for category in categories]
    return np.stack(columns, axis=1).astype(np.float32)'''


def write(folder: Path, configuration: Configuration, takes: ModelInput, title: str) -> None:
    """Write ``build_model.py``, whose ``build()`` is the model that is saved beside it."""
    (folder / NAME).write_text(source(configuration, takes, title), "utf-8")


def source(configuration: Configuration, takes: ModelInput, title: str) -> str:
    """The file's text. ``configuration`` trains exactly its number of epochs."""
    table = takes.columns is not None
    model = sequential([f"keras.Input({takes.shape!r})", *_input_layers(takes), *layers(configuration, takes.classes)])
    return _SCRIPT.format(
        title=_in_docstring(title),
        target="" if table else "[--target COLUMN] ",
        csv="with the columns of the study's table."
        if table
        else "with one column for each value of an item, in order.",
        file=FILE,
        shape=takes.shape,
        model=textwrap.indent(model, "    ").lstrip(),
        compiling=textwrap.indent(compiling(configuration), "    "),
        batch_size=configuration.batch_size,
        epochs=configuration.epochs,
        read_table=(_TABLE if table else _ARRAYS).replace("{empty}", repr(list(EMPTY))).replace("{missing}", MISSING),
        column=takes.columns.target if takes.columns is not None else "label",
    )


def _in_docstring(text: str) -> str:
    """Text that cannot end the docstring it stands in: names come from stores, which may be somebody else's."""
    return clean(text).replace("\\", "/").replace('"', "'")


def _input_layers(takes: ModelInput) -> list[str]:
    """The layers that make of an item as given what the network was trained on."""
    flat = ["keras.layers.Flatten()"] if len(takes.shape) > 1 else []
    if takes.scale is not None:
        return [*flat, f"keras.layers.Rescaling(1 / {takes.scale:g})"]
    # Two layers and no Normalization, which takes no spread below 1e-7 and squares it.
    return [
        *flat,
        'keras.layers.Rescaling(1.0, offset=[-value for value in INPUT["shift"]])',
        'keras.layers.Rescaling([1 / value for value in INPUT["spread"]])',
    ]
