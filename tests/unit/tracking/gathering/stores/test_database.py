"""SQLite's files, read without SQLite: what SQLite wrote, in every form that a tracker may choose."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_crispdm.base.files.regular import Unreadable
from jupyter_crispdm.tracking.gathering.stores.database import Database, columns_of
from jupyter_crispdm.tracking.gathering.stores.pages import Pages, Torn
from jupyter_crispdm.tracking.gathering.stores.records import Damaged, number, row
from tests.examples import examples

TABLE = "CREATE TABLE metrics (name TEXT, value FLOAT, step BIGINT, PRIMARY KEY (name, step))"


@contextmanager
def written(path: Path, mode: str = "DELETE", page: int = 4096) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA page_size = {page}")
        connection.execute(f"PRAGMA journal_mode = {mode}")
        connection.execute("PRAGMA wal_autocheckpoint = 7")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(TABLE)
        yield connection


@contextmanager
def opened(path: Path) -> Iterator[Pages]:
    pages = Pages(path, path.parent)
    try:
        yield pages
    finally:
        pages.close()


def rows(path: Path, after: int = 0, table: str = "metrics") -> list[tuple[int, list[Any]]]:
    with opened(path) as pages:
        database = Database(pages)
        found = [*database.rows(database.tables(table)[table].root, after)]
        pages.check()
    return found


def last(path: Path) -> int:
    with opened(path) as pages:
        database = Database(pages)
        return database.last(database.tables("metrics")["metrics"].root)


@pytest.mark.proves("training.found-database")
@pytest.mark.parametrize("mode", ["DELETE", "TRUNCATE", "PERSIST", "WAL"])
@pytest.mark.parametrize("page", [512, 4096, 65536])
def test_every_row_is_read_in_order_while_the_writer_has_it_open(tmp_path: Path, mode: str, page: int) -> None:
    path = tmp_path / "a.db"
    with written(path, mode, page) as connection:
        for step in range(1200):
            connection.execute("INSERT INTO metrics VALUES (?, ?, ?)", (f"loss{step % 3}", 1 / (step + 1), step))
        found = rows(path)
        assert found == [(step + 1, [f"loss{step % 3}", 1 / (step + 1), step]) for step in range(1200)]
        assert rows(path, 1195) == found[1195:]
        assert last(path) == 1200
    assert rows(path) == found


VALUES = st.one_of(
    st.none(), st.floats(allow_nan=False), st.integers(-(2**63), 2**63 - 1), st.text(max_size=40), st.binary(max_size=9)
)


@settings(max_examples=examples(60))
@given(
    st.lists(st.lists(VALUES, min_size=3, max_size=3), max_size=60),
    st.sampled_from([512, 1024, 4096]),
    st.sampled_from(["DELETE", "WAL"]),
    st.sets(st.integers(1, 60)),
)
def test_rows_of_any_values_are_what_sqlite_says(
    tmp_path_factory: pytest.TempPathFactory, values: list[list[Any]], page: int, mode: str, gone: set[int]
) -> None:
    path = tmp_path_factory.mktemp("any") / "a.db"
    with written(path, mode, page) as connection:
        connection.execute("CREATE TABLE other (a, b, c)")
        connection.executemany("INSERT INTO other VALUES (?, ?, ?)", values)
        connection.executemany("DELETE FROM other WHERE rowid = ?", [(one,) for one in gone])
        expected = [(one[0], [*one[1:]]) for one in connection.execute("SELECT rowid, * FROM other ORDER BY rowid")]
        assert rows(path, table="other") == expected


def test_a_row_that_is_too_long_for_a_page_has_its_first_values(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with written(path, page=512) as connection:
        connection.execute("INSERT INTO metrics VALUES ('a', 1.5, ?)", ("x" * 5000,))
        connection.execute("INSERT INTO metrics VALUES ('b', 2.5, 7)")
    assert rows(path) == [(1, ["a", 1.5]), (2, ["b", 2.5, 7])]


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_what_is_not_committed_is_not_there(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "a.db"
    with written(path, mode) as connection:
        connection.execute("INSERT INTO metrics VALUES ('a', 1, 1)")
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO metrics VALUES ('b', 2, ?)", [(step,) for step in range(3000)])
        if mode == "WAL":
            assert rows(path) == [(1, ["a", 1.0, 1])]
        else:
            with pytest.raises(Torn):
                rows(path)
        connection.execute("ROLLBACK")
        assert rows(path) == [(1, ["a", 1.0, 1])]


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_what_is_written_while_it_is_read_is_noticed(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "a.db"
    with written(path, mode) as connection, opened(path) as pages:
        pages.check()
        connection.execute("INSERT INTO metrics VALUES ('a', 1, 1)")
        with pytest.raises(Torn):
            pages.check()


def test_a_log_that_is_begun_while_it_is_read_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with written(path, "WAL"):
        pass
    assert not path.with_name("a.db-wal").exists()
    with opened(path) as pages, closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("INSERT INTO metrics VALUES ('a', 1, 1)")
        with pytest.raises(Torn):
            pages.check()


def test_a_change_that_a_dead_writer_left_half_done_is_no_truth(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with written(path):
        pass
    path.with_name("a.db-journal").write_bytes(bytes.fromhex("d9d505f920a163d7") + bytes(100))
    with pytest.raises(Torn):
        rows(path)
    path.with_name("a.db-journal").write_bytes(bytes(500))  # finished, and kept for the next
    assert rows(path) == []


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0", b"SQLite format 3\0" + bytes(200), b"text" * 100])
def test_what_is_no_database_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.db").write_bytes(content)
    with pytest.raises(Damaged):
        rows(tmp_path / "a.db")


def test_a_database_with_texts_in_another_form_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        connection.execute("PRAGMA encoding = 'UTF-16le'")
        connection.execute(TABLE)
    with pytest.raises(Damaged):
        rows(tmp_path / "a.db")


def test_no_link_is_followed(tmp_path: Path) -> None:
    with written(tmp_path / "real.db"):
        pass
    (tmp_path / "a.db").symlink_to("real.db")
    with pytest.raises(Unreadable):
        rows(tmp_path / "a.db")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "a.db"
    with written(path, page=512) as connection:
        connection.executemany("INSERT INTO metrics VALUES ('a', 1, ?)", [(step,) for step in range(300)])
    return path.read_bytes()


@settings(max_examples=examples(150))
@given(st.data())
def test_damage_anywhere_ends_in_rows_or_is_said(
    tmp_path_factory: pytest.TempPathFactory, whole: bytes, data: st.DataObject
) -> None:
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(100, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("damaged") / "a.db"
    path.write_bytes(damaged[: data.draw(st.integers(0, len(damaged)))])
    try:
        found = rows(path)
    except (Damaged, struct.error, IndexError, KeyError):
        return
    assert len(found) <= 100_000


def test_pages_that_lead_to_each_other_end_somewhere(tmp_path: Path, whole: bytes) -> None:
    damaged = bytearray(whole)
    root = next(at for at in range(512, len(whole), 512) if whole[at] == 5)
    struct.pack_into(">I", damaged, root + 8, root // 512 + 1)  # the last child of a page is the page
    (tmp_path / "a.db").write_bytes(damaged)
    with pytest.raises(Damaged):
        rows(tmp_path / "a.db")
    with pytest.raises(Damaged):
        last(tmp_path / "a.db")


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("CREATE TABLE t (a INT, b TEXT)", ["a", "b"]),
        ('CREATE TABLE "t" (\n\t"key" VARCHAR(250) NOT NULL, \n\tvalue FLOAT DEFAULT (1), PRIMARY KEY (key, value))',
         ["key", "value"]),
        ("CREATE TABLE t (a, CONSTRAINT c CHECK (a IN (0, 1)), b)", ["a", "b"]),
        ("CREATE TABLE t", []),
        ("CREATE TABLE t (", []),
    ],
)  # fmt: skip
def test_columns_are_named_by_the_text_that_made_the_table(text: str, columns: list[str]) -> None:
    assert columns_of(text) == columns


def test_numbers_have_one_to_nine_bytes() -> None:
    assert number(b"\x05", 0) == (5, 1)
    assert number(b"\x81\x00", 0) == (128, 2)
    assert number(b"\xff" * 9, 0) == (-1, 9)
    with pytest.raises(Damaged):
        number(b"\xff\xff", 0)
    with pytest.raises(Damaged):
        row(b"\x02\x0a")  # a type that SQLite keeps for itself
