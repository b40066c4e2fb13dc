"""Shared values, and the leases of their locks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012_state"
down_revision = "0011_shared_text"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "state_values",
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("notified", sa.BigInteger, nullable=False),
        sa.Column("updated", sa.Float, nullable=False),
        sa.Column("expires", sa.Float),
        sa.Column("by", sa.String(255), nullable=False),
        sa.Column("session", sa.String(200), nullable=False),
        sa.Column("read", sa.String(16), nullable=False),
        sa.Column("write", sa.String(16), nullable=False),
        sa.Column("value", sa.LargeBinary),
        sa.Column("content", sa.Text),
        sa.PrimaryKeyConstraint("key", name="pk_state_values"),
    )
    op.create_table(
        "state_floor",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_state_floor"),
    )
    op.create_table(
        "state_leases",
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("holder", sa.String(255), nullable=False),
        sa.Column("session", sa.String(200), nullable=False),
        sa.Column("until", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_state_leases"),
    )


def downgrade() -> None:
    """Take back."""
    for table in ("state_leases", "state_floor", "state_values"):
        op.drop_table(table)
