"""The sending side of a connection: one write at a time, readers in turn, nothing fetched for a client that stalls."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jupyter_crispdm.base.live.core.log import Place
from jupyter_crispdm.base.live.core.message import Message
from jupyter_crispdm.base.live.outlet import Outlet, Reader
from jupyter_crispdm.tracking.types import MetricsFact


class Timer:
    """A call to come."""

    def __init__(self, at: float, call: Callable[[], None]) -> None:
        self.at, self.call, self.is_cancelled = at, call, False

    def cancel(self) -> None:
        self.is_cancelled = True


class Wire:
    """A connection that takes what a test lets it take, and a clock."""

    def __init__(self) -> None:
        self.sent: list[list[Message]] = []
        self.failed: list[str] = []
        self.is_free = True
        self.timers: list[Timer] = []
        self.now = 0.0
        self.outlet = Outlet(self._send, lambda topic, error: self.failed.append(topic), self._later)

    def _send(self, messages: Sequence[Message]) -> bool:
        self.sent.append([*messages])
        return self.is_free

    def _later(self, seconds: float, call: Callable[[], None]) -> Timer:
        self.timers.append(Timer(self.now + seconds, call))
        return self.timers[-1]

    def wait(self, seconds: float) -> None:
        self.now += seconds
        due = [timer for timer in self.timers if timer.at <= self.now]
        self.timers = [timer for timer in self.timers if timer.at > self.now]
        for timer in due:
            if not timer.is_cancelled:
                timer.call()

    def told(self) -> list[list[str]]:
        """What was sent since the last look: a list for each write."""
        told = [[f"{message.topic} {message.seq}" for message in messages] for messages in self.sent]
        self.sent = []
        return told


class Numbers:
    """A topic of numbers: each reader gets those that they do not have."""

    def __init__(self, topic: str) -> None:
        self.topic, self.last, self.readers, self.taken = topic, 0, list[Reader](), 0

    def join(self, reader: Reader) -> None:
        self.readers.append(reader)
        reader.wake()

    def leave(self, reader: Reader) -> None:
        self.readers.remove(reader)

    def take(self, reader: Reader) -> Message | None:
        self.taken += 1
        cursor = reader.place.cursor or 0
        if cursor >= self.last:
            return None
        reader.place = Place(cursor + 1)
        return Message(self.topic, cursor + 1, "x" * 10, last=cursor + 1 == 99)

    def tell(self, last: int) -> None:
        self.last = last
        for reader in [*self.readers]:
            reader.wake()


def followed(wire: Wire, *topics: str, period: float | None = None) -> list[Numbers]:
    channels = [Numbers(topic) for topic in topics]
    for channel in channels:
        wire.outlet.follow(channel.topic, channel, Place(), period)
    return channels


def test_what_comes_together_goes_out_in_one_write() -> None:
    wire = Wire()
    (one,) = followed(wire, "a")
    one.tell(3)
    assert wire.told() == [["a 1", "a 2", "a 3"]]


def test_a_client_that_stalls_holds_one_write_and_gets_the_rest_in_turns() -> None:
    wire = Wire()
    wire.is_free = False
    one, two = followed(wire, "a", "b")
    one.tell(1)
    assert wire.told() == [["a 1"]]
    before = one.taken
    for last in range(2, 1000):
        one.tell(last)
    two.tell(3)
    assert wire.told() == []
    assert one.taken == before, "nothing is fetched for it"
    wire.outlet.resume()
    (first,) = wire.told()
    assert first[:6] == ["a 2", "b 1", "a 3", "b 2", "a 4", "b 3"]
    assert len(first) * 12 < 64 * 1024 + 100


def test_a_large_batch_is_sent_in_parts() -> None:
    wire = Wire()
    wire.is_free = False
    (one,) = followed(wire, "a")
    one.last = 98
    message = Message("a", 1, "x" * 70_000)
    one.take = lambda reader: message if len(wire.sent) < 3 else None  # type: ignore[method-assign]
    one.tell(98)
    wire.outlet.resume()
    assert [len(messages) for messages in wire.sent] == [1, 1]


def test_a_period_brings_all_that_is_new_together() -> None:
    wire = Wire()
    (one,) = followed(wire, "a", period=5)
    one.tell(2)
    assert wire.told() == [["a 1", "a 2"]]
    for last in range(3, 8):
        one.tell(last)
        wire.wait(0.9)
    assert wire.told() == []
    wire.wait(5)
    assert wire.told() == [["a 3", "a 4", "a 5", "a 6", "a 7"]]
    wire.wait(60)
    one.tell(8)
    assert wire.told() == [["a 8"]], "after a quiet time at once"


def test_who_leaves_is_told_nothing_more() -> None:
    wire = Wire()
    one, two = followed(wire, "a", "b", period=5)
    one.tell(1)
    wire.outlet.leave("a")
    wire.outlet.leave("a")
    one.tell(2)
    wire.wait(10)
    two.tell(1)
    assert wire.told() == [["a 1"], ["b 1"]]
    assert (one.readers, len(wire.outlet)) == ([], 1)
    wire.outlet.close()
    assert (two.readers, len(wire.outlet)) == ([], 0)


def test_a_topic_that_is_followed_again_is_followed_once() -> None:
    wire = Wire()
    (one,) = followed(wire, "a")
    wire.outlet.follow("a", one, Place(5), None)
    one.tell(7)
    assert wire.told() == [["a 6", "a 7"]]
    assert len(one.readers) == 1


def test_the_last_message_ends_a_topic() -> None:
    wire = Wire()
    (one,) = followed(wire, "a")
    one.tell(99)
    assert wire.told()[0][-1] == "a 99"
    assert (one.readers, len(wire.outlet)) == ([], 0)


def test_a_topic_that_broke_is_told_and_left() -> None:
    wire = Wire()
    one, two = followed(wire, "a", "b")
    reader = one.readers[0]
    reader.fail(RuntimeError("broken"))
    reader.fail(RuntimeError("broken again"))
    assert (wire.failed, len(wire.outlet)) == (["a"], 1)
    two.tell(1)
    assert wire.told() == [["b 1"]]


class Curves(Numbers):
    """A topic of curves."""

    def take(self, reader: Reader) -> Message | None:
        message = super().take(reader)
        return None if message is None else Message(self.topic, message.seq, MetricsFact({}, message.seq), "a")


def test_who_asks_for_it_gets_bytes_and_the_others_text() -> None:
    wire, topic = Wire(), Curves("curves")
    wire.outlet.follow("curves", topic, Place(0), None, packed=True)
    other = Wire()
    other.outlet.follow("curves", topic, Place(0), None)
    topic.tell(1)
    assert [[one.frame[0] for one in sent] for sent in (*wire.sent, *other.sent)] == [[0x82], [0x81]]
