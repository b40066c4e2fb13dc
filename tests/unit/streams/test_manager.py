from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.errors import Conflict, NotFound, StorageFull, Unavailable, Unprocessable
from jupyter_crispdm.jobs.types import JobState, Notify
from jupyter_crispdm.streams.types import (
    Alert,
    ExportQuery,
    FileSource,
    MqttSource,
    SimulatedSource,
    Spec,
    Stream,
    StreamChange,
    StreamState,
    ThresholdDetector,
)
from tests.support import eventually
from tests.unit.streams.playing import Line, batch, record, say


def spec(line: Line, id: str = "line") -> Spec:
    return msgspec.json.decode((line.root / id / "stream.json").read_bytes(), type=Spec)


async def seen(line: Line, id: str = "line") -> Stream:
    await line.streams.look(id)
    return line.streams.get(id)


@pytest.mark.proves("streams.http")
async def test_a_stream_is_made_and_collected_by_a_job_of_the_servers_own(line: Line) -> None:
    stream = await line.make(id="line")
    assert stream.state is StreamState.starting
    (submission,) = line.jobs.submitted
    assert line.jobs.services == [True]
    assert submission.command == ["collect", str(line.root / "line")]
    assert (submission.tags, submission.notify, submission.timeout) == (["stream"], Notify.never, None)
    assert stream.job == submission.id
    say(line.root / "line", seq=5, received=5, rate=10.0, lag=0.1)
    running = await seen(line)
    assert (running.state, running.seq, running.rate, running.lag) == (StreamState.running, 5, 10.0, 0.1)


@pytest.mark.proves("streams.start-stop")
async def test_a_stream_is_stopped_and_started(line: Line) -> None:
    stream = await line.make(id="line")
    say(line.root / "line", seq=5)
    stopped = await line.streams.stop("line")
    assert line.jobs.stopped == [stream.job]
    assert (stopped.state, stopped.reason) == (StreamState.stopped, "The collector is ending.")
    line.jobs.become(str(stream.job), JobState.stopped)
    assert (await seen(line)).reason == ""
    line.clock.advance(10)
    again = await line.streams.start("line")
    assert again.job != stream.job
    assert len(line.jobs.submitted) == 2
    assert (await line.streams.start("line")).job == again.job
    assert len(line.jobs.submitted) == 2


async def test_a_stream_that_is_started_while_it_ends_begins_when_that_is_over(line: Line) -> None:
    stream = await line.make(id="line")
    await line.streams.stop("line")
    await line.streams.start("line")
    assert len(line.jobs.submitted) == 1
    line.jobs.become(str(stream.job), JobState.stopped)
    line.clock.advance(10)
    await seen(line)
    assert len(line.jobs.submitted) == 2


async def test_a_stream_may_be_made_without_collecting(line: Line) -> None:
    assert (await line.make(id="line", start=False)).state is StreamState.stopped
    assert line.jobs.submitted == []


@pytest.mark.proves("streams.survives")
@pytest.mark.parametrize("state", [JobState.lost, JobState.failed, JobState.succeeded])
async def test_a_collector_that_is_gone_is_replaced_for_as_long_as_it_is_wanted(line: Line, state: JobState) -> None:
    stream = await line.make(id="line")
    line.jobs.become(str(stream.job), state, reason="killed")
    assert (await seen(line)).state is StreamState.failed
    line.clock.advance(10)
    again = await seen(line)
    assert again.job != stream.job
    assert again.state is StreamState.starting


@pytest.mark.proves("streams.survives")
async def test_after_a_restart_a_collector_goes_on_and_one_that_is_gone_is_replaced(line: Line) -> None:
    going, gone = await line.make(id="going"), await line.make(id="gone")
    del line.jobs.jobs[str(gone.job)]
    other = await line.again()
    other.clock.advance(10)
    assert (await seen(other, "going")).job == going.job
    assert (await seen(other, "gone")).job != gone.job
    await other.streams.stop("going")
    assert line.jobs.stopped == [going.job]
    await other.close()


async def test_who_stops_the_job_stops_the_stream(line: Line) -> None:
    stream = await line.make(id="line")
    line.jobs.become(str(stream.job), JobState.stopped)
    line.clock.advance(10)
    stopped = await seen(line)
    assert (stopped.state, stopped.reason) == (StreamState.stopped, "Its job was stopped.")
    assert len(line.jobs.submitted) == 1
    assert (await line.streams.start("line")).reason == ""


async def test_a_source_that_has_ended_is_not_begun_again(line: Line) -> None:
    stream = await line.make(id="line")
    say(line.root / "line", seq=5, state=StreamState.stopped, reason="The recording is over.")
    line.jobs.become(str(stream.job), JobState.succeeded)
    line.clock.advance(10)
    await seen(line)
    over = await seen(line)
    assert (over.state, over.reason) == (StreamState.stopped, "The recording is over.")


@pytest.mark.proves("streams.changed")
async def test_limits_and_window_change_while_it_collects(line: Line) -> None:
    await line.make(id="line")
    change = StreamChange(window=50, alert=Alert(over=0.9), detectors=[ThresholdDetector(over=1.0)], name="Other")
    changed = await line.streams.change("line", change)
    assert (changed.window, changed.name, changed.alert) == (50, "Other", Alert(over=0.9))
    assert (spec(line).window, spec(line).alert, len(spec(line).detectors)) == (50, Alert(over=0.9), 1)
    assert line.jobs.stopped == []
    assert (await line.streams.change("line", StreamChange(alert=None))).alert is None
    assert (await line.streams.change("line", StreamChange(shared=False))).window == 50


