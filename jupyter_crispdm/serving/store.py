"""The table of deployments: what shall run; how it does is told by the inference server."""

from __future__ import annotations

import sqlalchemy as sa

from jupyter_crispdm.base.database import Database, metadata
from jupyter_crispdm.base.errors import Conflict
from jupyter_crispdm.base.wire import Wire

deployments = sa.Table(
    "deployments",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("model", sa.String(100), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("environment", sa.String(500), nullable=False),
    sa.Column("workers", sa.Integer, nullable=False),
    sa.Column("owner", sa.String(200), nullable=False),
    sa.Column("created", sa.Float, nullable=False),
    sa.UniqueConstraint("model", "version"),
)


class Wanted(Wire, frozen=True):
    """A deployment that shall run."""

    id: str
    model: str
    version: int
    environment: str
    workers: int
    owner: str
    created: float


class DeploymentStore:
    """Queries about deployments, typed in and out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[Wanted]:
        """Every deployment, oldest first."""
        query = sa.select(deployments).order_by(deployments.c.created, deployments.c.id)
        rows = await self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [Wanted(**row) for row in rows]

    async def add(self, wanted: Wanted) -> None:
        """Record a deployment. Raises Conflict when this version has one."""
        row = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
        try:
            await self._database.write(lambda connection: connection.execute(deployments.insert().values(**row)))
        except sa.exc.IntegrityError:
            raise Conflict(
                f"Version {wanted.version} of '{wanted.model}' is deployed already; delete that first.",
                model=wanted.model,
                version=wanted.version,
            ) from None

    async def remove(self, id: str) -> None:
        """Forget a deployment."""
        query = deployments.delete().where(deployments.c.id == id)
        await self._database.write(lambda connection: connection.execute(query))
