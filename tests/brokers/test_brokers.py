"""The brokers of the tests are real, and do what tests want of them."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
from pathlib import Path
from typing import Any

import paho.mqtt.subscribe as subscribing
import pytest

from tests.brokers import install
from tests.brokers.mosquitto import Mosquitto
from tests.brokers.plugin import MakeMosquitto
from tests.brokers.program import Program
from tests.brokers.publisher import Publisher, Refused
from tests.brokers.redis_server import RedisServer


def ask_redis(server: RedisServer, *words: str) -> str:
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as line:
        line.sendall(" ".join(words).encode() + b"\r\n")
        return line.recv(4096).decode()


def retained(broker: Mosquitto, topic: str) -> bytes:
    message: Any = subscribing.simple(topic, hostname="localhost", port=broker.port)  # type: ignore[no-untyped-call]
    return bytes(message.payload)


def test_redis_keeps_what_it_answered_when_it_is_killed(redis_server: RedisServer) -> None:
    assert ask_redis(redis_server, "SET", "k", "v") == "+OK\r\n"
    redis_server.restart()
    assert ask_redis(redis_server, "GET", "k") == "$1\r\nv\r\n"


@pytest.mark.parametrize("which", ["mosquitto", "redis_server"])
def test_a_server_stalls_goes_on_and_is_gone(which: str, request: pytest.FixtureRequest) -> None:
    server: Program = request.getfixturevalue(which)
    stat = Path(f"/proc/{server.pid}/stat")
    server.hold()
    assert stat.read_text().rpartition(")")[2].split()[0] == "T"
    server.go_on()
    assert server.answers()
    server.kill()
    assert not server.running
    assert not server.answers()
    server.start()
    assert server.answers()


def test_a_held_server_can_be_stopped(redis_server: RedisServer) -> None:
    redis_server.hold()
    redis_server.stop()
    assert not redis_server.answers()


def test_mosquitto_keeps_what_it_saved(make_mosquitto: MakeMosquitto) -> None:
    broker = make_mosquitto(every_change=True)
    with Publisher(broker) as publisher:
        publisher.publish("kept", "word", retain=True)
        publisher.publish("kept", "newer", retain=True)
    broker.restart()
    assert retained(broker, "kept") in (b"word", b"newer")


def test_mosquitto_keeps_all_when_it_ends_in_peace(mosquitto: Mosquitto) -> None:
    with Publisher(mosquitto) as publisher:
        publisher.publish("kept", "word", retain=True)
    mosquitto.stop()
    mosquitto.start()
    assert retained(mosquitto, "kept") == b"word"


def test_mosquitto_lets_in_its_users_only(make_mosquitto: MakeMosquitto) -> None:
    broker = make_mosquitto(users={"line": "secret"})
    with Publisher(broker, user="line", password="secret") as publisher:
        publisher.publish("t", "x")
    for user, password in (("line", "guess"), ("nobody", "secret"), ("", "")):
        with pytest.raises(Refused, match="Not authorized"), Publisher(broker, user=user, password=password):
            pass


def test_mosquitto_speaks_tls(make_mosquitto: MakeMosquitto) -> None:
    broker = make_mosquitto(tls=True)
    with Publisher(broker) as publisher:
        publisher.publish("t", "x")
    assert broker.certificate is not None
    with pytest.raises(ssl.SSLError), socket.create_connection(("127.0.0.1", broker.port)) as line:
        ssl.create_default_context().wrap_socket(line, server_hostname="localhost")


def test_a_server_that_does_not_start_says_why(tmp_path: Path, redis_server: RedisServer) -> None:
    with pytest.raises(RuntimeError, match="redis-server does not answer"):
        Unstartable(tmp_path / "other").start()


class Unstartable(RedisServer):
    def command(self) -> list[str]:
        return ["redis-server", "--no-such-option", "1"]


def test_the_installation_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "_PROGRAMS", {"mosquitto": lambda: None})
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit, match=r"Missing: mosquitto.*apt-get install"):
        install.main()


def test_nothing_is_installed_where_all_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "_PROGRAMS", {"redis-server": lambda: "/bin/true"})
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("something was run"))
    install.main()
