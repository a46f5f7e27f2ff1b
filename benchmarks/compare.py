"""Side by side, interleaved in one go: plain Keras, compiled Keras, KerasTuner, Optuna and depthgauge's two engines.

Run ``python benchmarks/compare.py`` (about 25 minutes on two quiet cores); it prints tables and writes
``docs/benchmarks.json``. ``--quick`` takes a few minutes and only shows that everything works.

Every contender is a process of its own, with all cores and nothing compiled before. depthgauge runs all its trials to
the end; the others would take hours, so they run one trial a setting with few epochs and are scaled: what a trial
spends once, plus its steady seconds an epoch times the number of epochs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import machine_limit  # noqa: E402
from benchmarks.comparison_tables import CONTENDERS, ENGINES, goals_table, markdown, speed_table, trials_table  # noqa: E402
from benchmarks.rivals import this_tool  # noqa: E402
from benchmarks.rivals.job import SETTINGS, Job  # noqa: E402
from study.machine.host import cores  # noqa: E402
from study.machine.versions import versions  # noqa: E402

RIVALS = {"a": "plain_fit", "b": "compiled_fit", "c": "tuner_search", "d": "optuna_objective"}
FULL = Job(samples=(54_000, 1_000), epochs=(2, 3))  # of the rivals
QUICK = Job(samples=(1_000, 300), epochs=(2, 2))
REPLICATES, QUICK_REPLICATES = 10, 2  # of depthgauge: 30 trials of three settings, or 6
ENVIRONMENT = {"CUDA_VISIBLE_DEVICES": "-1", "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}


def run_rival(module: str, job: Job) -> dict[str, Any]:
    """Wall seconds of the whole process, its imports and data included, and the seconds of its trials."""
    command = [sys.executable, "-m", f"benchmarks.rivals.{module}", json.dumps(asdict(job))]
    started = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **ENVIRONMENT}, capture_output=True, text=True)
    wall = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(f"{module} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return _times(wall, json.loads(done.stdout.splitlines()[-1]))


def run_once(job: Job, epochs: int, replicates: int) -> dict[str, Any]:
    """One round: every contender in turn, then what the machine could do."""
    measured: dict[str, Any] = {}
    for key, module in RIVALS.items():
        measured[key] = run_rival(module, job)
        _say(f"  ({key}) {CONTENDERS[key]}: {measured[key]['wall']:.0f} s")
    for key, engine in ENGINES.items():
        measured[key] = {}
        for samples in job.samples:
            wall, trials = this_tool.measure(engine, samples, epochs, replicates)
            measured[key][str(samples)] = _times(wall, [asdict(trial) for trial in trials])
            run = f"{len(trials)} trials of {epochs} epochs on {samples:,} samples"
            _say(f"  ({key}) {CONTENDERS[key]}, {run}: {wall:.0f} s")
    measured["limit"] = machine_limit.measure(job.samples[0])
    return measured


def _times(wall: float, trials: list[dict[str, Any]]) -> dict[str, Any]:
    return {"wall": wall, "model_epochs": sum(len(trial["epochs"]) for trial in trials), "trials": trials}


def machine() -> dict[str, Any]:
    """The processor's name, and the cores this process may use."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        name = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        name = platform.processor() or platform.machine()
    return {"cores": cores(), "cpu": name, "system": platform.system()}


def page(document: dict[str, Any]) -> str:
    """All tables with what they were measured on."""
    packages = ", ".join(f"{name} {version}" for name, version in document["versions"].items())
    epochs = ", ".join(f"{e} epochs on {int(s):,} samples" for s, e in document["rival_epochs"].items())
    limit = [repeat["limit"] for repeat in document["repeats"]]
    parts = [
        f"{document['machine']['cores']} cores of {document['machine']['cpu']}; {packages}; "
        f"{len(limit)} repeats, interleaved.",
        f"depthgauge ran {document['trials']} trials of {document['epochs']} epochs for each number of samples. "
        f"(a) to (d) ran {len(document['settings'])} trials ({epochs}) and are SCALED to the same number of trials "
        "and epochs.",
    ]
    if document["quick"]:
        parts.append("This was --quick: nearly all of it is start-up, so the ratios say nothing.")
    for samples in document["samples"]:
        parts += [
            f"{samples:,} samples, all cores, a trial's own start-up included, the program's not:",
            markdown(speed_table(document, samples)),
            f"{samples:,} samples, everything included:",
            markdown(trials_table(document, samples)),
        ]
    parts += [
        f"Against the targets ({document['samples'][0]:,} samples, ratios within a repeat):",
        markdown(goals_table(document)),
        "; ".join(
            f"sgemm {one['sgemm_gflops']:.0f} GFLOP/s, step {1e6 * one['step_seconds']:.0f} us, "
            f"new split {one['fixed_memory_new_split']:.2f} s"
            for one in limit
        ),
    ]
    return "\n\n".join(parts)


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="rounds of all contenders (default 3)")
    parser.add_argument("--epochs", type=int, default=10, metavar="N", help="epochs of a trial (default 10)")
    parser.add_argument("--quick", action="store_true", help="small sizes and few trials, to try it")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "benchmarks.json", metavar="FILE")
    options = parser.parse_args()
    if options.repeats < 1 or options.epochs < 1:
        parser.error("--repeats and --epochs: expected at least 1")
    job, replicates = (QUICK, QUICK_REPLICATES) if options.quick else (FULL, REPLICATES)
    document: dict[str, Any] = {
        "machine": machine(),
        "versions": versions(),
        "quick": options.quick,
        "settings": list(SETTINGS),
        "samples": job.samples,
        "epochs": options.epochs,
        "trials": replicates * len(SETTINGS),
        "rival_epochs": dict(zip(map(str, job.samples), job.epochs, strict=True)),
        "repeats": [],
    }
    started = time.perf_counter()
    for repeat in range(options.repeats):
        _say(f"repeat {repeat + 1} of {options.repeats}")
        document["repeats"].append(run_once(job, options.epochs, replicates))
    document["minutes"] = (time.perf_counter() - started) / 60
    print(page(document))
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(document, indent=1) + "\n")
    _say(f"\n{document['minutes']:.0f} minutes; written to {options.output}")


if __name__ == "__main__":
    main()
