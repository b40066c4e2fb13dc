"""CRISPDM_SERVING_TOKEN, set for the server, reaches the prediction service and nobody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.environments.room import EnvironmentsRoom
from jupyter_crispdm.serving.room import ServingRoom

TOKEN = "a-token-of-the-service"


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CRISPDM_SERVING_TOKEN", TOKEN)
    return tmp_path / "crispdm"


async def test_the_service_asks_for_it_and_the_server_shows_it(crispdm: CrispdmApp, jp_fetch: Any) -> None:
    address = await crispdm.room(ServingRoom).manager._process.ensure()
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        assert (await client.get(f"{address}/models")).status_code == 401
        shown = {"Authorization": f"Bearer {TOKEN}"}
        assert (await client.get(f"{address}/models", headers=shown)).status_code == 200
    assert (await jp_fetch("crispdm", "serving", "models")).code == 200


@pytest.mark.proves("secrets.one-list")
async def test_a_job_does_not_see_it(crispdm: CrispdmApp) -> None:
    environment = await crispdm.room(EnvironmentsRoom).manager.get("server")
    assert "CRISPDM_SERVING_TOKEN" not in await crispdm.room(EnvironmentsRoom).manager.activation(environment)
