from __future__ import annotations

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.base.http.route import Reply, Routes, route
from jupyter_crispdm.serving.inference.http.app import _HANDLERS
from jupyter_crispdm.serving.inference.http.call import Call
from jupyter_crispdm.serving.inference.http.endpoints import endpoints
from jupyter_crispdm.serving.inference.http.fast_path import FastPath
from jupyter_crispdm.serving.inference.settings import RequestLimits


class Often(Routes):
    prefix = ""

    @route("POST", "often/{name}", answer=bytes, resource="serving")
    async def often(self, call: Call, name: str) -> Reply:
        """Answer."""
        if name == "none":
            raise NotFound("There is none.")
        if name == "broken":
            raise ZeroDivisionError
        return Reply(name.encode(), headers={"Content-Type": "text/plain"})


async def rest(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("rest")(scope, receive, send)


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("POST", "/often/a%20b", 200, "a b"),
        ("GET", "/often/a", 405, "Method Not Allowed."),
        ("POST", "/often/a/b", 200, "rest"),
        ("POST", "/often/none", 404, "There is none."),
        ("POST", "/often/broken", 500, "Something went wrong inside the service."),
    ],
)
async def test_what_is_asked_often_is_answered_directly(method: str, path: str, status: int, text: str) -> None:
    fast = FastPath(rest, endpoints([Often()], RequestLimits()), _HANDLERS)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(fast), base_url="http://127.0.0.1") as client:
        answer = await client.request(method, path)
    assert answer.status_code == status
    assert text in answer.text
