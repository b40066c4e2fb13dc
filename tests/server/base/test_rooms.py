"""The rooms of a real server: what they declare is what they offer, and one that fails is named."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp

from jupyter_crispdm.app import KINDS, TOPICS, CrispdmApp
from jupyter_crispdm.auth.roles import ROLE_TABLE
from jupyter_crispdm.base.http.route import Routes
from jupyter_crispdm.base.readiness import Stage
from jupyter_crispdm.base.rooms.house import RoomFailed
from jupyter_crispdm.base.rooms.room import Room, name_of
from jupyter_crispdm.jobs.room import JobsRoom
from jupyter_crispdm.schedules.room import SchedulesRoom
from tests.support import soon


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_a_room_offers_the_verbs_that_it_declares(kind: type[Room], crispdm: CrispdmApp) -> None:
    groups: list[type[Routes]] = [type(group) for group in crispdm.room(kind).groups()]
    assert groups == list(kind.routes)


async def test_the_hub_has_every_topic_that_is_declared(crispdm: CrispdmApp) -> None:
    names = {topic.pattern.replace("{id}", "j1") for topic in TOPICS}
    assert {crispdm.context.hub.find(name)[0].topic for name in names} == set(TOPICS)


def test_who_sees_all_of_a_topic_that_is_shown_in_part_has_a_row(crispdm: CrispdmApp) -> None:
    names = [topic.pattern.replace("{id}", "j1") for topic in TOPICS]
    families = [crispdm.context.hub.find(name)[0] for name in names]
    asked = {(family.topic.resource, "all") for family in families if family.has_shown}
    assert ("jobs", "all") in asked
    assert asked - ROLE_TABLE.keys() == set(), "without a row the connection of whoever follows it would end"


async def test_when_a_room_does_not_start_it_is_named_and_nothing_is_accepted(
    jp_serverapp: ServerApp, jp_fetch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    app: CrispdmApp = next(iter(jp_serverapp.extension_manager.extension_apps["jupyter_crispdm"]))
    closed: list[str] = []

    async def fails(self: SchedulesRoom) -> None:
        raise OSError("the disk is gone")

    async def close(self: JobsRoom) -> None:
        closed.append("jobs")
        await really(self)

    really = JobsRoom.close
    monkeypatch.setattr(SchedulesRoom, "start", fails)
    monkeypatch.setattr(JobsRoom, "close", close)
    with pytest.raises(RoomFailed, match="The room 'schedules' did not start: the disk is gone"):
        await app._start_jupyter_server_extension(jp_serverapp)
    assert closed == ["jobs"]
    assert json.loads((await jp_fetch("crispdm", "api", "health")).body)["status"] == "failed"
    told = await jp_fetch("crispdm", "api", "jobs", raise_error=False)
    assert (told.code, json.loads(told.body)["message"]) == (
        503, "The workbench did not start. The server's log says why.",
    )  # fmt: skip


async def test_a_server_that_ends_while_its_rooms_start_leaves_none_open(
    jp_serverapp: ServerApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    app: CrispdmApp = next(iter(jp_serverapp.extension_manager.extension_apps["jupyter_crispdm"]))
    begins, told = asyncio.Event(), []

    async def takes_long(self: SchedulesRoom) -> None:
        begins.set()
        await asyncio.Event().wait()

    async def close(self: SchedulesRoom) -> None:
        told.append(app.context.readiness.stage)

    monkeypatch.setattr(SchedulesRoom, "start", takes_long)
    monkeypatch.setattr(SchedulesRoom, "close", close)
    starting = asyncio.create_task(app._start_jupyter_server_extension(jp_serverapp))
    await soon(begins.wait())
    await soon(app.stop_extension())
    await soon(starting)
    assert told == [Stage.STOPPING]
    assert app.context.readiness.stage is Stage.STOPPING
