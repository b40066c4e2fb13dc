"""The registry's tables. The files under `models/` are the truth; these rows can be rebuilt from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.base.database import Database, metadata

from .history import current
from .types import AliasSpan, Model, ModelVersion

models = sa.Table(
    "models",
    metadata,
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("last_version", sa.Integer, nullable=False),
)
versions = sa.Table(
    "model_versions",
    metadata,
    sa.Column("name", sa.String(100), sa.ForeignKey("models.name", ondelete="CASCADE"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("format", sa.String(20), nullable=False),
    sa.Column("task", sa.String(100), nullable=False),
    sa.Column("classes", sa.JSON, nullable=False),
    sa.Column("signature", sa.JSON, nullable=False),
    sa.Column("metadata", sa.JSON, nullable=False),
    sa.Column("job", sa.String(100)),
    sa.Column("environment", sa.String(500)),
    sa.Column("created", sa.Float, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("owner", sa.String(255)),
    sa.Column("note", sa.Text),
    sa.Column("metrics", sa.JSON),
    sa.Column("input_example", sa.JSON),
    sa.Column("script", sa.String(255)),
    sa.Column("script_sha256", sa.String(64)),
    sa.Column("types", sa.JSON),
    sa.Column("trust", sa.JSON),
    sa.Column("lineage", sa.JSON),
)
_NULLABLE = frozenset({"job", "environment"})
aliases = sa.Table(
    "model_aliases",
    metadata,
    sa.Column("name", sa.String(100), sa.ForeignKey("models.name", ondelete="CASCADE"), primary_key=True),
    sa.Column("alias", sa.String(50), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
)
history = sa.Table(
    "model_alias_history",
    metadata,
    sa.Column("name", sa.String(100), sa.ForeignKey("models.name", ondelete="CASCADE"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("alias", sa.String(50), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("since", sa.Float, nullable=False),
    sa.Column("by", sa.String(255), nullable=False),
    sa.Column("how", sa.String(20), nullable=False),
    sa.Column("until", sa.Float),
    sa.Column("ended_by", sa.String(255)),
    sa.Column("ending", sa.String(20)),
)


class ModelStore:
    """Queries about models, typed in and out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[Model]:
        """Every model that has a version, by name."""
        return await self._database.read(_read_models)

    async def show(self, name: str) -> Model | None:
        """One model with its versions, or None."""
        found = await self._database.read(lambda connection: _read_models(connection, name))
        return found[0] if found else None

    async def last_version(self, name: str) -> int:
        """The highest number ever given to a version of this model; 0 before the first."""
        query = sa.select(models.c.last_version).where(models.c.name == name)
        return await self._database.read(lambda connection: connection.execute(query).scalar()) or 0

    async def add(self, version: ModelVersion) -> None:
        """Record a version."""
        await self._database.write(lambda connection: _insert(connection, version))

    async def change(self, version: ModelVersion) -> None:
        """Write anew what is known about a version."""
        query = versions.update().where(versions.c.name == version.name, versions.c.version == version.version)
        await self._database.write(lambda connection: connection.execute(query.values(**_row(version))))

    async def remove(self, name: str, number: int) -> None:
        """Forget a version; its number is not given again."""
        query = versions.delete().where(versions.c.name == name, versions.c.version == number)
        await self._database.write(lambda connection: connection.execute(query))

    async def history(self, name: str) -> list[AliasSpan] | None:
        """Which version bore which alias, oldest first; None for a model that there never was."""
        return await self._database.read(lambda connection: _read_history(connection, name))

    async def set_history(self, name: str, spans: Sequence[AliasSpan]) -> None:
        """Write the history anew, and with it where the aliases point to."""
        await self._database.write(lambda connection: _write_history(connection, name, spans))

    async def rebuild(self, found: Iterable[tuple[Model, Sequence[AliasSpan]]]) -> None:
        """Make the tables say what the files say."""

        def change(connection: sa.Connection) -> None:
            for table in (history, aliases, versions, models):
                connection.execute(table.delete())
            for model, spans in found:
                connection.execute(models.insert().values(name=model.name, last_version=model.latest))
                for version in model.versions:
                    _insert(connection, version)
                _write_history(connection, model.name, spans)

        await self._database.write(change)


