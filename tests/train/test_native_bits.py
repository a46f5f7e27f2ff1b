"""The native engine gives the same bits whatever computes it: kernels, compilers, optimisation, machine.

``native_hashes.txt`` holds what every machine must come to. The C driver needs no Python, so that it also runs under an
emulator of another processor: where a cross compiler and ``qemu-aarch64`` are installed, 64-bit Arm is tested too.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from study.data.loading import load_dataset
from study.records.trials import Configuration, Trial
from study.train.native.compiled import module
from study.train.native.native_trainer import NativeTrainer
from tests.conftest import built

HERE = Path(__file__).parent
SOURCES = HERE.parents[1] / "study" / "train" / "native"
EXPECTED = (HERE / "native_hashes.txt").read_text()
ARM = "aarch64-linux-gnu-gcc"


TRIALS = {
    "relu, bytes": ({}, "a4326c99b6ea876a"),
    "dropout and l2": ({"dropout": 0.3, "l2": 1e-3}, "3b2a460b95590ce8"),
    "wrong labels, few samples": ({"label_noise": 0.2, "samples": 300}, "36816efd525a89a8"),
    "tanh, normalized, rmsprop": (
        {"activation": "tanh", "batch_norm": True, "optimizer": "rmsprop"},
        "0fc156e2b7924001",
    ),
    "gelu, adamw": ({"activation": "gelu", "optimizer": "adamw"}, "7898361c5315e56b"),
}


def hash_of_trial(changes: dict, kernels: str | None = None) -> str:
    """A hash of all that a trial of the digits leaves, but its times."""
    trainer = NativeTrainer(load_dataset("digits"), seed=7, validation=0.1, kernels=kernels)
    configuration = Configuration.stack(**({"hidden": (40, 24), "epochs": 6} | changes))
    result = trainer.run(Trial(configuration, 0), keep_weights=True)
    kept = [result.item_values("accuracy", reading) for reading in ("last", "best")]
    digest = hashlib.sha256(b"".join(items.block for items in kept if items is not None))
    for values in (result.trajectory["accuracy"], result.trajectory["cross_entropy"], *result.weights):
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()[:16]


@built
@pytest.mark.parametrize("name", TRIALS)
def test_a_trial_comes_to_the_bits_that_it_has_everywhere(name: str) -> None:
    changes, expected = TRIALS[name]
    assert {kernels: hash_of_trial(changes, kernels) for kernels in module().kernels()} == dict.fromkeys(
        module().kernels(), expected
    )


def driver(compiler: str, optimisation: str, folder: Path, *flags: str) -> Path:
    """The C driver, compiled. The flags are those of setup.py."""
    made = folder / "driver"
    files = [HERE / "native_driver.c", *(file for file in SOURCES.glob("*.c") if file.stem != "module")]
    command = [compiler, optimisation, "-std=gnu11", "-ffp-contract=off", "-Wno-unknown-pragmas", *flags]
    subprocess.run([*command, f"-I{SOURCES}", *map(str, files), "-o", str(made), "-lm"], check=True)
    return made


@pytest.mark.long
@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("optimisation", ["-O1", "-O3"])
def test_compilers_and_kernels_agree(compiler: str, optimisation: str, tmp_path: Path) -> None:
    if shutil.which(compiler) is None:
        pytest.skip(f"there is no {compiler} on this machine")
    made = driver(compiler, optimisation, tmp_path)
    for kernels in ((), ("portable",)):
        assert subprocess.run([made, *kernels], capture_output=True, text=True, check=True).stdout == EXPECTED


@pytest.mark.skipif(
    shutil.which(ARM) is None or shutil.which("qemu-aarch64") is None,
    reason=f"there is no {ARM}, or no qemu-aarch64, on this machine",
)
@pytest.mark.long
def test_64_bit_arm_agrees(tmp_path: Path) -> None:
    # Emulated, each case takes a second, and several where the multiply-add is software too.
    for flags, kernels, many in (((), ("neon", "portable"), 20), (("-DSOFTWARE_FMA",), ("portable",), 6)):
        made = driver(ARM, "-O2", tmp_path, "-static", *flags)
        for name in kernels:
            command = ["qemu-aarch64", made, name, str(many)]
            lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
            assert lines == EXPECTED.splitlines()[:many]


@pytest.mark.long
def test_no_shape_makes_the_sanitizers_speak(tmp_path: Path) -> None:
    if shutil.which("gcc") is None:
        pytest.skip("there is no gcc on this machine")
    made = driver("gcc", "-O1", tmp_path, "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
    subprocess.run([made, "fuzz", "60", "1"], check=True, capture_output=True)
