"""`POST proxy` on a real server: who may, what it answers, and that it ends with who asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError
from traitlets.config import Config

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.auth.roles import ROLE_TABLE, Role
from jupyter_crispdm.proxy.allowing import AllowList
from jupyter_crispdm.proxy.room import ProxyRoom
from tests.support import eventually, soon
from tests.unit.proxy.upstream import Upstream, upstream


def tens(message: dict[str, int]) -> int:
    return message["n"] * 10


@pytest.fixture
def jp_server_config(jp_server_config: Config) -> Config:
    jp_server_config.CrispdmApp.proxy_transforms = {"tens": tens, "loads": "json:loads"}
    jp_server_config.CrispdmApp.proxy_bytes = 2**20
    jp_server_config.CrispdmApp.proxy_seconds = 60.0
    jp_server_config.CrispdmApp.proxy_silence_seconds = 30.0
    return jp_server_config


@asynccontextmanager
async def allowed(crispdm: CrispdmApp) -> AsyncIterator[Upstream]:
    """An upstream that the server may ask, as if it had been listed."""
    async with upstream() as standing:
        room = crispdm.room(ProxyRoom)
        room.manager._upstreams._allowed = AllowList([standing.address])
        yield standing


async def ask(jp_fetch: Any, body: dict[str, Any], accept: str = "application/x-ndjson", **rest: Any) -> Any:
    headers = {"Accept": accept}
    return await jp_fetch(
        "crispdm", "api", "proxy", method="POST", body=json.dumps(body), headers=headers, **rest
    )


@pytest.mark.proves("live.proxy", "proxy.settings")
async def test_an_upstream_is_passed_on_as_lines_or_as_events(crispdm: CrispdmApp, jp_fetch: Any) -> None:
    async with allowed(crispdm) as standing:
        url = f"{standing.address}/sse"
        lines = await ask(jp_fetch, {"url": url, "transform": "tens"})
        assert lines.headers["Content-Type"] == "application/x-ndjson"
        assert lines.headers["X-Accel-Buffering"] == "no"
        assert lines.body == b"10\n20\n30\n"
        events = await ask(jp_fetch, {"url": url, "accept": "sse"}, "text/event-stream")
        assert events.headers["Content-Type"] == "text/event-stream"
        assert events.body.startswith(b'id: 1\ndata: {"n":1}\n\n')
        assert "spy" not in events.headers.get("Set-Cookie", "")
        assert not {"cookie", "authorization"} & standing.asked[0].headers.keys()


async def test_what_an_upstream_does_wrong_is_told_in_our_shape(crispdm: CrispdmApp, jp_fetch: Any) -> None:
    async with allowed(crispdm) as standing:
        with pytest.raises(HTTPClientError) as refused:
            await ask(jp_fetch, {"url": f"{standing.address}/broken"})
        assert refused.value.code == 502
        assert refused.value.response is not None
        told = json.loads(refused.value.response.body)
        assert (told["code"], told["details"]["status"]) == ("upstream_failed", 404)


@pytest.mark.proves("proxy.roles", "files.proxying")
async def test_without_a_list_nobody_is_asked(crispdm: CrispdmApp, jp_fetch: Any) -> None:
    async with upstream() as standing:
        with pytest.raises(HTTPClientError) as refused:
            await ask(jp_fetch, {"url": f"{standing.address}/sse"})
        assert (refused.value.code, standing.asked) == (403, [])


@pytest.mark.proves("proxy.roles")
async def test_analysts_ask_and_viewers_do_not(crispdm: CrispdmApp) -> None:
    assert ROLE_TABLE["proxy", "write"] is Role.ANALYST


@pytest.mark.proves("proxy.leaving")
async def test_a_caller_that_leaves_leaves_the_upstream(
    crispdm: CrispdmApp,
    http_server_client: Any,
    jp_http_port: int,
    jp_auth_header: dict[str, str],
    jp_base_url: str,
) -> None:
    async with allowed(crispdm) as standing:
        reader, writer = await asyncio.open_connection("127.0.0.1", jp_http_port)
        body = json.dumps({"url": f"{standing.address}/gated"})
        writer.write(
            f"POST {jp_base_url}crispdm/api/proxy HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
            f"Authorization: {jp_auth_header['Authorization']}\r\nContent-Type: application/json\r\n\r\n{body}".encode()
        )
        for number in range(3):
            standing.gate.put_nowait(b"data: %d\n\n" % number)
            assert b"%d\n" % number in await soon(reader.readuntil(b"%d\n\r\n" % number))
        writer.close()
        await eventually(lambda: standing.left == 1)
