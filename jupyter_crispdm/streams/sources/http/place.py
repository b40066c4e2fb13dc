"""An address, and how it is asked."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from urllib.parse import urlsplit

from jupyter_crispdm.base.errors import SetupError


@dataclass(frozen=True)
class HttpPlace:
    """An address. `mode` is auto, poll, sse, ndjson or websocket; `interval` the seconds between two polls."""

    url: str
    mode: str = "auto"
    interval: float = 1.0
    username: str = ""
    password: str = ""

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        schemes = ("ws", "wss") if self.is_socket else ("http", "https")
        if parts.scheme not in schemes or not parts.hostname:
            raise SetupError(f"The address of a source begins with {' or '.join(f'{one}://' for one in schemes)}.")

    @property
    def is_socket(self) -> bool:
        """Whether it is a WebSocket."""
        return self.mode == "websocket" or (self.mode == "auto" and urlsplit(self.url).scheme in ("ws", "wss"))

    @property
    def address(self) -> str:
        """The address without what may be secret in it, for messages."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    @property
    def headers(self) -> dict[str, str]:
        """What shows who asks: a name and a password, or a token."""
        if self.username:
            pair = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
            return {"Authorization": f"Basic {pair}"}
        return {"Authorization": f"Bearer {self.password}"} if self.password else {}
