"""The memory of studies: one database file, by default SQLite; any SQLAlchemy URL can be named.

One row a trial, written in one transaction when the trial ends, so that a trajectory is whole or absent. Series
of numbers are stored as little-endian float64 (see the column comments): the same bytes on every machine.

Schema history:
    1   studies, trials (first version)
    2   proposals, foreign_trials
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, NoSuchModuleError, SQLAlchemyError

from study.errors import InputError, StoreError, StudyError
from study.foreign.memory import foreign_table, read_study, write_trials
from study.foreign.records import ForeignStudy
from study.plan import plan_trials, planned
from study.records import SPLITS, Configuration, Proposal, Result, Trajectory, Trial, TrialKey
from study.search import check_recorded
from study.spec import StudySpec

SCHEMA_VERSION = 2
DEFAULT_STORE = "depthgauge/studies.db"

metadata = sa.MetaData()
schema = sa.Table(
    "depthgauge_schema",
    metadata,
    sa.Column("version", sa.Integer, primary_key=True, comment="schema version, the only row"),
)
studies = sa.Table(
    "studies",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(80), nullable=False, unique=True, comment="what the user calls it"),
    sa.Column("spec", sa.Text, nullable=False, comment="the study's spec as JSON"),
    sa.Column("dataset_sha256", sa.String(64), nullable=False, comment="hash of the data set's arrays"),
    sa.Column("facts", sa.Text, nullable=False, comment="JSON: sizes of the data set, versions of the packages"),
    sa.Column("created", sa.String(32), nullable=False, comment="UTC, ISO 8601"),
    sa.Column("verdict", sa.Text, comment="verdict.json as last written; null until there is one"),
)
trials = sa.Table(
    "trials",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("study_id", sa.ForeignKey("studies.id", ondelete="CASCADE"), nullable=False),
    sa.Column("key", sa.String(16), nullable=False, comment="Configuration.key"),
    sa.Column("replicate", sa.Integer, nullable=False, comment="0, 1, 2, ..."),
    sa.Column("configuration", sa.Text, nullable=False, comment="JSON"),
    sa.Column("state", sa.String(8), nullable=False, comment="finished or failed"),
    sa.Column("reason", sa.Text, nullable=False, comment="why it failed; empty when finished"),
    sa.Column("diverged_epoch", sa.Integer, comment="first epoch with a cross-entropy that is not finite, else null"),
    sa.Column("trajectory", sa.LargeBinary, nullable=False, comment="float64, a row an epoch: see _COLUMNS"),
    sa.Column("correct_last", sa.LargeBinary, nullable=False, comment="test items right at the last epoch, a bit each"),
    sa.Column("correct_best", sa.LargeBinary, nullable=False, comment="the same at the best validation epoch"),
    sa.Column("class_accuracy", sa.LargeBinary, nullable=False, comment="float64, test accuracy of each class"),
    sa.Column("compile_seconds", sa.Float, nullable=False, comment="0 where the program was in memory"),
    sa.Column("train_seconds", sa.Float, nullable=False, comment="training and evaluation, without compiling"),
    sa.Column("peak_memory", sa.BigInteger, nullable=False, comment="bytes, of the worker so far"),
    sa.Column("finished", sa.String(32), nullable=False, comment="UTC, ISO 8601"),
    sa.UniqueConstraint("study_id", "key", "replicate"),
)
proposals = sa.Table(
    "proposals",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("study_id", sa.ForeignKey("studies.id", ondelete="CASCADE"), nullable=False),
    sa.Column("cell", sa.Text, nullable=False, comment="the cell of the study that is searched"),
    sa.Column("number", sa.Integer, nullable=False, comment="0, 1, 2, ... in the order of asking, in each cell"),
    sa.Column("setting", sa.Text, comment="JSON; null: the proposer had nothing more to propose"),
    sa.Column("asked", sa.Integer, nullable=False, comment="place among the cell's questions and answers"),
    sa.Column("told", sa.Integer, comment="the same; null while the trial runs"),
    sa.Column("value", sa.Float, comment="validation accuracy that the proposer was told; null: failed"),
    sa.UniqueConstraint("study_id", "cell", "number"),
)
foreign_trials = foreign_table(metadata)
_COLUMNS = ("epoch", *(f"{s}_accuracy" for s in SPLITS), *(f"{s}_cross_entropy" for s in SPLITS), "seconds")


@dataclass(frozen=True, slots=True)
class StoredStudy:
    """A study as the store knows it: its spec, facts of its data and machine, and what was proposed and done so far.

    A study that was imported is all in ``foreign``: its spec says no more than its name, and it has no results.
    """

    name: str
    spec: StudySpec
    dataset_sha256: str
    facts: dict[str, Any]
    created: str
    results: dict[TrialKey, Result]
    proposals: tuple[Proposal, ...] = ()
    foreign: ForeignStudy | None = None


class Store:
    """Reads and writes studies. Not for concurrent writers of one study."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        with self._errors():
            tables = set(sa.inspect(self.engine).get_table_names())
            if not tables:
                with self.engine.begin() as connection:
                    metadata.create_all(connection)
                    connection.execute(schema.insert().values(version=SCHEMA_VERSION))
            elif "depthgauge_schema" not in tables:
                raise StoreError(
                    f"{self.place} is a database, but not a store of depthgauge: it holds "
                    f"{', '.join(sorted(tables)[:3])}. Name another file with --store."
                )
            else:
                with self.engine.connect() as connection:
                    version = connection.scalar(sa.select(schema.c.version))
                if version == 1:  # all that has come since are tables of their own
                    with self.engine.begin() as connection:
                        metadata.create_all(connection)
                        connection.execute(schema.update().values(version=2))
                elif version != SCHEMA_VERSION:
                    raise StoreError(
                        f"{self.place} has schema version {version}, this program reads version {SCHEMA_VERSION}. "
                        "Use the version of depthgauge that wrote it, or name another store with --store."
                    )

    @property
    def place(self) -> str:
        """The store's address without its password."""
        url = self.engine.url
        return str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def begin(self, spec: StudySpec, dataset_sha256: str, facts: dict[str, Any]) -> None:
        """Create the study, or continue it with a spec that may ask for more but not for something else.

        Versions add up: a study continued under another one names both. Raises :class:`StoreError` when trials
        that are there would not be comparable with new ones, or have no place in the new spec.
        """
        values = {"spec": spec.model_dump_json(), "dataset_sha256": dataset_sha256, "facts": json.dumps(facts)}
        with self._errors(), self.engine.begin() as connection:
            row = connection.execute(sa.select(studies).where(studies.c.name == spec.name)).first()
            if row is None:
                connection.execute(studies.insert().values(name=spec.name, created=_now(), **values))
                return
            with self._parsing(spec.name):
                old = StudySpec.model_validate_json(row.spec)
                old_facts = json.loads(row.facts)
                if "imported" in old_facts:
                    raise StoreError(
                        f"Study {spec.name!r} was imported from {old_facts['imported']['engine']} and cannot be run. "
                        f"Give the new one a name (--name), or remove that one (depthgauge delete {spec.name!r})."
                    )
                old_versions = old_facts["versions"]
            same_data = row.dataset_sha256 == dataset_sha256  # then it does not matter where they lie
            before, now = ({**asdict(one.source), "validation": one.validation} for one in (old, spec))
            different = () if same_data else ("target", "drop", "test_share", "test", "dataset")
            for what in ("seed", "validation", *different):
                if before[what] != now[what]:
                    raise StoreError(
                        f"Study {spec.name!r} was run with {what} = {before[what]!r}, and {now[what]!r} would not "
                        "continue it. Give the new one a name (--name), or remove the old one "
                        f"(depthgauge delete {spec.name!r})."
                    )
            if not same_data:
                raise StoreError(
                    f"The data of study {spec.name!r} have changed since it was begun. "
                    "Give the new study a name (--name)."
                )
            if spec.nuisance or old.nuisance:
                _check_same_search(old, spec)
            else:
                there = connection.execute(sa.select(trials.c.key, trials.c.replicate).filter_by(study_id=row.id))
                known = {(key, replicate) for key, replicate in there}
                lost = len(known - {trial.key for trial in plan_trials(spec)})
                if lost:
                    raise StoreError(
                        f"Study {spec.name!r} holds {lost} trials that have no place in what is asked for now. Give "
                        f"the new study a name (--name), or remove the old one (depthgauge delete {spec.name!r})."
                    )
            versions = _joined(old_versions, facts["versions"])
            proposer = {key: old_facts[key] for key in ("proposer",) if key in old_facts}  # the one that it began with
            values["facts"] = json.dumps(facts | {"versions": versions} | proposer)
            connection.execute(studies.update().where(studies.c.id == row.id).values(**values))

    def keep(self, study: ForeignStudy) -> None:
        """Write a study that was read from another program. Raises :class:`StoreError` where its name is taken."""
        facts = json.dumps({"imported": study.to_dict()})
        spec = StudySpec(name=study.name).model_dump_json()
        row = {"name": study.name, "spec": spec, "dataset_sha256": "", "facts": facts, "created": _now()}
        with self._errors(), self.engine.begin() as connection:
            try:
                key = connection.execute(studies.insert().values(**row)).inserted_primary_key
            except IntegrityError:
                raise StoreError(
                    f"There is a study {study.name!r} in {self.place} already. Import this one under another name "
                    f"(--name), or remove the one that is there (depthgauge delete {study.name!r})."
                ) from None
            assert key is not None
            write_trials(connection, foreign_trials, key[0], study)

    def record(self, name: str, result: Result) -> None:
        """Write one result; a failed one may be replaced, a finished one never."""
        configuration, replicate = result.trial.configuration, result.trial.replicate
        row = {
            "key": configuration.key,
            "replicate": replicate,
            "configuration": json.dumps(configuration.to_dict()),
            "state": result.state,
            "reason": result.reason,
            "diverged_epoch": result.diverged_epoch,
            "trajectory": _pack(_table(result.trajectory)),
            "correct_last": result.correct_last,
            "correct_best": result.correct_best,
            "class_accuracy": _pack(np.array(result.class_accuracy)),
            "compile_seconds": result.compile_seconds,
            "train_seconds": result.train_seconds,
            "peak_memory": result.peak_memory,
            "finished": _now(),
        }
        with self._errors(), self.engine.begin() as connection:
            study_id = self._id(connection, name)
            same = (
                (trials.c.study_id == study_id)
                & (trials.c.key == configuration.key)
                & (trials.c.replicate == replicate)
            )
            connection.execute(trials.delete().where(same & (trials.c.state == "failed")))
            try:
                connection.execute(trials.insert().values(study_id=study_id, **row))
            except IntegrityError:
                raise StudyError(
                    f"Trial {configuration.label}, replicate {replicate}, of study {name!r} is there already: another "
                    "process runs the same study. Let it finish, then run this command again."
                ) from None

    def propose(self, name: str, proposal: Proposal) -> None:
        """Write what a proposer asked for, before it is run."""
        row = asdict(proposal) | {"setting": None if proposal.setting is None else json.dumps(proposal.setting)}
        with self._errors(), self.engine.begin() as connection:
            try:
                connection.execute(proposals.insert().values(study_id=self._id(connection, name), **row))
            except IntegrityError:
                raise StudyError(
                    f"Proposal {proposal.number} of {proposal.cell!r} in study {name!r} is there already: another "
                    "process runs the same study. Let it finish, then run this command again."
                ) from None

    def answer(self, name: str, proposal: Proposal) -> None:
        """Write what a proposer was told."""
        with self._errors(), self.engine.begin() as connection:
            same = (
                (proposals.c.study_id == self._id(connection, name))
                & (proposals.c.cell == proposal.cell)
                & (proposals.c.number == proposal.number)
            )
            connection.execute(proposals.update().where(same).values(told=proposal.told, value=proposal.value))

    def spec(self, name: str) -> StudySpec:
        """A study's spec without its trials. Raises :class:`InputError` when there is none of that name."""
        with self._errors(), self.engine.connect() as connection:
            text = connection.scalar(sa.select(studies.c.spec).where(studies.c.id == self._id(connection, name)))
        with self._parsing(name):
            return StudySpec.model_validate_json(text or "")

    def load(self, name: str) -> StoredStudy:
        """A study with all its results. Raises :class:`InputError` when there is none of that name."""
        with self._errors(), self.engine.connect() as connection:
            study_id = self._id(connection, name)
            row = connection.execute(sa.select(studies).where(studies.c.id == study_id)).one()
            with self._parsing(name):
                imported = json.loads(row.facts).get("imported")
                if imported is not None:
                    foreign = read_study(connection, foreign_trials, study_id, row.name, imported)
                    spec = StudySpec.model_validate_json(row.spec)
                    return StoredStudy(row.name, spec, "", {}, row.created, results={}, foreign=foreign)
            rows = connection.execute(
                sa.select(trials).where(trials.c.study_id == study_id).order_by(trials.c.id)
            ).all()
            asked = connection.execute(
                sa.select(proposals).where(proposals.c.study_id == study_id).order_by(proposals.c.id)
            ).all()
        with self._parsing(name):
            facts = json.loads(row.facts)
            results = [_result(r) for r in rows]
            study = StoredStudy(
                name=row.name,
                spec=StudySpec.model_validate_json(row.spec),
                dataset_sha256=row.dataset_sha256,
                facts={key: facts[key] for key in ("sizes", "inputs", "classes", "versions", "command")}
                | {key: facts[key] for key in ("proposer", "data_notes", "labels") if key in facts},
                created=row.created,
                results={result.trial.key: result for result in results},
                proposals=tuple(_proposal(r) for r in asked),
            )
            check_recorded(study.spec, study.proposals, study.results)
        return study

    def list(self) -> list[dict[str, Any]]:
        """One line a study: name, created, planned, finished, failed, and its verdict document, null without one.

        ``imported`` names the program that a study was imported from, else it is null.
        """
        count = sa.func.count(trials.c.id)
        query = (
            sa.select(
                studies.c.id,
                studies.c.name,
                studies.c.created,
                studies.c.spec,
                studies.c.facts,
                studies.c.verdict,
                count.filter(trials.c.state == "finished").label("finished"),
                count.filter(trials.c.state == "failed").label("failed"),
            )
            .outerjoin(trials)
            .group_by(studies.c.id)
            .order_by(studies.c.created, studies.c.id)
        )
        with self._errors(), self.engine.connect() as connection, self._parsing("of the list"):
            return [
                {
                    "name": row.name,
                    "created": row.created,
                    **self._progress(connection, row),
                    "verdict": json.loads(row.verdict) if row.verdict else None,
                }
                for row in connection.execute(query).all()
            ]

    def _progress(self, connection: sa.Connection, row: Any) -> dict[str, Any]:
        """How far a study is, and where it comes from."""
        imported = json.loads(row.facts).get("imported")
        if imported is None:
            total = planned(StudySpec.model_validate_json(row.spec))
            return {"planned": total, "finished": row.finished, "failed": row.failed, "imported": None}
        state = foreign_trials.c.state
        query = sa.select(state, sa.func.count()).where(foreign_trials.c.study_id == row.id).group_by(state)
        states: dict[str, int] = {name: number for name, number in connection.execute(query)}
        return {
            "planned": sum(states.values()),
            "finished": states.get("complete", 0) + states.get("pruned", 0),
            "failed": states.get("failed", 0),
            "imported": f"{imported['engine']} {imported['version']}".strip(),
        }

    def write_verdict(self, name: str, verdict: dict[str, Any]) -> None:
        """Keep the study's verdict document."""
        with self._errors(), self.engine.begin() as connection:
            where = studies.c.id == self._id(connection, name)
            connection.execute(studies.update().where(where).values(verdict=json.dumps(verdict)))

    def check(self, name: str) -> None:
        """Raise :class:`InputError` when there is no study of that name."""
        with self._errors(), self.engine.connect() as connection:
            self._id(connection, name)

    def delete(self, name: str) -> int:
        """Remove a study; returns how many trials went with it."""
        with self._errors(), self.engine.begin() as connection:
            study_id = self._id(connection, name)
            connection.execute(proposals.delete().where(proposals.c.study_id == study_id))
            own, foreign = (
                connection.execute(table.delete().where(table.c.study_id == study_id)).rowcount
                for table in (trials, foreign_trials)
            )
            connection.execute(studies.delete().where(studies.c.id == study_id))
            return int(own + foreign)

    def _id(self, connection: sa.Connection, name: str) -> int:
        study_id = connection.scalar(sa.select(studies.c.id).where(studies.c.name == name))
        if study_id is None:
            known = list(connection.scalars(sa.select(studies.c.name).order_by(studies.c.id)))
            what = f"It holds: {', '.join(known)}." if known else "It is empty; depthgauge run begins a study."
            raise InputError(f"There is no study {name!r} in {self.place}. {what}")
        return int(study_id)

    @contextmanager
    def _parsing(self, study: str) -> Iterator[None]:
        """Turn a row that holds something else than this program wrote into one line."""
        try:
            yield
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise StoreError(
                f"Study {study!r} in {self.place} is damaged: {reason}. Restore the store from a backup, or remove "
                "the study with depthgauge delete."
            ) from error

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn what the database says into one line."""
        try:
            yield
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise StoreError(
                f"The store {self.place} cannot be used: {reason}. Expected a database of depthgauge that can be "
                "read and written. Name another one with --store."
            ) from error


def open_store(url: str | None = None, *, create: bool = False) -> Store:
    """The store at ``url`` (an SQLAlchemy URL or a file's path), by default :data:`DEFAULT_STORE`.

    Without ``create`` a missing file is an error, because reading commands should not leave empty stores behind.
    """
    address = url or DEFAULT_STORE
    if "://" not in address:
        address = f"sqlite:///{address}"
    try:
        parsed = make_url(address)
    except ArgumentError as error:
        raise StoreError(f"{url!r} is no store. Expected a file's path or a URL such as sqlite:///a.db.") from error
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        path = Path(str(parsed.database))
        try:
            if not path.exists() and not create:
                raise StoreError(f"There is no store at {path}. depthgauge run makes one, --store names another.")
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"A store cannot be at {path}: {error.strerror}. Name another place with --store."
            ) from error
    return Store(address)


def _engine(url: str) -> sa.Engine:
    try:
        engine = sa.create_engine(url)
    except (NoSuchModuleError, ImportError, ArgumentError) as error:
        raise StoreError(f"No database driver for this store: {error}. Expected sqlite:///FILE.") from error
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def _pragmas(connection: Any, _record: Any) -> None:
            # NORMAL in WAL mode survives a killed process; only a power cut can lose the last transactions.
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000"):
                connection.execute(f"PRAGMA {pragma}")

    return engine


def _joined(old: dict[str, str], new: dict[str, str]) -> dict[str, str]:
    """Versions of both; ``2.21.0, 2.22.0`` where they differ."""
    return {
        name: ", ".join(dict.fromkeys([*old[name].split(", "), version])) if name in old else version
        for name, version in new.items()
    }


def _table(trajectory: Trajectory) -> NDArray[np.float64]:
    return np.column_stack(
        [trajectory.epochs, trajectory.accuracy, trajectory.cross_entropy, trajectory.seconds]
    ).astype(float)


def _pack(array: NDArray[np.float64]) -> bytes:
    return array.astype("<f8").tobytes()


def _result(row: Any) -> Result:
    """A row as a result; raises ValueError, TypeError or KeyError for what this program cannot have written."""
    if row.state not in ("finished", "failed"):
        raise ValueError(f"a trial is in the state {row.state!r}")
    table = np.frombuffer(row.trajectory, "<f8").reshape(-1, len(_COLUMNS))
    configuration = Configuration.from_dict(json.loads(row.configuration))
    return Result(
        trial=Trial(configuration, row.replicate),
        state=row.state,
        trajectory=Trajectory(table[:, 0].astype(np.int64), table[:, 1:4], table[:, 4:7], table[:, 7]),
        reason=row.reason,
        correct_last=row.correct_last,
        correct_best=row.correct_best,
        class_accuracy=tuple(np.frombuffer(row.class_accuracy, "<f8").tolist()),
        compile_seconds=row.compile_seconds,
        train_seconds=row.train_seconds,
        peak_memory=row.peak_memory,
        diverged_epoch=row.diverged_epoch,
    )


def _proposal(row: Any) -> Proposal:
    setting = None if row.setting is None else dict(json.loads(row.setting))
    value = None if row.value is None else float(row.value)
    return Proposal(row.cell, int(row.number), setting, int(row.asked), row.told, value)


def _check_same_search(old: StudySpec, new: StudySpec) -> None:
    """Raise :class:`StoreError` where ``new`` would search another space than ``old``, or in another way.

    More trials a cell and more replicates may be asked for, and what is only read from the trials may change.
    """

    def compared(spec: StudySpec) -> dict[str, Any]:
        left_out = {"dataset", "data", "description", "margin", "alpha", "replicates", "confirm", "baseline", "search"}
        values = spec.model_dump(exclude=left_out)
        return {**values, "search.proposer": spec.searching.proposer, "search.pruner": spec.searching.pruner}

    changed = [key for key, value in compared(old).items() if value != compared(new)[key]]
    if new.searching.trials < old.searching.trials:
        changed.append("and larger search.trials")
    if changed:
        raise StoreError(
            f"Study {new.name!r} was searched with another {', '.join(changed)}, so its proposals do not fit now. "
            f"Give the new study a name (--name), or remove the old one (depthgauge delete {new.name!r})."
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
