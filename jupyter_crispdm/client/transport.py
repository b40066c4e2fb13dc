"""The only place in the client that speaks HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from jupyter_crispdm.base.errors import NotReady

from .discovery import NO_ADDRESS, Address
from .errors import NotSignedIn, ServerUnreachable, UnexpectedAnswer, refusal

T = TypeVar("T")

ANSWER_SECONDS = 60.0
_TRIES = 30
_LONGEST_WAIT = 5.0


class Transport:
    """Sends requests to one server, decodes answers, raises refusals."""

    def __init__(
        self, locate: Callable[[], Address], http: httpx.Client, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._locate = locate
        self._http = http
        self._sleep = sleep
        self._address: Address | None = None

    @property
    def address(self) -> Address:
        """Where the server is; looked up at the first need."""
        address = self._address
        if address is None:
            address = self._address = self._locate()
        return address

    def connect(self) -> None:
        """Find the server now, so that a wrong address is reported where it was given."""
        self._address = self._locate()

    def forget(self) -> None:
        """Look the server up anew at the next request: it may have come back elsewhere."""
        self._address = None

    def ask(self, path: str, answer: type[T], query: Mapping[str, Any] | None = None) -> T:
        """GET something and decode it."""
        return self.decode(self.request("GET", path, query=query), answer)

    def request(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        raw: bytes | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send one request, with a body as JSON or `raw` as it is; anything but success is raised.

        A server that is starting is waited for.
        """
        content = raw if body is None else msgspec.json.encode(body)
        headers = headers if raw is None else {"Content-Type": "application/octet-stream", **(headers or {})}

        def send() -> httpx.Response:
            with self._reached():
                reply = self._http.request(
                    method,
                    self.url(path),
                    params=present(query or {}),
                    content=content,
                    headers=self._headers(headers, content),
                )
            return self._checked(reply)

        return self._when_ready(send)

    def send(
        self, method: str, path: str, *, content: Iterable[bytes], headers: Mapping[str, str], silence: float
    ) -> httpx.Response:
        """Send a body once, piece by piece; anything but success is raised. It may take `silence` to be answered."""
        with self._reached():
            reply = self._http.request(
                method, self.url(path), content=content, headers=self._headers(headers, None),
                timeout=httpx.Timeout(ANSWER_SECONDS, connect=10.0, read=silence),
            )  # fmt: skip
        return self._checked(reply)

    def _when_ready(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        """Ask again while the server starts, for half a minute at most. Raises NotReady after that."""
        for _ in range(_TRIES):
            try:
                return send()
            except NotReady as error:
                self._sleep(_wait(error))
        return send()

    @contextmanager
    def stream(
        self,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        silence: float = ANSWER_SECONDS,
    ) -> Iterator[httpx.Response]:
        """GET something piece by piece; it counts as broken when nothing comes for `silence` seconds."""
        with (
            self._reached(),
            self._http.stream(
                "GET",
                self.url(path),
                params=present(query or {}),
                headers=self._headers(headers, None),
                timeout=httpx.Timeout(10.0, read=max(silence, 0.1)),
            ) as reply,
        ):
            if reply.is_error:
                reply.read()
            yield self._checked(reply)

    def url(self, path: str) -> str:
        """The full address of an API path."""
        return f"{self.address.url}crispdm/api/{path}"

    def decode(self, reply: httpx.Response, answer: type[T]) -> T:
        """The body of an answer as what it should be."""
        try:
            return msgspec.json.decode(reply.content, type=answer)
        except msgspec.MsgspecError as error:
            raise UnexpectedAnswer(f"{self.address.url} does not answer as expected: {error}") from error

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def _headers(self, extra: Mapping[str, str] | None, content: bytes | None) -> dict[str, str]:
        url, secret = self.address.url, self.address.token
        if not (secret.isascii() and secret.isprintable()):  # httpx would show it in its error
            raise NotSignedIn(f"The token for {url} holds what no token does. Set CRISPDM_TOKEN to a valid one.")
        token = {"Authorization": f"token {secret}"} if secret else {}
        kind = {"Content-Type": "application/json"} if content is not None else {}
        return {**token, **kind, **(extra or {})}

    def _checked(self, reply: httpx.Response) -> httpx.Response:
        if reply.is_success:
            return reply
        error = refusal(reply.status_code, reply.content, self.address.url)
        if isinstance(error, NotSignedIn):
            self.forget()
        raise error

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except httpx.RequestError as error:
            address = self.address.url
            self.forget()
            why = str(error) or type(error).__name__
            raise ServerUnreachable(f"{address} does not answer: {why}") from error
        except NO_ADDRESS as error:
            raise ServerUnreachable(f"{self.address.url} cannot be asked: {error}") from error


def _wait(error: NotReady) -> float:
    """How long a server that starts asks to be left alone, as far as that makes sense."""
    seconds = error.details.get("retry_after")
    return min(max(float(seconds), 0.0), _LONGEST_WAIT) if isinstance(seconds, int | float) else 1.0


def present(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that were given: None means left out."""
    return {name: value for name, value in values.items() if value is not None}


def quoted(name: str) -> str:
    """A name as one piece of a path, whatever is in it."""
    return quote(name, safe="")
