"""Asking an upstream: the address that was checked is connected to, and nothing of the caller's session goes along."""

from __future__ import annotations

import ssl
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from jupyter_crispdm.base.errors import Forbidden

from .allowing import AllowList, parsed
from .decoding import ENCODINGS, decoded
from .errors import UpstreamFailed, UpstreamTimeout
from .types import Accept, ProxyRequest

ACCEPT: dict[Accept | None, str] = {
    "sse": "text/event-stream",
    "ndjson": "application/x-ndjson, application/jsonl;q=0.9",
    "json": "application/json",
    "text": "text/plain, text/*;q=0.9",
    None: "text/event-stream, application/x-ndjson, application/json;q=0.9, text/*;q=0.5",
}
_CONNECT_SECONDS = 10.0
_MOST_REDIRECTS = 3
_MOST_TOLD = 2000
_GET_NEXT = frozenset({301, 302, 303})


@dataclass
class Answer:
    """An upstream that answers; whoever has it closes it."""

    response: httpx.Response
    client: httpx.AsyncClient = field(repr=False)

    @property
    def media_type(self) -> str:
        """What it sends."""
        return str(self.response.headers.get("content-type", "")).partition(";")[0].strip().lower()

    async def aclose(self) -> None:
        """Leave it."""
        try:
            await self.response.aclose()
        finally:
            await self.client.aclose()


class Upstreams:
    """Asks upstreams of an allow list."""

    def __init__(self, allowed: AllowList, silence: float) -> None:
        self._allowed = allowed
        self._timeout = httpx.Timeout(_CONNECT_SECONDS, read=silence)
        self._context: ssl.SSLContext | None = None

    async def ask(self, request: ProxyRequest, last_event_id: str) -> Answer:
        """A good answer. Raises Forbidden, BadRequest, UpstreamFailed, UpstreamTimeout."""
        url, method, content = parsed(request.url), request.method, _content(request)
        headers = {"Accept": ACCEPT[request.accept], "Accept-Encoding": ENCODINGS, "User-Agent": "jupyter_crispdm"}
        if last_event_id:
            headers["Last-Event-ID"] = last_event_id.encode("ascii", "replace").decode()
        for _ in range(_MOST_REDIRECTS + 1):
            answer = await self._once(url, method, content, headers)
            if not answer.response.has_redirect_location:
                return await _good(answer)
            url, method, content = await _next(answer, url, method, content)
        raise UpstreamFailed(f"The upstream redirects more than {_MOST_REDIRECTS} times.")

    async def _once(self, url: httpx.URL, method: str, content: bytes | None, headers: dict[str, str]) -> Answer:
        origin = self._allowed.origin(url)
        addresses = await self._allowed.addresses(origin)
        sent = {**headers, "Host": url.netloc.decode("ascii")}
        if content is not None:
            sent["Content-Type"] = "application/json"
        client = httpx.AsyncClient(verify=self._tls(), timeout=self._timeout, trust_env=False)
        try:
            for address in addresses:
                asked = client.build_request(
                    method, url.copy_with(host=address, fragment=None), content=content, headers=sent,
                    extensions={"sni_hostname": origin.host},
                )  # fmt: skip
                try:
                    return Answer(await client.send(asked, stream=True), client)
                except (httpx.ConnectError, httpx.ConnectTimeout):
                    if address == addresses[-1]:
                        raise
            raise UpstreamFailed(f"{origin} cannot be reached.")
        except BaseException as error:
            await client.aclose()
            if (told := told_of(error)) is error:
                raise
            raise told from error

    def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = httpx.create_ssl_context(trust_env=False)
        return self._context


def told_of(error: BaseException) -> BaseException:
    """What went wrong with an upstream, as an error of the house; others as they are."""
    if isinstance(error, httpx.TimeoutException):
        return UpstreamTimeout("The upstream sends nothing.")
    if isinstance(error, httpx.HTTPError | httpx.StreamError):
        return UpstreamFailed(f"The upstream broke off: {(str(error) or type(error).__name__).rstrip('.')}.")
    return error


async def _good(answer: Answer) -> Answer:
    """The answer if it is one. Raises UpstreamFailed with what it says otherwise."""
    response = answer.response
    if response.is_success:
        return answer
    try:
        said = await _beginning(response)
    finally:
        await answer.aclose()
    raise UpstreamFailed(
        f"The upstream answers {response.status_code} {response.reason_phrase}.", status=response.status_code, said=said
    )


async def _beginning(response: httpx.Response) -> str:
    said = b""
    try:
        async with aclosing(decoded(response)) as pieces:
            async for piece in pieces:
                said += piece
                if len(said) >= _MOST_TOLD:
                    break
    except (httpx.HTTPError, UpstreamFailed):
        pass  # what it said until then is told
    return said[:_MOST_TOLD].decode("utf-8", "replace")


async def _next(
    answer: Answer, url: httpx.URL, method: str, content: bytes | None
) -> tuple[httpx.URL, Any, bytes | None]:
    """Where a redirect leads; that is checked as the first address was. Raises UpstreamFailed."""
    response = answer.response
    await answer.aclose()
    try:
        target = url.join(response.headers["location"])
    except (httpx.InvalidURL, ValueError) as error:
        raise UpstreamFailed("The upstream redirects to what is no address.") from error
    if url.scheme == "https" and target.scheme != "https":
        raise Forbidden("The upstream redirects to an address without encryption.", field="url")
    return (target, "GET", None) if response.status_code in _GET_NEXT else (target, method, content)


def _content(request: ProxyRequest) -> bytes | None:
    return None if request.json is msgspec.UNSET else msgspec.json.encode(request.json)
