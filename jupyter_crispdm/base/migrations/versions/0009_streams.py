"""Streams, their alarms and labels."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009_streams"
down_revision = "0008_file_versions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "streams",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("alarms_read", sa.BigInteger, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_streams"),
    )
    op.create_table(
        "stream_events",
        sa.Column("number", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("stream", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("time", sa.Float, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_stream_events"),
        sa.UniqueConstraint("stream", "id", name="uq_stream_events_stream"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_stream_events_time", "stream_events", ["stream", "time"])
    op.create_index("ix_stream_events_open", "stream_events", ["stream", "open"])
    op.create_table(
        "stream_labels",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("stream", sa.String(64), nullable=False),
        sa.Column("start", sa.Float, nullable=False),
        sa.Column("end", sa.Float, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("created", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stream_labels"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_stream_labels_stream", "stream_labels", ["stream", "start"])


def downgrade() -> None:
    """Take back."""
    for table in ("stream_labels", "stream_events", "streams"):
        op.drop_table(table)
