"""What the short way knows: which addresses it leads to, and who may go it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from jupyter_crispdm.base.errors import CrispdmError

from ...callers import Caller
from ...protocols.open_inference import SHORT
from ...protocols.terms import HEADER_LENGTH, TIMEOUT, TRACE, Terms, read_terms
from ...settings import RequestLimits
from ...workers.repository import ModelRepository
from ..budgets import CallerBudgets
from ..counts import Series
from ..gate import Gate
from ..metrics import ServiceMetrics
from ..request_log import RequestLog

Headers = list[tuple[bytes, bytes]]
_ADDRESS = re.compile(rb"/v2/models/([A-Za-z0-9_.@-]+)(?:/versions/([0-9]{1,9}))?/infer")
_PATH, _VERSION_PATH = "/v2/models/{model}/infer", "/v2/models/{model}/versions/{version}/infer"
_MOST_ADDRESSES = 1024
_UNUSUAL = frozenset(
    {b"transfer-encoding", b"expect", b"upgrade", b"origin", b"idempotency-key", b"content-encoding"}
)
_LENGTH = HEADER_LENGTH.encode()
_TERMS = frozenset({_LENGTH, TIMEOUT.encode(), TRACE.encode()})
_WHO = (
    b"host", b"authorization", b"x-crispdm-key", b"x-crispdm-user", b"x-crispdm-prefix", b"sec-fetch-site",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """What an address means."""

    model: str
    version: int | None
    path: str
    series: Series


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request that may go the short way. One with the same headers on its connection need not be looked at again."""

    url: bytes
    headers: Headers
    shown: tuple[bytes | None, ...]
    target: Target
    caller: Caller
    terms: Terms


class DirectCalls:
    """Everything that a request on the short way needs."""

    def __init__(
        self,
        repository: ModelRepository,
        limits: RequestLimits,
        gate: Gate,
        budgets: CallerBudgets,
        metrics: ServiceMetrics,
        log: RequestLog,
    ) -> None:
        self.repository, self.limits, self.metrics, self.log = repository, limits, metrics, log
        self.gate, self.budgets = gate, budgets
        self._targets: dict[bytes, Target] = {}

    def admit(self, url: bytes, sent: Headers, address: str, last: Admitted | None) -> Admitted | None:
        """Let a request in, and count it as under way; None for one that must go the long way.

        `last` is what was let in on the same connection before.
        """
        try:
            if last is None or last.headers != sent or last.url != url or last.terms.trace:
                last = self._look(url, sent, address, last)
                if last is None:
                    return None
            self.gate.count(last.caller)
            self.budgets.enter(last.caller.name)
        except CrispdmError:
            return None
        return last

    def _look(self, url: bytes, sent: Headers, address: str, last: Admitted | None) -> Admitted | None:
        """Look at the address and the headers. Raises what says that the request is refused."""
        target = self._targets.get(url) or self._find(url)
        headers = dict(sent)
        if target is None or len(headers) < len(sent) or not self._is_plain(headers):
            return None
        shown = tuple(map(headers.get, _WHO))
        if last is not None and last.shown == shown:
            caller = last.caller
        else:
            caller = self.gate.check({_text(name): _text(value) for name, value in sent}, address)
        terms = Terms.PLAIN
        if not _TERMS.isdisjoint(headers):
            terms = read_terms({_text(name): _text(value) for name, value in sent}.get)
        if terms.header_length is not None and terms.header_length > SHORT:
            return None
        return Admitted(url, sent, shown, target, caller, terms)

    def _is_plain(self, headers: Mapping[bytes, bytes]) -> bool:
        """Whether nothing is asked for but an answer to a body of a known, bounded length."""
        if not _UNUSUAL.isdisjoint(headers):
            return False
        length = headers.get(b"content-length", b"")
        most = self.limits.body if _LENGTH in headers else min(SHORT, self.limits.body)
        return length.isdigit() and len(length) < 19 and 0 < int(length) <= most

    def _find(self, url: bytes) -> Target | None:
        found = _ADDRESS.fullmatch(url)
        if not found:
            return None
        path = _PATH if found[2] is None else _VERSION_PATH
        version = None if found[2] is None else int(found[2])
        target = Target(found[1].decode(), version, path, self.metrics.path(path))
        if len(self._targets) >= _MOST_ADDRESSES:
            self._targets.clear()
        self._targets[url] = target
        return target


def _text(raw: bytes) -> str:
    return raw.decode("latin-1")
