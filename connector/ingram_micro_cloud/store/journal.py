"""The journal of intents to commit money, and the one transaction in which it changes."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Final

import sqlalchemy as sa

from ingram_micro_cloud.store.audit import append
from ingram_micro_cloud.store.audit_intents import MEMBER, intent_seal
from ingram_micro_cloud.store.database import Database
from ingram_micro_cloud.store.journal_tables import intents, locks
from ingram_micro_cloud.store.previews import StoredPreview, read_preview, same_preview, write_preview
from ingram_micro_cloud.store.secrets import SecretBox
from ingram_micro_cloud.store.turns import wait_for_turn

OPEN: Final = ("in_flight", "submitted", "unknown")
"""States of intents whose end is not known yet."""
SPENT: Final = ("in_flight", "submitted", "completed", "unknown")
"""States whose amounts count as spent."""
_SPENDING: Final = (intents.c.key, intents.c.currency, intents.c.amount, intents.c.sent_at, intents.c.customer_id)


@dataclass(frozen=True, slots=True)
class StoredIntent:
    """One intent; times in seconds since 1970, the amount as decimal text.

    Attributes:
        sent_at: When it was committed as in flight, for the last time.
        sent_until: The last moment at which its request can have left, as far as that is known.
        looks: How often its order was looked for.
        holder: The one attempt that holds it, in the process of ``host``, ``pid`` and ``started``.
        number: Number of its first audit record: intents in the order they were made, whatever the clocks say.
        audited: Number of the last audit record about it.
    """

    account: str
    key: str
    state: str
    kind: str
    configuration: str
    organization: str | None
    customer_id: str
    subscription_id: str | None
    preview_id: str | None
    order_id: str | None
    currency: str | None
    amount: str | None
    content: str
    marker: str
    what: str
    facts_json: str
    outcome_json: str | None
    problem_json: str | None
    created_at: float
    updated_at: float
    sent_at: float | None
    sent_until: float | None
    looks: int
    holder: str
    host: str
    pid: int
    started: str
    lease_until: float
    number: int = 0
    audited: int = 0


@dataclass(frozen=True, slots=True)
class SpentAmounts:
    """What was committed since two moments, per currency: by the configuration, and for one customer."""

    configuration: Mapping[str, Decimal]
    customer: Mapping[str, Decimal]


class JournalRecords:
    """Reads the journal of an account, and changes it step by step."""

    def __init__(self, database: Database, box: SecretBox) -> None:
        self._database, self._box = database, box

    def find(self, account: str, key: str) -> StoredIntent | None:
        """Return the intent of a key, or None."""
        with self._database.transaction() as connection:
            return _find(connection, account, key)

    def all(
        self,
        account: str,
        *,
        states: Collection[str] | None = None,
        subscription_id: str | None = None,
        customer_id: str | None = None,
    ) -> tuple[StoredIntent, ...]:
        """Return an account's intents, the newest first."""
        wanted = sa.select(intents).where(intents.c.account == account)
        if states is not None:
            wanted = wanted.where(intents.c.state.in_(states))
        if subscription_id is not None:
            wanted = wanted.where(intents.c.subscription_id == subscription_id)
        if customer_id is not None:
            wanted = wanted.where(intents.c.customer_id == customer_id)
        with self._database.transaction() as connection:
            rows = connection.execute(wanted.order_by(intents.c.number.desc())).all()
        return tuple(_intent(row) for row in rows)

    def explained(self, account: str, order_ids: Collection[str]) -> frozenset[str]:
        """Return those of the vendor's orders that an intent already has as its own."""
        wanted = sa.select(intents.c.order_id).where(intents.c.account == account, intents.c.order_id.in_(order_ids))
        with self._database.transaction() as connection:
            return frozenset(connection.execute(wanted).scalars())

    @contextmanager
    def step(self, account: str) -> Iterator["JournalStep"]:
        """Give the one place where journal, previews and audit change: all of it is kept, or nothing.

        One step at a time over all processes; what is read inside is not changed by another meanwhile. Once
        it is over, what was written outlasts a loss of power.
        """
        with self._database.transaction(synced=True) as connection:
            # One turn for all accounts: they share the audit's chain.
            wait_for_turn(self._database, connection, "order journal")
            yield JournalStep(connection, self._box, account)


