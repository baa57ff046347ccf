"""Runs revisions on the connection handed in; there is no ini file and no logging set-up."""

from alembic import context

from ingram_micro_cloud.store.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
