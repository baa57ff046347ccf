"""The audit: records in one chain, each sealed with a keyed hash over itself and the one before."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from ingram_micro_cloud.store.database import Database
from ingram_micro_cloud.store.journal_tables import audit, intents
from ingram_micro_cloud.store.secrets import SecretBox

FIRST: Final = "0" * 64
"""Stands before the first record."""
_READ_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One record; ``at`` in seconds since 1970, ``body`` as it was sealed."""

    sequence: int
    at: float
    who: str
    previous: str
    body: Mapping[str, object]
    hash: str


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """How a walk along the chain ended: records that fit, and the first that does not, or None."""

    records: int
    broken_at: int | None = None
    message: str = "Every record fits the one before it."

    @property
    def whole(self) -> bool:
        """Whether nothing was changed, taken out, put in or cut off."""
        return self.broken_at is None


class AuditRecords:
    """Reads the chain; it grows only inside the journal's transactions."""

    def __init__(self, database: Database, box: SecretBox) -> None:
        self._database, self._box = database, box

    def all(self) -> tuple[AuditRecord, ...]:
        """Return every record, the oldest first."""
        with self._database.transaction() as connection:
            return tuple(_record(row) for row in _walk(connection))

    def verify(self) -> AuditCheck:
        """Walk the chain and name the first record that does not fit."""
        with self._database.transaction() as connection:
            expected, previous = 1, FIRST
            for row in _walk(connection):
                if row.sequence != expected:
                    return _broken(expected, "is missing")
                if row.previous != previous:
                    return _broken(expected, "does not follow the one before it")
                if row.hash != sealed(self._box, row.sequence, row.at, row.who, row.previous, row.body):
                    return _broken(expected, "was changed, or was written with another secret key")
                expected, previous = expected + 1, row.hash
            last = connection.execute(sa.select(sa.func.max(intents.c.audited))).scalar() or 0
        if last >= expected:
            # The journal knows of a record that the chain does not have any more.
            return _broken(expected, "and later ones were cut off")
        return AuditCheck(expected - 1)


def append(connection: sa.Connection, box: SecretBox, *, at: float, who: str, body: Mapping[str, object]) -> int:
    """Add a record inside a transaction that lets in one process at a time; returns its number."""
    last = connection.execute(sa.select(audit).order_by(audit.c.sequence.desc()).limit(1)).one_or_none()
    sequence, previous = (1, FIRST) if last is None else (last.sequence + 1, last.hash)
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, default=str)
    seal = sealed(box, sequence, at, who, previous, text)
    connection.execute(
        sa.insert(audit).values(sequence=sequence, at=at, who=who, previous=previous, body=text, hash=seal)
    )
    return sequence


def sealed(box: SecretBox, sequence: int, at: float, who: str, previous: str, body: str) -> str:
    """Return the keyed hash of a record."""
    return box.fingerprint("audit", str(sequence), repr(float(at)), who, previous, body)


def _walk(connection: sa.Connection) -> Iterator[sa.Row[tuple[object, ...]]]:
    last = -1
    while True:
        wanted = sa.select(audit).where(audit.c.sequence > last).order_by(audit.c.sequence).limit(_READ_AT_ONCE)
        rows = connection.execute(wanted).all()
        yield from rows
        if len(rows) < _READ_AT_ONCE:
            return
        last = rows[-1].sequence


def _record(row: sa.Row[tuple[object, ...]]) -> AuditRecord:
    return AuditRecord(row.sequence, row.at, row.who, row.previous, json.loads(row.body), row.hash)


def _broken(sequence: int, how: str) -> AuditCheck:
    return AuditCheck(
        sequence - 1,
        sequence,
        f"Record {sequence} {how}. What stands before it can be relied upon; compare the rest with a backup.",
    )
