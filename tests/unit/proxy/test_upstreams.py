"""Upstreams that are real: good ones in each form, slow, endless, lying and broken ones."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.clock import SystemClock
from jupyter_crispdm.base.errors import BadRequest, CrispdmError, Forbidden
from jupyter_crispdm.proxy.allowing import AllowList
from jupyter_crispdm.proxy.errors import UpstreamFailed, UpstreamTimeout
from jupyter_crispdm.proxy.limits import ProxyLimits
from jupyter_crispdm.proxy.manager import ProxyManager
from jupyter_crispdm.proxy.transforms import Transforms
from jupyter_crispdm.proxy.types import ProxyRequest
from jupyter_crispdm.proxy.upstream import Answer, Upstreams
from tests.brokers.certificates import make_certificate
from tests.ports import free_port
from tests.support import eventually, soon
from tests.unit.proxy.upstream import Upstream, upstream


class Impatient(Upstreams):
    """Waits as long as any machine needs for the beginning of an answer, and for `hush` seconds for its next piece."""

    def __init__(self, allowed: AllowList, silence: float, hush: float) -> None:
        super().__init__(allowed, silence)
        self._hush = hush

    async def ask(self, request: ProxyRequest, last_event_id: str) -> Answer:
        answer = await super().ask(request, last_event_id)
        answer.response.request.extensions["timeout"]["read"] = self._hush
        return answer


class House:
    """A proxy and the upstream that it may ask."""

    def __init__(
        self, standing: Upstream, *, silence: float = 60, hush: float = 60, most: int = 2**20, **named: Any
    ) -> None:
        self.upstream = standing
        limits = ProxyLimits(600, most, SystemClock())
        upstreams = Impatient(AllowList([standing.address]), silence, hush)
        self.manager = ProxyManager(upstreams, limits, Transforms(named))

    async def open(self, path: str, *, as_events: bool = False, last_event_id: str = "", **given: Any) -> Any:
        request = ProxyRequest(url=f"{self.upstream.address}/{path}", **given)
        return await self.manager.open(request, "ada", as_events=as_events, last_event_id=last_event_id)

    async def lines(self, path: str, **given: Any) -> list[Any]:
        stream = await self.open(path, **given)
        return [json.loads(piece) async for piece in stream if piece.strip()]

    async def events(self, path: str, **given: Any) -> bytes:
        stream = await self.open(path, as_events=True, **given)
        return b"".join([piece async for piece in stream])


@asynccontextmanager
async def house(**options: Any) -> AsyncIterator[House]:
    async with upstream() as standing:
        yield House(standing, **options)
        await eventually(lambda: not _talks())


def _talks() -> list[asyncio.Task[Any]]:
    return [task for task in asyncio.all_tasks() if "talk" in repr(task.get_coro())]


@pytest.mark.proves("streaming.proxy")
@pytest.mark.parametrize(
    ("path", "messages"),
    [
        ("sse", [{"n": 1}, {"n": 2}, {"n": 3}]),
        ("ndjson", [{"n": 1}, {"n": "€"}, [3]]),
        ("array", [{"n": 1}, {"n": 2}, [3]]),
        ("text", ["one ", "é", " two"]),
        ("zipped", [{"n": 1}] * 1000),
    ],
)
async def test_each_form_is_passed_on_message_by_message(path: str, messages: list[Any]) -> None:
    async with house() as proxy:
        lines = await proxy.lines(path)
        assert lines == messages or "".join(lines) == "".join(messages)


async def test_events_keep_their_ids_so_that_the_caller_goes_on() -> None:
    async with house() as proxy:
        assert b'id: 3\ndata: {"n":3}\n\n' in await proxy.events("sse")
        assert await proxy.events("sse", last_event_id="2") == b'id: 3\ndata: {"n":3}\n\n'
        await proxy.events("sse", last_event_id="2é")
        assert proxy.upstream.asked[-1].headers["last-event-id"] == "2?"


async def test_each_message_goes_through_the_function_that_is_named() -> None:
    def tens(message: dict[str, int]) -> int | None:
        return message["n"] * 10 if message["n"] != 2 else None

    async with house(tens=tens) as proxy:
        assert await proxy.lines("sse", transform="tens") == [10, 30]
        with pytest.raises(BadRequest, match="there are: tens"):
            await proxy.open("sse", transform="os:system")
    assert len(proxy.upstream.asked) == 1


@pytest.mark.proves("live.proxy")
async def test_a_message_arrives_before_the_next_one_is_sent() -> None:
    async with house() as proxy:
        pieces = aiter(await proxy.open("gated", as_events=True))
        for number in range(5):
            proxy.upstream.gate.put_nowait(b"data: %d\n\n" % number)
            assert await soon(anext(pieces)) == b"data: %d\n\n" % number
            assert proxy.upstream.sent <= number + 1
        proxy.upstream.gate.put_nowait(None)
        with pytest.raises(StopAsyncIteration):
            await soon(anext(pieces))


@pytest.mark.proves("proxy.leaving")
async def test_a_reader_that_leaves_leaves_the_upstream() -> None:
    async with house() as proxy:
        stream = await proxy.open("gated")
        proxy.upstream.gate.put_nowait(b"data: 1\n\n")
        await soon(anext(aiter(stream)))
        await stream.aclose()
        await eventually(lambda: proxy.upstream.left == 1)
        await (await proxy.open("gated")).aclose()  # nobody ever began
        await eventually(lambda: proxy.upstream.left == 2)


async def test_a_slow_reader_holds_the_upstream() -> None:
    async with house(most=2**30) as proxy:
        stream = await proxy.open("endless")
        await anext(aiter(stream))
        before = -1
        while before != proxy.upstream.sent:
            before = proxy.upstream.sent
            for _ in range(1000):
                await asyncio.sleep(0)
        assert proxy.upstream.sent < 50_000
        await stream.aclose()


class TestWhatIsAsked:
    """What goes out."""

    async def test_the_request_is_the_callers_and_nothing_else(self) -> None:
        async with house() as proxy:
            (echo,) = await proxy.lines("echo?a=1", method="POST", json={"prompt": "é"}, accept="json")
            assert echo["line"] == "POST /echo?a=1 HTTP/1.1"
            assert json.loads(echo["body"]) == {"prompt": "é"}
            assert echo["headers"].keys() == {
                "host", "accept", "accept-encoding", "connection", "user-agent", "content-type", "content-length",
            }  # fmt: skip
            assert echo["headers"]["host"] == proxy.upstream.address.removeprefix("http://")

    @pytest.mark.parametrize(
        ("accept", "told"),
        [("sse", "text/event-stream"), ("ndjson", "application/x-ndjson"), ("json", "application/json"),
         ("text", "text/plain"), (None, "text/event-stream")],
    )  # fmt: skip
    async def test_the_upstream_is_told_what_is_wanted(self, accept: Any, told: str) -> None:
        async with house() as proxy:
            (echo,) = await proxy.lines("echo", accept=accept)
            assert echo["headers"]["accept"].startswith(told)

    async def test_cookies_of_an_upstream_are_kept_for_nobody(self) -> None:
        async with house() as proxy:
            await proxy.lines("sse")
            await proxy.lines("sse")
            assert "cookie" not in proxy.upstream.asked[1].headers

    @pytest.mark.parametrize("given", [{"method": "DELETE"}, {"accept": "xml"}, {"headers": {}}, {"url": 7}, {}])
    def test_odd_requests_are_refused(self, given: dict[str, Any]) -> None:
        body = {"url": "http://a.org", **given} if given else {}
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(body, ProxyRequest)


class TestNames:
    """The address that was checked is the one that is connected to, and the name is what the certificate must bear."""

    @pytest.mark.parametrize("name", ["models.example.org", "other.example.org"])
    async def test_the_certificate_is_that_of_the_name(self, tmp_path: Path, name: str) -> None:
        certificate, key = make_certificate(tmp_path, "models.example.org")
        served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        served.load_cert_chain(certificate, key)
        asked = list[str]()

        async def resolve(host: str, port: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"]

        async with upstream(served) as standing:
            url = standing.address.replace("http://127.0.0.1", f"https://{name}")
            upstreams = Upstreams(AllowList([url], [name], resolve), 60)
            upstreams._context = ssl.create_default_context(cafile=str(certificate))
            request = ProxyRequest(url=f"{url}/echo")
            if name == "models.example.org":
                answer = await upstreams.ask(request, "")
                assert json.loads(await answer.response.aread())["headers"]["host"].startswith(f"{name}:")
                await answer.aclose()
            else:
                with pytest.raises(UpstreamFailed, match=r"(?i)hostname mismatch"):
                    await upstreams.ask(request, "")
        assert asked == [name]


class TestRedirects:
    """What another address is asked for."""

    @pytest.mark.proves("files.proxying")
    async def test_a_redirect_out_of_the_list_is_not_followed(self) -> None:
        async with house() as proxy, upstream() as other:
            for elsewhere in (f"{other.address}/echo", "http://169.254.169.254/latest", "file:///etc/passwd"):
                proxy.upstream.elsewhere = elsewhere
                with pytest.raises((Forbidden, BadRequest)):
                    await proxy.open("away")
            assert other.asked == []

    async def test_a_redirect_within_the_list_is(self) -> None:
        async with house() as proxy:
            (echo,) = await proxy.lines("back", method="POST", json=1)
            assert (echo["line"], echo["body"]) == ("POST /echo?again HTTP/1.1", "1")
            proxy.upstream.elsewhere = "/echo"
            (echo,) = await proxy.lines("away", method="POST", json=1)
            assert (echo["line"], echo["body"]) == ("GET /echo HTTP/1.1", "")

    async def test_going_round_in_circles_ends(self) -> None:
        async with house() as proxy:
            with pytest.raises(UpstreamFailed, match="more than 3 times"):
                await proxy.open("round")
            assert len(proxy.upstream.asked) == 4


class TestTrouble:
    """What upstreams do wrong."""

    async def test_what_a_refusing_upstream_says_is_told(self) -> None:
        async with house() as proxy:
            with pytest.raises(UpstreamFailed, match="404 Not Found") as refused:
                await proxy.open("broken")
            assert refused.value.status == 502
            assert refused.value.details == {"status": 404, "said": '{"detail": "no such model"}'}

    async def test_one_that_never_answers_is_given_up(self) -> None:
        async with house(silence=0.05) as proxy:
            with pytest.raises(UpstreamTimeout) as refused:
                await proxy.open("silent")
            assert refused.value.status == 504

    async def test_one_that_falls_silent_is_given_up(self) -> None:
        async with house(hush=0.05) as proxy:
            assert (await proxy.lines("gated"))[-1]["error"]["code"] == "upstream_timeout"

    @pytest.mark.parametrize(
        ("path", "code"), [("lying", "upstream_failed"), ("endless", "too_large"), ("bomb", "too_large")]
    )
    async def test_what_goes_wrong_later_is_the_last_message(self, path: str, code: str) -> None:
        async with house() as proxy:
            lines = await proxy.lines(path)
            assert len(lines) > 1
            assert lines[-1]["error"]["code"] == code
            assert not any(isinstance(line, dict) and "error" in line for line in lines[:-1])

    async def test_a_line_without_end_is_given_up(self) -> None:
        async with house(most=2**30) as proxy:
            (error,) = await proxy.lines("one-line")
            assert "a line is over 4,194,304 bytes" in error["error"]["message"]

    @pytest.mark.parametrize("path", ["badly-zipped", "brotli"])
    async def test_what_cannot_be_unpacked_is_told(self, path: str) -> None:
        async with house() as proxy:
            assert (await proxy.lines(path))[-1]["error"]["code"] == "upstream_failed"

    async def test_what_is_no_http_is_told(self) -> None:
        async with house() as proxy:
            with pytest.raises(UpstreamFailed):
                await proxy.open("rubbish")

    async def test_one_that_is_not_there_is_told(self, unused: Callable[[], str]) -> None:
        gone = Upstream(address=unused())
        with pytest.raises(UpstreamFailed):
            await House(gone).open("sse")

    async def test_nothing_is_left_under_way(self) -> None:
        for silence, paths in ((60, ("broken", "rubbish", "round")), (0.05, ("silent",))):
            async with house(silence=silence) as proxy:
                for path in paths:
                    with pytest.raises(CrispdmError):
                        await proxy.open(path)
                if silence == 60:
                    await proxy.lines("lying")
                assert proxy.manager._limits._under_way == {}


@pytest.fixture
def unused() -> Callable[[], str]:
    return lambda: f"http://127.0.0.1:{free_port()}"
