"""Every preset run whole with several seeds: does its first screen answer the preset's own question, and in what time?

``python benchmarks/preset_answers.py --seeds 10 --folder FOLDER`` runs ``depthgauge run PRESET --set seed=N`` for each
preset and seed that FOLDER does not hold yet (about three hours for all), and prints for each preset how its panels
were judged, how long the command took, and what the first screen says. ``--presets`` names some of them, ``--set``
tries a preset with other values, on seeds from ``--first`` on; ``--keep`` writes the results to
``benchmarks/preset_answers.json``, where those of presets that were not asked stay.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from study.design.source import presets  # noqa: E402

RESULTS = ROOT / "benchmarks" / "preset_answers.json"


def run_preset(preset: str, seed: int, changes: list[str], folder: Path) -> dict[str, Any]:
    """What one run of ``preset`` answers; read from ``folder`` where it has been run before."""
    kept = folder / f"{preset}-{seed}.json"
    if kept.exists():
        answer: dict[str, Any] = json.loads(kept.read_text())
        if answer["set"] != changes:
            raise SystemExit(f"{kept} was run with --set {answer['set']}. Name another folder.")
        return answer
    command = [sys.executable, str(ROOT / "cli.py"), "run", preset, "--set", f"seed={seed}"]
    for change in changes:
        command += ["--set", change]
    report = folder / f"{preset}-{seed}.html"
    command += ["--store", str(folder / f"{preset}-{seed}.db"), "--output", str(report), "--force"]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(
            f"{preset}, seed {seed}: exit code {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
    document = json.loads(report.with_suffix(".verdict.json").read_text())
    answer = {
        "seed": seed,
        "seconds": round(seconds),
        "set": changes,
        "panels": {panel["name"]: (panel["verdict"] or {}).get("outcome") for panel in document["panels"]},
        "answer": [
            [f"{reply['question']} {reply['setting']}".strip(), " ".join(reply["sentences"])]
            for reply in document["answer"]
        ],
    }
    kept.write_text(json.dumps(answer))
    return answer


def show(preset: str, runs: list[dict[str, Any]]) -> None:
    """Print for one preset its times, the verdict of each panel, and what the first screen says."""
    seconds = [run["seconds"] for run in runs]
    print(f"\n{preset}: {len(runs)} seeds, {min(seconds)} to {max(seconds)} s, median {statistics.median(seconds):.0f}")
    for panel in runs[0]["panels"]:
        kinds = Counter(run["panels"][panel] for run in runs)
        print(f"  {panel}: {', '.join(f'{kind} {count}' for kind, count in kinds.most_common())}")
    for asked in dict.fromkeys(question for run in runs for question, _ in run["answer"]):
        print(f"  {asked}")
        for run in runs:
            print(
                f"    {run['seed']}: {' '.join(said for question, said in run['answer'] if question == asked) or '-'}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10, help="how many")
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--presets", nargs="+", choices=list(presets()), default=list(presets()), metavar="PRESET")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    seeds = range(options.first, options.first + options.seeds)
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for preset in options.presets:
        runs = [run_preset(preset, seed, options.set, options.folder) for seed in seeds]
        show(preset, runs)
        if options.keep:
            results[preset] = runs
            RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
