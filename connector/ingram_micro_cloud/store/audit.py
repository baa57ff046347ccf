"""The audit: records in one chain, each sealed with a keyed hash over itself and the one before, and the chain's head.

The head says, sealed as well, which record is the newest. So records cut off at the end are missed, also once more
have been appended: those continue from the head, and not from what is left.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import sqlalchemy as sa

from ingram_micro_cloud.store.audit_intents import changed_intent
from ingram_micro_cloud.store.database import Database
from ingram_micro_cloud.store.journal_tables import audit, heads, intents
from ingram_micro_cloud.store.secrets import SecretBox

FIRST: Final = "0" * 64
"""Stands before the first record, and before one that has nothing to continue from."""
CHAIN: Final = "audit"
"""The name of the one chain."""
_READ_AT_ONCE: Final = 1_000
_SEALS: Final = ("audit record", "audit")
"""What a record is sealed as: today, and before chains had a head."""


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
    """How a walk along the chain ended.

    Attributes:
        records: Records that fit.
        broken_at: The first that does not, or None.
        intent: Key of an order whose entry in the journal is not as the audit has it, or None.
    """

    records: int
    broken_at: int | None = None
    message: str = "Every record fits the one before it."
    intent: str | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing was changed, taken out, put in or cut off."""
        return self.broken_at is None and self.intent is None


class AuditRecords:
    """Reads the chain; it grows only inside the journal's transactions."""

    def __init__(self, database: Database, box: SecretBox) -> None:
        self._database, self._box = database, box

    def all(self) -> tuple[AuditRecord, ...]:
        """Return every record, the oldest first."""
        with self._database.transaction() as connection:
            return tuple(_record(row) for row in _walk(connection))

    def verify(self) -> AuditCheck:
        """Walk the chain and name the first record that does not fit; then hold the journal against it."""
        with self._database.transaction() as connection:
            if not self._database.is_sqlite:
                # Chain, head and journal as they were at one moment, while others go on writing.
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            expected, previous, headed = 1, FIRST, False
            bodies: list[Mapping[str, object]] = []
            for row in _walk(connection):
                if row.sequence != expected:
                    return _broken(expected, "is missing")
                if row.previous != previous:
                    return _broken(expected, "does not follow the one before it")
                seal = _sealed_as(self._box, row)
                if seal is None or (headed and seal != _SEALS[0]):
                    return _broken(expected, "was changed, or was written with another secret key")
                headed = seal == _SEALS[0]
                bodies.append(json.loads(row.body))
                expected, previous = expected + 1, row.hash
            broken = self._check_end(connection, expected - 1, previous, headed=headed)
            if broken is not None:
                return broken
            kept = connection.execute(sa.select(intents)).all()
        changed = changed_intent(self._box, bodies, kept)
        if changed is None:
            return AuditCheck(expected - 1)
        return AuditCheck(expected - 1, message=changed.message, intent=changed.key)

    def _check_end(self, connection: sa.Connection, last: int, hash_: str, *, headed: bool) -> AuditCheck | None:
        """Return what is wrong with the end of a chain that fits up to a record, or None."""
        # The journal may know of a record that the chain does not have any more.
        if _newest_named(connection) > last:
            return _broken(last + 1, "and later ones were cut off")
        head = _head(connection)
        if head is None:
            return _broken(last + 1, "and later ones may be cut off: the chain's head is missing") if headed else None
        if head.seal != _head_seal(self._box, head.sequence, head.records, head.hash):
            return _broken(last + 1, "and later ones may be cut off: the chain's head was changed")
        if head.sequence > last:
            return _broken(last + 1, "and later ones were cut off")
        if head.sequence < last:
            return _broken(head.sequence + 1, "stands behind the chain's head")
        if (head.records, head.hash) != (last, hash_):
            return _broken(last, "is not the one the chain's head names")
        return None


