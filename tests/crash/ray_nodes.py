"""A Ray cluster on loopback whose nodes can be killed: a head without a core, and two nodes of one core each.

Run as a program it makes the cluster, prints its address, and obeys lines: ``node N`` kills node N (0 or 1) and adds
another, ``cluster`` kills all processes of all nodes and makes a new cluster, ``end`` ends. Each but the last is
answered with the address.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]


class RayNodes:
    """The cluster as the harness sees it, in a process of its own: Ray's threads must not be in one that forks."""

    def __init__(self, log: Path) -> None:
        command = [sys.executable, "-m", "tests.crash.ray_nodes"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log.open("a"), text=True
        )
        self.address = self._answer()

    def lose(self, what: str) -> None:
        """Kill ``node N``, or the whole ``cluster``, and put another in its place."""
        self._say(what)
        self.address = self._answer()

    def family(self) -> list[psutil.Process]:
        """All processes of all nodes."""
        return psutil.Process(self._process.pid).children(recursive=True)

    def end(self) -> None:
        """End the cluster."""
        self._say("end")
        self._process.wait(timeout=60)

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("address "):
                return line.split()[1]
        raise RuntimeError("Ray cannot be started here; the log says why")


def _main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cluster, nodes = _make()
    print(f"address {cluster.address}", flush=True)
    for line in sys.stdin:
        if line.strip() == "end":
            break
        if line.startswith("node"):
            cluster.remove_node(nodes.pop(int(line.split()[1])), allow_graceful=False)
            nodes.append(cluster.add_node(num_cpus=1))
        else:
            for node in [*cluster.worker_nodes, cluster.head_node]:
                node.kill_all_processes(check_alive=False, allow_graceful=False)
            cluster, nodes = _make()
        print(f"address {cluster.address}", flush=True)
    cluster.shutdown()


def _make() -> tuple[Any, list[Any]]:
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    return cluster, [cluster.add_node(num_cpus=1) for _ in range(2)]


if __name__ == "__main__":
    _main()
