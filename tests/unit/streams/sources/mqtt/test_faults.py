"""A real broker that stalls, dies, floods, lies and goes."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_crispdm.streams.batch import numbers_of
from jupyter_crispdm.streams.mapping import Mapper
from jupyter_crispdm.streams.sources.backoff import Backoff
from jupyter_crispdm.streams.sources.mqtt import MqttPlace, MqttSource
from jupyter_crispdm.streams.sources.mqtt import source as source_module
from jupyter_crispdm.streams.sources.mqtt.session import read_session
from tests.brokers.mosquitto import Mosquitto
from tests.brokers.publisher import Publisher
from tests.ports import free_port
from tests.support import FakeClock, ends, eventually, nap, soon
from tests.unit.streams.sources.reading import Reading

pytestmark = pytest.mark.usefixtures("jp_asyncio_loop")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    directory = tmp_path / "line-1"
    directory.mkdir()
    return directory


def source(port: int, directory: Path, *, clock: FakeClock | None = None, **more: Any) -> MqttSource:
    return MqttSource(MqttPlace("localhost", "line", port, **more), directory, clock=clock, backoff=Backoff(nap))


async def publish(broker: Mosquitto, *payloads: bytes, **options: Any) -> None:
    def all_of_them() -> None:
        with Publisher(broker) as publisher:
            for payload in payloads:
                publisher.publish("line", payload, **options)

    await asyncio.to_thread(all_of_them)


async def subscribed(reading: Reading, directory: Path) -> None:
    await reading.until(lambda: (directory / "mqtt.json").exists() and read_session(directory).topic)


@pytest.mark.parametrize("version", [3, 5])
@pytest.mark.proves("streams.stall", "machine.broker")
async def test_a_broker_that_stalls_is_said_and_heard_again(
    mosquitto: Mosquitto, directory: Path, version: int
) -> None:
    clock = FakeClock()
    async with Reading(source(mosquitto.port, directory, clock=clock, version=version)) as reading:
        await subscribed(reading, directory)
        mosquitto.hold()
        clock.advance(4.5)
        assert reading.source.trouble.endswith("does not answer.")
        mosquitto.go_on()
        await publish(mosquitto, b"1")
        assert await reading.payloads(1) == [b"1"]
        assert reading.source.trouble == ""


@pytest.mark.proves("streams.stall", "machine.broker")
async def test_a_broker_that_has_nothing_to_tell_is_asked_and_is_no_trouble(
    mosquitto: Mosquitto, directory: Path
) -> None:
    clock = FakeClock()
    async with Reading(source(mosquitto.port, directory, clock=clock)) as reading:
        await subscribed(reading, directory)
        for _ in range(3):
            clock.advance(4.5)
            assert reading.source.trouble
            await eventually(lambda: not reading.source.trouble)  # it answered


@pytest.mark.proves("streams.stall", "machine.broker")
async def test_a_broker_that_takes_connections_and_says_nothing_is_said(directory: Path) -> None:
    clock = FakeClock()
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        async with Reading(source(silent.getsockname()[1], directory, clock=clock)) as reading:
            await reading.until(lambda: (directory / "mqtt.json").exists())
            clock.advance(4.5)
            await reading.until(lambda: "does not answer" in reading.source.trouble)


@pytest.mark.parametrize("version", [3, 5])
@pytest.mark.proves("streams.broker-death", "machine.broker")
async def test_a_broker_that_dies_is_said_and_found_again(mosquitto: Mosquitto, directory: Path, version: int) -> None:
    async with Reading(source(mosquitto.port, directory, version=version)) as reading:
        await subscribed(reading, directory)
        await publish(mosquitto, b"1")
        await reading.payloads(1)
        mosquitto.kill()
        await reading.until(lambda: "is lost" in reading.source.trouble or "cannot be" in reading.source.trouble)
        mosquitto.start()
        await reading.until(lambda: not reading.source.trouble)
        await publish(mosquitto, b"2")
        await reading.until(lambda: reading.got[-1].payload == b"2")  # the first may come again: the broker was killed


@pytest.mark.proves("streams.broker-death", "machine.broker")
async def test_a_broker_that_comes_late_is_found(mosquitto: Mosquitto, directory: Path) -> None:
    mosquitto.kill()
    async with Reading(source(mosquitto.port, directory)) as reading:
        await reading.until(lambda: "cannot be reached: Connection refused" in reading.source.trouble)
        mosquitto.start()
        await reading.until(lambda: not reading.source.trouble)


async def test_a_name_that_nobody_has_is_said(directory: Path) -> None:
    place = MqttPlace("no-such-host.invalid", "line", free_port())
    async with Reading(MqttSource(place, directory, backoff=Backoff(nap))) as reading:
        await reading.until(lambda: "cannot be reached" in reading.source.trouble)


@pytest.mark.proves("streams.flood", "machine.broker")
async def test_a_flood_waits_at_the_broker(
    mosquitto: Mosquitto, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "MOST_WAITING", 50)
    follower = source(mosquitto.port, directory)
    async with Reading(follower) as reading:
        await subscribed(reading, directory)
        reading.hold()
        await publish(mosquitto, *(str(number).encode() for number in range(3000)))
        assert len(follower._waiting) <= 50
        reading.go_on()
        assert await reading.payloads(3000) == [str(number).encode() for number in range(3000)]
        assert follower._bytes == 0


@pytest.mark.proves("streams.flood", "machine.broker")
async def test_large_messages_fill_the_room_by_their_bytes(
    mosquitto: Mosquitto, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "MOST_WAITING_BYTES", 3_000_000)
    follower = source(mosquitto.port, directory, version=3)
    async with Reading(follower, store=False) as reading:
        await subscribed(reading, directory)
        reading.hold()
        await publish(mosquitto, *(bytes([number]) * 1_000_000 for number in range(8)))
        await reading.until(lambda: follower._bytes >= 2_000_000)
        assert len(follower._waiting) <= 3
        reading.go_on()
        assert len(await reading.payloads(8)) == 8


@pytest.mark.proves("streams.flood", "machine.broker")
async def test_a_message_over_all_bounds_never_comes_and_the_next_does(mosquitto: Mosquitto, directory: Path) -> None:
    async with Reading(source(mosquitto.port, directory)) as reading:
        await subscribed(reading, directory)
        await publish(mosquitto, b"x" * (17 << 20), b"next")
        assert await reading.payloads(1) == [b"next"]


RUBBISH = {
    "a web server": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "zeros": bytes(200),
    "ones": b"\xff" * 200,
    "an acknowledgement that is cut": b"\x20\x02\x00",
    "a publication before anything": b"\x30\x05\x00\x10abc",
    "an endless length": b"\x30\xff\xff\xff\xff\xff\xff",
    "a good beginning, then noise": b"\x20\x03\x00\x00\x00" + b"\x90\x01\x00" + b"\x32\x02\xff\xff" + b"noise" * 40,
}


class Liar:
    """Takes connections, says what it was told to, and hangs up."""

    def __init__(self, says: bytes) -> None:
        self._says = says
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        self.met = 0
        self._work = threading.Thread(target=self._lie)

    def __enter__(self) -> Liar:
        self._work.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        ends(self._work)

    def _lie(self) -> None:
        while True:
            try:
                line, _ = self._door.accept()
            except OSError:
                return
            with line:
                self.met += 1
                try:
                    line.recv(1000)
                    line.sendall(self._says)
                except OSError:
                    continue


@pytest.fixture
def liars() -> Iterator[ExitStack]:
    with ExitStack() as liars:
        yield liars


@pytest.mark.parametrize("version", [3, 5])
@pytest.mark.parametrize("says", RUBBISH.values(), ids=RUBBISH)
@pytest.mark.proves("streams.stall", "machine.broker")
async def test_what_is_no_broker_is_said_and_asked_again(
    liars: ExitStack, directory: Path, says: bytes, version: int
) -> None:
    liar = liars.enter_context(Liar(says))
    async with Reading(source(liar.port, directory, version=version)) as reading:
        await reading.until(lambda: liar.met >= 3 and reading.source.trouble)
        assert reading.got == []


@pytest.mark.proves("streams.rubbish")
async def test_what_machines_send_comes_as_it_is(mosquitto: Mosquitto, directory: Path) -> None:
    odd = [b"", b"\xff\x00\xfe", b"[" * 10_000, b'{"v": NaN}', b"x" * 2_000_000]
    async with Reading(source(mosquitto.port, directory)) as reading:
        await subscribed(reading, directory)
        await publish(mosquitto, *odd)
        assert await reading.payloads(len(odd)) == odd


@pytest.mark.proves("streams.odd-values", "streams.rubbish")
async def test_odd_samples_of_a_machine_cost_themselves_alone(mosquitto: Mosquitto, directory: Path) -> None:
    odd = [
        b'{"value": 1, "unit": "mm"}', b'{"value": NaN, "unit": "mm"}', b'{"unit": 7}', b'{"value": "hot"}', b"{}",
        b'{"value": {"deeper": 1}}', b"[" * 100_000, b'{"value": "' + b"x" * (5 << 20) + b'"}', b"\xff",
        b'{"value": 2}',
    ]  # fmt: skip
    async with Reading(source(mosquitto.port, directory)) as reading:
        await subscribed(reading, directory)
        await publish(mosquitto, *odd)
        await reading.payloads(len(odd))
    mapped = Mapper()(reading.got)
    assert np.nan_to_num(numbers_of(mapped.columns["value"]), nan=-1).tolist() == [1, -1, -1, -1, 2]
    assert mapped.columns["unit"] == ["mm", "mm", "7", None, None]
    assert mapped.rejected == {
        "none of the columns": 2, "nested too deeply": 1, "over 4 MiB": 1, "no JSON": 1, "'value' is no number": 1,
    }  # fmt: skip


@pytest.mark.proves("streams.clock")
async def test_a_clock_that_jumps_loses_no_connection(mosquitto: Mosquitto, directory: Path) -> None:
    clock = FakeClock()
    async with Reading(source(mosquitto.port, directory, clock=clock)) as reading:
        await subscribed(reading, directory)
        clock._now -= 86_400
        await publish(mosquitto, b"1")
        await reading.payloads(1)
        assert reading.got[0].received == clock.now()
        assert reading.source.trouble == ""


async def test_a_directory_that_cannot_be_written_is_said(mosquitto: Mosquitto, directory: Path) -> None:
    async with Reading(source(mosquitto.port, directory / "gone")) as reading:
        await reading.until(lambda: "No such file" in reading.source.trouble)
        await asyncio.to_thread((directory / "gone").mkdir)
        await reading.until(lambda: not reading.source.trouble)


@pytest.mark.parametrize("content", [b"", b"{", b'{"client": 5}', b"\xff"])
async def test_a_broken_memory_of_the_session_is_replaced(
    mosquitto: Mosquitto, directory: Path, content: bytes
) -> None:
    (directory / "mqtt.json").write_bytes(content)
    async with Reading(source(mosquitto.port, directory)) as reading:
        await subscribed(reading, directory)
        assert read_session(directory).client.startswith("crispdm-line-1-")


async def test_it_can_be_closed_while_it_connects(directory: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0), backlog=1)) as silent:
        for _ in range(3):
            (directory / "mqtt.json").unlink(missing_ok=True)
            async with Reading(source(silent.getsockname()[1], directory, tls=True)) as reading:
                await reading.until(lambda: (directory / "mqtt.json").exists())
    await threads_end()


async def test_who_left_a_handshake_reads_nothing_that_is_meant_for_others(directory: Path) -> None:
    """It went on by the number of its closed socket: five bytes of whoever had that next were taken for a greeting."""
    with closing(socket.create_server(("127.0.0.1", 0))) as slow:
        async with Reading(source(slow.getsockname()[1], directory, tls=True)):
            line, _ = await soon(asyncio.to_thread(slow.accept))
            assert await soon(asyncio.to_thread(line.recv, 10_000))
        with ExitStack() as others:
            ends = [others.enter_context(end) for _ in range(4) for end in socket.socketpair()]
            for end in ends:
                end.sendall(b"for others only")
            line.close()
            await threads_end()
            assert [end.recv(100) for end in ends] == [b"for others only"] * len(ends)


async def threads_end() -> None:
    """Wait for all that this test's loop has left to threads."""
    await soon(asyncio.get_running_loop().shutdown_default_executor())


async def test_pauses_double_up_to_a_bound_and_begin_anew() -> None:
    pauses: list[float] = []

    async def note(seconds: float) -> None:
        pauses.append(seconds)

    backoff = Backoff(note, chance=lambda: 1.0)
    for _ in range(7):
        await backoff.pause()
    backoff.reset()
    await backoff.pause()
    assert pauses == [0.5, 1, 2, 4, 8, 15, 15, 0.5]
    await Backoff(note, chance=lambda: 0.0).pause()
    assert pauses[-1] == 0.25