@pytest.mark.proves("streams.changed")
async def test_another_source_gets_another_collector(line: Line) -> None:
    stream = await line.make(id="line")
    changed = await line.streams.change("line", StreamChange(source=SimulatedSource(rate=99)))
    assert line.jobs.stopped == [stream.job]
    assert changed.source == SimulatedSource(rate=99)
    line.jobs.become(str(stream.job), JobState.stopped)
    line.clock.advance(10)
    assert (await seen(line)).job != stream.job


@pytest.mark.proves("streams.http")
async def test_a_stream_that_is_deleted_ends_first_and_leaves_nothing(line: Line) -> None:
    stream = await line.make(id="line")
    deleted: list[str] = []
    line.streams.on_delete(deleted.append)
    record(line.root / "line", batch(1, 10))
    removing = asyncio.ensure_future(line.streams.remove("line"))
    await eventually(lambda: line.jobs.stopped == [stream.job])
    assert (line.root / "line").exists()
    line.jobs.become(str(stream.job), JobState.stopped)
    await removing
    assert deleted == ["line"]
    assert not (line.root / "line").exists()
    await eventually(lambda: not list((line.root / ".gone").iterdir()))
    with pytest.raises(NotFound):
        line.streams.get("line")
    assert (await line.make(id="line")).seq == 0


async def test_a_collector_that_does_not_end_keeps_its_directory(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    await line.make(id="line")
    monkeypatch.setattr("jupyter_crispdm.streams.manager._ENDING_SECONDS", -1.0)
    with pytest.raises(Unavailable):
        await line.streams.remove("line")
    assert line.streams.get("line").state is StreamState.stopped


@pytest.mark.proves("streams.limits")
async def test_how_many_there_are_and_what_they_keep_is_limited(tmp_path: Path) -> None:
    line = await Line(tmp_path, streams=1, days=7.0, bytes=5_000_000).open()
    await line.make(id="line", keep_days=30.0, keep_bytes=2_000_000)
    assert (spec(line).keep_seconds, spec(line).keep_bytes) == (7 * 86400.0, 2_000_000)
    with pytest.raises(Unprocessable):
        await line.make()
    with pytest.raises(Conflict):
        await line.make(id="line")
    await line.close()


async def test_what_could_not_be_made_leaves_nothing(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: Any) -> None:
        raise StorageFull("The disk is full.")

    monkeypatch.setattr(line.streams._store, "put", full)
    with pytest.raises(StorageFull):
        await line.make(id="line")
    assert line.streams.all() == []
    assert not (line.root / "line").exists()


async def test_a_collector_that_cannot_be_started_is_tried_again_and_says_why(line: Line) -> None:
    line.jobs.refuse = Unavailable("Too many open files.")
    stream = await line.make(id="line")
    assert stream.state is StreamState.failed
    assert stream.reason == "The collector could not be started: Too many open files."
    line.jobs.refuse = None
    line.clock.advance(10)
    assert (await seen(line)).state is StreamState.starting


@pytest.mark.proves("streams.secrets")
async def test_a_password_is_in_nothing_that_anybody_is_shown(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINE_PASSWORD", "geheim")
    source = MqttSource(host="broker", topic="line", username="ada", password_env="LINE_PASSWORD")
    stream = await line.make(id="line", source=source)
    told = b"".join(map(msgspec.json.encode, [stream, *line.jobs.submitted, *line.jobs.jobs.values()]))
    assert b"geheim" not in told
    files = [path for path in (line.root / "line").iterdir() if path.is_file()]
    assert [path.name for path in files if b"geheim" in path.read_bytes()] == ["secrets.json"]
    monkeypatch.delenv("LINE_PASSWORD")
    with pytest.raises(Unprocessable):
        await line.streams.start("line")


async def test_what_a_source_reads_is_told_to_the_collector(line: Line) -> None:
    await line.make(id="line", source=FileSource(path="a.csv"))
    assert spec(line).place == str(line.files / "a.csv")


@pytest.mark.proves("streams.window", "streams.history", "streams.export")
async def test_window_history_and_export_read_what_was_recorded(line: Line) -> None:
    await line.make(id="line", window=10)
    record(line.root / "line", batch(1, 30))
    assert (await line.streams.window("line", None)).columns["seq"] == list(range(21, 31))
    assert (await line.streams.window("line", 28)).columns["seq"] == [29, 30]
    assert (await line.streams.history("line", None, None, 100)).columns["seq"] == list(range(1, 31))
    export = await line.streams.export("line", ExportQuery(format="csv"))
    assert b"".join([piece async for piece in export.pieces]).count(b"\r\n") == 31
    with pytest.raises(NotFound):
        await line.streams.window("nobody", None)


@pytest.mark.proves("streams.table")
async def test_each_change_is_told_once(line: Line) -> None:
    told: list[Stream] = []
    line.streams.on_change(told.append)
    await line.make(id="line")
    say(line.root / "line", seq=5)
    await seen(line)
    count = len(told)
    await seen(line)
    assert len(told) == count
    say(line.root / "line", seq=6, updated=1.0)
    assert (await seen(line)).seq == told[-1].seq == 6


async def test_the_loop_looks_by_itself_and_a_broken_stream_keeps_nobody_from_the_rest(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    await line.make(id="broken")
    await line.make(id="line")
    real = line.streams.look

    async def look(id: str) -> None:
        if id == "broken":
            raise OSError("broken")
        await real(id)

    monkeypatch.setattr(line.streams, "look", look)
    line.streams._loop.start()
    say(line.root / "line", seq=5)
    await eventually(lambda: line.streams.get("line").seq == 5)
    await line.streams.close()
