"""The head of the audit's chain, and for each approval the number of its record.

A head is sealed with the key, which a revision does not have: a chain gets its head with the next record.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the table of heads; approvals that are there learn which record is theirs."""
    op.create_table(
        "audit_heads",
        sa.Column("chain", sa.Text, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("records", sa.Integer, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("seal", sa.Text, nullable=False),
    )
    op.add_column("order_previews", sa.Column("approval", sa.Integer))
    _find_approvals(op.get_bind())


def downgrade() -> None:
    """Refuse: without its head, a chain whose end is missing would look whole."""
    raise NotImplementedError("the head of the audit would be lost")


def _find_approvals(connection: sa.Connection) -> None:
    records = sa.table("audit_records", sa.column("sequence"), sa.column("body"))
    previews = sa.table(
        "order_previews", sa.column("preview_id"), sa.column("account"), sa.column("approved_by"), sa.column("approval")
    )
    approved = sa.select(previews.c.preview_id).where(previews.c.approved_by.is_not(None))
    if connection.execute(approved.limit(1)).first() is None:
        return
    wanted = sa.select(records).where(records.c.body.like('%"event": "approved"%')).order_by(records.c.sequence)
    for sequence, text in connection.execute(wanted).all():
        body = json.loads(text)
        if body.get("event") == "approved":
            mine = sa.and_(previews.c.preview_id == body["preview_id"], previews.c.account == body["account"])
            connection.execute(sa.update(previews).where(mine).values(approval=sequence))
