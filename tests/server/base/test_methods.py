"""Every route of the table and the live one: HEAD where GET is, `Allow`, placeholders, and where Locations lead."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from crispdm.algorithms import unet
from tornado.httpclient import HTTPResponse

from jupyter_crispdm.app import ROUTES, CrispdmApp
from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.base.http import gateway
from jupyter_crispdm.base.http.decode import decode_path
from jupyter_crispdm.base.http.route import Parameter, Route, tables
from jupyter_crispdm.jobs.types import JobState
from tests.server.serving.house import CONFIG, METADATA
from tests.support import eventually

TABLE = tables(ROUTES)
READS = [entry for entry in TABLE if entry.method == "GET"]
ALL = ("GET", "HEAD", "POST", "DELETE", "PATCH", "PUT", "OPTIONS")
LIVE = "api/live?topic=jobs"
#: What differs from one answer to the next, or is about the connection.
PASSING = {"Date", "Transfer-Encoding", "Connection", "Set-Cookie"}
#: They tell of the machine: how busy it is, and how much room its disk has left.
MOVING = {"api/health/details", "api/files/folders"}

Ask = Callable[..., Awaitable[HTTPResponse]]


@pytest.fixture
def ask(crispdm: CrispdmApp, http_server_client: Any, jp_base_url: str, jp_auth_header: dict[str, str]) -> Ask:
    """Sends one request below ``crispdm/`` exactly as its address is written; refusals are answers too."""

    async def send(method: str, path: str, body: Any = None, **headers: str) -> HTTPResponse:
        answer: HTTPResponse = await http_server_client.fetch(
            f"{jp_base_url}crispdm/{path}", method=method, headers={**jp_auth_header, **headers}, raise_error=False,
            body=None if body is None else json.dumps(body), allow_nonstandard_methods=True, decompress_response=False,
        )
        return answer

    return send


async def finished(ask: Ask) -> str:
    """The id of a job that is over, with a log and artifacts, one of them empty."""
    files = "open('out.txt', 'w').write('x' * 5000); open('empty.txt', 'w').close()"
    code = f"import crispdm; {files}; crispdm.artifact('out.txt'); crispdm.artifact('empty.txt'); print('said')"
    argv = ["python", "-c", code]
    made = json.loads((await ask("POST", "api/jobs", {"command": argv})).body)

    async def is_over() -> bool:
        shown = json.loads((await ask("GET", f"api/jobs/{made['id']}")).body)
        return JobState(shown["state"]).final

    await eventually(is_over)
    return str(made["id"])


def example(entry: Route, **known: str) -> str:
    """An address of the route; what is not `known` names nothing."""
    named = {parameter.name: known.get(parameter.name, "1") for parameter in entry.parameters}
    return entry.template.format(**named)


def shown(answer: HTTPResponse) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in PASSING}


async def at_rest(ask: Ask, path: str) -> tuple[HTTPResponse, HTTPResponse] | None:
    """HEAD and GET of something that did not change meanwhile: rooms go on finding environments, runs, …"""
    before, head, after = [await ask(method, path) for method in ("GET", "HEAD", "GET")]
    return (head, after) if path in MOVING or shown(before) == shown(after) else None


@pytest.mark.proves("rooms.route-heads")
async def test_head_is_what_get_is_without_its_body(ask: Ask) -> None:
    job = await finished(ask)
    known = {"jobs": {"id": job, "path": "out.txt"}, "environments": {"id": "server"}}
    paths = [example(entry, **known.get(entry.resource, {})) for entry in READS] + [
        LIVE, "api/live", "api/live?topic=nothing", "api/jobs?limit=none", "api/nothing",
        f"api/jobs/{job}/artifacts/empty.txt", f"api/jobs/{job}/log?download=1",
    ]
    fine = 0
    for path in paths:
        if path == LIVE:
            head = await ask("HEAD", path)
            assert (head.code, head.headers["Content-Type"], head.body) == (200, "text/event-stream", b"")
            continue
        head, got = await eventually(partial(at_rest, ask, path))
        changing = {"Content-Length", "Etag"} if path in MOVING else set()
        assert (head.code, head.body) == (got.code, b""), path
        assert {n: v for n, v in shown(head).items() if n not in changing} == {
            n: v for n, v in shown(got).items() if n not in changing}, path
        fine += got.code == 200
    assert fine > 18


async def test_head_of_a_file_or_a_piece_of_it_reads_none_of_it(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"api/jobs/{await finished(ask)}/artifacts/out.txt"
    pieces: list[dict[str, str]] = [
        {}, *({"Range": f"bytes={piece}"} for piece in ("0-9", "-5", "4990-", "9000-"))]
    got = [await ask("GET", path, **piece) for piece in pieces]
    assert [answer.code for answer in got] == [200, 206, 206, 206, 416]

    async def read(*_: Any) -> None:
        raise AssertionError("read")

    monkeypatch.setattr(gateway.RouteHandler, "_send_pieces", read)
    head = [await ask("HEAD", path, **piece) for piece in pieces]
    assert [(answer.code, shown(answer)) for answer in head] == [(answer.code, shown(answer)) for answer in got]
    assert {answer.body for answer in head} == {b""}


def methods_of(template: str) -> set[str]:
    there = {entry.method for entry in TABLE if entry.template == template}
    return there | {"OPTIONS"} | ({"HEAD"} if "GET" in there else set())


def told(answer: HTTPResponse) -> set[str]:
    names = answer.headers["Allow"].split(", ")
    assert len(names) == len(set(names))
    return set(names)


@pytest.mark.proves("rooms.route-heads")
async def test_a_method_that_a_path_does_not_have_is_a_405_that_says_which_there_are(ask: Ask) -> None:
    addresses = {example(entry): methods_of(entry.template) for entry in TABLE}
    addresses[LIVE] = {"GET", "HEAD", "OPTIONS"}
    for path, there in addresses.items():
        for method in [*(name for name in ALL if name not in there), "TRACE", "PROPFIND", "CONNECT"]:
            answer = await ask(method, path)
            assert (answer.code, told(answer)) == (405, there), (method, path)
            assert method == "HEAD" or json.loads(answer.body)["code"] == "method_not_allowed"
        options = await ask("OPTIONS", path)
        assert (options.code, told(options), options.body) == (200, there, b""), path


def misfits(entry: Route) -> list[tuple[str, str]]:
    """Each placeholder of a route with a value that cannot be one."""
    found = []
    for parameter in entry.parameters:
        for bad in ("a%0Ab", *(["a%20b!"] if does_not_fit("a b!", parameter) else [])):
            found.append((parameter.name, example(entry, **{parameter.name: bad})))
    return found


def does_not_fit(text: str, parameter: Parameter) -> bool:
    try:
        decode_path({parameter.name: text}, [parameter])
    except NotFound:
        return True
    return False


async def test_what_no_placeholder_can_be_is_a_404_that_names_it(ask: Ask) -> None:
    count = 0
    for entry in TABLE:
        for name, path in misfits(entry):
            answer = await ask(entry.method, path, None if entry.body is None else {})
            told = json.loads(answer.body)
            assert (answer.code, told["details"].get("field")) == (404, name), (entry.method, path, told)
            count += 1
    assert count > 60


async def test_every_location_leads_to_what_was_made(ask: Ask, jp_root_dir: Path) -> None:
    torch.save(unet.build(CONFIG).state_dict(), jp_root_dir / "model.pt")
    command = {"command": ["python", "-c", "print(1)"]}
    bodies: dict[str, Any] = {
        "jobs": {**command, "id": "first.one"},
        "jobs/{id}/rerun": {"changes": {"id": "second.one"}},
        "runs/{id}/again": {},
        "runs/merge": {"ids": ["first.one", "second.one"], "name": "both"},
        "schedules": {"cron": "0 3 * * *", "submission": command},
        "schedules/{id}/run": {},
        "models": {"name": "unet.digits", "path": "model.pt", "task": "segmentation", "metadata": METADATA},
        "deployments": {"model": "unet.digits"},
        "streams": {"name": "line.1", "source": {"kind": "simulated", "rate": 1}, "start": False},
        "users": {"name": "a+b@example.org", "password": "correct horse", "role": "viewer"},
        "tokens": {"name": "c+d@example.org", "scope": "read"},
    }
    listed = "streams/{id}/labels"  # has no address of its own
    makers = [entry for entry in TABLE if entry.status == 201 and not entry.streamed and entry.path != listed]
    assert {entry.path for entry in makers} == bodies.keys()
    made = ""
    for path, body in bodies.items():
        answer = await ask("POST", "api/" + path.replace("{id}", made), body)
        assert answer.code == 201, (path, answer.body)
        there = answer.headers["Location"]
        found = await ask("GET", there.partition("/crispdm/")[2])
        assert (found.code, (await ask("HEAD", there.partition("/crispdm/")[2])).code) == (200, 200), (path, there)
        made, shown = json.loads(answer.body), json.loads(found.body)
        if isinstance(made.get("job"), dict):  # a run that is run again is a job
            made = made["job"]
        identity = "id" if "id" in made else "name"
        assert made[identity] == shown[identity]
        made = made.get("id", "")
