"""Samples of files, whatever is done to them meanwhile."""

from __future__ import annotations

import asyncio
import json
import threading
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.live.follower import Turns
from jupyter_crispdm.streams.mapping import Mapper
from jupyter_crispdm.streams.sources.files import FileSource
from jupyter_crispdm.streams.sources.files import source as source_module
from jupyter_crispdm.streams.sources.files.follower import LONGEST_LINE, LineFollower
from jupyter_crispdm.streams.sources.files.lines import CsvLines, JsonLines
from jupyter_crispdm.streams.sources.files.position import read_positions
from tests.support import FakeClock, nap, open_below
from tests.unit.streams.sources.reading import Reading

pytestmark = pytest.mark.usefixtures("jp_asyncio_loop")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    directory = tmp_path / "stream"
    directory.mkdir()
    return directory


@pytest.fixture
def data(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    data.mkdir()
    return data


def source(path: Path, directory: Path, kind: str = "auto", **more: Any) -> FileSource:
    return FileSource(path, directory, kind, sleep=nap, **more)


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


async def read(path: Path, directory: Path, count: int, **more: Any) -> list[Any]:
    """What a source that is started anew delivers first."""
    async with Reading(source(path, directory, **more)) as reading:
        payloads = await reading.payloads(count)
    return payloads


@pytest.mark.proves("streams.files")
async def test_lines_come_as_they_are_written(data: Path, directory: Path) -> None:
    file = data / "line.jsonl"
    append(file, '{"value": 1}\n{"value": 2}\n')
    async with Reading(source(file, directory)) as reading:
        assert await reading.payloads(2) == [b'{"value": 1}', b'{"value": 2}']
        append(file, '\n \n{"value": 3}\n')
        assert (await reading.payloads(3))[2] == b'{"value": 3}'
        assert reading.source.trouble == ""


@pytest.mark.proves("streams.files")
async def test_a_line_is_taken_once_it_is_whole(data: Path, directory: Path) -> None:
    file = data / "line.jsonl"
    append(file, '{"value"')
    async with Reading(source(file, directory)) as reading:
        append(file, ": 1")
        append(file, "}\n{")
        assert await reading.payloads(1) == [b'{"value": 1}']
    append(file, '"value": 2}\n')
    assert await read(file, directory, 1) == [b'{"value": 2}']


@pytest.mark.proves("streams.files")
async def test_a_table_of_commas_becomes_columns(data: Path, directory: Path) -> None:
    file = data / "line.csv"
    append(file, '\ufefftime,value,machine\r\n1700000000,1.5,"A, B"\r\n1700000001,,C\r\n')
    payloads = await read(file, directory, 2)
    assert payloads[0] == {"time": 1_700_000_000.0, "value": 1.5, "machine": "A, B"}
    append(file, "1700000002,3,D,too,many\n1700000003\n")
    payloads = await read(file, directory, 2)
    assert payloads == [{"time": 1_700_000_002.0, "value": 3.0, "machine": "D"}, {"time": 1_700_000_003.0}]


@pytest.mark.parametrize("separator", [";", "\t", "|"])
async def test_other_separators_are_found_out(data: Path, directory: Path, separator: str) -> None:
    append(data / "x.csv", separator.join(["time", "value"]) + "\n" + separator.join(["5", "6"]) + "\n")
    assert await read(data / "x.csv", directory, 1) == [{"time": 5.0, "value": 6.0}]


async def test_a_table_without_a_heading_has_numbered_columns(data: Path, directory: Path) -> None:
    append(data / "x.csv", "1,2\n3,4\n")
    rows = [{"column1": 1.0, "column2": 2.0}, {"column1": 3.0, "column2": 4.0}]
    assert await read(data / "x.csv", directory, 2) == rows


@pytest.mark.proves("streams.files")
async def test_a_table_of_parquet_comes_whole(data: Path, directory: Path) -> None:
    moment = datetime(2023, 11, 14, 22, 13, 20, tzinfo=timezone.utc)
    table = pa.table({"time": [moment] * 2500, "value": [float(number) for number in range(2500)]})
    pq.write_table(table, data / "a.parquet")
    async with Reading(source(data, directory)) as reading:
        await reading.until(lambda: len(Mapper()(reading.got)) == 2500)
        mapped = Mapper()(reading.got)
        assert mapped.columns["value"][-1] == 2499
        assert mapped.columns["time"][0] == 1_700_000_000
    pq.write_table(table.slice(0, 10), data / "b.parquet")
    async with Reading(source(data, directory)) as reading:
        await reading.until(lambda: reading.got)
        assert len(Mapper()(reading.got)) == 10


async def test_a_parquet_file_goes_on_in_its_middle(data: Path, directory: Path) -> None:
    pq.write_table(pa.table({"value": list(range(2500))}), data / "a.parquet")
    first = source(data / "a.parquet", directory)
    reader = first.read()
    await first.stored(await anext(reader))
    await first.close()
    async with Reading(source(data / "a.parquet", directory)) as reading:
        await reading.until(lambda: len(Mapper()(reading.got)) == 1500)
        assert Mapper()(reading.got).columns["value"][0] == 1000


@pytest.mark.proves("streams.files-faults")
async def test_a_torn_parquet_file_is_said_and_read_once_it_is_whole(data: Path, directory: Path) -> None:
    pq.write_table(pa.table({"value": [1]}), data / "whole.parquet")
    (data / "a.parquet").write_bytes((data / "whole.parquet").read_bytes()[:-5])
    (data / "whole.parquet").unlink()
    append(data / "b.jsonl", "1\n")
    async with Reading(source(data, directory)) as reading:
        assert await reading.payloads(1) == [b"1"]
        await reading.until(lambda: "'a.parquet': is no whole parquet file" in reading.source.trouble)
        pq.write_table(pa.table({"value": [2]}), data / "a.parquet")
        assert (await reading.payloads(2))[1] == {"value": [2]}
        assert reading.source.trouble == ""


@pytest.mark.proves("streams.files")
async def test_files_of_a_folder_come_by_name_and_new_ones_are_found(data: Path, directory: Path) -> None:
    append(data / "2.jsonl", "2\n")
    append(data / "1.csv", "value\n1\n")
    append(data / ".hidden.jsonl", "0\n")
    append(data / "_temporary.jsonl", "0\n")
    append(data / "readme.md", "0\n")
    (data / "folder.jsonl").mkdir()
    (data / "link.jsonl").symlink_to(data / "2.jsonl")
    async with Reading(source(data, directory)) as reading:
        assert await reading.payloads(2) == [{"value": 1.0}, b"2"]
        append(data / "3.jsonl", "3\n")
        append(data / "2.jsonl", "2.5\n")
        assert sorted(map(str, (await reading.payloads(4))[2:])) == ["b'2.5'", "b'3'"]


@pytest.mark.proves("streams.files-faults")
async def test_many_files_do_not_use_up_the_descriptors(
    data: Path, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "MOST_OPEN", 5)
    for number in range(30):
        append(data / f"{number:02}.csv", f"value\n{number}\n")
    async with Reading(source(data, directory)) as reading:
        await reading.payloads(30)
        append(data / "07.csv", "70\n")
        assert (await reading.payloads(31))[30] == {"value": 70.0}
        assert len(open_below(data)) < 10


@pytest.mark.proves("streams.files-faults")
async def test_a_file_that_is_rotated_loses_nothing(data: Path, directory: Path) -> None:
    file = data / "line.csv"
    append(file, "value\n1\n")
    async with Reading(source(file, directory)) as reading:
        await reading.payloads(1)
        append(file, "2\n3")  # the last line was never ended
        file.rename(data / "line.csv.1")
        append(file, "value,more\n4,5\n")
        assert (await reading.payloads(4))[1:] == [{"value": 2.0}, {"value": 3.0}, {"value": 4.0, "more": 5.0}]


@pytest.mark.proves("streams.files-faults")
async def test_a_file_that_is_cut_is_read_from_its_start(data: Path, directory: Path) -> None:
    file = data / "line.csv"
    append(file, "value\n1\n2\n")
    async with Reading(source(file, directory)) as reading:
        await reading.payloads(2)
        file.write_text("heat\n3\n")
        assert (await reading.payloads(3))[2] == {"heat": 3.0}


@pytest.mark.proves("streams.files-faults")
async def test_a_file_that_was_cut_while_nobody_read_it_is_read_from_its_start(data: Path, directory: Path) -> None:
    file = data / "line.jsonl"
    append(file, "1\n2\n")
    assert await read(file, directory, 2) == [b"1", b"2"]
    file.write_text("3\n")
    assert await read(file, directory, 1) == [b"3"]


@pytest.mark.proves("streams.files-faults")
async def test_a_line_without_an_end_costs_itself_alone(data: Path, directory: Path) -> None:
    file = data / "line.jsonl"
    append(file, "1\n" + "x" * (3 * LONGEST_LINE) + "\n2\n")
    assert await read(file, directory, 3) == [b"1", b"", b"2"]


@pytest.mark.proves("streams.files-faults")
async def test_what_is_no_file_is_said(data: Path, directory: Path) -> None:
    (data / "elsewhere").write_text("secret")
    (data / "link.jsonl").symlink_to(data / "elsewhere")
    async with Reading(source(data / "none.jsonl", directory)) as reading:
        await reading.until(lambda: "'none.jsonl': No such file" in reading.source.trouble)
        append(data / "none.jsonl", "1\n")
        await reading.payloads(1)
        assert reading.source.trouble == ""
    async with Reading(source(data / "link.jsonl", directory)) as reading:
        await reading.until(lambda: "is a link, not a file" in reading.source.trouble)
        assert reading.got == []


@pytest.mark.proves("streams.files")
async def test_the_place_is_kept_once_samples_are_stored(data: Path, directory: Path) -> None:
    file = data / "line.csv"
    append(file, "value\n1\n2\n")
    async with Reading(source(file, directory), store=False) as reading:
        await reading.payloads(2)
    assert await read(file, directory, 2) == [{"value": 1.0}, {"value": 2.0}]
    append(file, "3\n")
    assert await read(file, directory, 1) == [{"value": 3.0}]


async def test_a_look_that_is_left_as_the_source_is_closed_leaves_no_file_open(
    data: Path, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking, goes_on, names = threading.Event(), threading.Event(), FileSource._names

    def held(self: FileSource) -> list[str]:
        looking.set()
        assert goes_on.wait(60)
        return names(self)

    append(data / "x.jsonl", "1\n")
    monkeypatch.setattr(FileSource, "_names", held)
    ended, turn = threading.Event(), Turns._turn

    def told(self: Turns, call: Any) -> Any:
        try:
            return turn(self, call)
        finally:
            ended.set()

    monkeypatch.setattr(Turns, "_turn", told)
    async with Reading(source(data, directory)):
        assert await asyncio.to_thread(looking.wait, 60)
    goes_on.set()
    assert await asyncio.to_thread(ended.wait, 60)
    assert open_below(data) == []


async def test_the_place_is_written_once_a_second(data: Path, directory: Path) -> None:
    clock = FakeClock()
    append(data / "x.jsonl", "1\n")
    follower = source(data, directory, clock=clock)
    reader = follower.read()
    await follower.stored(await anext(reader))
    assert read_positions(directory, str(data)) is None
    append(data / "x.jsonl", "2\n")
    clock.advance(1.5)
    await follower.stored(await anext(reader))
    positions = read_positions(directory, str(data))
    assert positions is not None
    assert positions.files["x.jsonl"].at == 4
    await follower.close()


async def test_what_was_there_before_can_be_left_out(data: Path, directory: Path) -> None:
    append(data / "a.csv", "value\n1\n")
    append(data / "b.jsonl", "torn")
    pq.write_table(pa.table({"value": [1]}), data / "c.parquet")
    follower = source(data, directory, from_start=False)
    assert await asyncio.to_thread(follower._look) == []
    await follower.close()
    append(data / "a.csv", "2\n")
    append(data / "d.jsonl", "new\n")
    assert await read(data, directory, 2, from_start=False) == [{"value": 2.0}, b"new"]


async def test_another_path_begins_anew(data: Path, directory: Path) -> None:
    append(data / "a.jsonl", "1\n")
    append(data / "b.jsonl", "2\n")
    await read(data / "a.jsonl", directory, 1)
    assert await read(data / "b.jsonl", directory, 1) == [b"2"]


@pytest.mark.parametrize("content", [b"", b"{", b'{"path": 5}', b"\xff"])
async def test_a_broken_memory_of_places_costs_doubles_only(data: Path, directory: Path, content: bytes) -> None:
    append(data / "a.jsonl", "1\n")
    (directory / "position.json").write_bytes(content)
    assert await read(data / "a.jsonl", directory, 1) == [b"1"]


async def test_files_that_are_gone_are_forgotten(data: Path, directory: Path) -> None:
    append(data / "a.jsonl", "1\n")
    append(data / "b.jsonl", "2\n")
    await read(data, directory, 2)
    (data / "a.jsonl").unlink()
    append(data / "b.jsonl", "3\n")
    await read(data, directory, 1)
    positions = read_positions(directory, str(data))
    assert positions is not None
    assert list(positions.files) == ["b.jsonl"]


@given(st.lists(st.binary(max_size=12), max_size=8), st.lists(st.integers(0, 60), max_size=6))
def test_however_a_file_is_written_each_line_comes_once(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], cuts: list[int]
) -> None:
    content = b"".join(line.replace(b"\n", b"") + b"\n" for line in lines)
    path = tmp_path_factory.mktemp("grown") / "file"
    path.touch()
    places = sorted({min(cut, len(content)) for cut in cuts} | {len(content)})
    follower, got, begin = LineFollower(path, None, JsonLines), [], 0
    for end in places:
        with path.open("ab") as file:
            file.write(content[begin:end])
        begin = end
        while pieces := follower.read(3):
            got += [piece.payload for piece in pieces]
        if end % 2:
            follower.close()
    follower.close()
    assert got == [line.strip() for line in content.split(b"\n") if line.strip()]


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(0, 9)), max_size=4), st.binary(max_size=50))
def test_no_table_breaks_its_reader(rows: list[dict[str, int]], noise: bytes) -> None:
    lines = CsvLines()
    lines.begin(noise)
    for row in rows:
        found = lines.message(json.dumps(row).encode())
        assert found is None or isinstance(found, dict)
    assert isinstance(lines.message(noise) or {}, dict)
