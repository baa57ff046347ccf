"""One process at a time in one matter, on either kind of database."""

import sqlalchemy as sa

from ingram_micro_cloud.store.database import Database


def wait_for_turn(database: Database, connection: sa.Connection, matter: str) -> None:
    """Let nobody else into the same matter until this transaction ends.

    SQLite's immediate transactions already let one process in at a time.
    """
    if not database.is_sqlite:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(matter))))
