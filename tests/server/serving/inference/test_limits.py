"""Clients that are slow, large or many: they are told, or dropped, and nobody else notices."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyter_crispdm.serving.inference.http.connections import ConnectionStage
from jupyter_crispdm.serving.inference.settings import ConnectionLimits, RequestLimits
from tests.support import eventually, soon
from tests.unit.serving.inference.pictures import picture, text, zipped

from .inside import Inside, configure, inside

SHAPE = {"message", "reason", "code", "details"}
HOST = b"Host: localhost\r\n"
GET = b"GET /models HTTP/1.1\r\n" + HOST
IMAGE = {"images": [text(picture())]}


def announced(size: int, more: bytes = b"") -> bytes:
    head = b"POST /predict HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
    return head + b"Content-Length: %d\r\n" % size + more + b"\r\n"


async def closed(running: Inside, sent: bytes) -> bytes:
    """All that is answered to a bare connection until the inference server closes it."""
    reader, writer = await running.connect(sent)
    answered = await asyncio.wait_for(reader.read(), 60)
    writer.close()
    return answered


@pytest.mark.proves("door.bodies")
async def test_issue_7_sockets_that_announce_much_and_send_nothing_refuse_nobody(tmp_path: Path) -> None:
    async with inside(tmp_path) as running:
        await running.deploy()
        idle = [await running.connect(announced(64 * 2**20)) for _ in range(40)]
        for _ in range(3):
            assert (await running.client().post("/predict", json=IMAGE)).status_code == 200
            assert (await running.client("ada").get("/models")).json() == ["fake"]
        for _, writer in idle:
            writer.close()


@pytest.mark.proves("door.bodies")
async def test_a_body_that_does_not_come_is_a_408(tmp_path: Path) -> None:
    async with inside(tmp_path, connection_limits=ConnectionLimits(body=0.2)) as running:
        answered = await closed(running, announced(1000) + b'{"images"')
        assert b" 408 " in answered.partition(b"\r\n")[0]
        assert b"too_slow" in answered
        endless = b"POST /predict HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n3\r\n{  \r\n"
        assert b" 408 " in (await closed(running, endless)).partition(b"\r\n")[0]


@pytest.mark.parametrize("sent", [b"", b"GET /mod", GET, GET + b"X: 1\r\n", b"\r\n"])
async def test_headers_that_do_not_come_end_the_connection(tmp_path: Path, sent: bytes) -> None:
    async with inside(tmp_path, connection_limits=ConnectionLimits(headers=0.2)) as running:
        with suppress(ConnectionError):
            assert await closed(running, sent) == b""
        await eventually(lambda: len(running.inference.connections) == 0)
        client = running.client()

        async def is_answered() -> bool:
            with suppress(httpx.TransportError):  # so little patience may end an honest connection of a slow machine
                return (await client.get("/models")).status_code == 200
            return False

        await eventually(is_answered)


@pytest.mark.parametrize("sent", [GET + b"X: " + b"x" * 70_000, b"GET /" + b"x" * 70_000, GET + b"A: b\r\n" * 12_000])
async def test_headers_without_end_are_a_431(tmp_path: Path, sent: bytes) -> None:
    async with inside(tmp_path) as running:
        reader, writer = await running.connect(sent[:30])
        writer.write(sent[30:])
        assert b" 431 " in (await asyncio.wait_for(reader.read(), 60)).partition(b"\r\n")[0]
        writer.close()


def sends_all_the_same(port: int, sent: bytes, refused: threading.Event) -> bytes:
    """What a client is told that reads only when it has sent everything, most of it after it was refused."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(sent)
        assert refused.wait(60)
        client.sendall(bytes(16 * 2**20))
        return b"".join(iter(lambda: client.recv(65536), b""))


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (GET + b"X: " + b"x" * 70_000, b"431"),
        (b"rubbish\r\n\r\n", b"400"),
        (
            b"POST /v2/models/fake/infer HTTP/1.1\r\n" + HOST + b"Content-Length: 20000000\r\n"
            b"Inference-Header-Content-Length: 9\r\n\r\n{",
            b"408",
        ),
    ],
    ids=["431", "400", "408"],
)
async def test_who_is_refused_while_they_send_can_read_why(tmp_path: Path, sent: bytes, status: bytes) -> None:
    """It hung up with bytes unread: those who still sent saw a reset in place of the answer."""
    async with inside(tmp_path, connection_limits=ConnectionLimits(body=0.2, linger=60)) as running:
        connections, refused = running.inference.connections, threading.Event()
        client = asyncio.ensure_future(asyncio.to_thread(sends_all_the_same, running.port, sent, refused))
        await eventually(lambda: [one.stage for one in connections._open] == [ConnectionStage.refused])
        refused.set()
        told = await soon(client)
        assert told.startswith(b"HTTP/1.1 " + status)
        assert set(json.loads(told.partition(b"\r\n\r\n")[2])) == SHAPE
        await eventually(lambda: len(connections) == 0)


