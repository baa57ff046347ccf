"""The tables. A change here needs a new revision under migrations/versions/."""

from typing import Final

import sqlalchemy as sa

METADATA: Final = sa.MetaData()
HEAD: Final = "0006"
"""The revision these tables are at."""

marker = sa.Table(
    "im_cloud_state",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key_check", sa.Text, nullable=False),
)

configurations = sa.Table(
    "configurations",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("form_version", sa.Integer, nullable=False),
    sa.Column("values_json", sa.Text, nullable=False),
    sa.Column("secrets_encrypted", sa.Text, nullable=False),
    sa.Column("is_default", sa.Boolean, nullable=False),
    sa.Column("passing", sa.Boolean),
    sa.Column("error", sa.Text),
    sa.Column("milliseconds", sa.Integer),
    sa.Column("checked_at", sa.Double),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("updated_at", sa.Double, nullable=False),
)

drafts = sa.Table(
    "configuration_drafts",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("values_json", sa.Text, nullable=False),
)

tokens = sa.Table(
    "tokens",
    METADATA,
    sa.Column("fingerprint", sa.Text, primary_key=True),
    sa.Column("token_encrypted", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Double, nullable=False),
)

permits = sa.Table(
    "call_permits",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("counted_until", sa.Double, nullable=False),
    sa.Column("permits", sa.Integer, nullable=False),
    sa.Index("call_permits_by_key", "key", "counted_until"),
)

blocks = sa.Table(
    "call_blocks",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("until", sa.Double, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

organizations = sa.Table(
    "organizations",
    METADATA,
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

customers = sa.Table(
    "customers",
    METADATA,
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

customer_lists = sa.Table(
    "customer_lists",
    METADATA,
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("read_at", sa.Double, nullable=False),
)

mappings = sa.Table(
    "mappings",
    METADATA,
    sa.Column("configuration", sa.Text, primary_key=True),
    sa.Column("organization_id", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("customer_id", sa.Text, nullable=False),
    sa.Column("customer_name", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
)

exclusions = sa.Table(
    "mapping_exclusions",
    METADATA,
    sa.Column("configuration", sa.Text, primary_key=True),
    sa.Column("organization_id", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
)

mapping_changes = sa.Table(
    "mapping_changes",
    METADATA,
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
    sa.Index("mapping_changes_by_batch", "configuration", "batch"),
)

ownership = sa.Table(
    "ownership",
    METADATA,
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("object_id", sa.Text, primary_key=True),
    sa.Column("customer_id", sa.Text, nullable=False),
    sa.Column("read_at", sa.Double, nullable=False),
)
