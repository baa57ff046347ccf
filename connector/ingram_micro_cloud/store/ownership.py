"""Whose an order or subscription is, as it was last read. A cache: what is not here is read again."""

import sqlalchemy as sa

from ingram_micro_cloud.store.database import Database
from ingram_micro_cloud.store.tables import ownership
from ingram_micro_cloud.store.turns import wait_for_turn


class OwnershipRecords:
    """Keeps the owner of an object per account and kind; a kind is the id of the action that reads it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, account: str, kind: str, object_id: str, *, newer_than: float) -> str | None:
        """Return the customer's id if it was read after that moment, in seconds since 1970; otherwise None."""
        found = sa.select(ownership.c.customer_id).where(
            _this(account, kind, object_id), ownership.c.read_at > newer_than
        )
        with self._database.transaction() as connection:
            return connection.execute(found).scalar()

    def put(self, account: str, kind: str, object_id: str, customer_id: str, *, at: float) -> None:
        """Keep an owner in place of what was known."""
        this = _this(account, kind, object_id)
        with self._database.transaction() as connection:
            wait_for_turn(self._database, connection, f"ownership {account}")
            connection.execute(sa.delete(ownership).where(this))
            connection.execute(
                sa.insert(ownership).values(
                    account=account, kind=kind, object_id=object_id, customer_id=customer_id, read_at=at
                )
            )


def _this(account: str, kind: str, object_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(ownership.c.account == account, ownership.c.kind == kind, ownership.c.object_id == object_id)
