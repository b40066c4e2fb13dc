"""With which version a shared value ended last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016_ended_values"
down_revision = "0015_runs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("state_values", sa.Column("ended", sa.BigInteger, nullable=False, server_default="0"))


def downgrade() -> None:
    """Take back."""
    op.drop_column("state_values", "ended")
