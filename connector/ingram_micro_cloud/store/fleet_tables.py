"""The table of what has been read of subscriptions: a cache, safe to lose."""

import sqlalchemy as sa

from ingram_micro_cloud.store.tables import METADATA

subscription_details = sa.Table(
    "subscription_details",
    METADATA,
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("customer_id", sa.Text, nullable=False),
    sa.Column("last_modified", sa.Text),
    sa.Column("list_row_json", sa.Text, nullable=False),
    sa.Column("detail_json", sa.Text, nullable=False),
    sa.Column("read_at", sa.Double, nullable=False),
    sa.Index("subscription_details_by_customer", "account", "customer_id"),
)
