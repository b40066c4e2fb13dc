"""Trust in brokers, and sockets that are closed also when a broker is not trusted."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from typing import Any


class Trust(ssl.SSLContext):
    """Trusts the authorities it was given. The library would leave a socket open whose certificate is not trusted."""

    made: ssl.SSLSocket | None = None

    def wrap_socket(self, *args: Any, **options: Any) -> ssl.SSLSocket:
        """A socket of its own, remembered so that it can be closed."""
        self.made = super().wrap_socket(*args, **options)
        return self.made

    def hang_up(self) -> None:
        """Have a thread that waits for the other side wait no longer; the socket stays open."""
        if self.made is not None:
            with suppress(OSError):  # there is no other side any more
                socket.socket.shutdown(self.made, socket.SHUT_RDWR)  # its own would forget TLS under that thread

    def close(self) -> None:
        """Close what was made; no thread may use it any more."""
        if self.made is not None:
            self.made.close()


def make_trust(ca: str) -> Trust:
    """Trust in the authorities of a file; without one in those of the machine. Raises OSError (ssl.SSLError is one)."""
    trust = Trust(ssl.PROTOCOL_TLS_CLIENT)
    if ca:
        trust.load_verify_locations(ca)
    else:
        trust.load_default_certs()
    return trust
