"""Call permits per subscription key, counted over rolling windows for every process on this state."""

from typing import Final

import sqlalchemy as sa

from ingram_micro_cloud.store.database import Database
from ingram_micro_cloud.store.tables import blocks, permits

MINUTE: Final = 60.0
DAY: Final = 86_400.0
BUCKET: Final = 60.0
"""Seconds. Grants that no longer matter for the minute are added up per so many seconds: at most 1,440 rows a day."""
SLACK: Final = 0.5
"""Seconds added to a window: a request may be on its way a little longer than another."""


class PermitRecords:
    """Leases permits so that no window ever holds more than it may.

    A permit leased now may be used as late as the end of its hold, so it counts until then plus the window.
    Rows keep the end of their minute window; the end of the day window is that plus a fixed distance.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def lease(
        self, key: str, *, now: float, wanted: int, hold_seconds: float, per_minute: int, per_day: int
    ) -> tuple[int, float, str]:
        """Return permits granted, or 0 with the seconds to wait and why: minute, day or vendor."""
        with self._database.transaction() as connection:
            self._only_one(connection, key)
            blocked = connection.execute(sa.select(blocks.c.until).where(blocks.c.key == key)).scalar()
            if blocked is not None and blocked > now:
                return 0, blocked - now, "vendor"
            minute_used = self._used(connection, key, now)
            day_used = self._used(connection, key, now + MINUTE - DAY)
            granted = min(wanted, per_minute - minute_used, per_day - day_used)
            if granted > 0:
                until = now + hold_seconds + MINUTE + SLACK
                connection.execute(sa.insert(permits).values(key=key, counted_until=until, permits=granted))
                self._fold(connection, key, now)
                return granted, 0.0, ""
            if per_day - day_used <= 0:
                return 0, self._wait(connection, key, now, DAY - MINUTE, day_used - per_day + 1), "day"
            return 0, self._wait(connection, key, now, 0.0, minute_used - per_minute + 1), "minute"

    def block(self, key: str, *, until: float, reason: str) -> None:
        """Grant nothing for this key until then; an earlier, longer block stays."""
        with self._database.transaction() as connection:
            self._only_one(connection, key)
            known = connection.execute(sa.select(blocks.c.until).where(blocks.c.key == key)).scalar()
            if known is None:
                connection.execute(sa.insert(blocks).values(key=key, until=until, reason=reason))
            elif known < until:
                connection.execute(sa.update(blocks).where(blocks.c.key == key).values(until=until, reason=reason))

    def _only_one(self, connection: sa.Connection, key: str) -> None:
        # SQLite's immediate transaction already lets one process in at a time.
        if not self._database.is_sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(key))))

    def _used(self, connection: sa.Connection, key: str, after: float) -> int:
        counted = sa.select(sa.func.coalesce(sa.func.sum(permits.c.permits), 0))
        return int(
            connection.execute(counted.where(permits.c.key == key, permits.c.counted_until > after)).scalar_one()
        )

    def _wait(self, connection: sa.Connection, key: str, now: float, later: float, needed: int) -> float:
        rows = connection.execute(
            sa.select(permits.c.counted_until, permits.c.permits)
            .where(permits.c.key == key, permits.c.counted_until + later > now)
            .order_by(permits.c.counted_until)
        )
        freed = 0
        moment = now + 1.0
        for until, count in rows:
            freed += count
            moment = until + later
            if freed >= needed:
                break
        return max(0.05, moment - now)

    def _fold(self, connection: sa.Connection, key: str, now: float) -> None:
        connection.execute(
            sa.delete(permits).where(permits.c.key == key, permits.c.counted_until < now + MINUTE - DAY - BUCKET)
        )
        # Only whole buckets: one folded bit by bit would keep as many rows as it had.
        ended = (now // BUCKET - 1) * BUCKET
        old = sa.and_(permits.c.key == key, permits.c.counted_until < ended)
        # A folded row ends with its bucket, so that folding never frees a permit early.
        bucket = (sa.cast(permits.c.counted_until / BUCKET, sa.Integer) + 1) * BUCKET
        loose = sa.and_(old, permits.c.counted_until != bucket - BUCKET)
        rows = connection.execute(
            sa.select(bucket.label("until"), sa.func.sum(permits.c.permits).label("count"))
            .where(loose)
            .group_by(bucket)
        ).all()
        if rows:
            connection.execute(sa.delete(permits).where(loose))
            connection.execute(
                sa.insert(permits),
                [{"key": key, "counted_until": row.until, "permits": row.count} for row in rows],
            )
