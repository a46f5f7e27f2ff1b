"""Who runs a study: exactly one process at a time, on whatever machine.

A row of ``leases`` names the process that runs a study, and it gives a sign of life every few seconds. Two things keep
a study from being run twice:

- **Fencing.** Every write looks in the same transaction whether the lease is still its own (:func:`check_owner`). So a
  process that was stopped for an hour, or cut off, cannot write once another has taken over. This depends on no clock.
- **Expiry.** Another process takes over once the holder is known to be dead (same machine, no such process), or has
  given no sign of life for a while. Clocks jump and differ, so the clock (the database server's; for a file this
  machine's) only says whether to refuse at once: a lease that looks expired, or from the future, is watched before it
  is taken, and what counts then is that ``beats`` does not move while this process waits by a clock that cannot be set.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from study.errors import StoreError, StudyError
from study.machine import host
from study.store.database import Database
from study.store.schema import leases
from study.store.trial_rows import checked


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the holder gives a sign of life, when its lease expires without one, and how long it is then watched.

    In seconds; ``watch`` must be longer than ``beat``.
    """

    beat: float = 10.0
    expiry: float = 45.0
    watch: float = 15.0


PACE = Pace()
LATEST = 2.0**37  # seconds since 1970, some thousand years
log = logging.getLogger("depthgauge")


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that runs a study. ``age`` is the time since its last sign of life, ``expires`` until it has to give
    the next one, both in seconds by the database's clock; ``acquired`` is in seconds since 1970."""

    owner: str
    host: str
    pid: int
    machine: str
    command: str
    acquired: float
    age: float
    expires: float
    beats: int

    @property
    def dead(self) -> bool:
        """Whether it is known to have ended: a process of this machine that is not there any more."""
        return bool(self.machine) and self.machine == host.identity() and host.is_dead(self.pid)

    @property
    def alive(self) -> bool:
        """Whether it has given a sign of life lately, as far as the clock tells."""
        return self.age >= 0 and self.expires > 0 and not self.dead

    @property
    def moment(self) -> tuple[str, int]:
        """Changes with every sign of life."""
        return self.owner, self.beats

    @property
    def words(self) -> str:
        """``process 4711 on node7, since 2026-01-31 12:00 UTC, last sign of life 3 s ago``."""
        since = datetime.fromtimestamp(self.acquired, UTC)
        return (
            f"process {self.pid} on {self.host}, since {since:%Y-%m-%d %H:%M} UTC, last sign of life "
            f"{max(self.age, 0):.0f} s ago"
        )


