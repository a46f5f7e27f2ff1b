"""Where do few rows make much of a squared error, and what are the intervals of RMSE worth there?

``python benchmarks/far_rows.py`` prints, for each kind of noise and size of a test part, how often one row in a hundred
makes more of the squared error than the page of a study warns of, and how often a 95 % interval of RMSE over the rows
holds the truth in those parts and in the others. A few seconds.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.simulated_errors import NOISES  # noqa: E402
from study.analysis.replies.misleading_reply import FAR, far_share  # noqa: E402
from study.analysis.t_intervals import t_quantile_of  # noqa: E402

ROWS, PARTS, SEED = (80, 200, 400, 1000), 3000, 7


def main() -> None:
    """Print a line for every noise and size; each noise has a variance of 1, so the true RMSE is 1."""
    rng = np.random.default_rng(SEED)
    print(f"warned of: one row in a hundred makes more than {100 * FAR:.0f} % of the squared error")
    for rows in ROWS:
        reach = t_quantile_of(0.975, rows - 1)
        for name, noise in NOISES.items():
            warned, held = np.empty(PARTS, bool), np.empty(PARTS, bool)
            for part in range(PARTS):
                squares = noise(rng, rows) ** 2
                rmse = math.sqrt(squares.mean())
                error = float(squares.std(ddof=1)) / math.sqrt(rows) / (2 * rmse)
                warned[part], held[part] = far_share(squares) > FAR, abs(rmse - 1) <= reach * error
            shares = " / ".join(f"{100 * held[of].mean():.1f}" if of.any() else "none" for of in (warned, ~warned))
            print(
                f"{name:24} {rows:5} rows: warned of {100 * warned.mean():5.1f} %; held {100 * held.mean():5.1f} %, "
                f"warned / not {shares} %",
                flush=True,
            )


if __name__ == "__main__":
    main()