def append(connection: sa.Connection, box: SecretBox, *, at: float, who: str, body: Mapping[str, object]) -> int:
    """Add a record inside a transaction that lets in one process at a time; returns its number."""
    sequence, records, previous = _next(connection, box)
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, default=str)
    seal = _sealed(box, _SEALS[0], sequence, at, who, previous, text)
    connection.execute(
        sa.insert(audit).values(sequence=sequence, at=at, who=who, previous=previous, body=text, hash=seal)
    )
    head = {"sequence": sequence, "records": records, "hash": seal}
    head["seal"] = _head_seal(box, sequence, records, seal)
    if connection.execute(sa.update(heads).where(heads.c.chain == CHAIN).values(**head)).rowcount == 0:
        connection.execute(sa.insert(heads).values(chain=CHAIN, **head))
    return sequence


def intact_body(connection: sa.Connection, box: SecretBox, sequence: int) -> Mapping[str, object] | None:
    """Return what one record says, or None if it is missing or was changed; the rest of the chain is not looked at."""
    row = connection.execute(sa.select(audit).where(audit.c.sequence == sequence)).one_or_none()
    if row is None or _sealed_as(box, row) is None:
        return None
    return cast("Mapping[str, object]", json.loads(row.body))


def _next(connection: sa.Connection, box: SecretBox) -> tuple[int, int, str]:
    """Return number, count and predecessor of the next record.

    Where the head cannot be relied upon, a number is left out: that stays noticed whatever is appended later.
    """
    last = connection.execute(sa.select(audit).order_by(audit.c.sequence.desc()).limit(1)).one_or_none()
    end = 0 if last is None else last.sequence
    head = _head(connection)
    if head is None:
        named = _newest_named(connection)
        if named <= end and (last is None or _sealed_as(box, last) == _SEALS[1]):
            # A chain from before there were heads, or one that begins.
            return end + 1, end + 1, FIRST if last is None else last.hash
        return max(named, end) + 2, max(named, end) + 1, FIRST
    if end > head.sequence or head.seal != _head_seal(box, head.sequence, head.records, head.hash):
        return max(head.sequence, end) + 2, max(head.sequence, end) + 1, FIRST
    return head.sequence + 1, head.records + 1, head.hash


def _head(connection: sa.Connection) -> sa.Row[Any] | None:
    return connection.execute(sa.select(heads).where(heads.c.chain == CHAIN)).one_or_none()


def _newest_named(connection: sa.Connection) -> int:
    return connection.execute(sa.select(sa.func.max(intents.c.audited))).scalar() or 0


def _head_seal(box: SecretBox, sequence: int, records: int, hash_: str) -> str:
    return box.fingerprint("audit head", CHAIN, str(sequence), str(records), hash_)


def _sealed_as(box: SecretBox, row: sa.Row[Any]) -> str | None:
    """Return what a record was sealed as, or None where its hash does not fit."""
    told = (row.sequence, row.at, row.who, row.previous, row.body)
    return next((seal for seal in _SEALS if row.hash == _sealed(box, seal, *told)), None)


def _sealed(box: SecretBox, seal: str, sequence: int, at: float, who: str, previous: str, body: str) -> str:
    return box.fingerprint(seal, str(sequence), repr(float(at)), who, previous, body)


def _walk(connection: sa.Connection) -> Iterator[sa.Row[Any]]:
    last = -1
    while True:
        wanted = sa.select(audit).where(audit.c.sequence > last).order_by(audit.c.sequence).limit(_READ_AT_ONCE)
        rows = connection.execute(wanted).all()
        yield from rows
        if len(rows) < _READ_AT_ONCE:
            return
        last = rows[-1].sequence


def _record(row: sa.Row[Any]) -> AuditRecord:
    return AuditRecord(row.sequence, row.at, row.who, row.previous, json.loads(row.body), row.hash)


def _broken(sequence: int, how: str) -> AuditCheck:
    return AuditCheck(
        sequence - 1,
        sequence,
        f"Record {sequence} {how}. What stands before it can be relied upon; compare the rest with a backup.",
    )