def _insert(connection: sa.Connection, version: ModelVersion) -> None:
    last = connection.execute(sa.select(models.c.last_version).where(models.c.name == version.name)).scalar()
    if last is None:
        connection.execute(models.insert().values(name=version.name, last_version=version.version))
    else:
        higher = models.update().where(models.c.name == version.name, models.c.last_version < version.version)
        connection.execute(higher.values(last_version=version.version))
    connection.execute(versions.insert().values(**_row(version)))


def _write_history(connection: sa.Connection, name: str, spans: Sequence[AliasSpan]) -> None:
    for table in (aliases, history):
        connection.execute(table.delete().where(table.c.name == name))
    for alias, number in current(spans).items():
        connection.execute(aliases.insert().values(name=name, alias=alias, version=number))
    if spans:
        rows = [{"name": name, "position": at, **_span_row(span)} for at, span in enumerate(spans)]
        connection.execute(history.insert(), rows)


def _read_history(connection: sa.Connection, name: str) -> list[AliasSpan] | None:
    if connection.execute(sa.select(models.c.name).where(models.c.name == name)).scalar() is None:
        return None
    rows = connection.execute(_where(history, name).order_by(history.c.position)).mappings()
    return [_span({str(key): value for key, value in row.items()}) for row in rows]


def _span_row(span: AliasSpan) -> dict[str, Any]:
    until = None if span.until is None else span.until.timestamp()
    ending = None if span.ending is None else span.ending.value
    fields = {field: getattr(span, field) for field in span.__struct_fields__}
    return {**fields, "how": span.how.value, "since": span.since.timestamp(), "until": until, "ending": ending}


def _span(row: dict[str, Any]) -> AliasSpan:
    until = None if row["until"] is None else utc(row["until"])
    fields = {key: value for key, value in row.items() if key not in ("name", "position")}
    return msgspec.convert({**fields, "since": utc(row["since"]), "until": until}, AliasSpan)


def _row(version: ModelVersion) -> dict[str, Any]:
    row = {field: getattr(version, field) for field in version.__struct_fields__ if field != "aliases"}
    messages = {"trust": msgspec.to_builtins(version.trust), "lineage": msgspec.to_builtins(version.lineage)}
    return {**row, **messages, "format": version.format.value, "created": version.created.timestamp()}


def _read_models(connection: sa.Connection, name: str | None = None) -> list[Model]:
    rows = connection.execute(_where(versions, name).order_by(versions.c.name, versions.c.version.desc()))
    pointers: dict[str, dict[str, int]] = {}
    for alias in connection.execute(_where(aliases, name).order_by(aliases.c.alias)):
        pointers.setdefault(alias.name, {})[alias.alias] = alias.version
    grouped: dict[str, list[ModelVersion]] = {}
    for row in rows.mappings():
        named = [alias for alias, number in pointers.get(row["name"], {}).items() if number == row["version"]]
        grouped.setdefault(row["name"], []).append(_version(dict(row), named))
    return [Model(key, items[0].version, pointers.get(key, {}), items) for key, items in grouped.items()]


def _where(table: sa.Table, name: str | None) -> sa.Select[Any]:
    return sa.select(table) if name is None else sa.select(table).where(table.c.name == name)


def _version(row: dict[str, Any], named: list[str]) -> ModelVersion:
    """A row as a message; where a row of before has no value, the message's own default stands."""
    fields = {**row, "created": utc(row["created"]), "aliases": named}
    known = {str(key): value for key, value in fields.items() if value is not None or key in _NULLABLE}
    return msgspec.convert(known, ModelVersion)
