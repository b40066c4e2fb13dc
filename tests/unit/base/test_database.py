"""The database: migrated, mended, refused."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import jupyter_crispdm.app
import jupyter_crispdm.base.database
from jupyter_crispdm.base.database import Database, DatabaseTooNew, metadata


def _started(directory: Path) -> Database:
    database = Database.in_directory(directory)
    database.start_sync()
    return database


def test_the_migrations_make_exactly_the_tables_that_the_stores_declare(tmp_path: Path) -> None:
    assert jupyter_crispdm.app.ROUTES, "importing the app declares every table"
    database = _started(tmp_path)
    differences = database.read_sync(
        lambda connection: compare_metadata(MigrationContext.configure(connection), metadata))
    database.close_sync()
    assert differences == []


def test_a_second_start_changes_nothing(tmp_path: Path) -> None:
    _started(tmp_path).close_sync()
    before = sorted(path.name for path in tmp_path.iterdir())
    _started(tmp_path).close_sync()
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.proves("machine.database-damaged")
def test_a_damaged_file_is_set_aside_and_a_new_one_made(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "crispdm.db").write_bytes(b"this is no database" * 500)
    _started(tmp_path).close_sync()
    assert (tmp_path / "crispdm.damaged.1").read_bytes().startswith(b"this is no database")
    assert "damaged" in caplog.text


@pytest.mark.proves("machine.database-damaged")
def test_a_file_that_somebody_holds_is_not_taken_for_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command that came while another process held the file moved it aside, with all users."""
    monkeypatch.setattr(jupyter_crispdm.base.database, "_PATIENCE_SECONDS", 0.01)
    _started(tmp_path).close_sync()
    holder = sqlite3.connect(tmp_path / "crispdm.db", isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    late = Database.in_directory(tmp_path)
    with pytest.raises(sa.exc.OperationalError, match="locked"):
        late.start_sync()
    late.close_sync()
    holder.execute("ROLLBACK")
    holder.close()
    assert not [*tmp_path.glob("*.damaged.*")]
    _started(tmp_path).close_sync()


@pytest.mark.proves("machine.database-versions")
def test_a_newer_database_is_refused_with_a_message(tmp_path: Path) -> None:
    _started(tmp_path).close_sync()
    connection = sqlite3.connect(tmp_path / "crispdm.db")
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_future'")
    connection.close()
    database = Database.in_directory(tmp_path)
    with pytest.raises(DatabaseTooNew, match="9999_future"):
        database.start_sync()
    database.close_sync()


@pytest.mark.proves("machine.database-versions")
def test_an_older_database_is_copied_before_it_is_migrated(tmp_path: Path) -> None:
    _started(tmp_path).close_sync()
    _moved(tmp_path / "crispdm.db", command.downgrade, "0004_serving")
    _started(tmp_path).close_sync()
    assert [path.name for path in tmp_path.glob("crispdm.before-*")] == [f"crispdm.before-{_newest()}.1"]


def test_tokens_from_before_owners_belong_to_the_users_who_made_them(tmp_path: Path) -> None:
    """Issue 7: a token belongs to a person. Back and forth, and who is no user any more owns nothing."""
    _started(tmp_path).close_sync()
    file = tmp_path / "crispdm.db"
    connection = sqlite3.connect(file)
    with connection:
        connection.execute("INSERT INTO users VALUES ('ada', 'admin', 'x', 1.0, NULL)")
        for name, maker in (("night_ly", "ada"), ("nightXly", "gone"), ("robot", "token:server"), ("odd", "")):
            connection.execute(
                "INSERT INTO tokens (name, digest, scope, created) VALUES (?, ?, 'read', 1.0)", (name, f"d{name}"))
            for user in ("gone", maker):  # an older token of the same name was another's
                connection.execute(
                    "INSERT INTO audit (time, user, event, detail) VALUES (1.0, ?, 'token created', ?)",
                    (user, f"{name} (read)"))
    connection.close()
    _moved(file, command.downgrade, "0005_schedules")
    assert _owners(file) is None
    _started(tmp_path).close_sync()
    assert _owners(file) == {"night_ly": "ada", "nightXly": "", "robot": "", "odd": ""}
    assert list(tmp_path.glob(f"crispdm.before-{_newest()}.*"))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(jupyter_crispdm.base.database.__file__).parent / "migrations"))
    return config


def _newest() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _moved(file: Path, move: Callable[[Config, str], None], revision: str) -> None:
    config = _config()
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        move(config, revision)
    engine.dispose()


def _owners(file: Path) -> dict[str, str] | None:
    connection = sqlite3.connect(file)
    columns = [row[1] for row in connection.execute("PRAGMA table_info(tokens)")]
    found = dict(connection.execute("SELECT name, owner FROM tokens")) if "owner" in columns else None
    connection.close()
    return found


@pytest.mark.proves("machine.disk-full")
async def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    database = Database.in_directory(tmp_path)
    await database.start()

    def half(connection: sa.Connection) -> None:
        connection.execute(sa.text("CREATE TABLE half (n INTEGER)"))
        connection.execute(sa.text("INSERT INTO half VALUES (1)"))
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        await database.write(half)
    tables = await database.read(lambda connection: sa.inspect(connection).get_table_names())
    await database.close()
    assert "half" not in tables


@pytest.mark.proves("files.modes")
def test_other_accounts_cannot_read_the_database_whatever_the_umask(tmp_path: Path) -> None:
    """Password hashes lay there for everybody when the server made the directory under umask 022."""
    before = os.umask(0)
    try:
        database = Database.in_directory(tmp_path / "new" / "data")
        database.start_sync()
        database.write_sync(lambda connection: connection.execute(sa.text("create table t (x)")))
        modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "new" / "data").iterdir()}
        assert (tmp_path / "new" / "data").stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(before)
        database.close_sync()
    assert modes["crispdm.db"] == 0o600
    assert set(modes.values()) == {0o600}, modes


@pytest.mark.proves("settings.database-url")
def test_a_database_may_be_named_by_its_address(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.db"
    database = Database(f"sqlite:///{elsewhere}")
    database.start_sync()
    tables = database.read_sync(lambda connection: sa.inspect(connection).get_table_names())
    database.close_sync()
    assert elsewhere.is_file()
    assert {"jobs", "users", "alembic_version"} <= {*tables}
