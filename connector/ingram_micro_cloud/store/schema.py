"""Brings a database to the tables of this version; refuses one that is newer or not ours."""

import sqlalchemy as sa

from ingram_micro_cloud.errors import StateDamagedError, StateError
from ingram_micro_cloud.store.database import Database
from ingram_micro_cloud.store.tables import HEAD, marker

_LOCK = 0x1A6C10D
"""Any number: PostgreSQL lets one process at a time make the tables."""


def prepare(database: Database) -> None:
    """Create or migrate the tables when they are not at this version.

    Raises:
        StateError: They were made by a newer version (state_too_new).
        StateDamagedError: There are tables, but not ours.
    """
    with database.transaction() as connection:
        revision = _revision(connection)
        if revision == HEAD:
            return
        _refuse_strangers(connection, revision, database)
    database.begin_logging()
    with database.transaction() as connection:
        if not database.is_sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        # Looked at again: another process may have been quicker.
        revision = _revision(connection)
        if revision == HEAD:
            return
        _upgrade(connection)


def holds_secrets(database: Database) -> bool:
    """Return whether a key has already sealed something there; looks and changes nothing.

    Raises:
        StateError: It was made by a newer version (state_too_new).
        StateDamagedError: It is damaged, or not ours.
    """
    with database.transaction() as connection:
        revision = _revision(connection)
        if revision != HEAD:
            _refuse_strangers(connection, revision, database)
        if revision is None or not sa.inspect(connection).has_table(marker.name):
            return False
        return connection.execute(sa.select(marker.c.key_check)).first() is not None


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def _refuse_strangers(connection: sa.Connection, revision: str | None, database: Database) -> None:
    if revision is not None and revision > HEAD:
        raise StateError(
            f"The state in {database.place} was written by a newer version. Nothing was touched.",
            code="state_too_new",
            hint="Update this installation.",
        )
    tables = sa.inspect(connection).get_table_names()
    if revision is None and tables and database.is_sqlite:
        raise StateDamagedError(
            f"{database.place} is a database, but not this connector's. Nothing was touched.",
            hint="Name another folder with IM_CLOUD_HOME.",
        )


def _upgrade(connection: sa.Connection) -> None:
    # Alembic costs a tenth of a second to import and is needed once per version.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "ingram_micro_cloud.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
