"""What has been read of subscriptions, so that the next run reads only what moved."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the cache of subscriptions; what is stored already is not touched."""
    op.create_table(
        "subscription_details",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("last_modified", sa.Text),
        sa.Column("list_row_json", sa.Text, nullable=False),
        sa.Column("detail_json", sa.Text, nullable=False),
        sa.Column("read_at", sa.Double, nullable=False),
    )
    op.create_index("subscription_details_by_customer", "subscription_details", ["account", "customer_id"])


def downgrade() -> None:
    """Drop the cache: everything in it can be read again."""
    op.drop_table("subscription_details")