@pytest.mark.proves("machine.never-reads")
async def test_an_answer_that_is_not_taken_ends_the_connection(tmp_path: Path) -> None:
    async with inside(tmp_path, connection_limits=ConnectionLimits(answer=0.2)) as running:
        await running.deploy()
        noise = b"BM" + os.urandom(12 * 2**20)
        archive = zipped(("a.bmp", noise), ("b.bmp", noise))
        head = b"POST /base64 HTTP/1.1\r\n" + HOST + b"Content-Type: multipart/form-data; boundary=c\r\n"
        body = b'--c\r\nContent-Disposition: form-data; name="file"; filename="z"\r\n\r\n' + archive + b"\r\n--c--\r\n"
        _, writer = await running.connect(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        await eventually(lambda: any(visit.unsent() for visit in running.inference.connections._open))
        await eventually(lambda: len(running.inference.connections) == 0)
        writer.close()


async def test_who_only_sits_there_gives_way(tmp_path: Path) -> None:
    async with inside(tmp_path, connection_limits=ConnectionLimits(connections_each=4, headers=600)) as running:
        idle = [await running.connect(GET) for _ in range(10)]
        assert (await running.client().get("/models")).status_code == 200
        assert len(running.inference.connections) <= 4
        for _, writer in idle:
            writer.close()


async def test_a_body_over_the_limit_is_told_so_that_it_can_be_read(tmp_path: Path) -> None:
    async with inside(tmp_path, limits=RequestLimits(body=2**20)) as running:
        answer = await running.client().post("/predict", content=b"x" * (2**20 + 1))
        assert (answer.status_code, answer.json()["details"]) == (413, {"limit": 2**20})

        async def pieces() -> Any:
            for _ in range(30):
                yield b"x" * 2**16

        answer = await running.client().post("/predict", content=pieces())
        assert answer.status_code == 413
        expected = await closed(running, announced(2**20 + 1, b"Expect: 100-continue\r\n"))
        assert expected.startswith(b"HTTP/1.1 413 ")


@pytest.mark.proves("floods.predictions")
async def test_what_one_caller_has_under_way_is_bounded_and_is_theirs_alone(tmp_path: Path) -> None:
    async with inside(tmp_path, limits=RequestLimits(in_flight=2**21, in_flight_each=2**20)) as running:
        await running.deploy()
        held = [await running.connect(announced(500_000) + b"x" * 400_000) for _ in range(2)]
        greedy = running.client()

        async def is_refused() -> bool:
            answer = await greedy.post("/predict", content=b" " * 400_000, headers={"content-type": "application/json"})
            return answer.status_code == 429 and answer.headers["retry-after"] == "1"

        await eventually(is_refused)
        assert (await running.client("ada").post("/predict", json=IMAGE)).status_code == 200
        for _, writer in held:
            writer.close()


async def test_pipelined_requests_are_answered_in_order(tmp_path: Path) -> None:
    async with inside(tmp_path) as running:
        answered = await closed(
            running, GET + b"\r\n" + GET.replace(b"/models", b"/nothing") + b"Connection: close\r\n\r\n"
        )
        first, _, rest = answered.partition(b"HTTP/1.1 404 ")
        assert first.startswith(b"HTTP/1.1 200 ")
        assert b"nothing at this address" in rest


@pytest.mark.proves("door.multipart", "base64.bad")
@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"content-encoding": "gzip"}, gzip.compress(b"{}", mtime=0), 415),
        ({"content-encoding": "br"}, b"{}", 415),
        ({"content-encoding": "identity"}, b'{"images": []}', 400),
        ({"content-type": "application/json; charset=utf-8"}, b'\xef\xbb\xbf{"images": []}', 400),
        ({"content-type": "application/json; charset=latin-1"}, b"{}", 415),
        ({"content-type": "image/png"}, picture(), 415),
        ({"x-forwarded-for": "127.9.9.9", "content-type": "application/json"}, b'{"images": []}', 400),
    ],
)
async def test_odd_bodies_are_answered_in_one_shape(
    tmp_path: Path, headers: dict[str, str], body: bytes, status: int
) -> None:
    async with inside(tmp_path) as running:
        answer = await running.client().post("/predict", content=body, headers=headers)
        assert (answer.status_code, set(answer.json())) == (status, SHAPE), answer.text


