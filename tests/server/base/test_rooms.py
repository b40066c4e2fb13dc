"""The rooms of a real server: what they declare is what they offer, and one that fails is named."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp

from jupyter_crispdm.app import KINDS, TOPICS, CrispdmApp
from jupyter_crispdm.auth.roles import ROLE_TABLE
from jupyter_crispdm.base.http.route import Routes
from jupyter_crispdm.base.rooms.house import RoomFailed
from jupyter_crispdm.base.rooms.room import Room, name_of
from jupyter_crispdm.jobs.room import JobsRoom
from jupyter_crispdm.schedules.room import SchedulesRoom


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
    assert json.loads((await jp_fetch("crispdm", "api", "health")).body)["status"] == "starting"
