"""Lines on which somebody still sends when they are answered.

Hung up with bytes unread, many clients would see a reset in place of the answer. So they are told that nothing more
comes, what they send is dropped, and the line is closed when they close it, or after a while.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import Any

from tornado import httputil
from tornado.iostream import SSLIOStream

LINGER_SECONDS = 5.0
_UNLIMITED = 2**63 - 1


def is_unread(request: httputil.HTTPServerRequest) -> bool:
    """Whether a request has a body that is not read to its end."""
    headers = request.headers
    announced = "Transfer-Encoding" in headers or headers.get("Content-Length", "0") != "0"
    return announced and not _connection(request)._read_finished


def linger(request: httputil.HTTPServerRequest) -> None:
    """Have the line of a request closed late, once it is answered; at once where the sender waits to be asked."""
    if "Expect" in request.headers:
        return
    connection = _connection(request)
    connection.set_max_body_size(_UNLIMITED)  # over its own limit, tornado would hang up at once
    close = connection._finish_request

    def half_close(sent: Any) -> None:
        stream = connection.stream
        if not stream.closed() and not isinstance(stream, SSLIOStream):
            with suppress(OSError):
                stream.socket.shutdown(socket.SHUT_WR)
        asyncio.get_running_loop().call_later(LINGER_SECONDS, close, sent)

    connection._finish_request = half_close


def _connection(request: httputil.HTTPServerRequest) -> Any:
    return request.connection
