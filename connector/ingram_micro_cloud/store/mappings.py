"""Which organization stands for which customers, per configuration, with every change that led there."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Final

import sqlalchemy as sa

from ingram_micro_cloud.store.customers import (
    ListedCustomer,
    StoredCustomer,
    add_customer,
    read_customers,
)
from ingram_micro_cloud.store.database import Database
from ingram_micro_cloud.store.organizations import StoredOrganization, read_organization, read_organizations
from ingram_micro_cloud.store.tables import exclusions, mapping_changes, mappings
from ingram_micro_cloud.store.turns import wait_for_turn

UNDO: Final = "undo"
"""The action under which going back is recorded; it is not itself gone back on."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A customer an organization stands for: its name when it was mapped, and the account that confirmed it."""

    customer_id: str
    customer_name: str
    account: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What is decided about one organization: its customers, the primary one first, or why it is excluded."""

    pairs: tuple[Pair, ...] = ()
    excluded: str | None = None

    @property
    def customers(self) -> tuple[str, ...]:
        """The customers' ids, the primary one first."""
        return tuple(pair.customer_id for pair in self.pairs)


NOTHING: Final = Entry()


@dataclass(frozen=True, slots=True)
class Change:
    """One organization's change: what was before and after, who made it, when (seconds since 1970) and why."""

    id: int
    batch: int
    organization_id: str
    action: str
    before: Entry
    after: Entry
    who: str
    at: float
    why: str
    undone: bool


@dataclass(frozen=True, slots=True)
class Look:
    """One organization with what is decided about it and what is known of its customers."""

    entry: Entry
    organization: StoredOrganization | None
    customers: Mapping[str, StoredCustomer]


