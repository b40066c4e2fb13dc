"""Text that several people write at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011_shared_text"
down_revision = "0010_job_tokens"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "state_texts",
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("epoch", sa.String(32), nullable=False),
        sa.Column("written", sa.Float, nullable=False),
        sa.Column("by", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_state_texts"),
    )
    op.create_table(
        "state_text_updates",
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", "number", name="pk_state_text_updates"),
        sa.ForeignKeyConstraint(["key"], ["state_texts.key"], name="fk_state_text_updates_key", ondelete="CASCADE"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("state_text_updates")
    op.drop_table("state_texts")
