"""depthgauge from Python: define a study, run it, read what it found.

    from depthgauge import Study, load_study

    study = Study.define({"name": "mine", "space": {"depth": {"values": [1, 2, 4]}}}).run()
    print(study.verdict().sentence)
    study.report()

Importing this loads neither TensorFlow nor Plotly: workers load the one, figures the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from study.design.plan import Plan, make_plan
from study.design.source import load_spec, model_settings, spec_of
from study.design.spec import StudySpec
from study.records.imported import ForeignStudy
from study.run.observers import Observer
from study.store import Store, StoredStudy, open_store

if TYPE_CHECKING:
    import pandas

    from study.analysis.findings import Concluded
    from study.analysis.run_diagnosis import DiagnosedRuns
    from study.final.final_network import FinalNetwork
    from study.final.training import Format, Refit

LATE = (
    "classes_figure",
    "curves_figure",
    "depth_figure",
    "differences_figure",
    "gap_figure",
    "history_figure",
    "importance_figure",
    "map_figure",
    "parallel_figure",
    "pick_figure",
    "remedies_figure",
    "search_figure",
    "write_report",
)
__all__ = ["Study", "diagnose", "load_study", *LATE]


def __getattr__(name: str) -> Any:
    if name in LATE:
        import reports

        return getattr(reports, name)
    raise AttributeError(f"module 'depthgauge' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


class Study:
    """A study in a store: its ``spec``, and what has been run of it.

    Make one with :meth:`define`, or read one with :func:`load_study`.
    """

    def __init__(self, spec: StudySpec, store: Store, command: str = "study.run() in Python") -> None:
        self.spec = spec
        self.store = store
        self.command = command

    def __repr__(self) -> str:
        return f"<Study {self.name!r} on {self.spec.dataset}, in {self.store.place}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>"

    @classmethod
    def define(
        cls,
        source: str | Path | Mapping[str, Any],
        *,
        name: str | None = None,
        settings: list[str] | None = None,
        model: str | Callable[..., Any] | None = None,
        store: str | None = None,
        command: str = "study.run() in Python",
    ) -> Study:
        """A study from a preset's name, a TOML file's path, or the same as a mapping.

        ``name`` replaces the source's name, ``settings`` are ``"KEY=VALUE"`` changes. ``model`` is a function of yours
        that builds the network, or ``"net.py:build"``: what it asks for is found by running it in a process of its own.
        ``store`` is a file or SQLAlchemy URL (by default ``depthgauge/studies.db``), ``command`` is kept to say how to
        repeat it. Raises :class:`~study.errors.InputError` for anything that cannot be run as asked.
        """
        from study.run.looking import look_at, source_of

        changes = [*(settings or ()), *model_settings(None if model is None else source_of(model))]
        if isinstance(source, Mapping):
            spec = spec_of(source, changes, name, look=look_at)
        else:
            spec = load_spec(str(source), changes, name, look=look_at)
        return cls(spec, open_store(store, create=True), command)

    @property
    def name(self) -> str:
        """What the store knows it by."""
        return self.spec.name

    def plan(self) -> Plan:
        """What would run: ``.panels`` with their cells, ``.most`` trials at the most."""
        return make_plan(self.spec)

    def run(
        self,
        *,
        workers: int | None = None,
        executor: str = "local",
        address: str | None = None,
        trial_timeout: float | None = None,
        trial_memory: int | None = None,
        reference: bool | None = None,
        minutes: float | None = None,
        progress: bool = True,
        observer: Observer | None = None,
    ) -> Study:
        """Run what is missing on ``workers`` processes, all cores by default; returns the study itself.

        ``executor`` is ``"local"`` or ``"ray"``: then ``address`` is ``"auto"`` or ``"HOST:PORT"`` of a cluster, by
        default a Ray of its own on this machine. A trial that takes longer than ``trial_timeout`` seconds, or adds more
        than ``trial_memory`` MB to its worker, is stopped and counts as failed. ``reference`` says whether reference
        models (the commonest class, logistic regression, gradient-boosted trees) are trained on the same parts, in
        seconds; by default beside data of your own. ``minutes`` bound a study with ``replicates = "auto"``: they become
        a number of trials when it is begun, and no look asks for more once they are over. In a terminal and in a
        notebook ``progress`` shows how far it is; an ``observer`` of your own takes its place.

        Interrupt it as you like: what is finished is kept, and the next call goes on. Raises
        :class:`~study.errors.InputError` before anything is trained when the study cannot be run as asked.
        """
        from study.run.executors import Limits
        from study.run.start import Workplace, run

        workplace = Workplace(executor, address, workers, Limits(trial_timeout, trial_memory))
        plan = self.plan()
        with _watched(plan, observer, progress) as watching:
            run(
                plan,
                self.store,
                watching,
                workplace=workplace,
                command=self.command,
                reference=reference,
                minutes=minutes,
            )
        return self

    def stored(self) -> StoredStudy | ForeignStudy:
        """Everything the store holds of it: results, proposals, facts; or what was imported."""
        return self.store.load(self.name)

    def verdict(self) -> Concluded:
        """What the results say so far: ``.sentence``, ``.panels`` with verdicts and intervals, ``.picks``, ``.trials``.

        Give it to the figures. Of an imported study it says what that can tell.
        """
        from study.analysis.conclude import conclude

        return conclude(self.stored())

    def report(self, output: str | Path | None = None, *, force: bool = False) -> Path:
        """Write the report, by default to ``depthgauge/STUDY/report.html``, and beside it ``verdict.json``.

        A file that is no earlier report is replaced with ``force`` alone; the store and the study's data never are.
        Returns the path of the report. Raises :class:`~study.errors.InputError` where it cannot be written.
        """
        from reports.write.overwriting import protected
        from reports.write.report_files import write_files

        kept = protected(self.store.database.file, self.spec.source)
        return write_files(self.verdict(), None if output is None else Path(output), kept, force=force)[0]

    def suggest(self) -> str:
        """The study that should come next, as the text of a study file, with the reasons as comments.

        Raises :class:`~study.errors.InputError` for a study that searches nothing.
        """
        from study.documents.next_from_imported import suggestion_from_imported
        from study.documents.next_study import suggestion

        stored = self.stored()
        if isinstance(stored, ForeignStudy):
            return suggestion_from_imported(stored)
        from study.analysis.conclude import conclude

        return suggestion(conclude(stored))

    def export(self, file: str | Path, *, tested_rows: bool = False, force: bool = False) -> int:
        """Write every recorded epoch of every trial to a .csv, .json or .parquet file; returns the number of rows.

        With ``tested_rows`` it is which rows of the data each replicate tested, where each tests its own.
        A file that is no earlier export is replaced with ``force`` alone; the store and the study's data never are.
        Raises :class:`~study.errors.InputError` for another ending, and where the file cannot be written.
        """
        from reports.write.overwriting import check_output, protected
        from study.documents.trials_table import export, is_export

        stored = self.store.load_own(self.name)
        kept = protected(self.store.database.file, self.spec.source)
        check_output(Path(file), kept, force=force, is_ours=is_export)
        return export(stored, Path(file), tested_rows=tested_rows)

    def pick(
        self,
        *,
        panel: str | None = None,
        output: str | Path | None = None,
        margin: float | None = None,
        max_parameters: int | None = None,
        refit: Refit = "train",
        formats: Sequence[Format] = ("keras",),
        model: str | None = None,
        say: Callable[[str], None] = lambda line: None,
    ) -> FinalNetwork:
        """Train the network that the study picks and write it with its card; the choice sees validation alone.

        It starts a worker process, as :meth:`run` does. The arguments are those of ``depthgauge pick``; ``say`` gets a
        line on what is being done. Raises :class:`~study.errors.InputError` and :class:`~study.errors.StudyError` where
        nothing can be picked.
        """
        from study.final.final_network import pick_network

        return pick_network(
            self.store.load_own(self.name),
            panel=panel,
            output=None if output is None else Path(output),
            margin=margin,
            max_parameters=max_parameters,
            refit=refit,
            formats=formats,
            model=model or self._model_file,
            say=say,
        )

    @property
    def _model_file(self) -> str | None:
        """Where the function lies that builds the networks, as whoever defined the study named it."""
        model = self.spec.model
        return str(Path(model.place) / model.source) if model is not None and model.place else None

    def to_frame(self) -> pandas.DataFrame:
        """A row for each recorded epoch of each trial; the columns of ``depthgauge export``. Needs pandas."""
        from study.documents.trials_table import columns_of, frame, table

        study = self.store.load_own(self.name)
        return frame(table(study), columns_of(study))


def load_study(name: str, store: str | None = None) -> Study:
    """A study that is in a store. Raises :class:`~study.errors.InputError` where there is none of that name."""
    memory = open_store(store)
    return Study(memory.spec(name), memory)


def diagnose(
    *histories: Any,
    replicates: bool = False,
    train_loss: str | None = None,
    validation_loss: str | None = None,
    train: str | None = None,
    validation: str | None = None,
    epoch: str | None = None,
    chance: float | None = None,
    margin: float = 0.005,
    patience: int = 5,
    clean_train: bool = False,
) -> DiagnosedRuns:
    """What the curves of finished runs show: ``.sentence``, ``.runs``, ``.replicates``, ``.cautions``.

    Each of ``histories`` is a History of Keras, a mapping of lists, a list of rows, a data frame, or the path of a file
    or a folder as ``depthgauge diagnose`` reads it; the other arguments are that command's. Nothing is trained. Raises
    :class:`~study.errors.InputError` for what cannot be read.
    """
    from study.foreign.diagnosis import diagnose_sources
    from study.foreign.logged_columns import named_columns

    named = named_columns(
        train_loss=train_loss, validation_loss=validation_loss, train=train, validation=validation, epoch=epoch
    )
    return diagnose_sources(
        histories,
        named,
        replicates=replicates,
        chance=chance,
        margin=margin,
        patience=patience,
        clean_train=clean_train,
    )


@contextmanager
def _watched(plan: Plan, observer: Observer | None, progress: bool) -> Iterator[Observer]:
    """Whoever watches a run: the given one, or the live display where somebody can see it."""
    from rich.console import Console

    console = Console(stderr=True)
    if observer is not None or not progress or not (console.is_terminal or console.is_jupyter):
        yield observer or Observer()
        return
    from reports.terminal.live import watch

    with watch(plan, console) as display:
        yield display
