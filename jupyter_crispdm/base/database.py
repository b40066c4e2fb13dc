"""The database: SQLAlchemy Core, one writer at a time, never on the event loop.

Tables are declared beside their queries, in each room's ``store.py``, on the one `metadata` here.
Migrations are in ``base/migrations``; `Database.start` brings an older file up to date, under a lock and
after a backup, sets a damaged one aside, and refuses one that is newer than this program.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from .errors import StorageFull

_T = TypeVar("_T")
_log = logging.getLogger(__name__)
_READERS = 4
_PATIENCE_SECONDS = 30.0  # for whoever holds the file
_WRITES = "crispdm_writes"

metadata = sa.MetaData(
    naming_convention={"pk": "pk_%(table_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s",
                       "ix": "ix_%(table_name)s_%(column_0_name)s", "uq": "uq_%(table_name)s_%(column_0_name)s"}
)


class DatabaseTooNew(Exception):
    """The database was written by a newer version of the program."""


class Database:
    """Reads and writes in threads; writes one after another, each a transaction of its own."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self._engine = _make_engine(self.url)
        self._writing = self._engine.execution_options(**{_WRITES: True})
        self._writer = ThreadPoolExecutor(1, "crispdm-db-write")
        self._readers = ThreadPoolExecutor(_READERS, "crispdm-db-read")

    @classmethod
    def in_directory(cls, directory: Path) -> Database:
        """The SQLite database of a data directory."""
        return cls(f"sqlite:///{directory / 'crispdm.db'}")

    def start_sync(self) -> None:
        """Create or migrate the tables. Raises DatabaseTooNew."""
        self._set_aside_when_damaged()
        with self._writing.begin() as connection:
            migrate(connection, self._file)

    async def start(self) -> None:
        """Create or migrate the tables, off the event loop. Raises DatabaseTooNew."""
        await self._run(self._writer, self.start_sync)

    async def read(self, query: Callable[[sa.Connection], _T]) -> _T:
        """Run a function that only reads, with a connection of its own, in a thread."""
        return await self._run(self._readers, self.read_sync, query)

    async def write(self, change: Callable[[sa.Connection], _T]) -> _T:
        """Run a function as one transaction in the writer's thread. Raises StorageFull."""
        return await self._run(self._writer, self.write_sync, change)

    def read_sync(self, query: Callable[[sa.Connection], _T]) -> _T:
        """`read` for a program without an event loop."""
        with self._engine.connect() as connection:
            return query(connection)

    def write_sync(self, change: Callable[[sa.Connection], _T]) -> _T:
        """`write` for a program without an event loop. Raises StorageFull."""
        try:
            with self._writing.begin() as connection:
                return change(connection)
        except sa.exc.OperationalError as error:
            if "disk is full" in str(error.orig):
                raise StorageFull("The disk is full: the database was not changed.") from error
            raise

    async def close(self) -> None:
        """Finish what was begun and close the connections."""
        await asyncio.to_thread(self.close_sync)

    def close_sync(self) -> None:
        """`close` for a program without an event loop."""
        self._writer.shutdown()
        self._readers.shutdown()
        self._engine.dispose()

    @property
    def _file(self) -> Path | None:
        if self.url.get_backend_name() != "sqlite" or self.url.database in (None, "", ":memory:"):
            return None
        return Path(str(self.url.database))

    async def _run(self, executor: ThreadPoolExecutor, function: Callable[..., _T], *args: Any) -> _T:
        return await asyncio.get_running_loop().run_in_executor(executor, function, *args)

    def _set_aside_when_damaged(self) -> None:
        file = self._file
        if file is None or not file.exists() or _is_sound(file):
            return
        aside = _free_name(file.with_suffix(".damaged"))
        _log.error("The database %s is damaged. It was moved to %s and is rebuilt from the job directories; "
                   "users and models registered since the last backup may be missing.", file, aside)
        self._engine.dispose()
        file.rename(aside)
        for suffix in ("-wal", "-shm"):
            file.with_name(file.name + suffix).unlink(missing_ok=True)


def migrate(connection: sa.Connection, file: Path | None = None) -> None:
    """Bring the tables to the newest revision; a file is copied first. Raises DatabaseTooNew."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    script = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_revision()
    known = {revision.revision for revision in script.walk_revisions()}
    if current is not None and current not in known:
        raise DatabaseTooNew(
            f"The database is at revision {current}, which this version does not know. "
            "Install the newer jupyter_crispdm again, or restore the backup beside the database."
        )
    if current == script.get_current_head():
        return
    if file is not None and current is not None:
        shutil.copy2(file, _free_name(file.with_suffix(f".before-{script.get_current_head()}")))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _make_engine(url: sa.URL) -> sa.Engine:
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url, pool_pre_ping=True)
    if url.database and url.database != ":memory:":
        _make_private(Path(url.database))
    engine = sa.create_engine(url, connect_args={"timeout": _PATIENCE_SECONDS, "check_same_thread": False})
    sa.event.listen(engine, "connect", _configure_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(file: Path) -> None:
    """The file, readable by this account alone: SQLite gives its other files the same mode."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(OSError):  # it is there already, or cannot be made: then SQLite says why
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def _configure_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    """Begin ourselves: the driver would leave changes of tables outside the transaction.

    A writer takes the lock at once; one that first read and then wrote could find the lock taken.
    """
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _is_sound(file: Path) -> bool:
    connection = sqlite3.connect(file, timeout=_PATIENCE_SECONDS)
    try:
        return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlite3.OperationalError:  # somebody holds it, or the disk does not answer: nobody knows it to be damaged
        return True
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()


def _free_name(path: Path) -> Path:
    candidates = (path.with_name(f"{path.name}.{n}") for n in range(1, 1_000_000))
    return next(name for name in candidates if not name.exists())
