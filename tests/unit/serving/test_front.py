from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import msgspec
import pytest
from openapi_spec_validator import validate

from jupyter_crispdm.base.errors import NotFound, StorageFull
from jupyter_crispdm.serving.front.app import build, openapi, page
from jupyter_crispdm.serving.front.main import CannotStart, run
from jupyter_crispdm.serving.front.results import Results
from jupyter_crispdm.serving.front.settings import FrontSettings


def test_the_openapi_document_is_valid_and_names_every_call(tmp_path: Path) -> None:
    calls = build(FrontSettings(tmp_path)).calls
    document = msgspec.json.decode(msgspec.json.encode(openapi(calls)))
    validate(document)
    assert all(operation["summary"] for path in document["paths"].values() for operation in path.values())
    assert len(document["paths"]) == len({call.path for call in calls})
    assert all(call.path.replace("{", "{").encode() in page(calls) for call in calls)


async def test_every_call_answers_in_one_shape_when_nothing_is_deployed(tmp_path: Path) -> None:
    front = build(FrontSettings(tmp_path))
    transport = httpx.ASGITransport(front.application)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        for call in front.calls:
            answer = await client.request(call.method, call.path)
            assert answer.status_code < 500, call
            if answer.is_error:
                assert set(answer.json()) == {"message", "reason", "code", "details"}, call
        for wrong in (
            await client.delete("/models"),
            await client.get("/models/"),
            await client.get("/a/../models%2f"),
        ):
            assert set(wrong.json()) == {"message", "reason", "code", "details"}
            assert wrong.status_code in (404, 405)


def test_results_are_bounded_and_found_again(tmp_path: Path) -> None:
    results = Results(tmp_path / "results", keep=2, most_bytes=100)
    names = [results.add(f"{number}".encode()) for number in range(3)]
    assert results.read(names[2]) == b"2"
    with pytest.raises(NotFound):
        results.read(names[0])
    assert sorted(path.name for path in (tmp_path / "results").iterdir()) == sorted(names[1:])
    assert Results(tmp_path / "results", keep=2, most_bytes=100).read(names[1]) == b"1"


def test_results_are_bounded_in_bytes(tmp_path: Path) -> None:
    results = Results(tmp_path, keep=100, most_bytes=10)
    names = [results.add(b"x" * 4) for _ in range(4)]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[-2:])
    large = results.add(b"x" * 1000)
    assert [path.name for path in tmp_path.iterdir()] == [large]


@pytest.mark.parametrize("name", ["", "..", "../config.json", "/etc/passwd", "x.png", "a\0b"])
def test_results_are_only_what_was_stored(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound):
        Results(tmp_path, keep=2, most_bytes=100).read(name)


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    results = Results(tmp_path, keep=2, most_bytes=100)
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StorageFull):
        results.add(b"x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("token", [None, "", "short"])
def test_other_addresses_need_a_token(tmp_path: Path, token: str | None) -> None:
    with pytest.raises(CannotStart, match="CRISPDM_SERVING_TOKEN"):
        run(FrontSettings(tmp_path, host="0.0.0.0", port=0, token=token))


async def test_a_damaged_configuration_is_dropped(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")
    front = build(FrontSettings(tmp_path))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(front.application), base_url="http://localhost"
    ) as client:
        assert (await client.get("/configs")).json() == {}
        sent = await client.post("/configs", files={"file": ("c.json", b'{"IMAGE_MIN_DIM": "64"}')})
        assert sent.status_code == 200
    await asyncio.sleep(0)
    assert (tmp_path / "configs.json").read_text() == '{"127.0.0.1":{"IMAGE_MIN_DIM":"64"}}'
    assert (tmp_path / "configs.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"[]", 400), (b"{", 400), (b'{"a": {"b": 1}}', 400), (b'{"algorithm": 1}', 400), (b"\xff", 400),
        (b"[" * 60_000, 400), (b'{"a": "' + b"x" * 70_000 + b'"}', 413), (b'{"algorithm": "unknown"}', 422),
    ],
)  # fmt: skip
async def test_a_bad_configuration_changes_nothing(tmp_path: Path, data: bytes, status: int) -> None:
    front = build(FrontSettings(tmp_path))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(front.application), base_url="http://localhost"
    ) as client:
        answer = await client.post("/configs", files={"file": ("c.json", data)})
        assert answer.status_code == status
        assert (await client.get("/configs")).json() == {}
