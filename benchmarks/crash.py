"""Kills a running study at random moments, again and again, and looks whether anything was lost.

    python benchmarks/crash.py --store sqlite|postgres --executor local|ray [--cycles 200] [--seed N] [-v]

A cycle runs a study of 20 or 24 trials, a search or a sweep, and hits it one to three times: SIGKILL or SIGTERM for
the process that runs it, SIGKILL for a worker, for the fork server, for a Ray node or the whole cluster, a crash of
the PostgreSQL server. The same command goes on each time, until the study is over. Then every trial that was in the
store at a hit must be there as it was, none twice, each with all its epochs, each question of a search answered once,
and everything but what counts time or memory equal to what the undisturbed study has, its verdict document to the
byte.

Training is a stand-in that takes 5 to 60 ms (``tests/crash/scripted.py``); the rest is the program. ``--real`` trains,
too, runs the command itself, and lets it start a Ray of its own: a cycle takes minutes then. A cycle that fails leaves
its folder behind.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests import postgres
from tests.crash.coordinator import import_everything
from tests.crash.cycle import STUDIES, Cycle, Place, Report
from tests.crash.ray_nodes import RayNodes

MOMENTS = ("starting", "at work", "ending")


def main() -> int:
    """Run the cycles; returns 1 where one failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--store", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--executor", choices=["local", "ray"], default="local")
    parser.add_argument("--cycles", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="number of the first cycle, to repeat one")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--real", action="store_true", help="the real trainer and the real command")
    parser.add_argument("-v", "--verbose", action="store_true", help="a line a cycle")
    chosen = parser.parse_args()
    if chosen.store == "postgres" and (reason := postgres.missing()):
        print(reason, file=sys.stderr)
        return 2
    import_everything()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the table of what has run, and nothing left behind
    folder = Path(tempfile.mkdtemp(prefix="depthgauge-crash-"))
    with ExitStack() as stack:
        server = stack.enter_context(postgres.server()) if chosen.store == "postgres" else None
        nodes = None
        if chosen.executor == "ray" and not chosen.real:
            nodes = RayNodes(folder / "ray.log")
            stack.callback(nodes.end)
        calm = Place("sqlite", "local", chosen.real)
        references = {
            study: Cycle(calm, study, folder / f"undisturbed-{study}", random.Random(0)).undisturbed()
            for study in STUDIES
        }
        place = Place(chosen.store, chosen.executor, chosen.real, server, nodes)
        reports: list[Report] = []
        with suppress(KeyboardInterrupt):
            for number in range(chosen.first, chosen.first + chosen.cycles):
                rng = random.Random(f"{chosen.seed} {number}")
                study = rng.choice(list(STUDIES))
                cycle = Cycle(place, study, folder / f"cycle-{number}", rng)
                reports.append(cycle.disturbed(references[study]))
                _tell(chosen, number, cycle)
    _print_table(chosen, reports)
    failed = any(report.wrong for report in reports)
    if not failed:
        shutil.rmtree(folder)
    return int(failed)


def _tell(chosen: argparse.Namespace, number: int, cycle: Cycle) -> None:
    """Print a line where it is asked for, and all that is known where something is wrong."""
    report = cycle.report
    if chosen.verbose or report.wrong:
        print(_line(number, report), flush=True)
    if not report.wrong:
        shutil.rmtree(cycle.folder)
        return
    again = f"--store {chosen.store} --executor {chosen.executor} --seed {chosen.seed} --first {number} --cycles 1"
    print(*(f"    {wrong}" for wrong in report.wrong), sep="\n")
    print(f"    files    {cycle.folder}\n    command  {cycle.command}")
    print(f"    again    python benchmarks/crash.py {again}{' --real' * chosen.real}", flush=True)


def _line(number: int, report: Report) -> str:
    hits = ", ".join(f"{what} ({when})" for what, when in report.hits)
    return (
        f"cycle {number:3}  {report.study:<7}{report.runs} runs {report.seconds:6.1f} s  {report.kept:2} kept  "
        f"{'WRONG' if report.wrong else 'fine '}  {hits}"
    )


def _print_table(chosen: argparse.Namespace, reports: list[Report]) -> None:
    """How often each was hit and when, and what came of it."""
    hits = Counter(hit for report in reports for hit in report.hits)
    print(f"\n{chosen.store}, {chosen.executor}, {'real' if chosen.real else 'scripted'} trainer, seed {chosen.seed}")
    print("hit           " + "".join(f"{moment:>10}" for moment in MOMENTS))
    for what in dict.fromkeys(what for what, _ in sorted(hits)):
        print(f"{what:<14}" + "".join(f"{hits[what, moment]:10}" for moment in MOMENTS))
    failed = sum(bool(report.wrong) for report in reports)
    runs, kept = (sum(getattr(report, name) for report in reports) for name in ("runs", "kept"))
    print(f"{len(reports)} cycles, {runs} runs, {kept} finished trials at hits; cycles with something wrong: {failed}")


if __name__ == "__main__":
    sys.exit(main())
