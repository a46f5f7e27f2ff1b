"""The process that runs the study: started, watched, hit."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import subprocess
import sys
import time
import types
from pathlib import Path

import psutil

from tests.crash import scripted

ROOT = Path(__file__).resolve().parents[2]
POLL_SECONDS = 0.01


class Coordinator:
    """``depthgauge ARGUMENTS`` in ``folder``, beginning at once. Its output goes to files ``run-NUMBER`` there.

    With the ``scripted`` trainer it is a copy of this process, which has imported everything: that saves seconds a
    run. Else it is the command itself.
    """

    def __init__(self, arguments: list[str], folder: Path, number: int, *, executor: str, real: bool) -> None:
        self.code: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self.started = time.monotonic()
        self._out, self._err = (folder / f"run-{number}.{stream}" for stream in ("out", "err"))
        if real:
            command = [sys.executable, str(ROOT / "cli.py"), *arguments]
            with self._out.open("w") as out, self._err.open("w") as err:
                self._process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=err, start_new_session=True)
            self.pid = self._process.pid
            return
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            with contextlib.suppress(BaseException):
                self._become(arguments, folder, executor)
            os._exit(70)

    @property
    def output(self) -> str:
        """What it has printed."""
        return self._out.read_text()

    @property
    def errors(self) -> str:
        """What it has said beside that."""
        return self._err.read_text()

    def ended(self) -> bool:
        """Whether it has ended; then ``code`` is its exit code, below 0 for a signal."""
        if self._process is not None:
            self.code = self._process.poll()
        elif self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is not None

    def wait(self, seconds: float) -> bool:
        """Whether it ends within ``seconds``. If not, its threads are written to its errors, and it is killed."""
        deadline = time.monotonic() + seconds
        while not self.ended():
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGUSR1)
                time.sleep(1)
                self.kill()
                return False
            time.sleep(POLL_SECONDS)
        return True

    def kill(self) -> None:
        """End it without asking."""
        if not self.ended():
            os.kill(self.pid, signal.SIGKILL)
            while not self.ended():
                time.sleep(POLL_SECONDS)

    def family(self) -> list[psutil.Process]:
        """The processes that it has started, workers among them."""
        try:
            return psutil.Process(self.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def _become(self, arguments: list[str], folder: Path, executor: str) -> None:
        """Run the command in this copy of the harness, and end."""
        os.setpgid(0, 0)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.chdir(folder)
        for stream, file in ((1, self._out), (2, self._err)):
            os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), stream)
        faulthandler.enable(file=2)
        faulthandler.register(signal.SIGUSR1, file=2)
        # Workers import the main module of their coordinator: that must not be the harness.
        sys.modules["__main__"] = types.ModuleType("__main__")
        sys.argv = ["depthgauge", *arguments]
        sys.stdout, sys.stderr = os.fdopen(1, "w", buffering=1), os.fdopen(2, "w", buffering=1)
        import cli

        scripted.install(executor)
        try:
            cli.main()
        except SystemExit as exit_:
            sys.stdout.flush()
            os._exit(exit_.code if isinstance(exit_.code, int) else 1)
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(70)


def import_everything() -> None:
    """Import what a coordinator does, once for all that are forked from here."""
    import optuna  # noqa: F401
    import sklearn.datasets
    import sklearn.model_selection  # noqa: F401

    import cli  # noqa: F401
