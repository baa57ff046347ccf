"""The revision makes the very tables that are used."""

from importlib import import_module

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations

from ingram_micro_cloud.store.journal_tables import audit, intents, locks, previews

TABLES = {table.name for table in (audit, intents, locks, previews)}


def test_the_revision_makes_the_very_tables_that_are_used() -> None:
    revision = import_module("ingram_micro_cloud.store.migrations.versions.r0003_journal")
    wanted = sa.MetaData()
    for table in (audit, intents, locks, previews):
        table.to_metadata(wanted)
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        context = MigrationContext.configure(connection)
        with Operations.context(context):
            revision.upgrade()
        assert compare_metadata(context, wanted) == []
        assert set(sa.inspect(connection).get_table_names()) == TABLES
    engine.dispose()
