from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from jupyter_crispdm.serving.inference.http.app import build
from jupyter_crispdm.serving.inference.settings import InferenceSettings


async def test_a_damaged_configuration_is_dropped(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")
    inference = build(InferenceSettings(tmp_path))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(inference.application), base_url="http://localhost"
    ) as client:
        assert (await client.get("/configs")).json() == {}
        sent = await client.post("/configs", files={"file": ("c.json", b'{"IMAGE_MIN_DIM": "64"}')})
        assert sent.status_code == 200
    await asyncio.sleep(0)
    assert (tmp_path / "configs.json").read_text() == '{"127.0.0.1":{"IMAGE_MIN_DIM":"64"}}'
    assert (tmp_path / "configs.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.proves("serving.config-refused")
@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"[]", 400), (b"{", 400), (b'{"a": {"b": 1}}', 400), (b'{"algorithm": 1}', 400), (b"\xff", 400),
        (b"[" * 60_000, 400), (b'{"a": "' + b"x" * 70_000 + b'"}', 413), (b'{"algorithm": "unknown"}', 422),
    ],
)  # fmt: skip
async def test_a_bad_configuration_changes_nothing(tmp_path: Path, data: bytes, status: int) -> None:
    inference = build(InferenceSettings(tmp_path))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(inference.application), base_url="http://localhost"
    ) as client:
        answer = await client.post("/configs", files={"file": ("c.json", data)})
        assert answer.status_code == status
        assert (await client.get("/configs")).json() == {}
