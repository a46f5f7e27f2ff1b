"""What studies read and write: specs, results, proposals, verdicts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.exc import IntegrityError

from study.design.plan import Plan, make_plan
from study.design.spec import StudySpec
from study.errors import InputError, SpecError, StoreError, StudyError
from study.records.facts import RunFacts
from study.records.imported import ForeignStudy
from study.records.looks import Look
from study.records.reference_runs import ReferenceRun
from study.records.trials import Proposal, Result
from study.search.cell_search import check_recorded
from study.store.continuing import check_continues, joined_versions
from study.store.database import PATIENCE_SECONDS, Database
from study.store.imported_rows import read_study, write_trials
from study.store.lease import PACE, Holder, Lease, Pace, check_owner, lost_lease, read_holder
from study.store.listing import list_studies
from study.store.look_rows import look_row, read_looks
from study.store.reference_rows import read_references, reference_row
from study.store.schema import (
    events,
    foreign_trials,
    leases,
    proposals,
    reference_runs,
    studies,
    tested_rows,
    trials,
)
from study.store.stored_study import News, StoredStudy, StudyLine, read_spec
from study.store.trial_rows import (
    checked,
    proposal_row,
    read_configuration,
    read_proposal,
    read_result,
    read_tested,
    result_row,
    tested_row,
)
from study.words import clean, option

P = ParamSpec("P")
T = TypeVar("T")
AT_ONCE = 400  # rows in one question: a database bounds the values that it may hold
TWICE = "another process runs the same study. Let it finish, then run this command again."


def _reads(method: Callable[Concatenate[Store, sa.Connection, P], T]) -> Callable[Concatenate[Store, P], T]:
    """Give a method a connection that reads one moment of the database."""

    @wraps(method)
    def call(store: Store, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return store.database.read(lambda connection: method(store, connection, *args, **kwargs))

    return call


def _writes(method: Callable[Concatenate[Store, sa.Connection, P], T]) -> Callable[Concatenate[Store, P], T]:
    """Give a method a connection whose writes are all kept or none; it may run again (:meth:`Database.write`)."""

    @wraps(method)
    def call(store: Store, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return store.database.write(lambda connection: method(store, connection, *args, **kwargs))

    return call


class Store:
    """Reads and writes studies. What belongs to a study is written by the process that holds its lease, or by nobody.

    Every method is one transaction. It is tried again while a database server restarts, and what a run writes may be:
    written twice it is the same as written once.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._held: dict[str, Lease] = {}

    @property
    def place(self) -> str:
        """The store's address without its password."""
        return self.database.place

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    @contextmanager
    def lease(self, name: str, command: str, pace: Pace = PACE) -> Iterator[None]:
        """Be the only process that runs study ``name``, which need not be there yet.

        ``command`` is what others are told. Raises :class:`StudyError` where another process runs it.
        """
        lease = Lease(self.database, name, command, pace)
        self._held[name] = lease
        try:
            yield
        finally:
            del self._held[name]
            lease.release()

    def check_held(self, name: str) -> None:
        """Raise :class:`StudyError` where another process is known to have taken over; costs nothing."""
        if name in self._held and self._held[name].lost:
            raise lost_lease(name, self.holder(name), had_it=True)

    @_reads
    def holder(self, connection: sa.Connection, name: str) -> Holder | None:
        """The process that runs a study, or has left its lease behind; None for nobody."""
        return read_holder(connection, name)

    @_writes
    def begin(self, connection: sa.Connection, plan: Plan, dataset_sha256: str, facts: RunFacts) -> None:
        """Create the study, or continue it with a plan that may ask for more but not for something else.

        Versions add up: a study continued under another one names both. Raises :class:`StoreError` when trials
        that are there would not be comparable with new ones, or have no place in the new plan.
        """
        spec = plan.spec
        self._check_owner(connection, spec.name)
        values = {
            "spec": spec.model_dump_json(),
            "dataset_sha256": dataset_sha256,
            "facts": facts.to_json(),
            "code_sha256": None if spec.model is None else spec.model.code,
        }
        row = connection.execute(sa.select(studies).where(studies.c.name == spec.name)).first()
        if row is None:
            connection.execute(studies.insert().values(name=spec.name, created=_now(), **values))
            return
        with self._parsing(spec.name):
            old = read_spec(row.spec)
            imported = json.loads(row.facts).get("imported")
            if imported is not None:
                raise StoreError(
                    f"Study {spec.name!r} was imported from {imported['engine']} and cannot be run. Give the new one a "
                    f"name ({option('name')}), or remove that one (depthgauge delete {spec.name!r})."
                )
            old_facts = RunFacts.from_json(row.facts)
            looks = read_looks(connection, row.id)
        there = connection.execute(sa.select(trials.c.key, trials.c.replicate).filter_by(study_id=row.id))
        recorded = [(key, replicate) for key, replicate in there]
        check_continues(old, plan, recorded, looks, same_data=row.dataset_sha256 == dataset_sha256)
        versions = joined_versions(old_facts.versions, facts.versions)
        proposer = old_facts.proposer or facts.proposer  # the one that it began with
        values["facts"] = replace(facts, versions=versions, proposer=proposer).to_json()
        connection.execute(studies.update().where(studies.c.id == row.id).values(**values))

    @_writes
    def keep(self, connection: sa.Connection, study: ForeignStudy, refresh: bool = False) -> None:
        """Write a study that was read from another program.

        ``refresh`` puts it in the place of one that was read from the same study before. Raises :class:`StoreError`
        where its name is taken otherwise.
        """
        if refresh:
            self._drop_earlier(connection, study)
        facts = json.dumps({"imported": study.to_dict()})
        spec = StudySpec(name=study.name).model_dump_json()
        row = {"name": study.name, "spec": spec, "dataset_sha256": "", "facts": facts, "created": _now()}
        try:
            key = connection.execute(studies.insert().values(**row)).inserted_primary_key
        except IntegrityError:
            raise StoreError(
                f"There is a study {study.name!r} in {self.place} already. Read it again in its place "
                f"({option('refresh')}), import this one under another name ({option('name')}), or remove the one that "
                f"is there (depthgauge delete {study.name!r})."
            ) from None
        assert key is not None
        write_trials(connection, foreign_trials, key[0], study)

    def _drop_earlier(self, connection: sa.Connection, study: ForeignStudy) -> None:
        """Delete what was read from the same study before, where there is such. Whatever has a value is still there."""
        row = connection.execute(sa.select(studies).where(studies.c.name == study.name)).first()
        if row is None:
            return
        with self._parsing(study.name):
            imported = json.loads(row.facts).get("imported")
            earlier = read_study(connection, foreign_trials, row.id, row.name, imported) if imported else None
        if earlier is None:
            problem = "was run by depthgauge"
        elif (earlier.engine, earlier.original) != (study.engine, study.original):
            problem = f"was read from study {earlier.original!r} of {earlier.engine}"
        else:
            lost = Counter(trial.value for trial in earlier.complete) - Counter(trial.value for trial in study.complete)
            problem = f"has values of {lost.total()} trials that are not in what was read now" if lost else ""
        if problem:
            raise StoreError(
                f"Study {study.name!r} in {self.place} {problem}, so it is not replaced. Import this one under another "
                f"name ({option('name')})."
            )
        connection.execute(foreign_trials.delete().where(foreign_trials.c.study_id == row.id))
        connection.execute(studies.delete().where(studies.c.id == row.id))

    @_writes
    def record(self, connection: sa.Connection, name: str, *results: Result) -> None:
        """Write results, all or none; a failed one may be replaced, a finished one only by itself."""
        self._check_owner(connection, name)
        study_id = self._id(connection, name)
        rows = [{"study_id": study_id, **result_row(result)} for result in results]
        there = _there(connection, trials, ("key", "replicate"), rows)
        new = []
        for result, row in zip(results, rows, strict=True):
            old = there.get((row["key"], row["replicate"]))
            if old is not None and old.state == "finished":
                if not _same(old, row):
                    label, replicate = result.trial.configuration.label, result.trial.replicate
                    raise StudyError(
                        f"Trial {label}, replicate {replicate}, of study {name!r} is there already: {TWICE}"
                    )
                continue
            row["finished"] = _now()
            if old is None:
                new.append(row)
                continue
            # One by one: after a single row SQLite never gives a number below the last again, as :meth:`news` expects.
            connection.execute(trials.delete().where(trials.c.id == old.id))
            connection.execute(trials.insert(), row)
        self._record_tested(connection, name, study_id, results)
        if new:
            try:
                connection.execute(trials.insert(), new)
            except IntegrityError:
                raise StudyError(f"A trial of study {name!r} was written by another process: {TWICE}") from None

    def _record_tested(self, connection: sa.Connection, name: str, study_id: int, results: Sequence[Result]) -> None:
        """Write which rows the replicates of results tested, once for all their trials."""
        found = {one.trial.replicate: one.tested for one in results if one.tested is not None}
        if not found:
            return
        there = _tested(connection, study_id, found)
        for replicate, rows in found.items():
            if replicate not in there:
                connection.execute(tested_rows.insert(), {"study_id": study_id, **tested_row(replicate, rows)})
            elif not np.array_equal(there[replicate], rows):
                raise StudyError(
                    f"Replicate {replicate} of study {name!r} tested other rows before, so its trials would not be "
                    f"paired. Give the new study a name ({option('name')})."
                )

    @_writes
    def record_looks(self, connection: sa.Connection, name: str, looks: Sequence[Look], before: int) -> None:
        """Write what was decided at looks, all or none; ``before`` are as many as were there."""
        self._check_owner(connection, name)
        study_id = self._id(connection, name)
        rows = [{"study_id": study_id, **look_row(look, before + n)} for n, look in enumerate(looks)]
        there = _there(connection, events, ("study_id", "number"), rows)
        for row in rows:
            old = there.get((study_id, row["number"]))
            if old is None:
                connection.execute(events.insert(), {**row, "happened": _now()})
            elif not _same(old, row):
                raise StudyError(f"Another look number {row['number']} of study {name!r} is there already: {TWICE}")

    @_writes
    def record_reference(self, connection: sa.Connection, name: str, run: ReferenceRun) -> None:
        """Write a reference run; one that is there already stays, whatever its last bits, unless it had failed."""
        self._check_owner(connection, name)
        row = {"study_id": self._id(connection, name), **reference_row(run)}
        told_apart = ("study_id", "model", "samples", "label_noise", "replicate", "weights_key")
        same = sa.and_(*(reference_runs.c[column] == row[column] for column in told_apart))
        connection.execute(reference_runs.delete().where(same & (reference_runs.c.reason != "")))
        if connection.scalar(sa.select(reference_runs.c.id).where(same)) is None:
            connection.execute(reference_runs.insert(), row)

    @_writes
    def propose(self, connection: sa.Connection, name: str, *asked: Proposal) -> None:
        """Write what proposers asked for, before it is run."""
        self._check_owner(connection, name)
        study_id = self._id(connection, name)
        rows = [{"study_id": study_id, **proposal_row(proposal)} for proposal in asked]
        there = _there(connection, proposals, ("cell", "number"), rows)
        new = []
        for row in rows:
            old = there.get((row["cell"], row["number"]))
            if old is None:
                new.append(row)
            elif not _same(old, row):
                raise StudyError(
                    f"Proposal {row['number']} of {row['cell']!r} in study {name!r} is there already: {TWICE}"
                )
        if new:
            connection.execute(proposals.insert(), new)

    @_writes
    def answer(self, connection: sa.Connection, name: str, *told: Proposal) -> None:
        """Write what proposers were told."""
        self._check_owner(connection, name)
        study_id = self._id(connection, name)
        same = sa.and_(
            proposals.c.study_id == study_id,
            proposals.c.cell == sa.bindparam("its_cell"),
            proposals.c.number == sa.bindparam("its_number"),
        )
        answers = [
            {"its_cell": one.cell, "its_number": one.number, "told": one.told, "value": one.value} for one in told
        ]
        connection.execute(proposals.update().where(same), answers)

    @_reads
    def begun(self, connection: sa.Connection, name: str) -> StudySpec | None:
        """The spec of a study that is begun, with what was settled then; None where there is none of that name."""
        text = connection.scalar(sa.select(studies.c.spec).where(studies.c.name == name))
        if text is None:
            return None
        with self._parsing(name):
            return read_spec(text)

    @_reads
    def spec(self, connection: sa.Connection, name: str) -> StudySpec:
        """A study's spec without its trials. Raises :class:`InputError` when there is none of that name."""
        text = connection.scalar(sa.select(studies.c.spec).where(studies.c.id == self._id(connection, name)))
        with self._parsing(name):
            return read_spec(text or "")

    @_reads
    def load(self, connection: sa.Connection, name: str) -> StoredStudy | ForeignStudy:
        """A study with all its results, or one that was imported.

        Raises :class:`InputError` when there is none of that name.
        """
        study_id = self._id(connection, name)
        row = connection.execute(sa.select(studies).where(studies.c.id == study_id)).one()
        with self._parsing(name):
            checked(row, studies)
            spec = read_spec(row.spec)
            if spec.name != row.name:  # names go into reports and files that are written for it
                raise ValueError("its spec has another name")
            if (imported := json.loads(row.facts).get("imported")) is not None:
                return read_study(connection, foreign_trials, study_id, row.name, imported)
            tested, looks = _tested(connection, study_id), read_looks(connection, study_id)
            rows = connection.execute(sa.select(trials).where(trials.c.study_id == study_id).order_by(trials.c.id))
            read = ((row, read_result(row, tested)) for row in rows)
            results = {(read_configuration(row.configuration)[1], row.replicate): result for row, result in read}
            facts = RunFacts.from_json(row.facts)
            study = StoredStudy(
                plan=make_plan(spec).after(looks),
                dataset_sha256=row.dataset_sha256,
                facts=facts,
                created=row.created,
                results=results,
                proposals=_proposals(connection, study_id),
                references=read_references(connection, study_id, facts.classes, weighted=spec.weighted_metrics),
                looks=looks,
            )
            check_recorded(study.plan, study.proposals, study.results)
        return study

    def load_own(self, name: str) -> StoredStudy:
        """A study that depthgauge ran. Raises :class:`InputError` for one that was imported, and as :meth:`load`."""
        study = self.load(name)
        if isinstance(study, ForeignStudy):
            raise InputError(
                f"Study {name!r} was imported from {study.engine}: its networks were trained there, and none can be "
                "made of it here. Its verdict says what to use of what was tried; suggest prints a study to run."
            )
        return study

    @_reads
    def latest(self, connection: sa.Connection, name: str) -> int:
        """The row of a study's newest result, 0 without any: where :meth:`news` begin."""
        newest = sa.select(sa.func.max(trials.c.id)).where(trials.c.study_id == self._id(connection, name))
        return connection.scalar(newest) or 0

    @_reads
    def news(self, connection: sa.Connection, name: str, last: int) -> News:
        """What has come of a study since row ``last`` of its results, which is among them: a retry may take its place.

        Raises :class:`InputError` when there is no study of that name.
        """
        study_id = self._id(connection, name)
        text = connection.scalar(sa.select(studies.c.spec).where(studies.c.id == study_id))
        new = sa.select(trials).where((trials.c.study_id == study_id) & (trials.c.id >= last)).order_by(trials.c.id)
        rows = connection.execute(new).all()
        with self._parsing(name):
            return News(
                spec=read_spec(text or ""),
                holder=read_holder(connection, name),
                results=tuple(map(read_result, rows)),
                proposals=_proposals(connection, study_id),
                looks=read_looks(connection, study_id),
                last=rows[-1].id if rows else last,
            )

    @_reads
    def list(self, connection: sa.Connection) -> list[StudyLine]:
        """One line a study, in the order in which they were begun."""
        return list_studies(connection, self._parsing)

    def overview(self, name: str, *, patience: float = PATIENCE_SECONDS) -> StudyLine:
        """The line of one study in :meth:`list`; a server that is away is tried for ``patience`` seconds.

        Raises :class:`InputError` when there is no study of that name.
        """

        def read(connection: sa.Connection) -> StudyLine:
            self._id(connection, name)
            (row,) = list_studies(connection, self._parsing, name)
            return row

        return self.database.read(read, patience)

    @_writes
    def write_verdict(self, connection: sa.Connection, name: str, verdict: dict[str, Any]) -> None:
        """Keep the study's verdict document. Anybody may: it follows from what is stored."""
        where = studies.c.id == self._id(connection, name)
        connection.execute(studies.update().where(where).values(verdict=json.dumps(verdict)))

    @_reads
    def check(self, connection: sa.Connection, name: str) -> None:
        """Raise :class:`InputError` when there is no study of that name."""
        self._id(connection, name)

    @_writes
    def delete(self, connection: sa.Connection, name: str) -> int:
        """Remove a study; returns how many trials went with it.

        Raises :class:`StudyError` while a process runs it.
        """
        study_id = self._id(connection, name)
        holder = read_holder(connection, name, lock=True)
        if holder is not None and holder.alive:
            raise StudyError(f"Study {name!r} is being run by {holder.words}. End that, then delete it.")
        connection.execute(leases.delete().where(leases.c.study == name))
        for table in (proposals, tested_rows, reference_runs, events):
            connection.execute(table.delete().where(table.c.study_id == study_id))
        own, foreign = (
            connection.execute(table.delete().where(table.c.study_id == study_id)).rowcount
            for table in (trials, foreign_trials)
        )
        connection.execute(studies.delete().where(studies.c.id == study_id))
        return int(own + foreign)

    def _check_owner(self, connection: sa.Connection, name: str) -> None:
        check_owner(connection, name, self._held[name].owner if name in self._held else None)

    def _id(self, connection: sa.Connection, name: str) -> int:
        study_id = connection.scalar(sa.select(studies.c.id).where(studies.c.name == name))
        if study_id is None:
            known = connection.scalars(sa.select(studies.c.name).order_by(studies.c.id)).all()
            what = (
                f"It holds: {', '.join(map(clean, known))}." if known else "It is empty; depthgauge run begins a study."
            )
            raise InputError(f"There is no study {name!r} in {self.place}. {what}")
        return int(study_id)

    @contextmanager
    def _parsing(self, study: str) -> Iterator[None]:
        """Turn a row that holds something else than this program wrote into one line."""
        try:
            yield
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError, SpecError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise StoreError(
                f"Study {study!r} in {self.place} is damaged: {clean(reason)}. Restore the store from a backup, "
                "or remove the study with depthgauge delete."
            ) from error


