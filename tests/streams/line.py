"""A production line that publishes numbered samples to a real broker, and keeps what the broker may not have saved."""

from __future__ import annotations

import threading
import time
from collections import deque
from types import TracebackType
from typing import Any

import msgspec
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tests.brokers.mosquitto import Mosquitto
from tests.support import ends

TOPIC = "line/1"
_TICK = 0.02
#: A broker that is killed loses what it has not saved; it is told to save far more often than this.
_KEPT_SECONDS = 5.0
_SAVE_SECONDS = 0.5


class Line:
    """Publishes `rate` samples a second, `together` in a message, each with its own number `n`, until it is stopped."""

    def __init__(self, broker: Mosquitto, rate: int, together: int) -> None:
        self._broker, self._rate, self._together = broker, rate, together
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, "line", clean_session=False, protocol=MQTTProtocolVersion.MQTTv311
        )
        self._client.reconnect_delay_set(1, 1)
        self._client.max_queued_messages_set(0)
        self._kept: deque[tuple[float, bytes]] = deque()
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
            kept = list(self._kept)
        for _, payload in kept:
            self._client.publish(TOPIC, payload, qos=1)
            self.again += 1

    def _publish(self) -> None:
        began = saved = time.monotonic()
        last: Any = None
        while not self._end.wait(_TICK):
            now = time.monotonic()
            due = int((now - began) * self._rate)
            with self._lock:
                while self.published + self._together <= due:
                    last = self._send(now)
                if now - saved > _SAVE_SECONDS:
                    saved = now
                    self._broker.save()
                while self._kept and self._kept[0][0] < now - _KEPT_SECONDS:
                    self._kept.popleft()
        if last is not None:
            last.wait_for_publish(120)

    def _send(self, now: float) -> Any:
        numbers = list(range(self.published + 1, self.published + self._together + 1))
        self.published += self._together
        moment = time.time()
        message = {
            "n": numbers, "time": [moment] * len(numbers), "value": [number % 100 / 10 for number in numbers],
            "probability": [0.1] * len(numbers),
        }  # fmt: skip
        payload = msgspec.json.encode(message)
        self._kept.append((now, payload))
        return self._client.publish(TOPIC, payload, qos=1)
