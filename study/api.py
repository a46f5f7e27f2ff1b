"""A study as an object: what the command line is written on, and what notebooks use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from study.design.source import load_spec, spec_of
from study.design.spec import StudySpec
from study.documents.trials_table import table
from study.run.observers import Observer
from study.store import Store, StoredStudy, open_store

if TYPE_CHECKING:
    import pandas

    from study.analysis.findings import Findings
    from study.final.final_network import FinalNetwork
    from study.final.training import Format, Refit


class Study:
    """A study in a store: its ``spec``, and what has been run of it.

    Make one with :meth:`define`, or read one with :func:`load_study`.
    """

    def __init__(self, spec: StudySpec, store: Store, command: str = "study.run() in Python") -> None:
        self.spec = spec
        self.store = store
        self.command = command

    @classmethod
    def define(
        cls,
        source: str | Path | Mapping[str, Any],
        *,
        name: str | None = None,
        settings: list[str] | None = None,
        store: str | None = None,
        command: str = "study.run() in Python",
    ) -> Study:
        """A study from a preset's name, a TOML file's path, or the same as a mapping.

        ``name`` replaces the source's name, ``settings`` are ``"KEY=VALUE"`` changes, ``store`` is a file or SQLAlchemy
        URL (by default ``depthgauge/studies.db``), ``command`` is kept to say how to repeat it. Raises
        :class:`~study.errors.InputError` for anything that cannot be run as asked.
        """
        if isinstance(source, Mapping):
            spec = spec_of(source, settings, name)
        else:
            spec = load_spec(str(source), settings, name)
        return cls(spec, open_store(store, create=True), command)

    @property
    def name(self) -> str:
        """What the store knows it by."""
        return self.spec.name

    def run(
        self,
        *,
        workers: int | None = None,
        executor: str = "local",
        address: str | None = None,
        trial_timeout: float | None = None,
        trial_memory: int | None = None,
        observer: Observer | None = None,
    ) -> Study:
        """Run what is missing on ``workers`` processes, all cores by default; returns the study itself.

        ``executor`` is ``"local"`` or ``"ray"``: then ``address`` is ``"auto"`` or ``"HOST:PORT"`` of a cluster, by
        default a Ray of its own on this machine. A trial that takes longer than ``trial_timeout`` seconds, or adds more
        than ``trial_memory`` MB to its worker, is stopped and counts as failed.

        Interrupt it as you like: what is finished is kept, and the next call goes on. Raises
        :class:`~study.errors.InputError` before anything is trained when the study cannot be run as asked.
        """
        from study.run.executors import Limits
        from study.run.start import Workplace, run

        workplace = Workplace(executor, address, workers, Limits(trial_timeout, trial_memory))
        run(self.spec, self.store, observer or Observer(), workplace=workplace, command=self.command)
        return self

    def stored(self) -> StoredStudy:
        """Everything the store holds of it: results, proposals, facts."""
        return self.store.load(self.name)

    def verdict(self) -> Findings:
        """What the results say so far: ``.sentence``, ``.panels`` with verdicts and intervals, ``.picks``, ``.trials``.

        Give it to the figures of :mod:`reports`.
        """
        from study.analysis.conclude import conclude

        return conclude(self.stored())

    def pick(
        self,
        *,
        panel: str | None = None,
        output: str | Path | None = None,
        margin: float | None = None,
        max_parameters: int | None = None,
        refit: Refit = "train",
        formats: Sequence[Format] = ("keras",),
        say: Callable[[str], None] = lambda line: None,
    ) -> FinalNetwork:
        """Train the network that the study picks and write it with its card; the choice sees validation alone.

        It starts a worker process, as :meth:`run` does. The arguments are those of ``depthgauge pick``; ``say`` gets a
        line on what is being done. Raises :class:`~study.errors.InputError` and :class:`~study.errors.StudyError` where
        nothing can be picked.
        """
        from study.final.final_network import pick_network

        return pick_network(
            self.stored(),
            panel=panel,
            output=None if output is None else Path(output),
            margin=margin,
            max_parameters=max_parameters,
            refit=refit,
            formats=formats,
            say=say,
        )

    def to_frame(self) -> pandas.DataFrame:
        """A row for each recorded epoch of each trial; the columns of ``depthgauge export``. Needs pandas."""
        from study.documents.trials_table import frame

        return frame(table(self.stored()))


def load_study(name: str, store: str | None = None) -> Study:
    """A study that is in a store. Raises :class:`~study.errors.InputError` where there is none of that name."""
    memory = open_store(store)
    return Study(memory.spec(name), memory)
