"""Where a broker is, and what is wanted of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MqttPlace:
    """A broker and a topic. `version` 3 is MQTT 3.1.1; `ca` a file of certificates, empty for the machine's own.

    `qos` 2 is asked for as 1: a message may come twice either way, after a kill, and with 1 none can be lost half-way
    through the four steps of 2.
    """

    host: str
    topic: str
    port: int = 1883
    qos: int = 1
    version: int = 5
    tls: bool = False
    ca: str = ""
    username: str = ""
    password: str = ""
    session_seconds: int = 604_800

    @property
    def level(self) -> int:
        """The quality of service that is asked for."""
        return min(self.qos, 1)

    @property
    def address(self) -> str:
        """The broker's address, as people write it."""
        return f"{self.host}:{self.port}"
