"""The first rows of tables that are text."""

from __future__ import annotations

import pytest

from jupyter_crispdm.files.showing.tables import decoded, first_rows, separator_of
from tests.support import grows_evenly


@pytest.mark.proves("files.preview")
@pytest.mark.parametrize(
    ("text", "separator"),
    [("a,b\n1,2\n", ","), ("a;b\n1,5;2,5\n", ";"), ("a\tb\n1\t2\n", "\t"), ("a|b|c\n1|2|3\n", "|"),
     ('"x,y";b\n"1,2";3\n', ";"), ("a\n1\n", ","), ("", ",")],
)  # fmt: skip
def test_the_sign_that_separates_is_found(text: str, separator: str) -> None:
    assert separator_of(text) == separator


@pytest.mark.proves("files.preview")
def test_names_types_and_rows_are_read() -> None:
    found = first_rows("name;size\n张三;1.5\nB;2\n".encode(), 10, is_whole=True)
    assert found.columns == [("name", "text"), ("size", "number")]
    assert found.rows == [["张三", "1.5"], ["B", "2"]]
    assert (found.separator, found.encoding, found.more) == (";", "utf-8", False)


def test_a_first_row_of_numbers_names_nothing() -> None:
    found = first_rows(b"1,2\n3,4\n", 10, is_whole=True)
    assert [name for name, _ in found.columns] == ["column 1", "column 2"]
    assert len(found.rows) == 2


def test_rows_of_different_length_are_filled() -> None:
    found = first_rows(b"a,b\n1\n1,2,3\n", 10, is_whole=True)
    assert found.rows == [["1", None, None], ["1", "2", "3"]]
    assert found.columns[2][0] == "column 3"


def test_no_more_rows_than_asked_and_none_that_is_cut() -> None:
    head = b"a,b\n" + b"1,2\n" * 5 + b"3,"
    assert len(first_rows(head, 3, is_whole=False).rows) == 3
    cut = first_rows(head, 100, is_whole=False)
    assert (len(cut.rows), cut.more) == (5, True)
    whole = first_rows(b"a,b\n1,2\n", 1, is_whole=True)
    assert (len(whole.rows), whole.more) == (1, False)


@pytest.mark.parametrize("raw", [b"", b"\n\n", b'"', b"a,\"b\nc", b"\r\r\r", b"\xff\xfe", b"a\x00b,c", b"," * 5000])
def test_nothing_odd_breaks_it(raw: bytes) -> None:
    found = first_rows(raw, 10, is_whole=True)
    assert len(found.columns) <= 200


def test_cells_and_columns_are_bounded() -> None:
    found = first_rows(b"x" * 100_000 + b"," * 1000, 10, is_whole=True)
    assert len(found.columns) == 200
    assert all(len(name) <= 500 for name, _ in found.columns)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("ü".encode(), ("ü", "utf-8")), ("\ufeffa".encode(), ("a", "utf-8-sig")), ("ü".encode("utf-16"), ("ü", "utf-16")),
     ("ü".encode("cp1252") + b" some more text", ("ü some more text", "cp1252")), ("aü".encode()[:-1], ("a", "utf-8"))],
)  # fmt: skip
def test_letters_are_read_as_they_were_written(raw: bytes, expected: tuple[str, str]) -> None:
    assert decoded(raw) == expected


def test_looking_takes_no_longer_than_reading() -> None:
    assert grows_evenly(lambda size: first_rows(b'"a,;' * size, 10, is_whole=True), 2000)
