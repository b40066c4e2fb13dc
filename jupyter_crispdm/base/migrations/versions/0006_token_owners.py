"""Tokens belong to a person.

Who made a token is in the audit log; where they are a user still, it becomes theirs. Others stay without an owner and
count as the account's.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_token_owners"
down_revision = "0005_schedules"
branch_labels = None
depends_on = None

_tokens = sa.table("tokens", sa.column("name"), sa.column("owner"))
_users = sa.table("users", sa.column("name"))
_audit = sa.table("audit", sa.column("id"), sa.column("user"), sa.column("event"), sa.column("detail"))


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("tokens") as table:
        table.add_column(sa.Column("owner", sa.String(255), nullable=False, server_default=""))
    connection = op.get_bind()
    for name in connection.execute(sa.select(_tokens.c.name)).scalars().all():
        maker = connection.execute(_maker_of(name)).scalar()
        if maker is not None:
            connection.execute(_tokens.update().where(_tokens.c.name == name).values(owner=maker))


def _maker_of(name: str) -> sa.Select[tuple[str]]:
    """The user who made the token of that name last; a name before had another token."""
    made = sa.select(_audit.c.user).where(
        _audit.c.event == "token created", _audit.c.detail.startswith(f"{name} (", autoescape=True))
    last = made.order_by(_audit.c.id.desc()).limit(1).scalar_subquery()
    return sa.select(_users.c.name).where(_users.c.name == last)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("tokens") as table:
        table.drop_column("owner")
