"""Kept versions of files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008_file_versions"
down_revision = "0007_snapshots"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "file_versions",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("saved", sa.Float, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("by", sa.String(255), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_file_versions"),
        sqlite_autoincrement=True,
    )
    for column in ("path", "saved", "digest"):
        op.create_index(f"ix_file_versions_{column}", "file_versions", [column])


def downgrade() -> None:
    """Take back."""
    op.drop_table("file_versions")
