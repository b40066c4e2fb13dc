"""Runs the migrations on the connection that `base.database.migrate` hands in."""

from __future__ import annotations

from alembic import context

from jupyter_crispdm.base.database import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True
)
context.run_migrations()
