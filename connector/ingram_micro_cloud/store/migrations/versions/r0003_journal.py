"""Buying: previews, the journal of intents, locks, and the audit chain."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables of buying; what is stored already is not touched."""
    op.create_table(
        "order_previews",
        sa.Column("preview_id", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("configuration", sa.Text, nullable=False),
        sa.Column("organization", sa.Text),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("facts_encrypted", sa.Text, nullable=False),
        sa.Column("verdict_json", sa.Text, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.Column("approved_by", sa.Text),
        sa.Column("approved_at", sa.Double),
        sa.Column("used_by", sa.Text),
    )
    op.create_index("order_previews_by_content", "order_previews", ["account", "content"])
    op.create_table(
        "order_intents",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("configuration", sa.Text, nullable=False),
        sa.Column("organization", sa.Text),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("subscription_id", sa.Text),
        sa.Column("preview_id", sa.Text),
        sa.Column("order_id", sa.Text),
        sa.Column("currency", sa.Text),
        sa.Column("amount", sa.Text),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("marker", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("facts_json", sa.Text, nullable=False),
        sa.Column("outcome_json", sa.Text),
        sa.Column("problem_json", sa.Text),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("updated_at", sa.Double, nullable=False),
        sa.Column("sent_at", sa.Double),
        sa.Column("sent_until", sa.Double),
        sa.Column("looks", sa.Integer, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("started", sa.Text, nullable=False),
        sa.Column("lease_until", sa.Double, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("audited", sa.Integer, nullable=False),
    )
    op.create_index("order_intents_by_content", "order_intents", ["account", "content"])
    op.create_index("order_intents_by_time", "order_intents", ["account", "configuration", "sent_at"])
    op.create_index("order_intents_by_subscription", "order_intents", ["account", "subscription_id"])
    op.create_index("order_intents_by_state", "order_intents", ["account", "state"])
    op.create_table(
        "order_locks",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("started", sa.Text, nullable=False),
        sa.Column("until", sa.Double, nullable=False),
    )
    op.create_table(
        "audit_records",
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Refuse: going back would lose the journal."""
    raise NotImplementedError("the journal would be lost")
