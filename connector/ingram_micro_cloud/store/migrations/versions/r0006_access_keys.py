"""Access keys of the serving hosts."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the table; of a key only its keyed hash is kept."""
    op.create_table(
        "access_keys",
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


def downgrade() -> None:
    """Remove the table: every key stops working."""
    op.drop_table("access_keys")
