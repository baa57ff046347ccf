"""Keys that let others in through a serving host: what each may do, and a keyed hash to know it by."""

import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from ingram_micro_cloud.store.access_tables import access_keys
from ingram_micro_cloud.store.database import Database


@dataclass(frozen=True, slots=True)
class StoredKey:
    """One key. The key itself is nowhere.

    Attributes:
        permission: look, edit or buy.
        organizations: Those it acts for; None for every one.
        configurations: Those it may use; None for every one.
        reseller: Whether it may act without an organization.
        manage: Whether it may save configurations, change the mapping and approve orders.
        created_at: Seconds since 1970.
        expires_at: Seconds since 1970, or None.
    """

    name: str
    fingerprint: str
    permission: str
    organizations: tuple[str, ...] | None
    configurations: tuple[str, ...] | None
    reseller: bool
    manage: bool
    created_by: str
    created_at: float
    expires_at: float | None

    def as_row(self) -> dict[str, object]:
        """Return what `keys list --json` prints of it."""
        return {
            "name": self.name,
            "permission": self.permission,
            "organizations": None if self.organizations is None else list(self.organizations),
            "configurations": None if self.configurations is None else list(self.configurations),
            "reseller": self.reseller,
            "manage": self.manage,
            "created_by": self.created_by,
            "created_at": self.created_at,
            "expires_at": self.expires_at,
        }


class AccessKeyRecords:
    """Reads and writes access keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[StoredKey, ...]:
        """Return every key, by name."""
        with self._database.transaction() as connection:
            rows = connection.execute(sa.select(access_keys).order_by(access_keys.c.name)).all()
        return tuple(_read(row) for row in rows)

    def find(self, fingerprint: str) -> StoredKey | None:
        """Return the key with this keyed hash, or None."""
        wanted = sa.select(access_keys).where(access_keys.c.fingerprint == fingerprint)
        with self._database.transaction() as connection:
            row = connection.execute(wanted).one_or_none()
        return None if row is None else _read(row)

    def add(self, key: StoredKey) -> bool:
        """Keep a key; return False, and change nothing, when its name is taken."""
        values = {
            "name": key.name,
            "fingerprint": key.fingerprint,
            "permission": key.permission,
            "organizations_json": _text(key.organizations),
            "configurations_json": _text(key.configurations),
            "reseller": key.reseller,
            "manage": key.manage,
            "created_by": key.created_by,
            "created_at": key.created_at,
            "expires_at": key.expires_at,
        }
        with self._database.transaction() as connection:
            try:
                with connection.begin_nested():
                    connection.execute(sa.insert(access_keys).values(values))
            except IntegrityError:
                return False
        return True

    def remove(self, name: str) -> bool:
        """Forget a key; return whether there was one."""
        with self._database.transaction() as connection:
            found = connection.execute(sa.delete(access_keys).where(access_keys.c.name == name))
        return found.rowcount > 0


def _text(values: tuple[str, ...] | None) -> str | None:
    return None if values is None else json.dumps(list(values))


def _read(row: sa.Row[Any]) -> StoredKey:
    return StoredKey(
        row.name, row.fingerprint, row.permission, _names(row.organizations_json), _names(row.configurations_json),
        row.reseller, row.manage, row.created_by, row.created_at, row.expires_at,
    )  # fmt: skip


def _names(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(json.loads(text))
