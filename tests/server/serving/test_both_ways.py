"""The inference server's own port and the way behind the login answer alike: both are made from one table."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from tornado.httpclient import HTTPResponse

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.base.files.atomic import read_json
from jupyter_crispdm.base.http.route import JSON, Route
from jupyter_crispdm.serving.inference.http.routes import TABLE
from jupyter_crispdm.serving.passing import ServingRoutes
from tests.support import eventually
from tests.unit.serving.inference.pictures import picture, text, zipped

from .inference.conftest import SITE, wanted

SHAPE = {"message", "reason", "code", "details"}
PLACES: dict[str, object] = {"model": "lamp", "version": 1, "name": "nothing.png"}
TENSOR = {"inputs": [{"name": "x", "shape": [2], "datatype": "FP32", "data": [1, 2]}]}
BODIES: dict[str, tuple[str, bytes]] = {
    "model": ("application/json", b'{"algorithm": "fake", "return_weights": true}'),
    "configure": ("application/x-www-form-urlencoded", b'file={"class_show": "dark"}'),
    "base64": (
        "multipart/form-data; boundary=cut",
        b'--cut\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
        + zipped(("a.png", picture()), ("b.txt", b"no"))
        + b"\r\n--cut--\r\n",
    ),
    "predict": ("application/json", json.dumps({"images": [text(picture()), "no picture"]}).encode()),
    "infer": ("application/json", json.dumps(TENSOR).encode()),
    "version_infer": ("application/json", json.dumps(TENSOR).encode()),
    "index": ("application/json", b"{}"),
    "unload": ("application/json", b"{}"),
    "load": ("application/json", b"{}"),
    "completions": ("application/json", b'{"model": "lamp"}'),
    "chat_completions": ("application/json", b'{"model": "lamp", "messages": [{"role": "user", "content": "a"}]}'),
}
CHANGES = {"metrics", "generate_stream", "version_generate_stream", "completions", "chat_completions"}
"""What counts the calls themselves, or gives each answer a name of its own."""


@dataclass
class Both:
    """The two ways to one inference server."""

    port: httpx.AsyncClient
    fetch: Any

    async def ask(self, entry: Route, method: str = "", **changed: object) -> tuple[httpx.Response, HTTPResponse]:
        """The answers of the port and of the way behind the login."""
        places = {item.name: PLACES[item.name] for item in entry.parameters}
        place, method = entry.url(**{**places, **changed}), method or entry.method
        kind, body = BODIES.get(entry.name, ("", b"")) if method == entry.method else ("", b"")
        headers = {"Content-Type": kind} if kind else {}
        direct = await self.port.request(method, place, headers=headers, content=body or None)
        behind = await self.fetch(
            "crispdm", "serving", *place.split("/"), method=method, headers=headers, raise_error=False,
            body=body or None, allow_nonstandard_methods=True,
        )  # fmt: skip
        return direct, behind


@asynccontextmanager
async def ways(crispdm: CrispdmApp, data_dir: Path, fetch: Any) -> AsyncIterator[Both]:
    """Both ways to an inference server with the fake algorithm, that this server finds as its own."""
    directory = data_dir / "serving"
    await asyncio.to_thread(wanted, directory)
    command = ["-m", "jupyter_crispdm.serving", "--directory", str(directory), "--port", "0", "--site", str(SITE)]
    process = await asyncio.create_subprocess_exec(sys.executable, *command)
    try:
        told = await eventually(lambda: (directory / "front.json").exists() and read_json(directory / "front.json"))
        headers = {"x-crispdm-key": told["key"], "x-crispdm-user": "ada"}  # who is not told their own configuration
        async with httpx.AsyncClient(base_url=told["address"], headers=headers, timeout=60) as port:
            await eventually(lambda: is_ready(port), 60)
            yield Both(port, fetch)
    finally:
        os.kill(process.pid, signal.SIGTERM)
        await process.wait()


async def is_ready(port: httpx.AsyncClient) -> bool:
    return (await port.get("/v2/models/lamp/ready")).status_code == 200


def test_every_route_of_the_port_is_behind_the_login() -> None:
    behind = ServingRoutes.table()
    assert [(entry.method, entry.path, entry.answer, entry.body) for entry in behind] == [
        (entry.method, entry.path, entry.answer, entry.body) for entry in TABLE
    ]
    assert {entry.prefix for entry in behind} == {"serving"}
    assert all(callable(getattr(ServingRoutes, entry.name)) for entry in behind)


@pytest.mark.proves("rooms.inference-table")
async def test_both_ways_answer_alike(crispdm: CrispdmApp, data_dir: Path, jp_fetch: Any) -> None:
    async with ways(crispdm, data_dir, jp_fetch) as both:
        for entry in TABLE:
            direct, behind = await both.ask(entry)
            assert (behind.code, behind.headers["Content-Type"]) == (
                direct.status_code,
                direct.headers["content-type"],
            ), entry
            assert behind.headers.get("X-Crispdm-Skipped") == direct.headers.get("x-crispdm-skipped"), entry
            if entry.name not in CHANGES:
                assert behind.body == direct.content, entry
            assert direct.status_code == (404 if entry.name == "result" else entry.status), (entry, direct.text)


async def test_what_is_answered_is_what_the_document_says(crispdm: CrispdmApp, data_dir: Path, jp_fetch: Any) -> None:
    async with ways(crispdm, data_dir, jp_fetch) as both:
        for entry in TABLE:
            if entry.answer is bytes or JSON not in entry.answer_as:
                continue
            direct, _ = await both.ask(entry)
            msgspec.json.decode(direct.content, type=entry.answer)


async def test_mistakes_are_answered_alike(crispdm: CrispdmApp, data_dir: Path, jp_fetch: Any) -> None:
    async with ways(crispdm, data_dir, jp_fetch) as both:
        for entry in TABLE:
            named = {item.name: 77 if item.kind is int else "none" for item in entry.parameters}
            for method, changed in (("DELETE", {}), ("PATCH", {}), (entry.method, named)):
                if method == entry.method and not named:
                    continue
                direct, behind = await both.ask(entry, method, **changed)
                assert behind.code == direct.status_code >= 400, (entry, method)
                assert set(direct.json()) == set(json.loads(behind.body)) >= SHAPE, (entry, method)
                if method == entry.method:
                    assert behind.body == direct.content, entry
