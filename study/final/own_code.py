"""The user's own code in the folder of a pick: copied beside the model, and what of it the model needs to be read."""

from __future__ import annotations

import importlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any

from study.data.dataset import Dataset
from study.design.own_model import ModelSpec
from study.errors import InputError
from study.final.build_script import OwnPart
from study.records.networks import OwnModel
from study.records.trials import FINAL_REPLICATE, Configuration
from study.train.own.code import read_code, told

LIST = "model_code.json"
SCHEMA = "depthgauge-model-code-1"


def copy_code(model: ModelSpec, folder: Path) -> None:
    """Copy the files of a model's code, and those that it names, to ``folder``; write down which are code."""
    code = read_code(model)
    for name in (*code.names, *code.named):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(code.folder / name, folder / name)
    document = {"schema": SCHEMA, "source": model.source, "sha256": code.sha256, "files": list(code.names)}
    (folder / LIST).write_text(json.dumps(document, indent=1) + "\n", "utf-8")


def code_files(folder: Path) -> tuple[str, ...]:
    """The names of the files that :func:`copy_code` copied; none where it did not."""
    try:
        document = json.loads((folder / LIST).read_text("utf-8"))
        return tuple(map(str, document["files"])) if document["schema"] == SCHEMA else ()
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{folder / LIST} is damaged or was not written by depthgauge pick. Pick again.") from error


def custom_objects(folder: Path) -> dict[str, Any]:
    """Classes and functions that the code in the folder of a pick defines, by their names: Keras asks for them.

    This runs that code. Raises :class:`InputError` where it cannot be imported.
    """
    found: dict[str, Any] = {}
    path = list(sys.path)
    sys.path.append(str(folder.resolve()))
    try:
        for name in code_files(folder):
            module_name = name.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
            there = getattr(sys.modules.get(module_name), "__file__", None)
            if there is not None and Path(there).resolve() != (folder / name).resolve():
                del sys.modules[module_name]  # another pick's
            try:
                module = importlib.import_module(module_name)
            except (Exception, SystemExit) as error:
                raise InputError(f"{folder / name} cannot be imported: {told(error, folder)}.") from None
            found |= {key: one for key, one in vars(module).items() if getattr(one, "__module__", None) == module_name}
    finally:
        sys.path[:] = path
    return found


def own_part(model: ModelSpec, configuration: Configuration, dataset: Dataset, rows: int) -> OwnPart:
    """What a script has to know of a model that is trained on ``rows`` rows: built once more, to look at it."""
    from study.train.own.own_candidates import OwnCandidates, given_of

    own = configuration.network
    assert isinstance(own, OwnModel)
    network = OwnCandidates(model, dataset, 0).network(configuration, FINAL_REPLICATE, rows)
    facts = {name: repr(value) for name, value in given_of(configuration, dataset, rows).values.items()}
    return OwnPart(
        network=own,
        facts=facts,
        shape=network.shape,
        as_given=network.as_given,
        probabilities=network.probabilities,
        single=network.single,
        one_hot=network.target == "one-hot",
    )
