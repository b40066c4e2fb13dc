"""Who is let in, by the headers alone; all of Host, Origin and token is tested through the admission."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from jupyter_crispdm.base.errors import CrispdmError, TooManyRequests
from jupyter_crispdm.serving.inference.http.admission import Admission
from jupyter_crispdm.serving.inference.http.gate import Gate
from jupyter_crispdm.serving.inference.settings import InferenceSettings
from tests.support import FakeClock

from .test_admission import length_of

HOST = {"host": "127.0.0.1:8503"}
ONE, OTHER = "a" * 16, "b" * 16


def shown(token: str) -> dict[str, str]:
    return {**HOST, "authorization": f"Bearer {token}"}


@pytest.mark.proves("serving.tokens")
def test_each_token_is_a_caller_of_its_own() -> None:
    gate = Gate(InferenceSettings(Path("nowhere"), token=f"{ONE}, {OTHER},"))
    assert gate.check(shown(ONE), "127.0.0.1").name == "token 1"
    assert gate.check(shown(OTHER), "10.0.0.1").name == "token 2"
    for wrong in (f"{ONE}, {OTHER}", "", ","):
        with pytest.raises(CrispdmError):
            gate.check(shown(wrong), "127.0.0.1")


@pytest.mark.proves("serving.tokens")
def test_a_token_may_be_used_so_often() -> None:
    clock = FakeClock()
    gate = Gate(InferenceSettings(Path("nowhere"), token=f"{ONE},{OTHER}", token_rate=2.0), clock)
    first, second = gate.check(shown(ONE), ""), gate.check(shown(OTHER), "")
    gate.count(first)
    gate.count(first)
    with pytest.raises(TooManyRequests) as caught:
        gate.count(first)
    assert caught.value.details["retry_after"] == 1
    gate.count(second)
    clock.advance(0.5)
    gate.count(first)
    with pytest.raises(TooManyRequests):
        gate.count(first)
    clock.advance(3600)
    for _ in range(2):
        gate.count(first)
    with pytest.raises(TooManyRequests):
        gate.count(first)


def test_a_slow_rate_says_when_to_come_back() -> None:
    gate = Gate(InferenceSettings(Path("nowhere"), token=ONE, token_rate=0.1), FakeClock())
    caller = gate.check(shown(ONE), "")
    gate.count(caller)
    with pytest.raises(TooManyRequests) as caught:
        gate.count(caller)
    assert caught.value.details["retry_after"] == 10


def test_who_shows_no_token_has_no_rate() -> None:
    gate = Gate(InferenceSettings(Path("nowhere"), token=ONE, token_rate=1.0, key="k" * 32), FakeClock())
    server = gate.check({**HOST, "x-crispdm-key": "k" * 32, "x-crispdm-user": "ada"}, "")
    for _ in range(10):
        gate.count(server)
    assert server.name == "user ada"


PAGE = "https://a.example"


def client(*origins: str, token: str | None = None) -> httpx.AsyncClient:
    settings = InferenceSettings(Path("nowhere"), origins=frozenset(origins), token=token)
    transport = httpx.ASGITransport(Admission(length_of, settings))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8503")


@pytest.mark.proves("serving.cors")
async def test_a_page_that_is_allowed_by_name_may_ask_and_read() -> None:
    async with client(PAGE, token=ONE) as asked:
        wish = {"origin": PAGE, "access-control-request-method": "POST"}
        allowed = await asked.options("/v2/models/lamp/infer", headers=wish)
        assert (allowed.status_code, allowed.content) == (204, b"")
        assert allowed.headers["access-control-allow-origin"] == PAGE
        assert "inference-header-content-length" in allowed.headers["access-control-allow-headers"]
        headers = {"origin": PAGE, "sec-fetch-site": "cross-site", "authorization": f"Bearer {ONE}"}
        answer = await asked.post("/", content=b"abc", headers=headers)
        assert (answer.status_code, answer.text) == (200, "3")
        assert answer.headers["access-control-allow-origin"] == PAGE
        assert answer.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in answer.headers
        refused = await asked.post("/", headers={"origin": PAGE})
        assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, PAGE)


@pytest.mark.proves("serving.cors")
@pytest.mark.parametrize(
    "origin",
    ["http://a.example", "https://a.example:444", "https://a.example.evil", "https://evil.a.example", "null", "*",
     "HTTPS://A.EXAMPLE"],
)  # fmt: skip
async def test_pages_that_only_look_alike_are_not(origin: str) -> None:
    async with client(PAGE) as asked:
        wish = {"origin": origin, "access-control-request-method": "POST"}
        for answer in (await asked.options("/", headers=wish), await asked.post("/", headers={"origin": origin})):
            assert answer.status_code == 403
            assert "access-control-allow-origin" not in answer.headers
            assert answer.headers["vary"] == "Origin"


@pytest.mark.proves("serving.cors")
async def test_nobody_is_allowed_by_default() -> None:
    async with client() as asked:
        wish = {"origin": PAGE, "access-control-request-method": "POST"}
        answer = await asked.options("/", headers=wish)
        assert answer.status_code == 403
        assert not [name for name in answer.headers if name.startswith("access-control") or name == "vary"]
