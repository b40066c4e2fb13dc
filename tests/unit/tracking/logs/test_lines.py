"""Lines around any place of a log."""

from __future__ import annotations

import os
import random
import tracemalloc
from pathlib import Path

import pytest

from jupyter_crispdm.base.errors import BadRequest, NotFound
from jupyter_crispdm.tracking.logs.lines import MOST_BYTES
from jupyter_crispdm.tracking.logs.manager import LogManager
from jupyter_crispdm.tracking.logs.types import LinesQuery, LogLines
from jupyter_crispdm.worker.output.times import RECORD, SUFFIX


@pytest.fixture
def log(tmp_path: Path) -> Path:
    (tmp_path / "job").mkdir()
    return tmp_path / "job" / "output.log"


def put(file: Path, content: str | bytes) -> None:
    file.write_bytes(content.encode() if isinstance(content, str) else content)


async def around(log: Path, at: int | None = None, before: int = 0, after: int = 200) -> LogLines:
    return await LogManager().lines(log, LinesQuery(at=at, before=before, after=after))


async def test_the_last_lines(log: Path) -> None:
    put(log, "one\ntwo\nthree\n")
    found = await around(log, before=2)
    assert [(line.at, line.text) for line in found.lines] == [(4, "two"), (8, "three")]
    assert (found.start, found.end, found.size) == (4, 14, 14)
    put(log, "one\ntwo\nhalf")
    assert [line.text for line in (await around(log, before=1)).lines] == ["two", "half"]


async def test_a_log_that_is_not_there_yet_has_none(log: Path) -> None:
    found = await around(log, before=5)
    assert (found.lines, found.start, found.end, found.size) == ([], 0, 0, 0)


async def test_any_place_of_any_log(log: Path) -> None:
    luck = random.Random(7)
    lines = ["", "a", "größe " * 3, "x" * 300]
    texts = [luck.choice(lines) + str(n) for n in range(3000)]
    data = "".join(text + "\n" for text in texts).encode()
    put(log, data)
    starts = [0]
    for text in texts:
        starts.append(starts[-1] + len(text.encode()) + 1)
    for _ in range(60):
        line, before, after = luck.randrange(3000), luck.randrange(500), luck.randrange(500)
        at = luck.randrange(starts[line], starts[line + 1])
        found = await around(log, at, before, after)
        first, last = max(0, line - before), min(3000, line + after)
        assert [one.text for one in found.lines] == texts[first:last]
        assert [one.at for one in found.lines] == starts[first:last]
        assert (found.start, found.end) == (starts[first], starts[last])


@pytest.mark.proves("training.log-gigabyte")
async def test_a_place_costs_the_same_in_a_log_of_a_gigabyte(log: Path) -> None:
    with log.open("wb") as file:
        file.truncate(1 << 30)  # sparse: one line of a gigabyte
        file.seek(1 << 29)
        file.write(b"\nhere\n")
    tracemalloc.start()
    try:
        found = await around(log, (1 << 29) + 3, 3, 3)
        assert "here" in [line.text for line in found.lines]
        assert (await around(log, (1 << 30) - 10, 2000, 2000)).end == 1 << 30
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()
    assert found.end - found.start <= 2 * MOST_BYTES


async def test_a_character_is_never_cut(log: Path) -> None:
    put(log, "ä" * 3_000_000)
    for at in (999_999, 2_000_001, 5_999_999):
        found = await around(log, at, 1, 1)
        assert found.lines
        assert found.start % 2 == 0


async def test_lines_with_the_time_at_which_they_were_printed(log: Path) -> None:
    put(log, "one\ntwo\nthree\n")
    put(Path(f"{log}{SUFFIX}"), RECORD.pack(4, 100.5) + RECORD.pack(8, 101.0))
    assert [line.time for line in (await around(log, 0)).lines] == [None, 100.5, 101.0]


@pytest.mark.parametrize(
    ("field", "query"),
    [
        ("at", LinesQuery(at=-1)), ("at", LinesQuery(at=2**60)), ("before", LinesQuery(before=5001)),
        ("after", LinesQuery(after=-1)),
    ],
)  # fmt: skip
async def test_a_range_that_cannot_be_names_its_field(log: Path, field: str, query: LinesQuery) -> None:
    with pytest.raises(BadRequest) as error:
        await LogManager().lines(log, query)
    assert error.value.details["field"] == field


async def test_a_log_that_is_none(log: Path) -> None:
    os.mkfifo(log)
    with pytest.raises(NotFound, match="is a pipe, not a file"):
        await around(log)
