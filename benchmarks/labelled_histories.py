"""How well ``diagnose`` agrees with labelled training histories: macro F1 of the answer "overfits".

Run ``python benchmarks/labelled_histories.py FOLDER``, where FOLDER holds the histories that Li et al. published with
"Keeping Deep Learning Models in Check" (arXiv 2401.10359): JSON files below folders ``overfit`` and ``non_overfit``.
Nothing of the rule was chosen by them. What cannot be judged, or failed in training, counts as not overfitting.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from depthgauge import diagnose  # noqa: E402

LABELS = {"overfit": True, "non_overfit": False}
MONITORED = "monitor_metric"  # what a history names as its validation curve; most have val_loss


def label_of(file: Path) -> bool | None:
    """Whether a file stands below a folder of overfit histories; None where below neither kind."""
    return next((LABELS[part] for part in file.parts if part in LABELS), None)


def answer_of(file: Path) -> str:
    """What diagnose says: yes, no or not told."""
    history = json.loads(file.read_text("utf-8"))
    columns = {name: values for name, values in history.items() if isinstance(values, list)}
    loss = history.get(MONITORED, "val_loss")
    return diagnose(columns, validation_loss=loss if loss in columns else None).runs[0].overfits


def macro_f1(counts: Counter[tuple[bool, bool]]) -> float:
    """Mean of the F1 of both labels; ``counts`` of (label, answer)."""
    scores = []
    for positive in (True, False):
        hits = counts[positive, positive]
        wrong = counts[not positive, positive] + counts[positive, not positive]
        scores.append(2 * hits / (2 * hits + wrong) if hits else 0.0)
    return sum(scores) / 2


def main() -> None:
    """Print macro F1 and the counts of each set of histories."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of the published histories")
    folder = parser.parse_args().folder
    sets: dict[str, Counter[tuple[bool, bool]]] = {}
    untold: Counter[str] = Counter()
    for file in sorted(folder.rglob("*.json")):
        label = label_of(file)
        if label is None:
            continue
        answer = answer_of(file)
        name = next(part for part, after in zip(file.parts, file.parts[1:], strict=False) if after in LABELS)
        sets.setdefault(name, Counter())[label, answer == "yes"] += 1
        untold[name] += answer == "not told"
    for name, counts in sets.items():
        print(
            f"{name}: {counts.total()} histories, macro F1 {macro_f1(counts):.3f}; overfit found "
            f"{counts[True, True]} of {counts[True, True] + counts[True, False]}, wrongly said "
            f"{counts[False, True]} of {counts[False, True] + counts[False, False]}; not told {untold[name]}"
        )


if __name__ == "__main__":
    main()