class MappingRecords:
    """Reads mappings, and changes them in batches: one command, one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def entries(self, configuration: str) -> dict[str, Entry]:
        """Return what is decided, by organization."""
        with self._database.transaction() as connection:
            return _entries(connection, configuration)

    def look(self, configuration: str, account: str, organization_id: str) -> Look:
        """Return everything about one organization, read at one moment."""
        with self._database.transaction() as connection:
            entry = _entries(connection, configuration, organization_id).get(organization_id, NOTHING)
            organization = read_organization(connection, organization_id)
            return Look(entry, organization, read_customers(connection, account, entry.customers))

    def history(self, configuration: str, organization_id: str | None = None) -> tuple[Change, ...]:
        """Return changes, the newest first."""
        wanted = sa.select(mapping_changes).where(mapping_changes.c.configuration == configuration)
        if organization_id is not None:
            wanted = wanted.where(mapping_changes.c.organization_id == organization_id)
        with self._database.transaction() as connection:
            rows = connection.execute(wanted.order_by(mapping_changes.c.id.desc())).all()
        return tuple(_change(row) for row in rows)

    @contextmanager
    def batch(self, configuration: str, account: str, *, who: str, at: float) -> Iterator["Batch"]:
        """Give the one place where mappings change. An error inside undoes everything done in it."""
        with self._database.transaction() as connection:
            wait_for_turn(self._database, connection, f"mapping {configuration}")
            batch = Batch(self._database, connection, configuration, account, who=who, at=at)
            yield batch
            batch.write()


class Batch:
    """What is decided, read under the lock, and changes to it that are all kept or none."""

    def __init__(
        self, database: Database, connection: sa.Connection, configuration: str, account: str, *, who: str, at: float
    ) -> None:
        self.entries = _entries(connection, configuration)
        self._database, self._connection = database, connection
        self._configuration, self._account, self._who, self._at = configuration, account, who, at
        self._touched: set[str] = set()
        self._changes: list[dict[str, object]] = []
        mine = mapping_changes.c.configuration == configuration
        self.number = 1 + (
            connection.execute(sa.select(sa.func.max(mapping_changes.c.batch)).where(mine)).scalar() or 0
        )

    def entry(self, organization_id: str) -> Entry:
        """Return what is decided about one organization."""
        return self.entries.get(organization_id, NOTHING)

    def holders(self) -> dict[str, list[str]]:
        """Return the organizations each customer is bound to."""
        found: dict[str, list[str]] = {}
        for organization_id in sorted(self.entries):
            for customer_id in self.entries[organization_id].customers:
                found.setdefault(customer_id, []).append(organization_id)
        return found

    def organization(self, organization_id: str) -> StoredOrganization | None:
        """Return an organization as it is now."""
        return read_organization(self._connection, organization_id)

    def organizations(self) -> dict[str, StoredOrganization]:
        """Return every organization as it is now."""
        return read_organizations(self._connection)

    def customers(self) -> dict[str, StoredCustomer]:
        """Return every customer of the account as it is known now."""
        return read_customers(self._connection, self._account)

    def add_customer(self, customer: ListedCustomer) -> None:
        """Keep a customer that no list has shown yet, or that is back; others stay as they are."""
        add_customer(self._database, self._connection, self._account, customer, at=self._at)

    def put(self, organization_id: str, after: Entry, *, action: str, why: str = "") -> bool:
        """Change one organization and record it; returns whether that was a change."""
        before = self.entry(organization_id)
        if before == after:
            return False
        self.entries[organization_id] = after
        self._touched.add(organization_id)
        self._changes.append(
            {
                "configuration": self._configuration, "batch": self.number, "organization_id": organization_id,
                "action": action, "before_json": _text(before), "after_json": _text(after), "who": self._who,
                "at": self._at, "why": why, "undone": False,
            }
        )  # fmt: skip
        return True

    def last(self) -> tuple[Change, ...]:
        """Return the changes of the last batch that is neither undone nor an undoing; empty when there is none."""
        ours = sa.and_(
            mapping_changes.c.configuration == self._configuration,
            mapping_changes.c.action != UNDO,
            sa.not_(mapping_changes.c.undone),
        )
        number = self._connection.execute(sa.select(sa.func.max(mapping_changes.c.batch)).where(ours)).scalar()
        wanted = (
            sa.select(mapping_changes).where(ours, mapping_changes.c.batch == number).order_by(mapping_changes.c.id)
        )
        return tuple(_change(row) for row in self._connection.execute(wanted))

    def revert(self, changes: Sequence[Change]) -> None:
        """Put back what was before these changes, the newest first, and record that."""
        for change in reversed(changes):
            self.put(change.organization_id, change.before, action=UNDO, why=f"undo of {change.action}")
        if changes:
            this = mapping_changes.c.id == sa.bindparam("this_id")
            done = sa.update(mapping_changes).where(this).values(undone=True)
            self._connection.execute(done, [{"this_id": change.id} for change in changes])

    def write(self) -> None:
        """Write what was changed, all of it at once: thousands of organizations are one import."""
        if not self._changes:
            return
        keys = [{"this_configuration": self._configuration, "this_id": each} for each in sorted(self._touched)]
        for table in (mappings, exclusions):
            this = sa.and_(
                table.c.configuration == sa.bindparam("this_configuration"),
                table.c.organization_id == sa.bindparam("this_id"),
            )
            self._connection.execute(sa.delete(table).where(this), keys)
        after = [(each, self.entries[each]) for each in sorted(self._touched)]
        pairs = [
            {**self._key(each), "position": place, **asdict(pair)}
            for each, entry in after
            for place, pair in enumerate(entry.pairs)
        ]
        reasons = [{**self._key(each), "reason": entry.excluded} for each, entry in after if entry.excluded is not None]
        for table, rows in ((mappings, pairs), (exclusions, reasons), (mapping_changes, self._changes)):
            if rows:
                self._connection.execute(sa.insert(table), rows)

    def _key(self, organization_id: str) -> dict[str, object]:
        return {"configuration": self._configuration, "organization_id": organization_id}


def _entries(connection: sa.Connection, configuration: str, only: str | None = None) -> dict[str, Entry]:
    pairs = sa.select(mappings).where(mappings.c.configuration == configuration).order_by(mappings.c.position)
    reasons = sa.select(exclusions).where(exclusions.c.configuration == configuration)
    if only is not None:
        pairs = pairs.where(mappings.c.organization_id == only)
        reasons = reasons.where(exclusions.c.organization_id == only)
    gathered: dict[str, list[Pair]] = {}
    for row in connection.execute(pairs):
        pair = Pair(row.customer_id, row.customer_name, row.account)
        gathered.setdefault(row.organization_id, []).append(pair)
    found = {organization_id: Entry(tuple(listed)) for organization_id, listed in gathered.items()}
    for row in connection.execute(reasons):
        found[row.organization_id] = Entry(found.get(row.organization_id, NOTHING).pairs, row.reason)
    return found


def _text(entry: Entry) -> str:
    return json.dumps({"customers": [asdict(pair) for pair in entry.pairs], "excluded": entry.excluded})


def _entry(text: str) -> Entry:
    read = json.loads(text)
    return Entry(tuple(Pair(**pair) for pair in read["customers"]), read["excluded"])


def _change(row: sa.Row[Any]) -> Change:
    return Change(
        row.id, row.batch, row.organization_id, row.action, _entry(row.before_json), _entry(row.after_json),
        row.who, row.at, row.why, bool(row.undone),
    )  # fmt: skip
