from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from jupyter_crispdm.base.errors import CrispdmError
from jupyter_crispdm.serving.inference.http.admission import Admission
from jupyter_crispdm.serving.inference.http.rendering import rendered
from jupyter_crispdm.serving.inference.settings import InferenceSettings, RequestLimits


async def told(request: Request, error: Exception) -> Response:
    assert isinstance(error, CrispdmError)
    status, headers, body = rendered(error)
    return Response(body, status, headers, "application/json")


async def length(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


length_of = Starlette(routes=[Route("/", length, methods=["GET", "POST"])], exception_handlers={CrispdmError: told})


def client(tmp_path: Path, token: str | None = None, host: str = "127.0.0.1") -> httpx.AsyncClient:
    settings = InferenceSettings(tmp_path, host=host, token=token, limits=RequestLimits(body=1000, in_flight=2000))
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(Admission(length_of, settings)), base_url="http://127.0.0.1:8503"
    )


@pytest.mark.parametrize("host", ["127.0.0.1:8503", "localhost", "LOCALHOST:1", "[::1]:8503"])
async def test_this_machine_by_its_names(tmp_path: Path, host: str) -> None:
    async with client(tmp_path) as asked:
        assert (await asked.get("/", headers={"host": host})).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "localhost:8503:1", "a b", "127.0.0.1@evil"]
)
async def test_a_foreign_host_is_refused(tmp_path: Path, host: str) -> None:
    async with client(tmp_path) as asked:
        answer = await asked.get("/", headers={"host": host})
    assert answer.status_code == 403
    assert set(answer.json()) == {"message", "reason", "code", "details"}


@pytest.mark.proves("door.framing")
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8888"},
        {"origin": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_foreign_pages_are_refused(tmp_path: Path, headers: dict[str, str]) -> None:
    async with client(tmp_path) as asked:
        assert (await asked.post("/", headers=headers)).status_code == 403
        assert (await asked.get("/", headers=headers)).status_code == 403


async def test_its_own_page_is_not(tmp_path: Path) -> None:
    async with client(tmp_path) as asked:
        answer = await asked.post("/", headers={"origin": "http://127.0.0.1:8503", "sec-fetch-site": "same-origin"})
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


async def test_a_body_over_the_limit(tmp_path: Path) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 100

    async with client(tmp_path) as asked:
        assert (await asked.post("/", content=b"x" * 1000)).text == "1000"
        assert (await asked.post("/", content=b"x" * 1001)).status_code == 413
        assert (await asked.post("/", content=endless())).status_code == 413
        for length_ in ("-1", "1e3", "9" * 30):
            assert (await asked.post("/", headers={"content-length": length_})).status_code == 413


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", "Basic aaaaaaaaaaaaaaaa", "Bearer é"])
async def test_a_token_is_asked_for(tmp_path: Path, authorization: str) -> None:
    async with client(tmp_path, "a" * 16) as asked:
        answer = await asked.get("/", headers={b"authorization": authorization.encode()})
        assert answer.status_code == 401
        for scheme in ("Bearer", "token"):
            assert (await asked.get("/", headers={"authorization": f"{scheme} {'a' * 16}"})).status_code == 200
        assert (await asked.get("/", params={"token": "a" * 16})).status_code == 401


async def test_other_addresses_answer_to_any_name(tmp_path: Path) -> None:
    async with client(tmp_path, "a" * 16, "0.0.0.0") as asked:
        headers = {"host": "models.example", "authorization": f"Bearer {'a' * 16}"}
        assert (await asked.get("/", headers=headers)).status_code == 200