class Lease:
    """The right to run a study, taken when this is made; raises :class:`StudyError` where another process has it."""

    def __init__(self, database: Database, study: str, command: str, pace: Pace = PACE) -> None:
        self.study = study
        self.owner = uuid.uuid4().hex
        self.lost = False
        self._database, self._command, self._pace = database, command, pace
        self._stop = threading.Event()
        self._take()
        self._heart = threading.Thread(target=self._beat, name=f"lease of {study}", daemon=True)
        if not database.in_memory:  # nobody else can see that one
            self._heart.start()

    def release(self) -> None:
        """Give the lease back, if it is still ours; where the database is gone, it expires."""
        self._stop.set()
        ours = (leases.c.study == self.study) & (leases.c.owner == self.owner)
        with contextlib.suppress(StoreError):  # a server that was restarted has broken the connection: not just once
            self._database.write(lambda connection: connection.execute(leases.delete().where(ours)), patience=2)

    def _take(self) -> None:
        """Take the lease where there is none, or none that is alive."""
        watched: Holder | None = None
        free: Holder | None = None  # whose lease may be taken
        until = 0.0
        while (holder := self._database.write(partial(self._try, free=free))) is not None:
            if holder.dead:
                free = holder
                continue
            if holder.alive or (watched is not None and watched.moment != holder.moment):
                raise StudyError(
                    f"Study {self.study!r} is being run by {holder.words}. depthgauge watch {self.study!r} follows it. "
                    "If that process is no more, the same command takes over once it has given no sign of life for "
                    f"{holder.age + holder.expires:.0f} s."
                )
            if watched is None:
                watched, until = holder, time.monotonic() + self._pace.watch
                log.warning(
                    f"Study {self.study!r} was being run by {holder.words}. It is taken over in "
                    f"{self._pace.watch:.0f} s, unless there is another sign."
                )
            elif time.monotonic() >= until:
                free = holder
                continue
            time.sleep(min(1.0, self._pace.watch / 5))

    def _try(self, connection: sa.Connection, *, free: Holder | None) -> Holder | None:
        """Take the lease in one transaction where nobody has it, or still ``free``; else return who has it."""
        now = _now(connection)
        mine = {
            "owner": self.owner,
            "host": socket.gethostname()[:255],
            "pid": os.getpid(),
            "machine": host.identity(),
            "command": self._command,
            "acquired": now,
            "heartbeat": now,
            "expires": now + self._pace.expiry,
            "beats": 0,
        }
        holder = read_holder(connection, self.study, lock=True)
        if holder is None:
            try:
                with connection.begin_nested():
                    connection.execute(leases.insert().values(study=self.study, **mine))
            except IntegrityError:  # another process was faster, and may have ended since
                return read_holder(connection, self.study) or self._try(connection, free=free)
        elif holder.owner != self.owner:  # it is our own where the answer to the commit was lost
            if free is None or free.moment != holder.moment:
                return holder
            connection.execute(leases.update().where(leases.c.study == self.study).values(**mine))
        return None

    def _beat(self) -> None:
        """Give signs of life until the lease is released or lost. A database that is away is tried again."""
        while not self._stop.wait(self._pace.beat):
            with contextlib.suppress(StoreError):
                if not self._database.write(self._renew, patience=0):
                    self.lost = True
                    return

    def _renew(self, connection: sa.Connection) -> bool:
        now = _now(connection)
        ours = (leases.c.study == self.study) & (leases.c.owner == self.owner)
        values = {"heartbeat": now, "expires": now + self._pace.expiry, "beats": leases.c.beats + 1}
        return bool(connection.execute(leases.update().where(ours).values(values)).rowcount)


def read_holder(connection: sa.Connection, study: str, *, lock: bool = False) -> Holder | None:
    """Who runs a study, None for nobody; ``lock`` keeps others from changing that before the transaction ends."""
    query = sa.select(leases).where(leases.c.study == study)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        return None
    try:
        checked(row, leases)
        if not all(0 <= moment < LATEST for moment in (row.acquired, row.heartbeat, row.expires)):
            raise ValueError("a moment that no clock shows")
    except ValueError as error:
        raise StoreError(
            f"The lease of study {study!r} is damaged: {error}. Restore the store from a backup."
        ) from None
    now = _now(connection)
    fields = {name: getattr(row, name) for name in ("owner", "host", "pid", "machine", "command", "acquired", "beats")}
    return Holder(**fields, age=now - row.heartbeat, expires=row.expires - now)


def check_owner(connection: sa.Connection, study: str, owner: str | None) -> None:
    """Raise :class:`StudyError` where another than ``owner`` runs the study; None is nobody.

    In PostgreSQL the row stays locked until the transaction ends, so that nobody can take over in between; in SQLite
    there is one transaction that writes at a time.
    """
    query = sa.select(leases.c.owner).where(leases.c.study == study).with_for_update(read=True)
    if connection.scalar(query) != owner:
        raise lost_lease(study, read_holder(connection, study), owner is not None)


def lost_lease(study: str, holder: Holder | None, had_it: bool) -> StudyError:
    """What a process is told that may not write."""
    if not had_it:
        return StudyError(f"Study {study!r} is being run by {holder.words if holder else 'another process'}.")
    who = holder.words if holder else "another process, which has ended since"
    return StudyError(
        f"Study {study!r} was taken over by {who}, because this process had given no sign of life. What it finished "
        f"before is kept, and the other one goes on; depthgauge watch {study!r} follows it."
    )


def _now(connection: sa.Connection) -> float:
    """Seconds since 1970 by the clock that all processes of this database share."""
    if connection.dialect.name == "sqlite":
        return machine_time()
    return float(connection.scalar(sa.select(sa.func.extract("epoch", sa.func.clock_timestamp()))) or 0)


def machine_time() -> float:
    """Seconds since 1970 by the clock of this machine; who uses one SQLite file is on one machine."""
    return time.time()
