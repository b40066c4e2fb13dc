"""Which part of a file is asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.http.ranges import OutsideFile, part, tag_of

SIZE = 100


def asked(text: str, method: str = "GET", **more: str) -> tuple[int, int] | None:
    return part(method, {"Range": text, **more}, SIZE, '"now"')


@pytest.mark.proves("streaming.ranges")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("bytes=0-9", (0, 10)),
        ("bytes=90-", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=99-99", (99, 100)),
        ("bytes=50-1000", (50, 100)),
        ("bytes=-1000", (0, 100)),
        ("Bytes = 0 - 9", (0, 10)),
    ],
)
def test_one_range_is_a_part(text: str, found: tuple[int, int]) -> None:
    assert asked(text) == found


@pytest.mark.parametrize("text", ["bytes=100-", "bytes=200-300", "bytes=-0", "bytes=9-0", "bytes=9999999999999999999-"])
def test_what_holds_no_byte_is_refused(text: str) -> None:
    with pytest.raises(OutsideFile):
        asked(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bytes=",
        "bytes=-",
        "bytes=0-1,5-6",
        "bytes=0-1, -5",
        "lines=0-9",
        "bytes=a-b",
        "bytes=1.5-2",
        "bytes=٣-٤",
        "bytes 0-9",
        "bytes=0-99999999999999999999",
    ],
)
def test_all_else_is_answered_with_the_whole(text: str) -> None:
    assert asked(text) is None


def test_only_reading_takes_a_part() -> None:
    assert asked("bytes=0-9", "HEAD") == (0, 10)
    assert asked("bytes=0-9", "POST") is None


@pytest.mark.proves("streaming.ranges")
def test_a_part_of_another_file_is_not_given() -> None:
    assert asked("bytes=50-", **{"If-Range": '"now"'}) == (50, 100)
    for other in ('"before"', 'W/"now"', "Tue, 15 Nov 1994 12:45:26 GMT", ""):
        assert asked("bytes=50-", **{"If-Range": other}) is None
    assert asked("bytes=500-", **{"If-Range": '"before"'}) is None


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 150))
def test_a_part_lies_in_the_file_and_holds_something(first: int, last: int, size: int) -> None:
    for text in (f"bytes={first}-{last}", f"bytes={first}-", f"bytes=-{last}"):
        try:
            found = part("GET", {"Range": text}, size, "")
        except OutsideFile:
            assert first >= size or last < first or last == 0 or size == 0
        else:
            assert found is not None
            assert 0 <= found[0] < found[1] <= size


def test_a_file_that_is_written_or_grows_has_another_tag(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"abc")
    os.utime(file, ns=(1, 1))
    tags = {tag_of(file.stat())}
    os.utime(file, ns=(2, 2))
    tags.add(tag_of(file.stat()))
    file.write_bytes(b"abcd")
    os.utime(file, ns=(2, 2))
    tags.add(tag_of(file.stat()))
    assert len(tags) == 3
    assert tag_of(file.stat()) in tags
    assert all(tag.startswith('"') and tag.endswith('"') for tag in tags)
