"""Deployments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_serving"
down_revision = "0003_models"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "deployments",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("model", sa.String(100), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("environment", sa.String(500), nullable=False),
        sa.Column("workers", sa.Integer, nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("created", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deployments"),
        sa.UniqueConstraint("model", "version", name="uq_deployments_model"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("deployments")
