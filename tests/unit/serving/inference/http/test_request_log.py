"""The log of predictions."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.serving.inference.http import request_log
from jupyter_crispdm.serving.inference.http.request_log import FORMER, RequestLog, log_of
from jupyter_crispdm.serving.inference.notes import begin_notes, note

pytestmark = pytest.mark.usefixtures("jp_asyncio_loop")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def add(log: RequestLog, rows: int = 1, **notes: Any) -> None:
    log.add(1.7e9, 0.0125, 200, {"model": "lamp", "version": 1, "rows": rows, **notes})


@pytest.mark.proves("serving.request-log")
async def test_a_request_is_a_line(tmp_path: Path) -> None:
    log = RequestLog(tmp_path)
    add(log, score=0.5)
    log.add(1.7e9, 0.1, 503, {"model": "lamp", "other": "left out"})
    log.add(1.7e9, 0.1, 200, {})  # not to a model
    await log.write()
    assert lines(log_of(tmp_path)) == [
        {"time": 1.7e9, "model": "lamp", "version": 1, "rows": 1, "score": 0.5, "ms": 12.5, "status": 200},
        {"time": 1.7e9, "model": "lamp", "ms": 100.0, "status": 503},
    ]
    assert log_of(tmp_path).stat().st_mode & 0o77 == 0


@pytest.mark.proves("serving.request-log")
async def test_two_files_of_bounded_size_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_log, "MOST_BYTES", 1000)
    log = RequestLog(tmp_path)
    for number in range(100):
        add(log, number)
        await log.write()
    former = log_of(tmp_path).with_name(FORMER)
    kept = [entry["rows"] for path in (former, log_of(tmp_path)) for entry in lines(path)]
    assert kept == list(range(kept[0], 100))
    assert sum(path.stat().st_size for path in (former, log_of(tmp_path))) <= 2000
    assert len(os.listdir(former.parent)) == 2


@pytest.mark.proves("serving.request-log")
async def test_what_the_disk_does_not_take_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    log = RequestLog(tmp_path / "gone")
    for _ in range(3):
        add(log)
        await log.write()
    assert [record.message[:37] for record in caplog.records] == ["Requests cannot be kept in the log: ["]
    (tmp_path / "gone").mkdir()
    add(log, 7)
    await log.write()
    assert [entry["rows"] for entry in lines(log_of(tmp_path / "gone"))] == [7]


async def test_a_disk_that_becomes_full_keeps_no_half_of_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    log = RequestLog(tmp_path)
    add(log, 1)
    await log.write()
    write, pieces = os.write, [20]

    def written(handle: int, data: bytes) -> int:
        if not pieces:
            raise OSError(28, "No space left on device")
        return write(handle, data[: pieces.pop()])

    add(log, 2)
    with monkeypatch.context() as disk:
        disk.setattr(os, "write", written)
        await log.write()
    assert "No space left on device" in caplog.text
    add(log, 3)
    await log.write()
    assert [line["rows"] for line in lines(log_of(tmp_path))] == [1, 3]


async def test_what_is_taken_in_pieces_is_written_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write, log = os.write, RequestLog(tmp_path)
    for number in range(3):
        add(log, number)
    with monkeypatch.context() as disk:
        disk.setattr(os, "write", lambda handle, data: write(handle, data[:7]))
        await log.write()
    assert [line["rows"] for line in lines(log_of(tmp_path))] == [0, 1, 2]


async def test_a_flood_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(request_log, "MOST_WAITING", 5)
    log = RequestLog(tmp_path)
    for _ in range(8):
        add(log)
    await log.write()
    assert len(lines(log_of(tmp_path))) == 5
    assert caplog.records[0].message == "3 requests were left out of the log."


async def test_what_is_left_is_written_at_the_end(tmp_path: Path) -> None:
    log = RequestLog(tmp_path)
    writing = asyncio.create_task(log.run())
    await asyncio.sleep(0)
    add(log)
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    assert len(lines(log_of(tmp_path))) == 1


async def test_a_link_in_place_of_the_log_is_not_followed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    log_of(tmp_path).parent.mkdir()
    log_of(tmp_path).symlink_to(tmp_path / "elsewhere")
    log = RequestLog(tmp_path)
    add(log)
    await log.write()
    assert not (tmp_path / "elsewhere").exists()
    assert "cannot be kept in the log" in caplog.text


async def test_notes_reach_the_request_they_are_about() -> None:
    note(model="nobody's")

    async def answer(number: int) -> dict[str, Any]:
        notes = begin_notes()
        await asyncio.sleep(0)
        await asyncio.to_thread(note, rows=number)
        return notes

    assert list(await asyncio.gather(answer(1), answer(2))) == [{"rows": 1}, {"rows": 2}]


async def test_many_lines_are_written_in_parts_and_in_order(tmp_path: Path) -> None:
    log = RequestLog(tmp_path)
    for number in range(3 * request_log._AT_ONCE + 1):
        add(log, number)
    await log.write()
    assert [line["rows"] for line in lines(log_of(tmp_path))] == list(range(3 * request_log._AT_ONCE + 1))
