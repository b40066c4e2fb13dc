"""The routes of the inference server do what their document says, whatever they are sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.serving.inference.writing import MODEL, writing
from tests.support import eventually_sync

from .run import contract

OF_MODELS = (
    "GET /v2/models/{model}", "GET /v2/models/{model}/ready", "POST /v2/models/{model}/generate",
    "POST /v2/models/{model}/infer", "POST /v2/models/{model}/generate_stream", "GET /v1/models/{model}",
)  # fmt: skip


@pytest.mark.timeout(1800)
@pytest.mark.proves("serving.contract")
async def test_the_inference_server_keeps_to_its_document(tmp_path: Path) -> None:
    with writing(tmp_path) as server:
        eventually_sync(lambda: server.status("w").state == "ready")
        found = await contract(
            server.client.get("/openapi.json").json(), str(server.client.base_url).rstrip("/"), tmp_path,
            there={operation: {"model": MODEL} for operation in OF_MODELS},
        )  # fmt: skip
        assert not found, found
        assert server.client.get("/v2/health/ready").status_code == 200
