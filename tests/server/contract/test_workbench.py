"""The routes of the workbench do what their document says, whatever they are sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp

from jupyter_crispdm.app import CrispdmApp
from tests.support import eventually

from .run import ROOT, contract

LEFT_OUT = (
    "/jobs/stop$",  # stops everything
    "/environments/[^/]*/packages$",  # pip loads and installs in the environment that the tests run in
    "/serving/",  # passes on what the inference server answers, which is asked itself
)
JOBS = ("GET {}", "GET {}/log", "GET {}/metrics", "GET {}/artifacts", "GET {}/submission", "POST {}/input")
STREAMS = ("GET {}", "GET {}/window", "GET {}/events", "GET {}/labels", "GET {}/history", "POST {}/start")
STATE = ("GET {}", "PUT {}", "POST {}/append", "POST {}/increment", "POST {}/lock", "GET {}/text")
PAGES = ("GET {}", "PUT {}", "PATCH {}", "GET {}/saved")


def asked(verbs: tuple[str, ...], path: str, **values: str) -> dict[str, dict[str, str]]:
    """The operations that are to ask for what is there."""
    return {verb.format(f"/crispdm/api/{path}"): values for verb in verbs}


@pytest.mark.timeout(1800)
@pytest.mark.proves("http.contract")
async def test_the_workbench_keeps_to_its_document(
    crispdm: CrispdmApp, jp_serverapp: ServerApp, jp_fetch: Any, jp_auth_header: dict[str, str], tmp_path: Path
) -> None:
    async def call(method: str, path: str, body: Any = None) -> Any:
        sent = None if body is None else json.dumps(body)
        kind = {"Content-Type": "application/json"}
        address = ("crispdm", "api", *path.split("/"))
        return json.loads((await jp_fetch(*address, method=method, body=sent, headers=kind)).body)

    job = (await call("POST", "jobs", {"command": ["echo", "there"]}))["id"]
    source = {"kind": "simulated", "rate": 10}
    stream = (await call("POST", "streams", {"name": "there", "source": source, "start": False}))["id"]
    await call("PUT", "state/there", {"value": [1]})
    await call("PUT", "snapshots/there", {"values": {"field": 1}, "base": None})

    async def over() -> bool:
        return bool((await call("GET", f"jobs/{job}"))["state"] == "succeeded")

    await eventually(over)
    there = (
        asked(JOBS, "jobs/{id}", id=job) | asked(STREAMS, "streams/{id}", id=stream)
        | asked(STATE, "state/{key}", key="there") | asked(PAGES, "snapshots/{page}", page="there")
    )  # fmt: skip
    found = await contract(
        json.loads((ROOT / "docs/reference/openapi.json").read_bytes()), jp_serverapp.connection_url.rstrip("/"),
        tmp_path, token=jp_auth_header["Authorization"], there=there, without=LEFT_OUT,
    )  # fmt: skip
    assert not found, found
    assert (await call("GET", "health"))["status"]


@pytest.mark.timeout(600)
async def test_a_document_that_is_not_true_is_found(
    crispdm: CrispdmApp, jp_serverapp: ServerApp, jp_fetch: Any, jp_auth_header: dict[str, str], tmp_path: Path
) -> None:
    number = {"200": {"description": "OK", "content": {"application/json": {"schema": {"type": "number"}}}}}
    document = {"openapi": "3.1.0", "info": {"title": "untrue", "version": "1"},
                "paths": {"/crispdm/api/health": {"get": {"responses": number}}}}  # fmt: skip
    found = await contract(
        document, jp_serverapp.connection_url.rstrip("/"), tmp_path, token=jp_auth_header["Authorization"], there={}
    )
    assert "Response violates schema" in found, found
