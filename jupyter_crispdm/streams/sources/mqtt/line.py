"""One connection to a broker, on the event loop: paho-mqtt speaks, this waits for its socket.

paho's own thread would read on whatever nobody takes. Here the socket is left unread as long as there is no room, so a
flood waits at the broker.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Callable
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from jupyter_crispdm.base.clock import Clock

from .place import MqttPlace
from .tls import Trust, make_trust

KEEPALIVE = 15
CONNECT_SECONDS = 5.0
#: A broker that has said nothing for so long is asked, and is silent when it does not answer.
ASK_AFTER, SILENT_AFTER = 2.0, 4.0
#: Messages that a broker sends ahead of the acknowledgements.
AHEAD = 1000
LARGEST_PACKET = 16 << 20
_AT_ONCE = 200
_NOBODY = "crispdm/nobody"

Deliver = Callable[[paho.MQTTMessage], None]


class Lost(Exception):
    """There is no connection, for that reason."""


class Line:
    """A connection that subscribes once it stands. `lost` is set to the reason when it is over."""

    def __init__(self, place: MqttPlace, client: str, old_topic: str, deliver: Deliver, clock: Clock) -> None:
        self.lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.subscribed = asyncio.Event()
        self._place, self._old_topic, self._deliver, self._clock = place, old_topic, deliver, clock
        self._loop = asyncio.get_running_loop()
        self._trust = _make_trust(place) if place.tls else None
        self._client = _make_client(place, client)
        if self._trust is not None:
            self._client.tls_set_context(self._trust)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        self._socket: Any = None  # the library's own kind of one
        self._connecting: asyncio.Future[None] | None = None
        self._heard = clock.monotonic()
        self._delivered = 0
        self._asked = self._held = False

    @property
    def silent(self) -> bool:
        """Whether the broker should have said something."""
        return not self._held and self._clock.monotonic() - self._heard > SILENT_AFTER

    async def open(self) -> None:
        """Connect. Raises Lost."""
        self._connecting = self._loop.run_in_executor(None, self._connect)
        try:
            await asyncio.shield(self._connecting)
        except (OSError, ValueError) as error:
            raise Lost(_why(self._place, error)) from error
        self._socket = self._client.socket()
        if self._socket is None:
            raise Lost(f"The broker at {self._place.address} closed the connection.")
        self._heard = self._clock.monotonic()
        self._client.on_socket_register_write = self._want_to_write
        self._client.on_socket_unregister_write = self._have_written
        self._client.on_socket_close = self._closes
        self._loop.add_reader(self._socket, self._readable)

    def acknowledge(self, mid: int, qos: int) -> None:
        """Tell the broker that a message is safe."""
        if not self.lost.done():
            self._client.ack(mid, qos)

    def hold(self) -> None:
        """Read no further for now."""
        if not self._held and self._socket is not None:
            self._held = True
            self._loop.remove_reader(self._socket)

    def go_on(self) -> None:
        """Read on."""
        if self._held:
            self._held, self._heard = False, self._clock.monotonic()
            if self._socket is not None:
                self._loop.add_reader(self._socket, self._readable)
                self._loop.call_soon(self._readable)  # what TLS has already read makes no socket readable

    def look(self) -> None:
        """Once a second: keep the connection alive, and ask a broker that is silent whether it is there."""
        self._guarded(self._client.loop_misc)
        quiet = self._clock.monotonic() - self._heard >= ASK_AFTER
        if quiet and not self._asked and self.subscribed.is_set():
            self._asked = True  # every broker answers, and nothing changes
            self._guarded(lambda: self._client.unsubscribe(_NOBODY))

    def close(self) -> None:
        """Say good-bye; the broker keeps the session."""
        if not self.lost.done():
            self.lost.set_result("")
        if self._connecting is not None and not self._connecting.done():
            self._leave(self._connecting)
            return
        with contextlib.suppress(Exception):
            self._client.disconnect()
            self._client.loop_write()
        self._forget()

    def _connect(self) -> None:
        properties = None
        if self._place.version == 5:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            properties.SessionExpiryInterval = self._place.session_seconds
            properties.ReceiveMaximum = AHEAD
            properties.MaximumPacketSize = LARGEST_PACKET
        clean = self._place.session_seconds == 0 if self._place.version == 5 else paho.MQTT_CLEAN_START_FIRST_ONLY
        self._client.connect(self._place.host, self._place.port, KEEPALIVE, clean_start=clean, properties=properties)

    def _readable(self) -> None:
        self._guarded(self._read_some)

    def _read_some(self) -> None:
        self._heard, self._asked = self._clock.monotonic(), False
        for _ in range(_AT_ONCE):
            before = self._delivered
            if self._held or self._client.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return
            if self._delivered == before and not _has_more(self._client.socket()):
                return
        if _has_more(self._client.socket()):
            self._loop.call_soon(self._readable)

    def _guarded(self, work: Callable[[], object]) -> None:
        """Do something with what the broker said, which may be anything."""
        if self.lost.done():
            return
        try:
            work()
        except Exception as error:
            self._lose(f"What speaks at {self._place.address} is no MQTT broker ({type(error).__name__}).")
        if self.lost.done():
            self._forget()

    def _lose(self, reason: str) -> None:
        """Note why it is over. The library calls this while it holds its locks, so nothing is closed here."""
        if not self.lost.done():
            self.lost.set_result(reason)

    def _leave(self, connecting: asyncio.Future[None]) -> None:
        """Have a thread that still connects come to its end, and close what it holds only then.

        TLS knows its socket by a number, which belongs to somebody else's file or socket soon after it is closed.
        """

        def over(done: asyncio.Future[None]) -> None:
            done.exception()  # nobody asks for it any more
            self._forget()

        connecting.add_done_callback(over)
        if self._trust is not None:
            self._trust.hang_up()

    def _forget(self) -> None:
        # the library has no word for dropping a connection without one
        self._client._reset_sockets()
        if self._trust is not None:
            self._trust.close()

    def _on_connect(self, client: paho.Client, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self._lose(f"The broker at {self._place.address} refuses: {reason}.")
            return
        if self._old_topic and self._old_topic != self._place.topic:
            client.unsubscribe(self._old_topic)
        if self._place.version == 5:
            # what a broker retains it sends with a new subscription only, not with each connection
            options = SubscribeOptions(self._place.level, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
            client.subscribe(self._place.topic, options=options)
        else:
            client.subscribe(self._place.topic, self._place.level)

    def _on_subscribe(self, client: paho.Client, data: Any, mid: int, reasons: Any, properties: Any) -> None:
        refusal = next((reason for reason in reasons if reason.is_failure), None)
        if refusal is not None:
            self._lose(f"The broker at {self._place.address} does not allow '{self._place.topic}': {refusal}.")
        else:
            self.subscribed.set()

    def _on_disconnect(self, client: paho.Client, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        self._lose(f"The connection to {self._place.address} is lost: {reason}.")

    def _on_message(self, client: paho.Client, data: Any, message: paho.MQTTMessage) -> None:
        self._delivered += 1
        if paho.topic_matches_sub(self._place.topic, message.topic):
            self._deliver(message)
        else:  # of a topic that was followed before
            client.ack(message.mid, message.qos)

    def _want_to_write(self, client: paho.Client, data: Any, sock: Any) -> None:
        self._loop.add_writer(sock, lambda: self._guarded(client.loop_write))

    def _have_written(self, client: paho.Client, data: Any, sock: Any) -> None:
        self._loop.remove_writer(sock)

    def _closes(self, client: paho.Client, data: Any, sock: Any) -> None:
        self._socket = None
        self._loop.remove_reader(sock)
        self._loop.remove_writer(sock)


def _make_client(place: MqttPlace, name: str) -> paho.Client:
    """A client of the library that speaks when it is told to, and acknowledges when it is told to."""
    five = place.version == 5
    client = paho.Client(
        CallbackAPIVersion.VERSION2, name, clean_session=None if five else place.session_seconds == 0,
        protocol=MQTTProtocolVersion.MQTTv5 if five else MQTTProtocolVersion.MQTTv311, reconnect_on_failure=False,
        manual_ack=True,
    )  # fmt: skip
    client.connect_timeout = CONNECT_SECONDS
    if place.username:
        client.username_pw_set(place.username, place.password or None)
    return client


def _make_trust(place: MqttPlace) -> Trust:
    """Raises Lost where the certificates cannot be read."""
    try:
        return make_trust(place.ca)
    except OSError as error:
        raise Lost(f"The certificates in '{place.ca.rpartition('/')[2]}' cannot be read: {error}.") from error


def _has_more(sock: Any) -> bool:
    """Whether TLS holds bytes that make no socket readable."""
    return isinstance(sock, ssl.SSLSocket) and sock.pending() > 0


def _why(place: MqttPlace, error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate of {place.address} is not trusted: {error.verify_message}."
    if isinstance(error, TimeoutError):
        return f"The broker at {place.address} does not answer."
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"The broker at {place.address} cannot be reached: {reason}."
