"""The table of deployments: what shall run; how it does is told by the inference server."""

from __future__ import annotations

from typing import Protocol

import msgspec
import sqlalchemy as sa

from jupyter_crispdm.base.database import Database, metadata
from jupyter_crispdm.base.errors import Conflict
from jupyter_crispdm.base.wire import Wire

from .types import Canary

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
    sa.Column("alias", sa.String(50), nullable=False, server_default=""),
    sa.Column("moves", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("batch", sa.Integer, nullable=False, server_default="32"),
    sa.Column("idle_seconds", sa.Float),
    sa.Column("sample", sa.Float, nullable=False, server_default="0"),
    sa.Column("canary", sa.JSON),
)
_FIXED, _FOLLOWING = deployments.c.alias == "", deployments.c.alias != ""
sa.Index("uq_deployments_version", deployments.c.model, deployments.c.version, unique=True,
         sqlite_where=_FIXED, postgresql_where=_FIXED)
sa.Index("uq_deployments_alias", deployments.c.model, deployments.c.alias, unique=True,
         sqlite_where=_FOLLOWING, postgresql_where=_FOLLOWING)


class Wanted(Wire, frozen=True):
    """A deployment that shall run.

    One that follows an `alias` has the `version` that answered last. With `moves` each version of it runs in the
    environment that it was trained in; else all of them in `environment`.
    """

    id: str
    model: str
    version: int
    environment: str
    workers: int
    owner: str
    created: float
    alias: str = ""
    moves: bool = False
    batch: int = 32
    idle_seconds: float | None = None
    sample: float = 0.0
    canary: Canary | None = None


class WantedStore(Protocol):
    """Where it is kept what shall run."""

    async def all(self) -> list[Wanted]:
        """Every deployment, oldest first."""

    async def add(self, wanted: Wanted) -> None:
        """Record a deployment. Raises Conflict when this version, or alias, has one."""

    async def change(self, wanted: Wanted) -> None:
        """Record what is another now of a deployment."""

    async def remove(self, id: str) -> None:
        """Forget a deployment."""


class DeploymentStore:
    """Queries about deployments, typed in and out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[Wanted]:
        """Every deployment, oldest first."""
        query = sa.select(deployments).order_by(deployments.c.created, deployments.c.id)
        rows = await self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [msgspec.convert({name: row[name] for name in Wanted.__struct_fields__}, Wanted) for row in rows]

    async def add(self, wanted: Wanted) -> None:
        """Record a deployment. Raises Conflict when this version, or alias, has one."""
        row = msgspec.to_builtins(wanted)
        try:
            await self._database.write(lambda connection: connection.execute(deployments.insert().values(**row)))
        except sa.exc.IntegrityError:
            raise Conflict(
                f"{_label(wanted)} of '{wanted.model}' is deployed already; delete that first.",
                model=wanted.model,
                version=wanted.version,
            ) from None

    async def change(self, wanted: Wanted) -> None:
        """Record what is another now of a deployment."""
        query = deployments.update().where(deployments.c.id == wanted.id).values(**msgspec.to_builtins(wanted))
        await self._database.write(lambda connection: connection.execute(query))

    async def remove(self, id: str) -> None:
        """Forget a deployment."""
        query = deployments.delete().where(deployments.c.id == id)
        await self._database.write(lambda connection: connection.execute(query))


def _label(wanted: Wanted) -> str:
    return f"The alias '{wanted.alias}'" if wanted.alias else f"Version {wanted.version}"
