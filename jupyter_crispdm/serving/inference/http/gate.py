"""Who may ask, and from where: Host, Origin, token, and how often each token may be used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from jupyter_crispdm.base.clock import Clock, SystemClock
from jupyter_crispdm.base.errors import Forbidden, TooManyRequests

from ..callers import KEY, Caller, identify, knows
from ..errors import Unauthorized
from ..settings import InferenceSettings

_LOCAL = frozenset({"127.0.0.1", "localhost", "[::1]"})
_HOST = re.compile(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?")
_OTHERS = "Pages of other sites may not use this service."
PREFLIGHT = {
    "access-control-allow-methods": "GET, POST, HEAD",
    "access-control-allow-headers": (
        "authorization, content-type, grpc-timeout, idempotency-key, inference-header-content-length, "
        "last-event-id, traceparent, tracestate"
    ),
    "access-control-max-age": "600",
}
_EXPOSED = "inference-header-content-length, retry-after, traceresponse, x-crispdm-skipped"


class Gate:
    """Looks at the headers of a request, and at nothing else."""

    def __init__(self, settings: InferenceSettings, clock: Clock | None = None) -> None:
        self._settings = settings
        self._hosts = _LOCAL | {settings.host, f"[{settings.host}]"}
        self._rates = {name: _Rate(settings.token_rate, clock or SystemClock()) for name in settings.tokens.values()}
        self.limits_rates = bool(settings.token_rate and self._rates)

    def check(self, headers: Mapping[str, str], address: str) -> Caller:
        """Who asks. Raises Forbidden, Unauthorized for whom this service is not."""
        self._check_host(headers.get("host", ""))
        self._check_page(headers)
        return self.recognise(headers, address)

    def recognise(self, headers: Mapping[str, str], address: str) -> Caller:
        """Who asks by a way that no page of a browser can go. Raises Unauthorized."""
        name = None
        if self._settings.tokens and not knows(headers.get(KEY, ""), self._settings.key):
            name = self._token(headers.get("authorization", ""))
        return identify(address, headers, self._settings.key, name)

    def count(self, caller: Caller) -> None:
        """Count a request of a caller. Raises TooManyRequests for one whose token is used too often."""
        rate = self._rates.get(caller.name)
        if rate is not None:
            rate.take()

    def allows(self, origin: str | None) -> bool:
        """Whether pages of this origin were named as allowed."""
        return origin is not None and origin in self._settings.origins

    def for_pages(self, origin: str | None) -> dict[str, str]:
        """Headers that let a page of an allowed origin read an answer; none for others."""
        if not self._settings.origins:
            return {}
        if not self.allows(origin):
            return {"vary": "Origin"}
        return {
            "access-control-allow-origin": str(origin),
            "access-control-expose-headers": _EXPOSED,
            "vary": "Origin",
        }

    def _check_host(self, host: str) -> None:
        found = _HOST.fullmatch(host)
        if not found or (self._settings.local and found[1].lower() not in self._hosts):
            raise Forbidden(f"This service does not answer as host '{host[:100]}'.")

    def _check_page(self, headers: Mapping[str, str]) -> None:
        origin = headers.get("origin")
        if self.allows(origin):
            return
        if origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower():
            raise Forbidden(_OTHERS, origin=origin[:100])
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            raise Forbidden(_OTHERS)

    def _token(self, authorization: str) -> str:
        """The name of the token that is shown. All are compared, so that the time tells nothing."""
        scheme, _, token = authorization.partition(" ")
        found = [name for secret, name in self._settings.tokens.items() if knows(token, secret)]
        if scheme.lower() not in ("bearer", "token") or not found:
            raise Unauthorized("Send the service's token in the header 'Authorization: Bearer …'.")
        return found[0]


class _Rate:
    """A bucket that fills at a rate, and holds what comes in a second."""

    def __init__(self, rate: float | None, clock: Clock) -> None:
        self._rate, self._clock = rate, clock
        self._full = max(1.0, rate or 1.0)
        self._left, self._seen = self._full, clock.monotonic()

    def take(self) -> None:
        if not self._rate:
            return
        now = self._clock.monotonic()
        self._left = min(self._full, self._left + (now - self._seen) * self._rate)
        self._seen = now
        if self._left < 1:
            wait = max(1, round((1 - self._left) / self._rate))
            raise TooManyRequests(f"This token may be used {self._rate:g} times a second.", retry_after=wait)
        self._left -= 1
