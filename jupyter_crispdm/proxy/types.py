"""What travels: which upstream is asked, and how."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from jupyter_crispdm.base.wire import Body

Accept = Literal["sse", "ndjson", "json", "text"]


class ProxyRequest(Body, frozen=True):
    """Ask an upstream: `accept` is what it shall send, without it whatever it sends is taken.

    `transform` names a function of the setting `proxy_transforms` that each message goes through.
    """

    url: str
    method: Literal["GET", "POST"] = "GET"
    json: Any = msgspec.UNSET
    accept: Accept | None = None
    transform: str | None = None
