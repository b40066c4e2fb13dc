"""Tokens of jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010_job_tokens"
down_revision = "0009_streams"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "job_tokens",
        sa.Column("job", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("person", sa.String(255), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("job", name="pk_job_tokens"),
        sa.UniqueConstraint("digest", name="uq_job_tokens_digest"),
    )
    op.create_index("ix_job_tokens_person", "job_tokens", ["person"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("job_tokens")
