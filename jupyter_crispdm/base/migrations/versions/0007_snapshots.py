"""Autosaved pages and named work."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_snapshots"
down_revision = "0006_token_owners"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _pages()
    _works()


def _pages() -> None:
    op.create_table(
        "snapshots",
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("page", sa.String(200), nullable=False),
        sa.Column("began", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("saved", sa.Float, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("user", sa.String(64)),
        sa.PrimaryKeyConstraint("owner", "page", name="pk_snapshots"),
        sa.ForeignKeyConstraint(["user"], ["users.name"], name="fk_snapshots_user", ondelete="CASCADE"),
    )
    op.create_index("ix_snapshots_user", "snapshots", ["user"])
    op.create_table(
        "snapshot_fields",
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("page", sa.String(200), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("value", sa.Text),
        sa.Column("digest", sa.String(64)),
        sa.PrimaryKeyConstraint("owner", "page", "name", name="pk_snapshot_fields"),
        sa.ForeignKeyConstraint(
            ["owner", "page"], ["snapshots.owner", "snapshots.page"], name="fk_snapshot_fields_page", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_snapshot_fields_digest", "snapshot_fields", ["digest"])
    op.create_table(
        "snapshot_counter",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_snapshot_counter"),
    )


def _works() -> None:
    op.create_table(
        "saved_works",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("page", sa.String(200), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("saved", sa.Float, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("shared", sa.Boolean, nullable=False),
        sa.Column("user", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_saved_works"),
        sa.UniqueConstraint("owner", "page", "name", name="uq_saved_works_name"),
        sa.ForeignKeyConstraint(["user"], ["users.name"], name="fk_saved_works_user", ondelete="CASCADE"),
    )
    op.create_index("ix_saved_works_user", "saved_works", ["user"])
    op.create_index("ix_saved_works_page", "saved_works", ["page"])
    op.create_table(
        "saved_values",
        sa.Column("work", sa.Integer, nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("value", sa.Text),
        sa.Column("digest", sa.String(64)),
        sa.PrimaryKeyConstraint("work", "name", name="pk_saved_values"),
        sa.ForeignKeyConstraint(["work"], ["saved_works.id"], name="fk_saved_values_work", ondelete="CASCADE"),
    )
    op.create_index("ix_saved_values_digest", "saved_values", ["digest"])


def downgrade() -> None:
    """Take back."""
    for table in ("saved_values", "saved_works", "snapshot_counter", "snapshot_fields", "snapshots"):
        op.drop_table(table)
