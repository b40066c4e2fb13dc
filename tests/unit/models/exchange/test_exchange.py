"""Versions that leave and come: what is taken in is what left, and nothing else is."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import pickle
import shutil
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.base.errors import (
    BadRequest,
    Forbidden,
    NotFound,
    StorageFull,
    TooLarge,
    TooManyRequests,
    Unprocessable,
)
from jupyter_crispdm.models.exchange import exchange as exchange_module
from jupyter_crispdm.models.exchange.exchange import Exchange
from jupyter_crispdm.models.exchange.unpacking import unpacked
from jupyter_crispdm.models.registering.offers import Registrar
from jupyter_crispdm.models.types import Code, ModelVersion, Registration
from tests.unit.models.conftest import Registry, exploding_file, torch_file
from tests.unit.models.formats.test_programs import SCRIPT
from tests.unit.models.formats.writing import node, skops, zipped

DATA = torch_file("collections OrderedDict")
ADA, ADMIN = Registrar("ada"), Registrar("root", admin=True)


@pytest.fixture
def exchange(registry: Registry) -> Exchange:
    return Exchange(registry.manager.shelf)


async def sent(data: bytes, size: int = 1000) -> AsyncIterator[list[bytes]]:
    for at in range(0, len(data), size):
        yield [data[at : at + size]]


async def take(exchange: Exchange, data: bytes, by: Registrar = ADA, name: str | None = None) -> ModelVersion:
    return await exchange.take(sent(data), by, name=name, announced=len(data))


async def exported(registry: Registry, exchange: Exchange, **more: Any) -> bytes:
    """A version with something in all of its parts."""
    (registry.root / "m.pt").write_bytes(DATA)
    (registry.root / "serve.py").write_text(SCRIPT)
    fields = {
        "name": "digits", "path": "m.pt", "script": "serve.py", "metrics": {"loss": 0.5}, "note": "best",
        "data": "rows", "data_hash": "1", "code": Code("train.py", "2", "3", False), "environment": "e1",
    }  # fmt: skip
    version = await registry.manager.register(Registration(**{**fields, **more}), ADMIN)
    (registry.manager.path(version).with_name("lock.txt")).write_text("numpy==2.0\n")
    await registry.manager.aliases.point("digits", "champion", version.version, "ada")
    return b"".join([piece async for piece in await exchange.export("digits", version.version)])


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_record(data: bytes, **changes: Any) -> bytes:
    """The same export, whose record says something else."""
    parts = members(data)
    return zipped({**parts, "model.json": json.dumps({**json.loads(parts["model.json"]), **changes}).encode()})


@pytest.mark.proves("http.models-exchange")
async def test_what_left_comes_in_as_it_was(registry: Registry, exchange: Exchange) -> None:
    data = await exported(registry, exchange)
    assert sorted(members(data)) == ["history.json", "lock.txt", "model.json", "model.pt", "script.py"]
    version = await take(exchange, data, name="elsewhere")
    assert (version.name, version.version, version.owner, version.aliases) == ("elsewhere", 1, "ada", [])
    assert (version.metrics, version.note, version.script) == ({"loss": 0.5}, "best", "serve.py")
    assert (version.job, version.environment) == (None, None), "what is elsewhere is not here"
    assert (version.lineage.environment, version.lineage.code.commit, version.lineage.data_hash) == ("e1", "3", "1")
    path = registry.manager.path(version)
    script = registry.manager.script_path(version)
    assert script is not None
    assert (path.read_bytes(), script.read_text()) == (DATA, SCRIPT)
    assert path.with_name("lock.txt").read_text() == "numpy==2.0\n"
    assert json.loads(path.with_name("origin.json").read_text())[0]["alias"] == "champion"
    assert (await registry.manager.show("elsewhere")).aliases == {}


@pytest.mark.proves("http.models-exchange")
async def test_it_can_be_handed_on(registry: Registry, exchange: Exchange) -> None:
    first = await take(exchange, await exported(registry, exchange), name="b")
    again = b"".join([piece async for piece in await exchange.export("b", first.version)])
    second = await take(exchange, again)
    assert (second.name, second.version, second.sha256) == ("b", 2, first.sha256)
    with pytest.raises(NotFound):
        await exchange.export("b", 9)


async def nothing_left(registry: Registry, before: list[Path]) -> None:
    assert sorted(registry.directory.rglob("*")) == before


FORGED: dict[str, Any] = {
    "another size": {"size": 1},
    "a giant size": {"size": 2**70},
    "another hash": {"sha256": "0" * 64},
    "another format": {"format": "safetensors"},
    "a format that is none": {"format": "keras"},
    "another script": {"script_sha256": "0" * 64},
    "a script that leads elsewhere": {"script": "../../x.py"},
    "no script": {"script": None},
    "a name that is a path": {"name": "../x"},
    "a name that stands for something else": {"name": "import"},
    "metrics that are none": {"metrics": {"loss": "low"}},
    "a data set that is a path": {"metadata": {"dataset": "../x"}},
    "very many details": {"metadata": {"x": "y" * 300_000}},
    "lineage that is none": {"lineage": 3},
}


@pytest.mark.proves("http.models-exchange", "archives.bombs")
@pytest.mark.parametrize("name", FORGED)
async def test_a_record_that_lies_is_refused_and_leaves_nothing(
    registry: Registry, exchange: Exchange, name: str
) -> None:
    data = await exported(registry, exchange)
    before = sorted(registry.directory.rglob("*"))
    with pytest.raises(Unprocessable):
        await take(exchange, with_record(data, **FORGED[name]))
    await nothing_left(registry, before)


def archives(data: bytes) -> dict[str, bytes]:
    parts = members(data)
    record = json.loads(parts["model.json"])
    bomb = exploding_file()
    told = {**record, "size": len(bomb), "sha256": hashlib.sha256(bomb).hexdigest()}
    return {
        "nothing": b"",
        "no zip": b"hello",
        "something before the zip": b"#!/bin/sh\n" + data,
        "an empty zip": zipped({}),
        "no record": zipped({name: part for name, part in parts.items() if name != "model.json"}),
        "no model": zipped({name: part for name, part in parts.items() if name != "model.pt"}),
        "a file more": zipped({**parts, "other.txt": b""}),
        "a path that leads out": zipped({**parts, "../../out": b"x"}),
        "a path from the root": zipped({**parts, "/out": b"x"}),
        "a path of another system": zipped({**parts, "..\\out": b"x"}),
        "a folder": zipped({**parts, "folder/": b""}),
        "a bomb": zipped({**parts, "lock.txt": b"\0" * 50_000_000}, zipfile.ZIP_DEFLATED),
        "a bomb as the record": zipped({**parts, "model.json": b" " * 200_000_000}, zipfile.ZIP_DEFLATED),
        "very many members": zipped({**parts, **{f"{number}": b"" for number in range(3000)}}),
        "a record that is deep": zipped({**parts, "model.json": b"[" * 100_000}),
        "a history that is none": zipped({**parts, "history.json": b"{}"}),
        "a lock that is no text": zipped({**parts, "lock.txt": b"\xff\xfe"}),
        "code in the model": zipped({**parts, "model.pt": bomb, "model.json": json.dumps(told).encode()}),
        "another packing": zipped(parts, zipfile.ZIP_BZIP2),
    }


NAMES = list(archives(zipped({"model.json": b"{}", "model.pt": b""})))


@pytest.mark.proves("http.models-exchange", "archives.bombs")
@pytest.mark.parametrize("name", NAMES)
async def test_an_archive_that_is_none_is_refused_and_leaves_nothing(
    registry: Registry, exchange: Exchange, name: str
) -> None:
    data = archives(await exported(registry, exchange))[name]
    before = sorted(registry.directory.rglob("*"))
    with pytest.raises((Unprocessable, BadRequest)):
        await take(exchange, data)
    await nothing_left(registry, before)


@pytest.mark.filterwarnings("ignore:Duplicate name")
async def test_two_members_of_one_name_are_refused(registry: Registry, exchange: Exchange) -> None:
    buffer = io.BytesIO(await exported(registry, exchange))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("model.pt", exploding_file())
    with pytest.raises(Unprocessable, match="one name"):
        await take(exchange, buffer.getvalue())


@pytest.mark.proves("http.models-exchange")
async def test_an_archive_that_is_cut_anywhere_is_refused_and_one_with_a_wrong_byte_is_as_it_was(
    registry: Registry, exchange: Exchange, tmp_path: Path
) -> None:
    whole = await exported(registry, exchange)
    archive, parts = tmp_path / "a.zip", tmp_path / "parts"
    for at in (*range(0, len(whole) - 300, 11), *range(len(whole) - 300, len(whole), 2)):  # most at its list of members
        archive.write_bytes(whole[:at] or b"x")
        parts.mkdir()
        with pytest.raises(Unprocessable):
            unpacked(archive, parts)
        shutil.rmtree(parts)
        archive.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        parts.mkdir()
        try:
            unpacked(archive, parts)
            assert (parts / "model.pt").read_bytes() == DATA
        except Unprocessable:
            pass
        shutil.rmtree(parts)


@pytest.mark.proves("models.pickle-decision")
async def test_what_an_admin_decided_elsewhere_counts_for_nothing(registry: Registry, exchange: Exchange) -> None:
    (registry.root / "m.pkl").write_bytes(pickle.dumps({"a": 1}))
    data = await exported(registry, exchange, path="m.pkl", format="pickle", reason="ours", script=None)
    assert json.loads(members(data)["model.json"])["trust"]["types"] == ["pickle"]
    with pytest.raises(Forbidden, match="admin"):
        await take(exchange, data)
    version = await take(exchange, data, ADMIN)
    assert (version.types, version.untrusted, version.trust) == (["pickle"], ["pickle"], None)


async def test_types_are_found_anew(registry: Registry, exchange: Exchange) -> None:
    (registry.root / "m.skops").write_bytes(skops(node("a.B")))
    data = await exported(registry, exchange, path="m.skops", format="skops", script=None)
    assert (await take(exchange, with_record(data, types=[]))).untrusted == ["a.B"]


async def test_too_much_is_refused_before_it_comes_and_while_it_does(registry: Registry) -> None:
    exchange = Exchange(registry.manager.shelf, most=2500)
    with pytest.raises(TooLarge):
        await exchange.take(sent(b""), ADA, name=None, announced=3000)
    with pytest.raises(TooLarge):
        await exchange.take(sent(b"x" * 3000), ADA, name=None, announced=None)
    await nothing_left(registry, [])


async def test_one_who_sends_two_at_once_waits(registry: Registry, exchange: Exchange) -> None:
    go = asyncio.Event()

    async def slow() -> AsyncIterator[list[bytes]]:
        await go.wait()
        yield [b"x"]

    first = asyncio.create_task(exchange.take(slow(), ADA, name=None, announced=1))
    await asyncio.sleep(0)
    with pytest.raises(TooManyRequests):
        await take(exchange, b"x")
    go.set()
    with pytest.raises(Unprocessable):
        await first
    with pytest.raises(Unprocessable):
        await take(exchange, b"x")


@pytest.mark.proves("machine.disk-full")
async def test_a_full_disk_and_a_sender_that_left_leave_nothing(
    registry: Registry, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut() -> AsyncIterator[list[bytes]]:
        yield [b"PK"]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await exchange.take(cut(), ADA, name=None, announced=None)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exchange_module, "unpacked", full)
    with pytest.raises(StorageFull):
        await take(exchange, b"x")
    await nothing_left(registry, [])


async def test_what_a_killed_server_was_taking_in_is_gone_at_the_next_start(registry: Registry) -> None:
    staging = registry.files.staging()
    (staging / "archive.zip").write_bytes(b"half")
    await registry.manager.start()
    assert list(registry.directory.iterdir()) == []
