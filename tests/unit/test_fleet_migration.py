"""The revision makes the very table that is used."""

from importlib import import_module

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from ingram_micro_cloud.store.fleet_tables import subscription_details

TABLE = subscription_details.name


def test_the_revision_makes_the_very_table_that_is_used() -> None:
    revision = import_module("ingram_micro_cloud.store.migrations.versions.r0004_fleet")
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        revision.upgrade()
        found = sa.inspect(connection)
        columns = [
            (each["name"], str(each["type"]), each["nullable"]) for each in found.get_columns("subscription_details")
        ]
        indexes = {each["name"]: each["column_names"] for each in found.get_indexes("subscription_details")}
        revision.downgrade()
        assert not sa.inspect(connection).has_table(TABLE)
    engine.dispose()
    dialect = engine.dialect
    wanted = [(each.name, each.type.compile(dialect), bool(each.nullable)) for each in subscription_details.columns]
    assert columns == wanted
    assert indexes == {
        str(each.name): [column.name for column in each.columns] for each in subscription_details.indexes
    }
