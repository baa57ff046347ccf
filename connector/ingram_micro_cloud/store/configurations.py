"""Saved configurations: values in the open, secrets encrypted, one default, health beside them."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from pydantic import SecretStr

from ingram_micro_cloud.store.database import Database
from ingram_micro_cloud.store.secrets import SecretBox
from ingram_micro_cloud.store.tables import configurations, drafts
from ingram_micro_cloud.store.turns import wait_for_turn


@dataclass(frozen=True, slots=True)
class Health:
    """How the last connection check went; ``checked_at`` in seconds since 1970."""

    passing: bool
    error: str | None
    milliseconds: int
    checked_at: float


@dataclass(frozen=True, slots=True)
class StoredConfiguration:
    """A configuration as it is stored; ``secrets`` is empty where they were not asked for."""

    name: str
    form_version: int
    values: Mapping[str, object]
    secrets: Mapping[str, SecretStr]
    is_default: bool
    health: Health | None
    created_at: float
    updated_at: float


class ConfigurationRecords:
    """Reads and writes configurations by their exact name."""

    def __init__(self, database: Database, box: SecretBox, now: Callable[[], float] = time.time) -> None:
        self._database, self._box, self._now = database, box, now

    def save(
        self,
        name: str,
        form_version: int,
        values: Mapping[str, object],
        secrets: Mapping[str, SecretStr],
        *,
        is_default: bool,
    ) -> None:
        """Store a configuration in place of one of the same name. The first one saved is the default."""
        sealed = self._box.encrypt(json.dumps({key: secret.get_secret_value() for key, secret in secrets.items()}))
        now = self._now()
        with self._database.transaction() as connection:
            wait_for_turn(self._database, connection, "configurations")
            before = connection.execute(sa.select(configurations).where(configurations.c.name == name)).one_or_none()
            others = connection.execute(
                sa.select(sa.func.count()).where(configurations.c.name != name, configurations.c.is_default)
            ).scalar_one()
            default = is_default or others == 0
            if default:
                connection.execute(sa.update(configurations).values(is_default=False))
            row = {
                "form_version": form_version,
                "values_json": json.dumps(dict(values), ensure_ascii=False),
                "secrets_encrypted": sealed,
                "is_default": default,
                "updated_at": now,
            }
            if before is None:
                connection.execute(sa.insert(configurations).values(name=name, created_at=now, **row))
            else:
                connection.execute(sa.update(configurations).where(configurations.c.name == name).values(**row))

    def get(self, name: str) -> StoredConfiguration | None:
        """Return one with its secrets, or None.

        Raises:
            StateKeyError: The key at hand does not open the secrets.
        """
        return self._one(configurations.c.name == name)

    def default(self) -> StoredConfiguration | None:
        """Return the default one with its secrets, or None."""
        return self._one(configurations.c.is_default)

    def all(self) -> tuple[StoredConfiguration, ...]:
        """Return every one by name, without secrets."""
        with self._database.transaction() as connection:
            rows = connection.execute(sa.select(configurations).order_by(configurations.c.name)).all()
        return tuple(_record(row, {}) for row in rows)

    def remove(self, name: str) -> bool:
        """Forget one; a single one that is left becomes the default. Returns whether there was one."""
        with self._database.transaction() as connection:
            gone = connection.execute(sa.delete(configurations).where(configurations.c.name == name)).rowcount
            left = connection.execute(sa.select(configurations.c.name)).scalars().all()
            if len(left) == 1:
                connection.execute(sa.update(configurations).values(is_default=True))
        return gone > 0

    def set_health(self, name: str, health: Health) -> None:
        """Keep how the last check of a configuration went."""
        with self._database.transaction() as connection:
            connection.execute(
                sa.update(configurations)
                .where(configurations.c.name == name)
                .values(
                    passing=health.passing,
                    error=health.error,
                    milliseconds=health.milliseconds,
                    checked_at=health.checked_at,
                )
            )

    def _one(self, which: sa.ColumnElement[bool]) -> StoredConfiguration | None:
        with self._database.transaction() as connection:
            row = connection.execute(sa.select(configurations).where(which)).one_or_none()
        if row is None:
            return None
        opened = json.loads(self._box.decrypt(row.secrets_encrypted))
        return _record(row, {key: SecretStr(value) for key, value in opened.items()})


class DraftRecords:
    """What was typed for a configuration whose check failed, secrets left out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, name: str, values: Mapping[str, object]) -> None:
        """Keep a draft in place of an earlier one."""
        with self._database.transaction() as connection:
            wait_for_turn(self._database, connection, "drafts")
            connection.execute(sa.delete(drafts).where(drafts.c.name == name))
            connection.execute(sa.insert(drafts).values(name=name, values_json=json.dumps(dict(values))))

    def get(self, name: str) -> dict[str, object]:
        """Return what was typed, or nothing."""
        with self._database.transaction() as connection:
            found = connection.execute(sa.select(drafts.c.values_json).where(drafts.c.name == name)).scalar()
        values: dict[str, object] = json.loads(found) if found else {}
        return values

    def remove(self, name: str) -> None:
        """Forget a draft."""
        with self._database.transaction() as connection:
            connection.execute(sa.delete(drafts).where(drafts.c.name == name))


def _record(row: sa.Row[tuple[object, ...]], secrets: Mapping[str, SecretStr]) -> StoredConfiguration:
    found = row._mapping  # noqa: SLF001  # SQLAlchemy's documented way to a row's names
    health = (
        None
        if found["checked_at"] is None
        else Health(bool(found["passing"]), found["error"], int(found["milliseconds"]), float(found["checked_at"]))
    )
    return StoredConfiguration(
        name=found["name"],
        form_version=found["form_version"],
        values=json.loads(found["values_json"]),
        secrets=secrets,
        is_default=bool(found["is_default"]),
        health=health,
        created_at=found["created_at"],
        updated_at=found["updated_at"],
    )
