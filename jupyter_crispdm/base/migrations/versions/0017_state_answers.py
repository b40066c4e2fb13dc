"""What changes of shared values were answered, for who asks again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017_state_answers"
down_revision = "0016_ended_values"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "state_answers",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("until", sa.Float, nullable=False),
        sa.Column("answer", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_state_answers"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("state_answers")
