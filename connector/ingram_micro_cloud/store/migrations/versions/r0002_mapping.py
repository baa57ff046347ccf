"""Organizations, what is known of customers, and the mapping between them with its history."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables of mapping; what is stored already is not touched."""
    op.create_table(
        "organizations",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("domains_json", sa.Text, nullable=False),
        sa.Column("external_ids_json", sa.Text, nullable=False),
        sa.Column("country", sa.Text),
        sa.Column("tags_json", sa.Text, nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.Column("updated_at", sa.Double, nullable=False),
    )
    op.create_table(
        "customers",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("external_id", sa.Text),
        sa.Column("status", sa.Text),
        sa.Column("evidence_json", sa.Text, nullable=False),
        sa.Column("details_at", sa.Double),
        sa.Column("holdings_at", sa.Double),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.Column("seen_at", sa.Double, nullable=False),
    )
    op.create_table(
        "customer_lists",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("read_at", sa.Double, nullable=False),
    )
    op.create_table(
        "mappings",
        sa.Column("configuration", sa.Text, primary_key=True),
        sa.Column("organization_id", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("customer_name", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
    )
    op.create_table(
        "mapping_exclusions",
        sa.Column("configuration", sa.Text, primary_key=True),
        sa.Column("organization_id", sa.Text, primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "mapping_changes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("configuration", sa.Text, nullable=False),
        sa.Column("batch", sa.Integer, nullable=False),
        sa.Column("organization_id", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("before_json", sa.Text, nullable=False),
        sa.Column("after_json", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("undone", sa.Boolean, nullable=False),
    )
    op.create_index("mapping_changes_by_batch", "mapping_changes", ["configuration", "batch"])
    op.create_table(
        "ownership",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("object_id", sa.Text, primary_key=True),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("read_at", sa.Double, nullable=False),
    )


def downgrade() -> None:
    """Refuse: going back would lose mappings."""
    raise NotImplementedError("mappings would be lost")
