"""Previews of orders as they are kept: what was asked for is sealed, whether it was approved and used is not."""

from dataclasses import asdict, dataclass

import sqlalchemy as sa

from ingram_micro_cloud.store.database import Database
from ingram_micro_cloud.store.journal_tables import previews
from ingram_micro_cloud.store.secrets import SecretBox


@dataclass(frozen=True, slots=True)
class StoredPreview:
    """A preview; times in seconds since 1970.

    Attributes:
        facts: What the order would do, as JSON text in the open.
        used_by: Key of the intent it became.
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
            return tuple(_stored(row, self._box) for row in connection.execute(wanted))


def read_preview(connection: sa.Connection, box: SecretBox, account: str, preview_id: str) -> StoredPreview | None:
    """Return a preview of this account, or None."""
    mine = sa.and_(previews.c.account == account, previews.c.preview_id == preview_id)
    row = connection.execute(sa.select(previews).where(mine)).one_or_none()
    return None if row is None else _stored(row, box)


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
    approved_first = sa.case((previews.c.approved_by.is_(None), 1), else_=0)
    wanted = sa.select(previews).where(same).order_by(approved_first, previews.c.created_at.desc()).limit(1)
    row = connection.execute(wanted).one_or_none()
    return None if row is None else _stored(row, box)


def write_preview(connection: sa.Connection, box: SecretBox, preview: StoredPreview) -> None:
    """Keep a preview in place of what was known of it."""
    connection.execute(sa.delete(previews).where(previews.c.preview_id == preview.preview_id))
    row = asdict(preview)
    row["facts_encrypted"] = box.encrypt(row.pop("facts"))
    connection.execute(sa.insert(previews).values(**row))


def _stored(row: sa.Row[tuple[object, ...]], box: SecretBox) -> StoredPreview:
    found = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's documented way to a row's names
    found["facts"] = box.decrypt(str(found.pop("facts_encrypted")))
    return StoredPreview(**found)
