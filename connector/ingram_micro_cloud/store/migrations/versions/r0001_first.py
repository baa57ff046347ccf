"""The first tables: configurations, drafts, tokens, call permits."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "im_cloud_state",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key_check", sa.Text, nullable=False),
    )
    op.create_table(
        "configurations",
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
    op.create_table(
        "configuration_drafts",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("values_json", sa.Text, nullable=False),
    )
    op.create_table(
        "tokens",
        sa.Column("fingerprint", sa.Text, primary_key=True),
        sa.Column("token_encrypted", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
    )
    op.create_table(
        "call_permits",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("counted_until", sa.Double, nullable=False),
        sa.Column("permits", sa.Integer, nullable=False),
    )
    op.create_index("call_permits_by_key", "call_permits", ["key", "counted_until"])
    op.create_table(
        "call_blocks",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("until", sa.Double, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Refuse: going back would lose configurations."""
    raise NotImplementedError("the first revision cannot be undone")
