"""Does a worker's memory grow? 200 trials of 20 architectures on all of MNIST in one process.

Prints resident memory in MB after every 20 trials; run it with ``python benchmarks/memory.py``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from study.executors.local import cache_folder
from study.executors.worker import environment, make_trainer
from study.records import Configuration, Trial

ARCHITECTURES = [(width,) * depth for depth in (1, 2, 3, 4) for width in (16, 32, 48, 64, 128)]
TRIALS = 200


def main() -> None:
    """Train every architecture once an epoch, ten rounds, with a new replicate each round."""
    os.environ.update(environment(cache_folder()))
    trainer = make_trainer("mnist", seed=0, validation=0.1)
    for count in range(TRIALS):
        hidden = ARCHITECTURES[count % len(ARCHITECTURES)]
        trainer.run(Trial(Configuration(hidden=hidden, epochs=1), replicate=count // len(ARCHITECTURES)))
        if (count + 1) % 20 == 0:
            resident = psutil.Process().memory_info().rss / 1e6
            print(f"{count + 1:4} trials  {resident:7.0f} MB resident", flush=True)


if __name__ == "__main__":
    main()
