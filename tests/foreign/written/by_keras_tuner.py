"""Writes projects with whatever KerasTuner this Python has, and what that KerasTuner says of them: once a version.

    python -m venv tuner
    tuner/bin/pip install "keras-tuner[bayesian]==1.3.5" tensorflow-cpu==2.15.1
    tuner/bin/python tests/foreign/written/by_keras_tuner.py

makes ``keras_tuner-1.3.5`` beside this file: ``random``, filled by a chief and two workers, one of which is killed in a
trial; ``hyperband`` and ``bayesian`` by one process each; and ``said.json``. Only JSON is kept, no weights.
"""

import json
import math
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import keras_tuner

HERE = Path(__file__).parent
TRIALS = 12


class Curves(keras_tuner.HyperModel):
    """Units of a layer where there is the layer, dropout where it regularizes; some trials go wrong."""

    def build(self, hp):
        for i in range(hp.Int("num_layers", 1, 3)):
            with hp.conditional_scope("num_layers", list(range(i + 1, 4))):
                hp.Int(f"units_{i}", 8, 64, step=8)
        hp.Choice("activation", ["relu", "tanh"])
        hp.Float("lr", 1e-4, 1e-1, sampling="log")
        if hp.Boolean("regularize"):
            with hp.conditional_scope("regularize", [True]):
                hp.Float("dropout", 0.1, 0.5, step=0.1)
        hp.Fixed("batch_size", 32)
        import keras

        return keras.Sequential([keras.layers.Dense(1, input_shape=(1,))])

    def fit(self, hp, model, *args, epochs=4, callbacks=(), **kwargs):
        """A loss by the rate and the depth, worse by luck; no training is needed for what is written down."""
        rate, layers = hp.get("lr"), hp.get("num_layers")
        luck = random.Random(f"{rate} {layers}").random()
        if os.environ.get("DIES") and layers == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        if luck < 0.15:
            raise keras_tuner.errors.FailedTrialError("a tensor of the wrong shape")
        if luck < 0.3:
            return {"val_loss": math.inf, "val_accuracy": 0.1}
        loss = abs(math.log10(rate) + 2.5) + 0.1 * layers + luck / epochs
        for callback in callbacks:
            if type(callback).__name__ == "SaveBestEpoch":
                model.save_weights(callback.filepath)  # with which Hyperband goes on
        return {"val_loss": loss, "val_accuracy": math.exp(-loss)}


def tuner(name, directory):
    """One of the three."""
    common = {
        "hypermodel": Curves(),
        "objective": keras_tuner.Objective("val_loss", "min"),
        "directory": directory,
        "project_name": name,
        "seed": 3,
        "max_consecutive_failed_trials": 9,
    }
    if name == "hyperband":
        return keras_tuner.Hyperband(max_epochs=9, factor=3, **common)
    if name == "bayesian":
        return keras_tuner.BayesianOptimization(max_trials=TRIALS, **common)
    return keras_tuner.RandomSearch(max_trials=TRIALS, executions_per_trial=2, **common)


def search(name, directory, shared=None, **environment):
    """A process that searches: alone, or one of those that share a chief."""
    address = {} if shared is None else {"KERASTUNER_ORACLE_IP": "127.0.0.1", "KERASTUNER_ORACLE_PORT": str(shared)}
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **address, **environment}
    return subprocess.Popen([sys.executable, __file__, name, directory], env=environment)


def main():
    """All three, in a folder that is named after the version."""
    into = HERE / f"keras_tuner-{keras_tuner.__version__}"
    shutil.rmtree(into, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        assert [search(name, folder).wait() for name in ("hyperband", "bayesian")] == [0, 0]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        chief = search("random", folder, port, KERASTUNER_TUNER_ID="chief")
        killed = search("random", folder, port, KERASTUNER_TUNER_ID="tuner0", DIES="yes")
        assert killed.wait() == -signal.SIGKILL
        assert search("random", folder, port, KERASTUNER_TUNER_ID="tuner1").wait() == 0
        chief.kill()
        chief.wait()
        for file in sorted(Path(folder).rglob("*.json")):
            if file.name == "build_config.json":
                continue
            kept = into / file.relative_to(folder)
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(file.read_text().replace(sys.prefix, "venv").replace(str(HERE), "written"))
        said = {name: told(name, folder) for name in ("hyperband", "bayesian", "random")}
    (into / "said.json").write_text(json.dumps(said, indent=1) + "\n")


def told(name, directory):
    """What this KerasTuner says of its trials when it loads the project again; JSON has no infinite score."""
    again = tuner(name, directory)
    again.reload()
    return [
        {
            "trial": trial.trial_id,
            "status": trial.status,
            "score": None if trial.score is None or not math.isfinite(trial.score) else trial.score,
            "values": trial.hyperparameters.values,
        }
        for _, trial in sorted(again.oracle.trials.items())
    ]


if __name__ == "__main__":
    if len(sys.argv) == 3:
        tuner(*sys.argv[1:]).search()
    else:
        main()
