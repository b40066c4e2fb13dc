"""How much there may be of everything, and how often one caller may change it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from traitlets.config import Config

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.base.budget import TALLY, Shared, TokenBucket
from jupyter_crispdm.state.room import StateRoom
from tests.server.auth.conftest import jp_server_config as _config
from tests.server.state.conftest import Session
from tests.support import FakeClock

assert _config


@pytest.fixture
def jp_server_config(jp_server_config: Config) -> Config:
    settings = jp_server_config.CrispdmApp
    settings.state_keys, settings.state_content_bytes, settings.state_total_bytes = 3, 1000, 2000
    settings.state_writes = 3
    return jp_server_config


@pytest.mark.proves("state.limits")
async def test_there_is_room_for_so_much(viewer: Session, analyst: Session) -> None:
    code, refused = await viewer.send("a", b"x" * 1001)
    assert (code, refused["details"]["limit"]) == (413, 1000)
    assert (await viewer.send("a", b"x" * 1000))[0] == 200
    assert (await viewer.send("b", b"x" * 900))[0] == 200
    code, refused = await viewer.put("c", "x" * 200)
    assert (code, refused["details"]["limit"]) == (413, 2000)
    assert (await viewer.put("c", "x"))[0] == 200
    assert (await viewer.put("d", 1))[0] == 422
    assert (await viewer.put("c", 2))[0] == 200, "what is there may still be changed"
    await viewer("DELETE", "/c")
    assert (await viewer.put("d", 1))[0] == 200


@pytest.mark.proves("floods.state", "state.limits")
async def test_who_floods_is_refused_and_the_others_are_not(
    crispdm: CrispdmApp, viewer: Session, analyst: Session
) -> None:
    clock = FakeClock()  # a budget grows with the time that a busy machine takes
    crispdm.room(StateRoom)._budgets._budgets = Shared(lambda: TokenBucket(3, 6, clock))
    before = TALLY.told().get("state changes refused", 0)
    answers = await asyncio.gather(*(viewer("POST", "/n/increment", {}) for _ in range(40)))
    codes = [code for code, _ in answers]
    assert (codes.count(200), codes.count(429)) == (11, 29), "what there is, and what comes in two seconds"
    refused: Any = next(answer for code, answer in answers if code == 429)
    assert refused["details"]["retry_after"] == 1
    assert TALLY.told()["state changes refused"] - before == codes.count(429)
    assert (await analyst.put("k", 1))[0] == 200
    assert await analyst.value("n") == codes.count(200)
