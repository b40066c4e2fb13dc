"""A server listens before its rooms know what a former one left: nobody is told less than the truth meanwhile."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from jupyter_server.serverapp import ServerApp

from jupyter_crispdm.app import ROUTES, CrispdmApp
from jupyter_crispdm.base.readiness import Readiness
from tests.support import Told, eventually, soon

READS = [
    entry
    for group in ROUTES
    if not group.always
    for entry in group.table()
    if (entry.method, entry.prefix) == ("GET", "api") and "{" not in entry.path and entry.query is None
]
"""Answers about all that there is, but those of the prediction service: nothing is deployed here."""


@pytest.fixture
def app(jp_serverapp: ServerApp) -> CrispdmApp:
    """The extension, which has not started."""
    found: CrispdmApp = next(iter(jp_serverapp.extension_manager.extension_apps["jupyter_crispdm"]))
    return found


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Counts the calls that have come as far as to wait for the rooms."""
    calls, wait = Told(), Readiness.wait

    async def counted(self: Readiness, *, command: bool = False) -> None:
        calls.changed()
        await wait(self, command=command)

    monkeypatch.setattr(Readiness, "wait", counted)
    return calls


async def test_whoever_asks_early_is_told_the_truth_when_it_is_known(
    app: CrispdmApp, waiting: Told, jp_serverapp: ServerApp, jp_ws_fetch: Any
) -> None:
    assert len(READS) > 10
    app.context.readiness.patience = 600
    token = {"Authorization": f"token {jp_serverapp.identity_provider.token}"}
    async with httpx.AsyncClient(base_url=f"{jp_serverapp.connection_url}crispdm/", headers=token, timeout=60) as http:
        command = asyncio.create_task(http.post("api/jobs", json={"name": "early", "command": ["true"]}))
        reads = [asyncio.create_task(http.get(f"{entry.prefix}/{entry.path}")) for entry in READS]
        socket = asyncio.ensure_future(jp_ws_fetch("crispdm", "api", "live"))
        await eventually(lambda: waiting.changes == len(READS) + 2)
        assert not any(task.done() for task in (command, socket, *reads))
        assert (await http.get("api/health")).json()["status"] == "starting"
        await app._start_jupyter_server_extension(jp_serverapp)
        assert (await soon(command)).status_code == 201
        answers = {entry.path: (await soon(read)).status_code for entry, read in zip(READS, reads, strict=True)}
    (await soon(socket)).close()
    assert {path: status for path, status in answers.items() if status != 200} == {}
