"""What has been read of the vendor's customers, per account: no configuration ever reads another account's."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from ingram_micro_cloud.store.database import Database
from ingram_micro_cloud.store.tables import customer_lists, customers
from ingram_micro_cloud.store.turns import wait_for_turn


@dataclass(frozen=True, slots=True)
class ListedCustomer:
    """A customer as a list shows it."""

    id: str
    name: str
    external_id: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class StoredCustomer:
    """One customer of one account; moments in seconds since 1970, None where nothing was read yet."""

    id: str
    name: str
    external_id: str | None = None
    status: str | None = None
    evidence: Mapping[str, object] = field(default_factory=dict)
    details_at: float | None = None
    holdings_at: float | None = None
    gone: bool = False
    seen_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Seen:
    """How listed customers differ from what was known; ids."""

    new: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()


class CustomerRecords:
    """Reads and writes the customers of an account, named by its fingerprint."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, account: str) -> tuple[StoredCustomer, ...]:
        """Return every customer by id, those that are gone too."""
        with self._database.transaction() as connection:
            return tuple(sorted(read_customers(connection, account).values(), key=lambda each: each.id))

    def get(self, account: str, customer_id: str) -> StoredCustomer | None:
        """Return one, or None."""
        with self._database.transaction() as connection:
            return read_customer(connection, account, customer_id)

    def see(self, account: str, listed: Sequence[ListedCustomer], *, at: float) -> Seen:
        """Keep a page of a list. What was read of a customer whose row changed counts as unread again."""
        rows = {each.id: each for each in listed}
        with self._database.transaction() as connection:
            wait_for_turn(self._database, connection, f"customers {account}")
            known = read_customers(connection, account, rows)
            new = [each for each in rows.values() if each.id not in known]
            changed = [each for each in rows.values() if each.id in known and _differs(known[each.id], each)]
            same = rows.keys() - {each.id for each in new} - {each.id for each in changed}
            _insert(connection, account, new, at)
            _update(connection, account, [{"this_id": each.id, **_unread(each, at)} for each in changed])
            _update(connection, account, [{"this_id": each, "gone": False, "seen_at": at} for each in sorted(same)])
        return Seen(
            new=tuple(each.id for each in new),
            renamed=tuple(each.id for each in changed if known[each.id].name != each.name),
            returned=tuple(each for each in rows if each in known and known[each].gone),
        )

    def finish_list(self, account: str, seen: Collection[str], *, began: float, at: float) -> tuple[str, ...]:
        """Mark as gone whom a complete list no longer had, and keep when it was read. Returns their ids.

        A customer that another process saw after this list ``began`` stays.
        """
        with self._database.transaction() as connection:
            wait_for_turn(self._database, connection, f"customers {account}")
            present = sa.select(customers.c.id).where(
                customers.c.account == account, sa.not_(customers.c.gone), customers.c.seen_at <= began
            )
            gone = sorted(set(connection.execute(present).scalars()) - set(seen))
            _update(connection, account, [{"this_id": each, "gone": True} for each in gone])
            connection.execute(sa.delete(customer_lists).where(customer_lists.c.account == account))
            connection.execute(sa.insert(customer_lists).values(account=account, read_at=at))
        return tuple(gone)

    def list_read_at(self, account: str) -> float | None:
        """Return when the whole list was last read, or None."""
        with self._database.transaction() as connection:
            found = sa.select(customer_lists.c.read_at).where(customer_lists.c.account == account)
            return connection.execute(found).scalar()

    def add_details(self, account: str, customer_id: str, evidence: Mapping[str, object], *, at: float) -> None:
        """Keep what the customer's own record says."""
        self._add_evidence(account, customer_id, evidence, {"details_at": at})

    def add_holdings(self, account: str, customer_id: str, evidence: Mapping[str, object], *, at: float) -> None:
        """Keep what the customer's subscriptions say."""
        self._add_evidence(account, customer_id, evidence, {"holdings_at": at})

    def mark_gone(self, account: str, customer_id: str) -> None:
        """Mark a customer that the vendor no longer finds."""
        with self._database.transaction() as connection:
            _update(connection, account, [{"this_id": customer_id, "gone": True}])

    def _add_evidence(
        self, account: str, customer_id: str, evidence: Mapping[str, object], moments: Mapping[str, float]
    ) -> None:
        with self._database.transaction() as connection:
            wait_for_turn(self._database, connection, f"customers {account}")
            known = read_customer(connection, account, customer_id)
            if known is not None:
                whole = json.dumps({**known.evidence, **evidence}, ensure_ascii=False)
                _update(connection, account, [{"this_id": customer_id, "evidence_json": whole, **moments}])


def read_customer(connection: sa.Connection, account: str, customer_id: str) -> StoredCustomer | None:
    """Return one inside a transaction, or None."""
    return read_customers(connection, account, (customer_id,)).get(customer_id)


def read_customers(
    connection: sa.Connection, account: str, only: Collection[str] | None = None
) -> dict[str, StoredCustomer]:
    """Return an account's customers by id inside a transaction; with ``only``, those of these ids."""
    wanted = sa.select(customers).where(customers.c.account == account)
    if only is not None and len(only) <= 1_000:  # more would pass the number of parameters a statement may have
        wanted = wanted.where(customers.c.id.in_(only))
    return {row.id: _record(row) for row in connection.execute(wanted) if only is None or row.id in only}


def add_customer(
    database: Database, connection: sa.Connection, account: str, customer: ListedCustomer, *, at: float
) -> None:
    """Keep a customer that no list has shown yet, or that is back, inside a transaction; others stay as they are."""
    wait_for_turn(database, connection, f"customers {account}")
    known = read_customer(connection, account, customer.id)
    if known is None:
        _insert(connection, account, [customer], at)
    elif known.gone:
        _update(connection, account, [{"this_id": customer.id, **_unread(customer, at)}])


def _differs(known: StoredCustomer, listed: ListedCustomer) -> bool:
    return (known.name, known.external_id, known.status) != (listed.name, listed.external_id, listed.status)


def _unread(listed: ListedCustomer, at: float) -> dict[str, object]:
    return {
        "name": listed.name, "external_id": listed.external_id, "status": listed.status, "evidence_json": "{}",
        "details_at": None, "holdings_at": None, "gone": False, "seen_at": at,
    }  # fmt: skip


def _insert(connection: sa.Connection, account: str, listed: Sequence[ListedCustomer], at: float) -> None:
    if listed:
        rows = [{"account": account, "id": each.id, **_unread(each, at)} for each in listed]
        connection.execute(sa.insert(customers), rows)


def _update(connection: sa.Connection, account: str, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        this = sa.and_(customers.c.account == account, customers.c.id == sa.bindparam("this_id"))
        connection.execute(sa.update(customers).where(this), rows)


def _record(row: sa.Row[Any]) -> StoredCustomer:
    return StoredCustomer(
        id=row.id,
        name=row.name,
        external_id=row.external_id,
        status=row.status,
        evidence=json.loads(row.evidence_json),
        details_at=row.details_at,
        holdings_at=row.holdings_at,
        gone=bool(row.gone),
        seen_at=row.seen_at,
    )
