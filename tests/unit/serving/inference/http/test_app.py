from __future__ import annotations

from pathlib import Path

import httpx
import msgspec
import pytest
from openapi_spec_validator import validate

from jupyter_crispdm.serving.inference.http.app import build, openapi, page
from jupyter_crispdm.serving.inference.settings import InferenceSettings


@pytest.mark.proves("serving.openapi")
def test_the_openapi_document_is_valid_and_names_every_call(tmp_path: Path) -> None:
    calls = build(InferenceSettings(tmp_path)).calls
    document = msgspec.json.decode(msgspec.json.encode(openapi(calls)))
    validate(document)
    assert all(operation["summary"] for path in document["paths"].values() for operation in path.values())
    assert len(document["paths"]) == len({call.path for call in calls})
    assert all(call.path.replace("{", "{").encode() in page(calls) for call in calls)


async def test_every_call_answers_in_one_shape_when_nothing_is_deployed(tmp_path: Path) -> None:
    inference = build(InferenceSettings(tmp_path))
    transport = httpx.ASGITransport(inference.application)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        for call in inference.calls:
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
