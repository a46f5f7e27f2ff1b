"""Five replicates of the preset ``baseline`` against five runs of the tutorial's own code.

Prints mean test accuracies with their t intervals and the difference in points: ``python benchmarks/tutorial.py``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

from study.analysis.interval_words import percent  # noqa: E402
from study.analysis.t_intervals import t_interval  # noqa: E402
from study.data.loading import load_dataset  # noqa: E402

RUNS = 5


def tutorial(seed: int) -> float:
    """Test accuracy of the classifier as the tutorial writes it, with the last tenth of the rows held out."""
    import keras

    keras.utils.set_random_seed(seed)
    mnist = load_dataset("mnist")
    images = mnist.x.reshape(-1, 28, 28).astype(float) / 255.0
    model = keras.Sequential(
        [
            keras.Input((28, 28)),
            keras.layers.Flatten(),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    train = slice(0, mnist.training)
    model.fit(images[train], mnist.y[train], epochs=5, batch_size=32, validation_split=0.1, verbose=0)
    return float(model.evaluate(images[mnist.training :], mnist.y[mnist.training :], verbose=0)[1])


def main() -> None:
    """Run both and compare."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(ROOT / "cli.py"), "run", "baseline", "--json"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    ours = json.loads(done.stdout)["panels"][0]["points"][0]["test"]
    theirs = t_interval([tutorial(seed) for seed in range(RUNS)])
    assert theirs.mean is not None
    print(
        f"depthgauge  {100 * ours['mean']:.2f} % ({100 * ours['low']:.2f} to {100 * ours['high']:.2f}), n = {ours['n']}"
    )
    print(f"model.fit   {percent(theirs)}, n = {theirs.n}")
    print(f"difference  {100 * (ours['mean'] - theirs.mean):+.2f} points")


if __name__ == "__main__":
    main()
