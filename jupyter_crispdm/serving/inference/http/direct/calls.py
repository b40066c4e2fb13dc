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
_UNUSUAL = (b"transfer-encoding", b"expect", b"upgrade", b"origin", b"idempotency-key", b"content-encoding")
_TERMS = tuple(name.encode() for name in (HEADER_LENGTH, TIMEOUT, TRACE))
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
class Known:
    """A caller who was let in by these headers; on one connection they need not be looked at again."""

    shown: tuple[bytes | None, ...]
    caller: Caller


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request that may go the short way."""

    target: Target
    known: Known
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

    def admit(self, url: bytes, sent: Headers, address: str, known: Known | None) -> Admitted | None:
        """Let a request in, and count it as under way; None for one that must go the long way."""
        target = self._targets.get(url) or self._find(url)
        headers = dict(sent)
        if target is None or len(headers) < len(sent) or not self._is_plain(headers):
            return None
        shown = tuple(map(headers.get, _WHO))
        try:
            if known is None or known.shown != shown:
                named = {name.decode("latin-1"): value.decode("latin-1") for name, value in sent}
                known = Known(shown, self.gate.check(named, address))
            terms = _terms(headers)
            self.gate.count(known.caller)
            self.budgets.enter(known.caller.name)
        except CrispdmError:
            return None
        return Admitted(target, known, terms)

    def _is_plain(self, headers: Mapping[bytes, bytes]) -> bool:
        """Whether nothing is asked for but an answer to a body of a known, bounded length."""
        for name in _UNUSUAL:
            if name in headers:
                return False
        length = headers.get(b"content-length", b"")
        most = self.limits.body if _TERMS[0] in headers else min(SHORT, self.limits.body)
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


def _terms(headers: Mapping[bytes, bytes]) -> Terms:
    for name in _TERMS:
        if name in headers:
            return read_terms(lambda asked: _text(headers.get(asked.encode())))
    return Terms.PLAIN


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")
