"""A web server and a mail server that keep what they get."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support import ends, soon


class Hook:
    """Answers with `statuses` one after another, then with the last one again."""

    def __init__(self) -> None:
        self.statuses = [200]
        self.asked = 0
        self.got: list[Any] = []
        self.hold = threading.Event()
        self.hold.set()
        self.url = ""

    @contextmanager
    def running(self) -> Iterator[Hook]:
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                hook.hold.wait(60)
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = hook.statuses[min(hook.asked, len(hook.statuses) - 1)]
                hook.asked += 1
                if status == 200:
                    hook.got.append(json.loads(body))
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", hook.url)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments: Any) -> None:
                return

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self.url = f"http://127.0.0.1:{server.server_port}/hook?secret=abc"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            self.hold.set()
            server.shutdown()
            server.server_close()
            ends(thread)


class _Line(SMTP):
    """A caller's line, which says when it is gone."""

    left: asyncio.Event

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.left = asyncio.Event()
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.left.set()


class Post:
    """A mail server on a free port; `answer` is what it says to a message."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.answers = ["250 OK"]
        self.asked = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            mail = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            self.mails.append(mail)
            self.envelopes.append(envelope)
        return answer

    @asynccontextmanager
    async def running(self, **options: Any) -> AsyncIterator[str]:
        loop = asyncio.get_running_loop()
        protocols: list[_Line] = []

        def connect() -> SMTP:
            protocols.append(_Line(self, hostname="post.example", loop=loop, **options))
            return protocols[-1]

        server = await loop.create_server(connect, "127.0.0.1", 0)
        try:
            yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()
            talks = [protocol._handler_coroutine for protocol in protocols if protocol._handler_coroutine]
            await soon(asyncio.gather(*talks, return_exceptions=True))
            for protocol in protocols:
                transport = protocol._original_transport or protocol.transport
                if isinstance(transport, asyncio.Transport):
                    transport.abort()  # that of STARTTLS lies below the one that was closed
            await soon(asyncio.gather(*(protocol.left.wait() for protocol in protocols)))
