"""Somebody who publishes to a broker, as a machine on a line does."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tests.brokers.mosquitto import Mosquitto

_SECONDS = 60.0


class Refused(Exception):
    """The broker did not let it in."""


class Publisher:
    """A client that publishes with QoS 1 and waits until the broker has taken each message."""

    def __init__(self, broker: Mosquitto, *, user: str = "", password: str = "", trust: bool = True) -> None:
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        self._client.on_connect = self._on_connect
        self._client.on_connect_fail = self._on_fail
        self._known = threading.Event()
        self._refusal = ""
        self._port = broker.port
        if user:
            self._client.username_pw_set(user, password)
        if broker.certificate is not None and trust:
            self._client.tls_set(ca_certs=str(broker.certificate))

    def __enter__(self) -> Publisher:
        self._client.connect_async("localhost", self._port)
        self._client.loop_start()
        try:
            if not self._known.wait(_SECONDS) or self._refusal:
                raise Refused(self._refusal or "no answer")
        except Refused:
            self._client.loop_stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, topic: str, payload: bytes | str, *, qos: int = 1, retain: bool = False) -> None:
        """Publish; with QoS 1 the broker has it when this returns."""
        message = self._client.publish(topic, payload, qos=qos, retain=retain)
        message.wait_for_publish(_SECONDS)
        assert message.is_published(), f"the broker did not take a message of {topic} in {_SECONDS:g} s"

    def _on_connect(self, client: Any, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        self._refusal = str(reason) if reason.is_failure else ""
        self._known.set()

    def _on_fail(self, client: Any, data: Any) -> None:
        self._refusal = "no connection"
        self._known.set()
