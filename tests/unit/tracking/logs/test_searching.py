"""Searches and errors, as the server asks for them: in a process of their own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from jupyter_crispdm.base.errors import BadRequest, NotFound, TooManyRequests, Unavailable, Unprocessable
from jupyter_crispdm.tracking.logs.manager import LogManager
from jupyter_crispdm.tracking.logs.types import ErrorsQuery, LogError, LogMatch, SearchQuery


@pytest.fixture
def log(tmp_path: Path) -> Path:
    (tmp_path / "job").mkdir()
    return tmp_path / "job" / "output.log"


def put(file: Path, content: str | bytes) -> None:
    file.write_bytes(content.encode() if isinstance(content, str) else content)


def patient() -> LogManager:
    """One whose searches are not broken off: a busy machine may stop them for longer than any of them takes."""
    return LogManager(seconds=600.0, patience=600.0)


async def test_a_text_in_a_log(log: Path) -> None:
    put(log, "one\nthe loss\n")
    found = await patient().search(log, SearchQuery(q="LOSS"))
    assert found.matches == [LogMatch(4, [(4, 8)], "the loss")]
    assert (found.next, found.whole, found.size) == (None, 13, 13)
    assert (await patient().search(log, SearchQuery(q="LOSS", case=True))).matches == []
    assert len((await patient().search(log, SearchQuery(q="^t.e", regex=True))).matches) == 1


async def test_a_log_that_is_not_there_yet(log: Path) -> None:
    assert (await patient().search(log, SearchQuery(q="x"))).matches == []
    assert (await patient().errors(log, ErrorsQuery())).errors == []


async def test_errors_of_a_log(log: Path) -> None:
    put(log, "ok\nTraceback (most recent call last):\n  File \"a.py\", line 1\nOSError: gone\nERROR: again\n")
    found = await patient().errors(log, ErrorsQuery())
    assert found.errors == [LogError(3, "traceback", "OSError: gone"), LogError(74, "error", "ERROR: again")]
    assert (await patient().errors(log, ErrorsQuery(begin=74))).errors == found.errors[1:]


async def test_a_pattern_that_never_ends_is_given_up(log: Path) -> None:
    put(log, "a" * 4000 + "\n")
    with pytest.raises(Unprocessable, match="takes too long"):
        await LogManager(seconds=0.1, patience=1.0).search(log, SearchQuery(q="(a+)+b", regex=True))


@pytest.mark.parametrize(
    ("field", "query"),
    [
        ("q", SearchQuery(q="")), ("q", SearchQuery(q="x" * 1001)), ("q", SearchQuery(q="a\nb")),
        ("q", SearchQuery(q="(", regex=True)), ("begin", SearchQuery(q="a", begin=-1)),
        ("limit", SearchQuery(q="a", limit=0)), ("limit", SearchQuery(q="a", limit=1001)),
    ],
)  # fmt: skip
async def test_what_cannot_be_searched_names_its_field(log: Path, field: str, query: SearchQuery) -> None:
    put(log, "a\n")
    with pytest.raises(BadRequest) as error:
        await patient().search(log, query)
    assert error.value.details["field"] == field


async def test_many_at_once_are_refused_and_the_rest_answered(log: Path) -> None:
    put(log, "x\n")
    manager = patient()
    answers = await asyncio.gather(
        *(manager.search(log, SearchQuery(q="x")) for _ in range(30)), return_exceptions=True
    )
    refused = [one for one in answers if isinstance(one, TooManyRequests)]
    assert len(refused) == 10
    assert len([one for one in answers if not isinstance(one, BaseException) and one.matches]) == 20


async def test_a_search_goes_on_from_where_a_part_ended(log: Path) -> None:
    put(log, "".join(f"hit {n}\n" for n in range(2500)))
    manager = patient()
    begin: int | None = 0
    places: list[int] = []
    while begin is not None:
        found = await manager.search(log, SearchQuery(q="hit", begin=begin, limit=1000))
        places += [match.at for match in found.matches]
        begin = found.next
    assert len(places) == len(set(places)) == 2500


async def test_a_program_that_cannot_be_had_is_said(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(log, "x\n")
    monkeypatch.setattr("jupyter_crispdm.tracking.logs.manager.scan.__file__", "/nowhere/scan.py")
    with pytest.raises(Unavailable, match="could not be searched"):
        await patient().errors(log, ErrorsQuery())
    with pytest.raises(Unprocessable):
        await patient().search(log, SearchQuery(q="x", regex=True))


async def test_whoever_leaves_takes_their_search_along(log: Path) -> None:
    put(log, "a" * 4000 + "\n")
    manager = patient()
    search = asyncio.ensure_future(manager.search(log, SearchQuery(q="(a+)+b", regex=True)))
    await asyncio.sleep(0)
    search.cancel()
    with pytest.raises(asyncio.CancelledError):
        await search
    assert (await manager.search(log, SearchQuery(q="a", case=True))).matches


@pytest.mark.parametrize("kind", ["link", "folder"])
async def test_what_is_no_log_is_not_searched(log: Path, kind: str) -> None:
    if kind == "link":
        log.symlink_to("/etc/passwd")  # noqa: ASYNC240
    else:
        log.mkdir()  # noqa: ASYNC240
    with pytest.raises(NotFound):
        await patient().search(log, SearchQuery(q="root"))
    with pytest.raises(NotFound):
        await patient().errors(log, ErrorsQuery())
