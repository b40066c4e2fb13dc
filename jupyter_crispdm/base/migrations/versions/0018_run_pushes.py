"""Which runs were pushed to an MLflow server."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018_run_pushes"
down_revision = "0017_state_answers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "run_pushes",
        sa.Column("id", sa.String(128), nullable=False),
        sa.Column("pushed", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_run_pushes"),
    )


def downgrade() -> None:
    """Take back. Runs that were pushed are found on the server again, by their tag."""
    op.drop_table("run_pushes")
