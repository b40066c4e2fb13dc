"""A job that replaces its own files: it is told why they cannot be read, and everybody else is served."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
from pathlib import Path

import pytest

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.jobs.room import JobsRoom

from .test_jobs_api import Api, api, running

__all__ = ["api"]


async def a_job(api: Api, crispdm: CrispdmApp) -> tuple[str, Path]:
    """A running job and its directory."""
    _, made, _ = await api("POST", "jobs", {"command": ["sleep", "600"]})
    await running(api, made["id"])
    return made["id"], crispdm.room(JobsRoom).manager.directory(made["id"])


async def stop(api: Api, id: str) -> None:
    assert (await api("POST", f"jobs/{id}/stop", {"grace": [0, 0]}))[0] == 202


@pytest.mark.proves("jobs.own-files")
async def test_a_pipe_in_the_place_of_the_log_keeps_nobody_waiting(api: Api, crispdm: CrispdmApp) -> None:
    """Six requests for such a log took all threads for ever, and `stop` with them."""
    id, directory = await a_job(api, crispdm)
    (directory / "output.log").unlink()
    os.mkfifo(directory / "output.log")
    answers = await asyncio.gather(*(api("GET", f"jobs/{id}/log") for _ in range(30)))
    for status, body, _ in answers:
        assert status == 404
        assert body["message"] == "It cannot be read: 'output.log' is a pipe, not a file."
    await stop(api, id)


@pytest.mark.proves("jobs.own-files")
async def test_metrics_that_cannot_be_read_say_so(api: Api, crispdm: CrispdmApp) -> None:
    id, directory = await a_job(api, crispdm)
    (directory / "metrics" / "1-a.bin").write_bytes(bytes(28))
    os.mkfifo(directory / "metrics" / "1-a.names")
    _, metrics, _ = await api("GET", f"jobs/{id}/metrics")
    assert list(metrics["series"]) == ["#0"]
    assert metrics["trouble"] == "Some of the metrics cannot be read: '1-a.names' is a pipe, not a file."
    (directory / "metrics" / "1-a.names").unlink()
    with (directory / "metrics.order").open("ab") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        _, metrics, _ = await api("GET", f"jobs/{id}/metrics")
        assert "locked by a program" in metrics["trouble"]
        await stop(api, id)


@pytest.mark.proves("files.links")
@pytest.mark.parametrize("what", ["artifacts", ""])
async def test_behind_a_link_nothing_is_served(
    api: Api, crispdm: CrispdmApp, tmp_path: Path, what: str
) -> None:
    id, directory = await a_job(api, crispdm)
    (directory / "artifacts" / "mine.txt").write_text("mine")
    await stop(api, id)
    moved = tmp_path / "moved"
    shutil.move(directory / what, moved)
    (directory / what).symlink_to(moved)
    assert (await api("GET", f"jobs/{id}/artifacts"))[1] == {"artifacts": []}
    assert (await api("GET", f"jobs/{id}/artifacts/mine.txt"))[0] == 404
    if what == "":
        status, body, _ = await api("GET", f"jobs/{id}/log")
        assert (status, body["message"]) == (404, f"It cannot be read: 'output.log' lies behind a link, '{id}'.")
        directory.unlink()
        moved.rename(directory)


@pytest.mark.proves("lists.one-bad")
async def test_an_artifact_whose_name_is_no_text_does_not_spoil_the_list(api: Api, crispdm: CrispdmApp) -> None:
    id, directory = await a_job(api, crispdm)
    (directory / "artifacts" / "good.txt").write_text("x")
    (directory / "artifacts" / os.fsdecode(b"\xff\xfe")).write_text("x")
    status, found, _ = await api("GET", f"jobs/{id}/artifacts")
    assert (status, [one["path"] for one in found["artifacts"]]) == (200, ["good.txt"])
    await stop(api, id)
