"""Messages of a real broker."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.streams.sources.mqtt import MqttPlace, MqttSource
from jupyter_crispdm.streams.sources.mqtt.session import read_session
from tests.brokers.mosquitto import Mosquitto
from tests.brokers.plugin import MakeMosquitto
from tests.brokers.publisher import Publisher
from tests.unit.streams.sources.reading import Reading

pytestmark = pytest.mark.usefixtures("jp_asyncio_loop")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    directory = tmp_path / "line-1"
    directory.mkdir()
    return directory


def source(broker: Mosquitto, directory: Path, **more: Any) -> MqttSource:
    options = {"topic": "line/#"} | more
    return MqttSource(MqttPlace("localhost", port=broker.port, **options), directory)


async def publish(broker: Mosquitto, *payloads: str, topic: str = "line/1", **options: Any) -> None:
    def all_of_them() -> None:
        with Publisher(broker, user=next(iter(broker.users), ""), password=next(iter(broker.users.values()), "")) as by:
            for payload in payloads:
                by.publish(topic, payload, **options)

    await asyncio.to_thread(all_of_them)


async def subscribed(reading: Reading, directory: Path) -> None:
    await reading.until(lambda: (directory / "mqtt.json").exists() and read_session(directory).topic)


@pytest.mark.parametrize("version", [3, 5])
@pytest.mark.parametrize("qos", [0, 1, 2])
@pytest.mark.proves("streams.mqtt", "monitor.sources")
async def test_messages_come_in_order(mosquitto: Mosquitto, directory: Path, version: int, qos: int) -> None:
    async with Reading(source(mosquitto, directory, version=version, qos=qos)) as reading:
        await subscribed(reading, directory)
        await publish(mosquitto, "1", "2", "3", qos=qos)
        assert await reading.payloads(3) == [b"1", b"2", b"3"]
        assert reading.source.trouble == ""
        assert reading.got[0].received > 1e9


@pytest.mark.proves("streams.mqtt")
async def test_wildcards_follow_many_topics_and_messages_say_theirs(mosquitto: Mosquitto, directory: Path) -> None:
    async with Reading(source(mosquitto, directory, topic="line/+/heat")) as reading:
        await subscribed(reading, directory)
        await publish(mosquitto, "a", topic="line/1/heat")
        await publish(mosquitto, "no", topic="line/1/force")
        await publish(mosquitto, "b", topic="line/2/heat")
        await reading.payloads(2)
        assert [message.topic for message in reading.got] == ["line/1/heat", "line/2/heat"]


@pytest.mark.parametrize("version", [3, 5])
@pytest.mark.proves("streams.mqtt-session")
async def test_what_comes_while_nobody_collects_is_kept_at_the_broker(
    mosquitto: Mosquitto, directory: Path, version: int
) -> None:
    async with Reading(source(mosquitto, directory, version=version)) as reading:
        await subscribed(reading, directory)
    await publish(mosquitto, "1", "2")
    mosquitto.stop()
    mosquitto.start()
    await publish(mosquitto, "3")
    async with Reading(source(mosquitto, directory, version=version)) as reading:
        assert await reading.payloads(3) == [b"1", b"2", b"3"]


@pytest.mark.parametrize("qos", [1, 2])
@pytest.mark.parametrize("version", [3, 5])
@pytest.mark.proves("streams.mqtt-session")
async def test_what_was_read_and_not_stored_comes_again(
    mosquitto: Mosquitto, directory: Path, version: int, qos: int
) -> None:
    async with Reading(source(mosquitto, directory, version=version, qos=qos), store=False) as reading:
        await subscribed(reading, directory)
        await publish(mosquitto, "1", "2", qos=qos)
        await reading.payloads(2)
    async with Reading(source(mosquitto, directory, version=version, qos=qos)) as reading:
        assert await reading.payloads(2) == [b"1", b"2"]
        await publish(mosquitto, "3", qos=qos)
        assert await reading.payloads(3) == [b"1", b"2", b"3"]
    async with Reading(source(mosquitto, directory, version=version, qos=qos)) as reading:
        await publish(mosquitto, "4", qos=qos)
        assert (await reading.payloads(1))[0] == b"4"


async def test_two_streams_of_one_name_do_not_push_each_other_out(mosquitto: Mosquitto, tmp_path: Path) -> None:
    directories = [tmp_path / "a" / "line", tmp_path / "b" / "line"]
    for directory in directories:
        directory.mkdir(parents=True)
    async with Reading(source(mosquitto, directories[0])) as one, Reading(source(mosquitto, directories[1])) as other:
        await subscribed(one, directories[0])
        await subscribed(other, directories[1])
        await publish(mosquitto, "1")
        assert await one.payloads(1) == await other.payloads(1) == [b"1"]


@pytest.mark.parametrize("version", [3, 5])
async def test_another_topic_leaves_the_old_one(mosquitto: Mosquitto, directory: Path, version: int) -> None:
    async with Reading(source(mosquitto, directory, topic="old", version=version)) as reading:
        await subscribed(reading, directory)
    await publish(mosquitto, "waits", topic="old")
    async with Reading(source(mosquitto, directory, topic="new", version=version)) as reading:
        await reading.until(lambda: read_session(directory).topic == "new")
        await publish(mosquitto, "is left", topic="old")
        await publish(mosquitto, "comes", topic="new")
        assert await reading.payloads(1) == [b"comes"]


async def test_what_is_retained_comes_once(mosquitto: Mosquitto, directory: Path) -> None:
    await publish(mosquitto, "old", retain=True)
    async with Reading(source(mosquitto, directory)) as reading:
        assert await reading.payloads(1) == [b"old"]
        await subscribed(reading, directory)
    async with Reading(source(mosquitto, directory)) as reading:
        await publish(mosquitto, "new")
        assert await reading.payloads(1) == [b"new"]


@pytest.mark.proves("streams.mqtt-door")
async def test_it_speaks_tls_to_whom_it_trusts(make_mosquitto: MakeMosquitto, directory: Path) -> None:
    broker = make_mosquitto(tls=True)
    async with Reading(source(broker, directory, tls=True, ca=str(broker.certificate))) as reading:
        await subscribed(reading, directory)
        await publish(broker, *(str(number) for number in range(300)))
        assert len(await reading.payloads(300)) == 300


@pytest.mark.proves("streams.mqtt-door")
async def test_a_certificate_that_nobody_knows_is_said(make_mosquitto: MakeMosquitto, directory: Path) -> None:
    broker = make_mosquitto(tls=True)
    async with Reading(source(broker, directory, tls=True)) as reading:
        await reading.until(lambda: "is not trusted" in reading.source.trouble)


async def test_certificates_that_cannot_be_read_are_said(mosquitto: Mosquitto, directory: Path) -> None:
    (directory / "ca.pem").write_text("no certificate")
    async with Reading(source(mosquitto, directory, tls=True, ca=str(directory / "ca.pem"))) as reading:
        await reading.until(lambda: "The certificates in 'ca.pem' cannot be read" in reading.source.trouble)


@pytest.mark.parametrize("version", [3, 5])
@pytest.mark.proves("streams.mqtt-door")
async def test_it_comes_in_by_name_and_password_only(
    make_mosquitto: MakeMosquitto, directory: Path, version: int
) -> None:
    broker = make_mosquitto(users={"line": "secret"})
    async with Reading(source(broker, directory, username="line", password="guess", version=version)) as reading:
        await reading.until(lambda: "refuses: Not authorized" in reading.source.trouble)
    async with Reading(source(broker, directory, username="line", password="secret", version=version)) as reading:
        await subscribed(reading, directory)
        await publish(broker, "1")
        assert await reading.payloads(1) == [b"1"]
        assert reading.source.trouble == ""


def test_nothing_happens_before_it_is_read(directory: Path) -> None:
    async def make() -> None:
        idle = MqttSource(MqttPlace("localhost", "t", port=1), directory)
        await idle.stored([])
        await idle.close()
        assert idle.trouble == ""

    asyncio.run(make())
    assert list(directory.iterdir()) == []
