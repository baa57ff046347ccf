"""Details of subscriptions as they were last read, per account. A cache: what is not here is read again."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa

from ingram_micro_cloud.store.database import Database
from ingram_micro_cloud.store.fleet_tables import subscription_details
from ingram_micro_cloud.store.turns import wait_for_turn

AT_ONCE: Final = 500
"""Ids of one statement: more would pass the number of parameters a statement may have."""


@dataclass(frozen=True, slots=True)
class StoredSubscription:
    """One subscription as a list showed it and as its own record said, read at a moment in seconds since 1970.

    Attributes:
        last_modified: The list row's ``lastModifiedDate``; None where the row has none.
    """

    id: str
    customer_id: str
    last_modified: str | None
    list_row: Mapping[str, object]
    detail: Mapping[str, object]
    read_at: float


class SubscriptionRecords:
    """Reads and writes the details of an account's subscriptions; an account is named by its fingerprint."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, account: str, customers: Collection[str] | None = None) -> dict[str, StoredSubscription]:
        """Return what is known by id; with ``customers``, of these customers only."""
        wanted = sa.select(subscription_details).where(subscription_details.c.account == account)
        if customers is not None and len(customers) <= AT_ONCE:
            wanted = wanted.where(subscription_details.c.customer_id.in_(customers))
        with self._database.transaction() as connection:
            rows = list(connection.execute(wanted))
        return {row.id: _record(row) for row in rows if customers is None or row.customer_id in customers}

    def put(self, account: str, read: Sequence[StoredSubscription]) -> None:
        """Keep details in place of what was known."""
        if not read:
            return
        rows = [{"account": account, **_columns(each)} for each in {each.id: each for each in read}.values()]
        with self._database.transaction() as connection:
            wait_for_turn(self._database, connection, f"subscriptions {account}")
            self._delete(connection, account, [each.id for each in read])
            connection.execute(sa.insert(subscription_details), rows)

    def forget(self, account: str, ids: Collection[str]) -> None:
        """Drop what a complete list no longer holds."""
        if ids:
            with self._database.transaction() as connection:
                wait_for_turn(self._database, connection, f"subscriptions {account}")
                self._delete(connection, account, ids)

    @staticmethod
    def _delete(connection: sa.Connection, account: str, ids: Collection[str]) -> None:
        waiting = iter(dict.fromkeys(ids))
        while some := list(islice(waiting, AT_ONCE)):
            this = sa.and_(subscription_details.c.account == account, subscription_details.c.id.in_(some))
            connection.execute(sa.delete(subscription_details).where(this))


def _columns(each: StoredSubscription) -> dict[str, object]:
    return {
        "id": each.id,
        "customer_id": each.customer_id,
        "last_modified": each.last_modified,
        "list_row_json": json.dumps(each.list_row, ensure_ascii=False),
        "detail_json": json.dumps(each.detail, ensure_ascii=False),
        "read_at": each.read_at,
    }


def _record(row: sa.Row[Any]) -> StoredSubscription:
    return StoredSubscription(
        id=row.id,
        customer_id=row.customer_id,
        last_modified=row.last_modified,
        list_row=json.loads(row.list_row_json),
        detail=json.loads(row.detail_json),
        read_at=row.read_at,
    )
