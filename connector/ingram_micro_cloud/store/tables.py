"""The tables. A change here needs a new revision under migrations/versions/."""

from typing import Final

import sqlalchemy as sa

METADATA: Final = sa.MetaData()
HEAD: Final = "0001"
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
