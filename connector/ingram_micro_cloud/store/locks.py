"""Locks across processes: one holder per name, given back, or taken over when the holder is gone."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from ingram_micro_cloud.store.database import Database
from ingram_micro_cloud.store.journal_tables import locks
from ingram_micro_cloud.store.processes import Process, certainly_gone, this_process
from ingram_micro_cloud.store.turns import wait_for_turn


@dataclass(frozen=True, slots=True)
class Held:
    """A lock somebody has; ``until`` in seconds since 1970."""

    name: str
    process: Process
    until: float


class LockRecords:
    """Takes several locks at once or none of them, so that two takers can never wait for each other."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(
        self, names: Collection[str], holder: str, *, now: float, until: float, at_work: Collection[str]
    ) -> Held | None:
        """Take every lock for a holder, or return one that another has.

        A lock is taken over when its time is up, when its process on this machine has ended, or when it is this process
        and the holder is not at work any more: it could not give the lock back when the state was out of reach.

        Args:
            names: The locks.
            holder: Who takes them; at work already.
            now: Seconds since 1970.
            until: When they may be taken over at the latest.
            at_work: Every holder of this process that is at work.
        """
        process = this_process()
        with self._database.transaction() as connection:
            wait_for_turn(self._database, connection, "order locks")
            for row in connection.execute(sa.select(locks).where(locks.c.name.in_(names))).all():
                other = Process(row.host, row.pid, row.started)
                abandoned = other == process and row.holder not in at_work
                if row.holder != holder and row.until > now and not abandoned and not certainly_gone(other):
                    return Held(row.name, other, row.until)
            connection.execute(sa.delete(locks).where(locks.c.name.in_(names)))
            mine = {"holder": holder, "host": process.host, "pid": process.pid, "started": process.started}
            connection.execute(sa.insert(locks), [{"name": name, "until": until, **mine} for name in sorted(names)])
        return None

    def still_held(self, holder: str, *, now: float) -> bool:
        """Return whether an attempt is not over: it has locks, its time is not up, and its process may be alive."""
        wanted = sa.select(locks).where(locks.c.holder == holder, locks.c.until > now).limit(1)
        with self._database.transaction() as connection:
            row = connection.execute(wanted).one_or_none()
        return row is not None and not certainly_gone(Process(row.host, row.pid, row.started))

    def prolong(self, holder: str, *, until: float) -> None:
        """Keep what a holder has for longer."""
        with self._database.transaction() as connection:
            connection.execute(sa.update(locks).where(locks.c.holder == holder).values(until=until))

    def give_back(self, holder: str) -> None:
        """Free every lock of a holder; what another has taken over stays with that one."""
        with self._database.transaction() as connection:
            connection.execute(sa.delete(locks).where(locks.c.holder == holder))