class JournalStep:
    """Reads and writes inside one transaction."""

    def __init__(self, connection: sa.Connection, box: SecretBox, account: str) -> None:
        self._connection, self._box, self._account = connection, box, account

    def find(self, key: str) -> StoredIntent | None:
        """Return the intent of a key, or None."""
        return _find(self._connection, self._account, key)

    def same_content(self, content: str, *, sent_after: float) -> StoredIntent | None:
        """Return the newest identical intent sent after a moment, or of any age while its end is unknown."""
        found = self._sent(intents.c.content == content, sent_after=sent_after, most=1)
        return found[0] if found else None

    def recent(self, kind: str, customer_id: str, *, sent_after: float) -> tuple[StoredIntent, ...]:
        """Return a customer's intents of a kind sent after a moment, or of any age while their end is unknown."""
        alike = sa.and_(intents.c.kind == kind, intents.c.customer_id == customer_id)
        return self._sent(alike, sent_after=sent_after)

    def _sent(
        self, alike: sa.ColumnElement[bool], *, sent_after: float, most: int | None = None
    ) -> tuple[StoredIntent, ...]:
        sent = sa.or_(
            intents.c.state.in_(("in_flight", "unknown")),
            sa.and_(intents.c.state.in_(SPENT), intents.c.sent_at > sent_after),
        )
        wanted = sa.select(intents).where(intents.c.account == self._account, alike, sent)
        rows = self._connection.execute(wanted.order_by(intents.c.number.desc()).limit(most)).all()
        return tuple(_intent(row) for row in rows)

    def spent(
        self, configuration: str, customer_id: str, *, day_since: float, month_since: float, without: str | None = None
    ) -> SpentAmounts:
        """Return what a configuration committed since a moment, and for one customer since another.

        Reductions do not make room: only amounts above zero count.
        """
        counted = sa.and_(
            intents.c.account == self._account,
            intents.c.configuration == configuration,
            intents.c.state.in_(SPENT),
            intents.c.sent_at > min(day_since, month_since),
            intents.c.currency.is_not(None),
        )
        whole: defaultdict[str, Decimal] = defaultdict(Decimal)
        customer: defaultdict[str, Decimal] = defaultdict(Decimal)
        for row in self._connection.execute(sa.select(*_SPENDING).where(counted)):
            amount = Decimal(row.amount)
            if amount <= 0 or row.key == without:
                continue
            if row.sent_at > day_since:
                whole[row.currency] += amount
            if row.sent_at > month_since and row.customer_id == customer_id:
                customer[row.currency] += amount
        return SpentAmounts(dict(whole), dict(customer))

    def holds(self, holder: str, names: Collection[str], *, until: float) -> bool:
        """Return whether a holder still has all of these locks, and keep them until then."""
        mine = sa.and_(locks.c.holder == holder, locks.c.name.in_(names))
        count = self._connection.execute(sa.update(locks).where(mine).values(until=until)).rowcount
        return count == len(set(names))

    def put(self, intent: StoredIntent, *, who: str, audit: Mapping[str, object] | None) -> StoredIntent:
        """Keep an intent in place of what was known under its key, with an audit record about it, if there is one."""
        kept = replace(intent, account=self._account)
        if audit is not None:
            body = {**audit, MEMBER: intent_seal(self._box, asdict(kept))}
            audited = self.note(at=kept.updated_at, who=who, audit=body)
            kept = replace(kept, number=kept.number or audited, audited=audited)
        mine = sa.and_(intents.c.account == self._account, intents.c.key == intent.key)
        self._connection.execute(sa.delete(intents).where(mine))
        self._connection.execute(sa.insert(intents).values(**asdict(kept)))
        return kept

    def note(self, *, at: float, who: str, audit: Mapping[str, object]) -> int:
        """Add an audit record; returns its number."""
        return append(self._connection, self._box, at=at, who=who, body=audit)

    def preview(self, preview_id: str) -> StoredPreview | None:
        """Return a preview of this account, or None."""
        return read_preview(self._connection, self._box, self._account, preview_id)

    def same_preview(self, content: str, *, now: float) -> StoredPreview | None:
        """Return a preview of this content that can still be used, one that is approved before others, or None."""
        return same_preview(self._connection, self._box, self._account, content, now=now)

    def put_preview(self, preview: StoredPreview) -> None:
        """Keep a preview in place of what was known of it."""
        write_preview(self._connection, self._box, replace(preview, account=self._account))


def _find(connection: sa.Connection, account: str, key: str) -> StoredIntent | None:
    mine = sa.and_(intents.c.account == account, intents.c.key == key)
    row = connection.execute(sa.select(intents).where(mine)).one_or_none()
    return None if row is None else _intent(row)


def _intent(row: sa.Row[tuple[object, ...]]) -> StoredIntent:
    return StoredIntent(**row._mapping)  # noqa: SLF001  # SQLAlchemy's documented way to a row's names