def _there(
    connection: sa.Connection, table: sa.Table, names: tuple[str, str], rows: Sequence[dict[str, Any]]
) -> dict[tuple[Any, Any], sa.Row[Any]]:
    """The rows of one study that are in ``table`` already, by the two columns that tell them apart.

    SQLite looks up pairs of values without its index, but either value with it: more than the pairs are found so, and
    the whole rows are read of those alone that are meant.
    """
    first, second = (table.c[name] for name in names)
    found = {}
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        pairs = {(row[names[0]], row[names[1]]) for row in part}
        near = sa.select(table.c.id, first, second).where(
            table.c.study_id == part[0]["study_id"],
            first.in_({one for one, _ in pairs}),
            second.in_({other for _, other in pairs}),
        )
        meant = [number for number, *pair in connection.execute(near) if tuple(pair) in pairs]
        if meant:
            for row in connection.execute(sa.select(table).where(table.c.id.in_(meant))):
                found[row._mapping[first], row._mapping[second]] = row
    return found


def _same(old: sa.Row[Any], row: dict[str, Any]) -> bool:
    return all(old._mapping[column] == value for column, value in row.items())


def _tested(
    connection: sa.Connection, study_id: int, replicates: Collection[int] | None = None
) -> dict[int, NDArray[np.int32]]:
    """Which rows replicates tested, all or some; none where all of a study test the same."""
    query = sa.select(tested_rows).where(tested_rows.c.study_id == study_id)
    if replicates is not None:
        query = query.where(tested_rows.c.replicate.in_(list(replicates)))
    return {row.replicate: read_tested(row) for row in connection.execute(query)}


def _proposals(connection: sa.Connection, study_id: int) -> tuple[Proposal, ...]:
    rows = connection.execute(sa.select(proposals).where(proposals.c.study_id == study_id).order_by(proposals.c.id))
    return tuple(map(read_proposal, rows))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
