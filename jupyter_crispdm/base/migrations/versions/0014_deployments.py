"""What a deployment follows, how it rests, what is tried out beside it, and which requests are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014_deployments"
down_revision = "0013_registry"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("deployments") as table:
        table.add_column(sa.Column("alias", sa.String(50), nullable=False, server_default=""))
        table.add_column(sa.Column("moves", sa.Boolean, nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("batch", sa.Integer, nullable=False, server_default="32"))
        table.add_column(sa.Column("idle_seconds", sa.Float))
        table.add_column(sa.Column("sample", sa.Float, nullable=False, server_default="0"))
        table.add_column(sa.Column("canary", sa.JSON))
        table.drop_constraint("uq_deployments_model", type_="unique")
    fixed, following = sa.text("alias = ''"), sa.text("alias <> ''")
    op.create_index(
        "uq_deployments_version", "deployments", ["model", "version"], unique=True,
        sqlite_where=fixed, postgresql_where=fixed,
    )
    op.create_index(
        "uq_deployments_alias", "deployments", ["model", "alias"], unique=True,
        sqlite_where=following, postgresql_where=following,
    )


def downgrade() -> None:
    """Take back. Of what an older server would take for the same deployment, the oldest stays."""
    op.drop_index("uq_deployments_alias", "deployments")
    op.drop_index("uq_deployments_version", "deployments")
    op.execute(
        "DELETE FROM deployments WHERE EXISTS (SELECT 1 FROM deployments AS other WHERE other.model = deployments.model"
        " AND other.version = deployments.version AND (other.created < deployments.created"
        " OR (other.created = deployments.created AND other.id < deployments.id)))"
    )
    with op.batch_alter_table("deployments") as table:
        for name in ("alias", "moves", "batch", "idle_seconds", "sample", "canary"):
            table.drop_column(name)
        table.create_unique_constraint("uq_deployments_model", ["model", "version"])
