"""Notices and retention as a server's settings ask for them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp
from traitlets import TraitError
from traitlets.config import Config

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.jobs.room import JobsRoom
from tests.support import eventually
from tests.unit.notices.receivers import Hook

Fetch = Callable[..., Coroutine[Any, Any, Any]]


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook().running() as hook:
        yield hook


@pytest.fixture
def jp_server_config(data_dir: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("CRISPDM_MAIL_PASSWORD", "geheim")
    config = Config()
    config.ServerApp.jpserver_extensions = {"jupyter_crispdm": True}
    config.ServerApp.custom_display_url = "https://lab.example.org/team/"
    config.CrispdmApp.data_dir = str(data_dir)
    config.CrispdmApp.serving_port = 0
    config.CrispdmApp.webhooks = [hook.url]
    config.CrispdmApp.keep_jobs_days = 0
    return config


@pytest.mark.proves("settings.notices")
async def test_the_end_of_a_real_job_is_posted(
    crispdm: CrispdmApp, jp_fetch: Fetch, jp_serverapp: ServerApp, hook: Hook
) -> None:
    body = json.dumps({"command": ["sh", "-c", "echo ${CRISPDM_MAIL_PASSWORD-none}; exit 4"], "name": "night run"})
    response = await jp_fetch("crispdm", "api", "jobs", method="POST", body=body)
    id = json.loads(response.body)["id"]
    await eventually(lambda: hook.got)
    [told] = hook.got
    assert (told["event"], told["job"]["id"], told["job"]["exit_code"]) == ("job.ended", id, 4)
    assert told["text"].startswith("Job “night run” failed after")
    assert told["url"] == f"https://lab.example.org/team/lab?job={id}"
    assert (await crispdm.room(JobsRoom).manager.log(id)).read_text() == "none\n"
    assert "CRISPDM_MAIL_PASSWORD" not in os.environ
    assert await crispdm.room(JobsRoom).retention.sweep() == [id]


@pytest.mark.proves("settings.retention")
@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("webhooks", []),
        ("mail_server", ""),
        ("mail_security", "starttls"),
        ("mail_user", ""),
        ("mail_from", ""),
        ("mail_to", ["{owner}"]),
        ("keep_jobs_days", None),
        ("keep_jobs_bytes", None),
    ],
)
def test_by_default_nobody_is_told_and_everything_is_kept(name: str, default: object) -> None:
    assert getattr(CrispdmApp(), name) == default


@pytest.mark.parametrize(
    ("name", "value"),
    [("keep_jobs_days", -1.0), ("keep_jobs_bytes", -1), ("mail_security", "ssl"), ("webhooks", [1])],
)
def test_a_setting_that_makes_no_sense_is_refused(name: str, value: object) -> None:
    with pytest.raises(TraitError):
        CrispdmApp(**{name: value})
