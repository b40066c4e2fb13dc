from __future__ import annotations

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.serving.inference.http.app import _HANDLERS
from jupyter_crispdm.serving.inference.http.fast_path import FastPath


async def often(request: Request) -> Response:
    name = request.path_params["name"]
    if name == "none":
        raise NotFound("There is none.")
    if name == "broken":
        raise ZeroDivisionError
    return PlainTextResponse(name)


async def rest(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("rest")(scope, receive, send)


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("POST", "/often/a%20b", 200, "a b"),
        ("GET", "/often/a", 200, "rest"),
        ("POST", "/often/a/b", 200, "rest"),
        ("POST", "/often/none", 404, "There is none."),
        ("POST", "/often/broken", 500, "Something went wrong inside the service."),
    ],
)
async def test_what_is_asked_often_is_answered_directly(method: str, path: str, status: int, text: str) -> None:
    direct = FastPath(rest, [(Route("/often/{name}", often, methods=["POST"]), often)], _HANDLERS)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(direct), base_url="http://127.0.0.1") as client:
        answer = await client.request(method, path)
    assert answer.status_code == status
    assert text in answer.text
