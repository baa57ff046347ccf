"""Organizations as their sources gave them."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from ingram_micro_cloud.store.database import Database
from ingram_micro_cloud.store.tables import organizations
from ingram_micro_cloud.store.turns import wait_for_turn


@dataclass(frozen=True, slots=True)
class StoredOrganization:
    """One organization; ``gone`` once its source no longer gives it. ``updated_at`` in seconds since 1970."""

    id: str
    source: str
    name: str
    domains: tuple[str, ...] = ()
    external_ids: Mapping[str, str] = field(default_factory=dict)
    country: str | None = None
    tags: tuple[str, ...] = ()
    gone: bool = False
    updated_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Replaced:
    """What one source's new list changed. ``foreign`` names the source of ids that are another's."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    foreign: Mapping[str, str] = field(default_factory=dict)


class OrganizationRecords:
    """Reads organizations, and replaces what one source gave in one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[StoredOrganization, ...]:
        """Return every organization by id, those that are gone too."""
        with self._database.transaction() as connection:
            return tuple(sorted(read_organizations(connection).values(), key=lambda each: each.id))

    def get(self, organization_id: str) -> StoredOrganization | None:
        """Return one, or None."""
        with self._database.transaction() as connection:
            return read_organization(connection, organization_id)

    def replace(
        self, source: str, rows: Sequence[StoredOrganization], *, spared: Collection[str], at: float
    ) -> Replaced:
        """Store a source's list in place of what it gave before; what it no longer gives is marked gone.

        An id that another source gives now is left alone and reported; one that is gone there may move here.
        Without a single row to write nothing changes.

        Args:
            source: Whose list this is.
            rows: The list; ids are unique in it.
            spared: Ids that are in the list in a form that cannot be read: their records stay as they are.
            at: Seconds since 1970.
        """
        with self._database.transaction() as connection:
            wait_for_turn(self._database, connection, "organizations")
            known = read_organizations(connection)
            foreign = {
                row.id: known[row.id].source
                for row in rows
                if row.id in known and known[row.id].source != source and not known[row.id].gone
            }
            given = {row.id: row for row in rows if row.id not in foreign}
            if not given:
                return Replaced(foreign=foreign)
            added = [row for row in given.values() if row.id not in known]
            changed = [row for row in given.values() if row.id in known and not _same(known[row.id], row)]
            ours = (each for each in known.values() if each.source == source and not each.gone)
            gone = [each for each in ours if each.id not in given and each.id not in spared]
            _insert(connection, [replace(row, updated_at=at) for row in added])
            _update(connection, [replace(row, updated_at=at) for row in changed])
            _update(connection, [replace(each, gone=True, updated_at=at) for each in gone])
        return Replaced(len(added), len(changed), len(given) - len(added) - len(changed), len(gone), foreign)


def read_organization(connection: sa.Connection, organization_id: str) -> StoredOrganization | None:
    """Return one inside a transaction, or None."""
    row = connection.execute(sa.select(organizations).where(organizations.c.id == organization_id)).one_or_none()
    return None if row is None else _record(row)


def read_organizations(connection: sa.Connection) -> dict[str, StoredOrganization]:
    """Return every one by id inside a transaction."""
    return {row.id: _record(row) for row in connection.execute(sa.select(organizations))}


def _same(one: StoredOrganization, other: StoredOrganization) -> bool:
    return replace(one, updated_at=0.0) == replace(other, updated_at=0.0)


def _insert(connection: sa.Connection, rows: Sequence[StoredOrganization]) -> None:
    if rows:
        connection.execute(sa.insert(organizations), [{"id": row.id, **_values(row)} for row in rows])


def _update(connection: sa.Connection, rows: Sequence[StoredOrganization]) -> None:
    if rows:
        by_id = sa.update(organizations).where(organizations.c.id == sa.bindparam("this_id"))
        connection.execute(by_id, [{"this_id": row.id, **_values(row)} for row in rows])


def _values(row: StoredOrganization) -> dict[str, object]:
    return {
        "source": row.source,
        "name": row.name,
        "domains_json": json.dumps(row.domains, ensure_ascii=False),
        "external_ids_json": json.dumps(dict(row.external_ids), ensure_ascii=False),
        "country": row.country,
        "tags_json": json.dumps(row.tags, ensure_ascii=False),
        "gone": row.gone,
        "updated_at": row.updated_at,
    }


def _record(row: sa.Row[Any]) -> StoredOrganization:
    return StoredOrganization(
        id=row.id,
        source=row.source,
        name=row.name,
        domains=tuple(json.loads(row.domains_json)),
        external_ids=json.loads(row.external_ids_json),
        country=row.country,
        tags=tuple(json.loads(row.tags_json)),
        gone=bool(row.gone),
        updated_at=row.updated_at,
    )