@pytest.mark.parametrize("sent", [b"rubbish\r\n\r\n", b"GET /%ff HTTP/1.1\r\n" + HOST + b"\r\n", b"\x16\x03\x01\x02"])
async def test_what_is_no_http_is_said(tmp_path: Path, sent: bytes) -> None:
    async with inside(tmp_path) as running:
        status = (
            await closed(
                running, sent + b"\r\n" if b"%" not in sent else sent.replace(HOST, HOST + b"Connection: close\r\n")
            )
        ).split(b" ")[1]
        assert status in (b"400", b"404")


@pytest.mark.proves("files.upload-names")
async def test_a_name_in_a_zip_cannot_become_a_header(tmp_path: Path) -> None:
    async with inside(tmp_path) as running:
        archive = zipped(("a.png", picture()), ("b\r\nset-cookie: x=1\r\n\u00e9.txt", b"x"))
        answer = await running.client().post("/base64", files={"file": archive})
        assert answer.json() == [text(picture())]
        assert "set-cookie" not in answer.headers
        assert answer.headers["x-crispdm-skipped"].startswith("1: b%0D%0Aset-cookie")


@pytest.mark.proves("serving.config-of-address")
async def test_issue_7_the_configuration_of_one_address_is_its_own(tmp_path: Path) -> None:
    async with inside(tmp_path) as running:
        await running.deploy()
        one, other, ada = running.client(), running.client(address="127.0.0.2"), running.client("ada")
        liar = running.client(**{"x-crispdm-key": "wrong", "x-crispdm-user": "ada", "x-forwarded-for": "127.0.0.2"})
        assert (await configure(one, class_show="dark")).status_code == 200
        assert (await one.get("/configs")).json() == {"class_show": "dark"}
        assert (await ada.get("/configs")).json() == (await other.get("/configs")).json() == {}
        assert (await configure(ada, class_show="bright")).status_code == 200
        assert (await other.get("/configs")).json() == {"class_show": "bright"}
        assert (await configure(liar, class_show="None")).status_code == 200
        assert (await one.get("/configs")).json() == {"class_show": "None"}
        assert (await other.get("/configs")).json() == {"class_show": "bright"}
        shown = (await other.post("/predict", json=IMAGE)).json()["Responses"][0][0]["results"]["options"]
        assert shown == {"class_show": "bright"}
    async with inside(tmp_path) as running:
        assert (await running.client().get("/configs")).json() == {"class_show": "None"}
        assert (await running.client("ada").get("/configs")).json() == {"class_show": "bright"}


@pytest.mark.proves("serving.config-of-address")
async def test_with_a_token_the_configuration_is_everybody_s_who_holds_it(tmp_path: Path) -> None:
    async with inside(tmp_path, token="t" * 20) as running:
        one = running.client(authorization=f"Bearer {'t' * 20}")
        other = running.client(address="127.0.0.2", authorization=f"Bearer {'t' * 20}")
        assert (await running.client().get("/configs")).status_code == 401
        assert (await running.client(**{"x-crispdm-key": ""}).get("/configs")).status_code == 401
        assert (await configure(one, mode="inference")).status_code == 200
        for client in (other, running.client("ada")):
            assert (await client.get("/configs")).json() == {"mode": "inference"}


async def test_as_many_configurations_are_kept_as_there_is_room_for(tmp_path: Path) -> None:
    async with inside(tmp_path, limits=RequestLimits(configs=2)) as running:
        clients = [running.client(address=f"127.0.0.{number}") for number in (2, 3, 4)]
        for number, client in enumerate(clients):
            assert (await configure(client, number=number)).status_code == 200
        assert [(await client.get("/configs")).json() for client in clients] == [{}, {"number": 1}, {"number": 2}]
