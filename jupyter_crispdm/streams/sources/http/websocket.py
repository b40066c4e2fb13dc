"""The frames of a WebSocket."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from jupyter_crispdm.streaming.errors import TooLong

from .parsing import LARGEST

_CONNECT_SECONDS = 4.0
_TOO_BIG = 1009


class Closed(Exception):
    """The connection could not be made, or is over; the text says why."""


async def frames(url: str, headers: Mapping[str, str]) -> AsyncGenerator[bytes | None, None]:
    """Each frame; first None, once the connection stands. Raises Closed or TooLong."""
    try:
        async with connect(
            url, additional_headers=headers, open_timeout=_CONNECT_SECONDS, close_timeout=1, max_size=LARGEST,
            max_queue=64,
        ) as line:  # fmt: skip
            yield None
            async for frame in line:
                yield frame.encode() if isinstance(frame, str) else frame
    except ConnectionClosed as error:
        if error.sent is not None and error.sent.code == _TOO_BIG:
            raise TooLong("frames", f"a frame is over {LARGEST:,} bytes") from error
        raise Closed("the connection broke off") from error
    except (WebSocketException, ValueError) as error:
        raise Closed(str(error).rstrip(".") or type(error).__name__) from error
    except TimeoutError as error:
        raise Closed("no answer") from error
