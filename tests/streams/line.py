"""A production line that publishes numbered samples to a real broker, and keeps what the broker may not have saved."""

from __future__ import annotations

import threading
import time
from collections import deque
from itertools import takewhile
from types import TracebackType
from typing import Any, NamedTuple

import msgspec
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tests.brokers.mosquitto import Mosquitto
from tests.support import ends

TOPIC = "line/1"
_TICK = 0.02
_SAVE_SECONDS = 0.5


class _Save(NamedTuple):
    """What the broker had saved before it was told to save, and how many of the kept messages it had by then."""

    before: tuple[int, int] | None
    messages: int


class Line:
    """Publishes `rate` samples a second, `together` in a message, each with its own number `n`, until it is stopped.

    A broker that is killed loses what it has not saved. So a message is kept here until the broker has saved what it
    had, after it said that it has the message.
    """

    def __init__(self, broker: Mosquitto, rate: int, together: int) -> None:
        self._broker, self._rate, self._together = broker, rate, together
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, "line", clean_session=False, protocol=MQTTProtocolVersion.MQTTv311
        )
        self._client.reconnect_delay_set(1, 1)
        self._client.max_queued_messages_set(0)
        self._kept: deque[tuple[int, bytes]] = deque()  # by the ids of their messages
        self._taken: set[int] = set()  # those that the broker says it has
        self._client.on_publish = lambda client, data, id, reason, properties: self._taken.add(id)
        self._saving: _Save | None = None
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._publish)
        self.published = 0
        self.again = 0

    def __enter__(self) -> Line:
        self._client.connect("127.0.0.1", self._broker.port)
        self._client.loop_start()
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
        self._client.disconnect()
        self._client.loop_stop()

    def stop(self) -> None:
        """Publish no more; what was published is at the broker when this returns."""
        self._end.set()
        ends(self._thread)

    def kill_broker(self) -> None:
        """Have the broker die as by a power cut, and come back; then publish again what it may have lost."""
        with self._lock:
            self._broker.restart()
            self._saving = None
            self._taken.clear()
            self._kept = deque((self._client.publish(TOPIC, payload, qos=1).mid, payload) for _, payload in self._kept)
            self.again += len(self._kept)

    def _publish(self) -> None:
        began = saved = time.monotonic()
        last: Any = None
        while not self._end.wait(_TICK):
            now = time.monotonic()
            due = int((now - began) * self._rate)
            with self._lock:
                while self.published + self._together <= due:
                    last = self._send()
                if now - saved > _SAVE_SECONDS:
                    saved = now
                    self._save()
        if last is not None:
            last.wait_for_publish(120)

    def _save(self) -> None:
        """Let go of what the broker has saved; then have it save what it has by now."""
        if self._saving is not None:
            if self._broker.saved == self._saving.before:
                return  # it takes its time
            for _ in range(self._saving.messages):
                self._taken.discard(self._kept.popleft()[0])
        count = sum(1 for _ in takewhile(lambda one: one[0] in self._taken, self._kept))
        self._saving = _Save(self._broker.saved, count)
        self._broker.save()

    def _send(self) -> Any:
        numbers = list(range(self.published + 1, self.published + self._together + 1))
        self.published += self._together
        moment = time.time()
        message = {
            "n": numbers, "time": [moment] * len(numbers), "value": [number % 100 / 10 for number in numbers],
            "probability": [0.1] * len(numbers),
        }  # fmt: skip
        payload = msgspec.json.encode(message)
        sent = self._client.publish(TOPIC, payload, qos=1)
        self._kept.append((sent.mid, payload))
        return sent
