"""The revisions make the very tables that are used, and what is there already is kept."""

import json
from importlib import import_module

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations

from ingram_micro_cloud.store.journal_tables import audit, heads, intents, locks, previews

TABLES = {table.name for table in (audit, heads, intents, locks, previews)}
VERSIONS = "ingram_micro_cloud.store.migrations.versions"
PREVIEW = {
    "account": "account-1", "configuration": "practice", "content": "c", "facts_encrypted": "", "verdict_json": "{}",
    "created_at": 1.0, "expires_at": 2.0,
}  # fmt: skip


def test_the_revisions_make_the_very_tables_that_are_used() -> None:
    wanted = sa.MetaData()
    for table in (audit, heads, intents, locks, previews):
        table.to_metadata(wanted)
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        context = MigrationContext.configure(connection)
        with Operations.context(context):
            import_module(f"{VERSIONS}.r0003_journal").upgrade()
            import_module(f"{VERSIONS}.r0005_audit_head").upgrade()
        assert compare_metadata(context, wanted) == []
        assert set(sa.inspect(connection).get_table_names()) == TABLES
    engine.dispose()


def test_approvals_from_before_learn_which_record_is_theirs() -> None:
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        import_module(f"{VERSIONS}.r0003_journal").upgrade()
        rows = [
            {**PREVIEW, "preview_id": "A", "approved_by": "ann"},
            {**PREVIEW, "preview_id": "B", "approved_by": None},
        ]
        before = sa.table("order_previews", *(sa.column(name) for name in rows[0]))
        connection.execute(sa.insert(before), rows)
        body = {"event": "approved", "preview_id": "A", "account": "account-1"}
        for number, text in enumerate((json.dumps({"event": "sent"}), json.dumps(body, sort_keys=True)), 1):
            record = {"sequence": number, "at": 1.0, "who": "ann", "previous": "", "body": text, "hash": ""}
            connection.execute(sa.insert(audit).values(**record))
        import_module(f"{VERSIONS}.r0005_audit_head").upgrade()
        found = {row.preview_id: row.approval for row in connection.execute(sa.select(previews))}
        assert found == {"A": 2, "B": None}
    engine.dispose()
