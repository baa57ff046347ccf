"""Previews of orders as they are kept: what was asked for is sealed; an approval counts if the audit has its record."""

from dataclasses import asdict, dataclass, replace
from typing import Any

import sqlalchemy as sa

from ingram_micro_cloud.store.audit import intact_body
from ingram_micro_cloud.store.database import Database
from ingram_micro_cloud.store.journal_tables import intents, previews
from ingram_micro_cloud.store.secrets import SecretBox


@dataclass(frozen=True, slots=True)
class StoredPreview:
    """A preview; times in seconds since 1970.

    Attributes:
        facts: What the order would do, as JSON text in the open.
        approved_by: Who approved it; None as well where the audit has no record of that.
        used_by: Key of the intent it became.
        approval: Number of the audit record of its approval.
    """

    preview_id: str
    account: str
    configuration: str
    organization: str | None
    content: str
    facts: str
    verdict_json: str
    created_at: float
    expires_at: float
    approved_by: str | None = None
    approved_at: float | None = None
    used_by: str | None = None
    approval: int | None = None


class PreviewRecords:
    """Reads previews of one account; they are made, approved and used inside the journal's transactions."""

    def __init__(self, database: Database, box: SecretBox) -> None:
        self._database, self._box = database, box

    def get(self, account: str, preview_id: str) -> StoredPreview | None:
        """Return a preview of this account, or None."""
        with self._database.transaction() as connection:
            return read_preview(connection, self._box, account, preview_id)

    def open(self, account: str, *, now: float) -> tuple[StoredPreview, ...]:
        """Return previews that can still be used, the newest first."""
        wanted = (
            sa.select(previews)
            .where(previews.c.account == account, previews.c.used_by.is_(None), previews.c.expires_at > now)
            .order_by(previews.c.created_at.desc(), previews.c.preview_id)
        )
        with self._database.transaction() as connection:
            found = [_stored(connection, row, self._box) for row in connection.execute(wanted).all()]
        return tuple(each for each in found if each.used_by is None)


def read_preview(connection: sa.Connection, box: SecretBox, account: str, preview_id: str) -> StoredPreview | None:
    """Return a preview of this account, or None."""
    mine = sa.and_(previews.c.account == account, previews.c.preview_id == preview_id)
    row = connection.execute(sa.select(previews).where(mine)).one_or_none()
    return None if row is None else _stored(connection, row, box)


def same_preview(
    connection: sa.Connection, box: SecretBox, account: str, content: str, *, now: float
) -> StoredPreview | None:
    """Return a preview of this content that can still be used, one that is approved before others, or None."""
    same = sa.and_(
        previews.c.account == account,
        previews.c.content == content,
        previews.c.used_by.is_(None),
        previews.c.expires_at > now,
    )
    rows = connection.execute(sa.select(previews).where(same).order_by(previews.c.created_at.desc())).all()
    stored = [_stored(connection, row, box) for row in rows]
    found = [each for each in stored if each.used_by is None]
    return next((each for each in found if each.approved_by is not None), found[0] if found else None)


def write_preview(connection: sa.Connection, box: SecretBox, preview: StoredPreview) -> None:
    """Keep a preview in place of what was known of it."""
    connection.execute(sa.delete(previews).where(previews.c.preview_id == preview.preview_id))
    row = asdict(preview)
    row["facts_encrypted"] = box.encrypt(row.pop("facts"))
    connection.execute(sa.insert(previews).values(**row))


def _stored(connection: sa.Connection, row: sa.Row[Any], box: SecretBox) -> StoredPreview:
    found = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's documented way to a row's names
    found["facts"] = box.decrypt(str(found.pop("facts_encrypted")))
    stored = StoredPreview(**found)
    if stored.approved_by is None:
        return stored
    if not _is_on_record(connection, box, stored):
        return replace(stored, approved_by=None, approved_at=None, approval=None)
    return stored if stored.used_by is not None else replace(stored, used_by=_user(connection, stored))


def _user(connection: sa.Connection, stored: StoredPreview) -> str | None:
    """Return the key of an order that an approval went into, whatever the preview says: it lets one through."""
    mine = sa.and_(intents.c.account == stored.account, intents.c.preview_id == stored.preview_id)
    wanted = sa.select(intents.c.key).where(mine, intents.c.state.not_in(("refused", "failed"))).limit(1)
    return connection.execute(wanted).scalar()


def _is_on_record(connection: sa.Connection, box: SecretBox, stored: StoredPreview) -> bool:
    body = None if stored.approval is None else intact_body(connection, box, stored.approval)
    if body is None or body.get("event") != "approved" or body.get("approver") != stored.approved_by:
        return False
    # Records of earlier versions do not say when the preview ends.
    until = body.get("expires_at", stored.expires_at)
    if not isinstance(until, float | int) or stored.expires_at > until:
        return False
    told = tuple(body.get(name) for name in ("account", "configuration", "organization", "preview_id", "content"))
    mine = (stored.account, stored.configuration, stored.organization, stored.preview_id, stored.content)
    return told == mine
