"""Behind a real nginx with its defaults, and behind jupyter-server-proxy, nothing is held back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from jupyter_crispdm.app import CrispdmApp
from tests.brokers.nginx import Nginx
from tests.brokers.server_proxy import ServerProxy
from tests.server.serving.line import asking, service
from tests.support import eventually, soon

pytestmark = pytest.mark.timeout(180)


class Way(NamedTuple):
    """Where a client asks, and what stands before the address there."""

    port: int
    before: str


@pytest.fixture
def jp_base_url() -> str:
    """One that is the same when it is unquoted: jupyter-server-proxy does that."""
    return "/base/"


@pytest.fixture(params=["nginx", "server-proxy"])
def way(
    request: pytest.FixtureRequest, tmp_path: Path, http_server_client: Any, jp_http_port: int,
    jp_auth_header: dict[str, str],
) -> Iterator[Way]:  # fmt: skip
    if request.param == "nginx":
        # text is packed where a client takes it: that must hold nothing back either
        with Nginx(tmp_path / "nginx", [jp_http_port], "gzip on; gzip_types text/event-stream;") as nginx:
            yield Way(nginx.port, "")
    else:
        token = jp_auth_header["Authorization"].removeprefix("token ")
        with ServerProxy(tmp_path / "proxy", token) as proxy:
            yield Way(proxy.port, f"/proxy/{jp_http_port}")


@pytest.mark.proves("streaming.behind-others", "streaming.unbuffered")
async def test_each_piece_arrives_before_the_next_is_made(
    way: Way, crispdm: CrispdmApp, data_dir: Path, jp_auth_header: dict[str, str], jp_base_url: str
) -> None:
    async with service(data_dir) as standing:
        path = f"{way.before}{jp_base_url}crispdm/serving/openapi.json"
        async with asking(way.port, path, {**jp_auth_header, "Accept": "text/event-stream"}) as line:
            for number in range(20):
                standing.tokens.put_nowait(b"data: %d\n\n" % number)
                if number == 0:
                    status, headers = await line.head()
                    assert (status, headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
                assert await line.piece() == b"data: %d\n\n" % number
                assert standing.made == number + 1
        if not way.before:  # jupyter-server-proxy goes on asking for who has left
            await eventually(lambda: standing.closed == 1)


@pytest.mark.proves("streaming.behind-others")
async def test_live_topics_arrive_as_they_are_told(
    way: Way, crispdm: CrispdmApp, jp_auth_header: dict[str, str], jp_base_url: str, jp_fetch: Any
) -> None:
    path = f"{way.before}{jp_base_url}crispdm/api/live?topic=state/k"
    # of all else jupyter-server-proxy waits for the end
    async with asking(way.port, path, {**jp_auth_header, "Accept": "text/event-stream"}) as line:
        await line.head()
        for value in range(3):
            await jp_fetch("crispdm", "api", "state", "k", method="PUT", body=json.dumps({"value": value}))
            told = b""
            while b'"value":%d' % value not in told:
                told = await soon(line.piece())
