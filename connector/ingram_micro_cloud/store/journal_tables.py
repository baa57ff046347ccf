"""The tables of buying. A change here needs a new revision under migrations/versions/."""

import sqlalchemy as sa

from ingram_micro_cloud.store.tables import METADATA

previews = sa.Table(
    "order_previews",
    METADATA,
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
    sa.Column("approval", sa.Integer),
    sa.Index("order_previews_by_content", "account", "content"),
)

intents = sa.Table(
    "order_intents",
    METADATA,
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
    sa.Index("order_intents_by_content", "account", "content"),
    sa.Index("order_intents_by_time", "account", "configuration", "sent_at"),
    sa.Index("order_intents_by_subscription", "account", "subscription_id"),
    sa.Index("order_intents_by_state", "account", "state"),
)

locks = sa.Table(
    "order_locks",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("started", sa.Text, nullable=False),
    sa.Column("until", sa.Double, nullable=False),
)

audit = sa.Table(
    "audit_records",
    METADATA,
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)

heads = sa.Table(
    "audit_heads",
    METADATA,
    sa.Column("chain", sa.Text, primary_key=True),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("records", sa.Integer, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("seal", sa.Text, nullable=False),
)
