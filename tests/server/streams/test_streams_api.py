"""Streams over HTTP, collected by a job in a real server."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.jobs.room import JobsRoom
from tests.server.streams.conftest import LONG, Streams
from tests.support import eventually


@pytest.mark.proves("streams.http")
async def test_a_stream_is_made_shown_changed_listed_and_deleted(streams: Streams, data_dir: Path) -> None:
    made = await streams.make()
    assert made["alert"] == {
        "field": "probability", "over": 0.5, "under": None, "hysteresis": 0.0, "samples": 1, "seconds": 0.0,
        "quiet": 5.0,
    }  # fmt: skip
    running = await streams.reaches(state="running")
    assert (running["directory"], running["source"]["kind"]) == (str(data_dir / "streams" / "line"), "simulated")
    assert [stream["id"] for stream in (await streams.call("GET"))["streams"]] == ["line"]
    changed = await streams.call("PATCH", "line", body={"window": 20, "alert": None})
    assert (changed["window"], changed["alert"], changed["job"]) == (20, None, made["job"])
    assert await streams.call("DELETE", "line") is None
    assert (await streams.call("GET"))["streams"] == []
    assert not (data_dir / "streams" / "line").exists()
    assert (await streams.refused("GET", "line"))[0] == 404


@pytest.mark.proves("streams.start-stop")
async def test_a_stream_is_stopped_and_goes_on_without_a_gap(streams: Streams) -> None:
    await streams.make(window=LONG)
    await streams.has(10)
    assert (await streams.raw("POST", "line", "stop", body={})).code == 202
    await streams.reaches(state="stopped", reason="")
    last = (await streams.call("GET", "line", "window"))["seq"]
    await streams.call("POST", "line", "start", body={})
    await streams.has(last + 5)
    window = await streams.call("GET", "line", "window", since=str(last - 5))
    assert window["columns"]["seq"][:10] == list(range(last - 4, last + 6))


@pytest.mark.proves("streams.window", "streams.history")
async def test_window_and_history_are_read(streams: Streams) -> None:
    await streams.make(window=5)
    await streams.has(20)
    window = await streams.call("GET", "line", "window")
    assert len(window["columns"]["seq"]) == 5
    assert set(window["columns"]) == {"seq", "time", "value", "probability"}
    history = await streams.call("GET", "line", "history", **{"from": "0", "to": "9e9", "points": "20000"})
    assert history["columns"]["value"][:20] == [float(number) for number in range(1, 21)]
    assert (await streams.refused("GET", "line", "history", points="5"))[1]["details"]["field"] == "points"
    assert (await streams.refused("GET", "line", "window", since="-1"))[0] == 400


@pytest.mark.proves("streams.export")
async def test_samples_are_downloaded(streams: Streams) -> None:
    await streams.make()
    await streams.has(10)
    await streams.call("POST", "line", "labels", body={"from": 0, "to": 9e9, "label": "all"})
    sheet = await streams.raw("GET", "line", "export", format="csv")
    assert sheet.headers["Content-Type"].startswith("text/csv")
    assert "line.csv" in sheet.headers["Content-Disposition"]
    lines = sheet.body.decode().splitlines()
    assert lines[0] == "seq,time,value,probability,label"
    assert lines[1].split(",")[0] == "1"
    assert lines[1].endswith(",all")
    parquet = await streams.raw("GET", "line", "export")
    assert parquet.body.startswith(b"PAR1")
    assert parquet.body.endswith(b"PAR1")


@pytest.mark.proves("streams.survives")
async def test_a_collector_that_is_killed_is_started_again_and_no_number_is_missing(streams: Streams) -> None:
    await streams.make(window=LONG)
    before = await streams.has(10)
    jobs = streams.app.room(JobsRoom).manager
    pid = (await jobs.get(before["job"])).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await eventually(lambda: _attempt(jobs, before["job"], 2))
    killed = (await streams.call("GET", "line", "window"))["seq"]
    after = await streams.has(killed + 30, state="running")
    assert after["job"] == before["job"]
    seq = (await streams.call("GET", "line", "window"))["columns"]["seq"]
    assert seq == list(range(1, seq[-1] + 1))


async def _attempt(jobs: Any, id: str, number: int) -> bool:
    return bool((await jobs.get(id)).attempt == number)


@pytest.mark.proves("streams.events")
async def test_an_alarm_is_listed_and_acted_upon(streams: Streams) -> None:
    await streams.make(seed=3)

    async def alarm() -> Any:
        return (await streams.call("GET", "line", "events", state="all"))["events"]

    (event,) = await eventually(alarm)
    assert (event["id"], event["value"], event["detector"]) == ("a1", 3.0, "alert")
    said = await streams.call("POST", "line", "events", "a1", body={"action": "acknowledge", "comment": "mine"})
    assert said["comment"] == "mine"
    await streams.call("POST", "line", "events", "a1", body={"action": "label", "label": "scratch"})

    async def cleared() -> Any:
        (event,) = await alarm()
        return event if event["state"] == "cleared" else None

    over = await eventually(cleared)
    assert (over["label"], over["ended"] is not None) == ("scratch", True)
    assert (await streams.call("GET", "line", "events", state="open"))["events"] == []
    code, body = await streams.refused("POST", "line", "events", "a1", body={"action": "shelve"})
    assert (code, body["details"]["field"]) == (400, "seconds")
    assert (await streams.refused("POST", "line", "events", "a9", body={"action": "clear"}))[0] == 404


@pytest.mark.proves("streams.labels")
async def test_spans_are_labelled(streams: Streams) -> None:
    await streams.make(start=False)
    label = await streams.call("POST", "line", "labels", body={"from": 1.5, "to": 2.5, "label": "jam"})
    assert (await streams.call("GET", "line", "labels"))["labels"] == [label]
    assert (label["from"], label["to"], label["label"]) == (1.5, 2.5, "jam")
    assert (await streams.refused("POST", "line", "labels", body={"from": 3, "to": 2, "label": "x"}))[0] == 400
    assert await streams.call("DELETE", "line", "labels", str(label["id"])) is None
    assert (await streams.refused("DELETE", "line", "labels", str(label["id"])))[0] == 404


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"id": "test"}, "id"),
        ({"id": "../x"}, "id"),
        ({"source": {"kind": "carrier pigeon"}}, "source.kind"),
        ({"source": {"kind": "simulated", "rate": 0}}, "source.rate"),
        ({"source": {"kind": "mqtt", "host": "b", "topic": "a", "password": "x"}}, "source"),
        ({"source": {"kind": "file", "path": "../../etc/passwd"}}, "source.path"),
        ({"window": 0}, "window"),
        ({"alert": {"over": None}}, "alert.over"),
        ({"detectors": [{"kind": "zscore", "limit": -1}]}, "detectors[0].limit"),
        ({"backup_seconds": 0}, "backup_seconds"),
        ({"keep_days": 0}, "keep_days"),
    ],
)
async def test_what_is_wrong_is_refused_by_field(streams: Streams, fields: dict[str, Any], field: str) -> None:
    body = {"name": "Line", "source": {"kind": "simulated"}, **fields}
    code, answer = await streams.refused("POST", body=body)
    assert code in (400, 422)
    assert answer["details"]["field"] == field
    assert (await streams.call("GET"))["streams"] == []


async def test_the_job_of_a_stream_is_not_run_a_second_time(streams: Streams) -> None:
    made = await streams.make()
    await streams.reaches(state="running")
    with pytest.raises(Exception, match="409"):
        await streams._fetch(
            "crispdm", "api", "jobs", made["job"], "rerun", method="POST", body="{}", allow_nonstandard_methods=True
        )
