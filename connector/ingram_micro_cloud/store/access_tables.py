"""The table of access keys. A change here needs a new revision under migrations/versions/."""

import sqlalchemy as sa

from ingram_micro_cloud.store.tables import METADATA

access_keys = sa.Table(
    "access_keys",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.Text, nullable=False, unique=True),
    sa.Column("permission", sa.Text, nullable=False),
    sa.Column("organizations_json", sa.Text),
    sa.Column("configurations_json", sa.Text),
    sa.Column("reseller", sa.Boolean, nullable=False),
    sa.Column("manage", sa.Boolean, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("expires_at", sa.Double),
)
