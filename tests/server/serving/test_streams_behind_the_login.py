"""Bodies go through the way behind the login as they come, in both directions, and end with who asked."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.serving.passing import _PASSED_ON
from tests.server.serving.line import MIB, Line, asking, service
from tests.support import eventually

Ask = Callable[..., Awaitable[Line]]


@pytest.fixture
def ask(
    http_server_client: Any, jp_http_port: int, jp_auth_header: dict[str, str], jp_base_url: str, jp_asyncio_loop: Any
) -> Any:
    lines = AsyncExitStack()

    async def ask(method: str, path: str, headers: dict[str, Any], body: bytes = b"") -> Line:
        told = {"Content-Type": "application/json", **jp_auth_header, **headers}
        line = asking(jp_http_port, f"{jp_base_url}crispdm/serving/{path}", told, body, method)
        return await lines.enter_async_context(line)

    yield ask
    jp_asyncio_loop.run_until_complete(lines.aclose())


@pytest.mark.proves("serving.passes-uploads")
async def test_an_upload_goes_on_before_it_is_whole(crispdm: CrispdmApp, data_dir: Path, ask: Ask) -> None:
    async with service(data_dir) as standing:
        line = await ask("POST", "v2/models/lamp/infer", {"Content-Length": 3 * MIB}, b"x" * 2 * MIB)
        await eventually(lambda: standing.arrived >= MIB)
        line.writer.write(b"x" * MIB)
        status, headers = await line.head()
        assert (status, json.loads(await line.reader.readexactly(int(headers["content-length"])))) == (
            200,
            {"arrived": 3 * MIB},
        )
        assert standing.headers[0]["content-length"] == str(3 * MIB)


async def test_an_upload_without_a_length_goes_on_too(crispdm: CrispdmApp, data_dir: Path, ask: Ask) -> None:
    async with service(data_dir) as standing:
        line = await ask("POST", "v2/models/lamp/infer", {"Transfer-Encoding": "chunked"}, b"3\r\nabc\r\n")
        await eventually(lambda: standing.arrived == 3)
        line.writer.write(b"2\r\nde\r\n0\r\n\r\n")
        status, _ = await line.head()
        assert (status, standing.arrived) == (200, 5)


async def test_an_upload_over_the_limit_is_refused_by_its_headers(
    crispdm: CrispdmApp, data_dir: Path, ask: Ask
) -> None:
    async with service(data_dir) as standing:
        line = await ask("POST", "models", {"Content-Length": 2**40})
        status, _ = await line.head()
        assert (status, standing.headers) == (413, [])


async def test_an_upload_that_grows_over_the_limit_is_broken_off(
    crispdm: CrispdmApp, data_dir: Path, ask: Ask
) -> None:
    async with service(data_dir) as standing:
        line = await ask("POST", "models", {"Transfer-Encoding": "chunked"})
        line.writer.write((f"{MIB:x}\r\n".encode() + b"x" * MIB + b"\r\n") * 40)
        status, _ = await line.head()
        assert status == 413
        await eventually(lambda: standing.was_cut)


async def test_an_upload_that_is_broken_off_is_broken_off_behind(
    crispdm: CrispdmApp, data_dir: Path, ask: Ask
) -> None:
    async with service(data_dir) as standing:
        line = await ask("POST", "v2/models/lamp/infer", {"Content-Length": 3 * MIB}, b"x" * 2 * MIB)
        await eventually(lambda: standing.arrived)
        await line.go()
        await eventually(lambda: standing.was_cut)


@pytest.mark.proves("serving.passes-streams", "streaming.unbuffered")
async def test_each_piece_of_an_answer_arrives_before_the_next_is_made(
    crispdm: CrispdmApp, data_dir: Path, ask: Ask
) -> None:
    async with service(data_dir) as standing:
        line = await ask("GET", "openapi.json", {"Accept": "text/event-stream"})
        for number in range(20):
            standing.tokens.put_nowait(b"data: %d\n\n" % number)
            if number == 0:
                status, headers = await line.head()
                assert (status, headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
                assert (headers["x-accel-buffering"], headers["cache-control"]) == ("no", "no-cache, no-transform")
                assert "x-secret" not in headers
            assert await line.piece() == b"data: %d\n\n" % number
            assert standing.made == number + 1
        standing.tokens.put_nowait(None)
        assert await line.piece() == b""


@pytest.mark.proves("serving.leaving-ends")
async def test_who_leaves_ends_the_work_behind_at_once(crispdm: CrispdmApp, data_dir: Path, ask: Ask) -> None:
    async with service(data_dir) as standing:
        standing.beat = 0.01
        late = []
        for round in range(1, 12):
            line = await ask("GET", "openapi.json", {})
            await line.head()
            await line.piece()
            await line.go()
            made = standing.made
            await eventually(lambda: standing.closed == round)  # noqa: B023 - it is waited for here
            late.append(standing.made - made)
        assert median(late) <= 5, f"tokens of 10 ms that were made for nobody: {late}"


async def test_a_large_answer_comes_whole(crispdm: CrispdmApp, data_dir: Path, jp_fetch: Any) -> None:
    async with service(data_dir):
        answer = await jp_fetch("crispdm", "serving", "v2")
        assert len(json.loads(answer.body)["x"]) == MIB


@pytest.mark.proves("serving.headers")
async def test_headers_go_through_by_name(crispdm: CrispdmApp, data_dir: Path, jp_fetch: Any) -> None:
    async with service(data_dir) as standing:
        sent = {name: "1" for name in _PASSED_ON if name != "content-encoding"}
        others = {"Cookie": "a=b", "X-Forwarded-For": "1.2.3.4", "Connection": "keep-alive", "X-Other": "1"}
        path = ("crispdm", "serving", "v2", "models", "lamp@champion", "infer")
        answer = await jp_fetch(*path, method="POST", body=b"{}", headers={**sent, **others})
        (arrived,) = standing.headers
        assert sent.items() <= arrived.items()
        ours = {"x-crispdm-key", "x-crispdm-user", "x-crispdm-prefix", "host", "connection", "content-length"}
        assert set(arrived) - set(sent) - ours <= {"accept-encoding", "user-agent"}
        assert arrived["accept-encoding"] == "identity"
        assert answer.headers["Inference-Header-Content-Length"] == "1"
        assert answer.headers["Idempotency-Replayed"] == "1"
