"""The index of runs, what people say of runs, and saved views of the table."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015_runs"
down_revision = "0014_deployments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    for name, key, length, content in (
        ("runs", "id", 128, "entry"), ("run_marks", "id", 128, "marks"), ("run_views", "name", 100, "view"),
    ):  # fmt: skip
        op.create_table(
            name,
            sa.Column(key, sa.String(length), nullable=False),
            sa.Column(content, sa.Text, nullable=False),
            sa.PrimaryKeyConstraint(key, name=f"pk_{name}"),
        )


def downgrade() -> None:
    """Take back. The index is made anew from the files; marks and views are lost."""
    for name in ("run_views", "run_marks", "runs"):
        op.drop_table(name)
