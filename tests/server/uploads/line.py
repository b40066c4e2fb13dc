"""A line between a client and a server, which is cut, or on which something happens, after so many bytes."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress

_PIECE = 64 * 1024
_RESET = struct.pack("ii", 1, 0)  # closed with it, a connection ends by a reset, as a cut line does


def nothing() -> None:
    """Nothing happens at this cut but the cut."""


class Proxy:
    """Passes bytes on both ways. Once as many as `cuts` says have gone to the server, in all, every connection is cut;
    then what belongs to that cut happens, before anybody can connect again."""

    def __init__(self, port: int, cuts: dict[int, Callable[[], None]]) -> None:
        self._server_port = port
        self._cuts = sorted(cuts.items())
        self._lock = threading.Lock()
        self.passed = 0
        self.happened = 0
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """Let nobody connect any more."""
        self._listener.close()
        self._cut_all()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with self._lock:  # held while something happens at a cut
            try:
                server = socket.create_connection(("127.0.0.1", self._server_port), timeout=60)
            except OSError:
                client.close()
                return
            self._open |= {client, server}
        threading.Thread(target=self._back, args=(server, client), daemon=True).start()
        with suppress(OSError):
            while data := client.recv(_PIECE):
                self._pass(data, server)
            server.shutdown(socket.SHUT_WR)

    def _pass(self, data: bytes, server: socket.socket) -> None:
        with self._lock:
            if not self._cuts or self.passed + len(data) < self._cuts[0][0]:
                self.passed += len(data)
                rest = b""
            else:
                until, happens = self._cuts.pop(0)
                data, rest = data[: until - self.passed], data
                self.passed = until
        try:
            server.sendall(data)
        finally:  # also where the other way was over first
            if rest:
                with self._lock:
                    self._cut_all()
                    happens()
                    self.happened += 1

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(_PIECE):
                client.sendall(data)
            client.shutdown(socket.SHUT_WR)
        for one in (server, client):
            self._open.discard(one)
            one.close()

    def _cut_all(self) -> None:
        for one in list(self._open):
            with suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                one.shutdown(socket.SHUT_RDWR)
                one.close()
        self._open.clear()
