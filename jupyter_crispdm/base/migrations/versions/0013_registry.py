"""What more is known about a version of a model, and which version bore which alias from when until when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013_registry"
down_revision = "0012_state"
branch_labels = None
depends_on = None

_JSON = ("metrics", "input_example", "types", "trust", "lineage")
_TEXTS = {"owner": 255, "note": None, "script": 255, "script_sha256": 64}


def upgrade() -> None:
    """Apply. The rows are written anew from the files when the server starts: the columns may be empty till then."""
    with op.batch_alter_table("model_versions") as table:
        for name, length in _TEXTS.items():
            table.add_column(sa.Column(name, sa.String(length) if length else sa.Text()))
        for name in _JSON:
            table.add_column(sa.Column(name, sa.JSON))
    op.create_table(
        "model_alias_history",
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("alias", sa.String(50), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("since", sa.Float, nullable=False),
        sa.Column("by", sa.String(255), nullable=False),
        sa.Column("how", sa.String(20), nullable=False),
        sa.Column("until", sa.Float),
        sa.Column("ended_by", sa.String(255)),
        sa.Column("ending", sa.String(20)),
        sa.PrimaryKeyConstraint("name", "position", name="pk_model_alias_history"),
        sa.ForeignKeyConstraint(
            ["name"], ["models.name"], name="fk_model_alias_history_name_models", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("model_alias_history")
    with op.batch_alter_table("model_versions") as table:
        for name in (*_TEXTS, *_JSON):
            table.drop_column(name)
