"""Values at the edge of their types: whatever is sent in a field, it is taken or refused, and never a fault of ours."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import msgspec
import pytest
from tornado.httpclient import HTTPClientError

from jupyter_crispdm.app import ROUTES, CrispdmApp
from jupyter_crispdm.base.http.route import Route, tables
from jupyter_crispdm.jobs.types import Submission
from tests.unit.models.conftest import torch_file

Body = dict[str, Any]

TABLE = [entry for entry in tables(ROUTES) if not entry.raw]
RERUN = next(entry for entry in TABLE if entry.path.endswith("/rerun"))
PLAN = next(entry for entry in TABLE if (entry.method, entry.path) == ("POST", "schedules"))
SENT = [entry for entry in TABLE if isinstance(entry.body, type) and issubclass(entry.body, msgspec.Struct)]

_TEXTS = ["", "\0", "a\0b", "../../x", "\u2028", "\x1b[31m", "x" * 70_000, "%s%n", "' OR 1=1 --", "-1", "NaN"]
_EDGES: dict[type, list[Any]] = {
    int: [2**63, -(2**63) - 1, 2**70, 10**300, 0, -1],
    float: [1e308, -1e308, 5e-324, 2**70, 10**300, 0, -1],
    str: _TEXTS,
    list: [[], [[]], [None], [0], [""], ["\0"], [{}], ["x"] * 3000],
    dict: [{}, {"": ""}, {"\0": "\0"}, {"a": None}, {"a": 2**70}, {"a": {"b": [{}]}}, {"x" * 70_000: 1}],
    bool: [True],
}


def kinds(annotation: Any) -> Iterator[type]:
    """The plain types that a field may have."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        for one in get_args(annotation):
            yield from kinds(one)
    elif origin is not None and hasattr(annotation, "__metadata__"):
        yield from kinds(get_args(annotation)[0])
    elif isinstance(origin or annotation, type):
        kind = origin or annotation
        yield from (plain for plain in _EDGES if issubclass(kind, plain)) if kind is not NoneType else ()


def bodies(kind: type[msgspec.Struct], plain: Body) -> Iterator[Body]:
    """Bodies with one field at an edge; the others are plain."""
    for field in msgspec.structs.fields(kind):
        for edge in [value for one in kinds(field.type) for value in _EDGES[one]]:
            yield {**plain, field.encode_name: edge}


class Caller:
    """Calls the API by addresses as they stand, and gathers what it answers."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call
        self.codes = Counter[int]()
        self.faults: list[str] = []

    async def make(self, path: str, /, **body: Any) -> dict[str, Any]:
        """Make something; what was made."""
        made: dict[str, Any] = json.loads((await self._call(f"api/{path}", "POST", json.dumps(body))).body)
        return made

    async def send(self, entry: Route, address: str, body: Body | None = None) -> None:
        """Send something, and note what is said of it."""
        try:
            content = None if body is None else json.dumps(body)
            code = (await self._call(f"{entry.prefix}/{address}", entry.method, content)).code
        except HTTPClientError as error:
            code = error.code
        self.codes[code] += 1
        if code >= 500:
            self.faults.append(f"{code}: {entry.method} {address[:200]} {str(body)[:200]}")


@pytest.fixture
def caller(crispdm: CrispdmApp, http_server_client: Any, jp_base_url: str, jp_auth_header: dict[str, str]) -> Caller:
    def call(address: str, method: str, body: str | None) -> Any:
        return http_server_client.fetch(
            f"{jp_base_url}crispdm/{address}", method=method, body=body, headers=jp_auth_header)

    return Caller(call)


async def filled(made: Caller, root: Path) -> None:
    """One of everything."""
    (root / "model.pt").write_bytes(torch_file())
    await made.make("users", name="ada", password="correct horse", role="admin")
    await made.make("tokens", name="t")
    await made.make("jobs", id="j", command=["sleep", "60"])
    await made.make("models", name="m", path="model.pt")


PLAIN: dict[str, tuple[str, Body]] = {
    "POST users": ("users", {"name": "bob", "password": "correct horse"}),
    "PATCH users/{name}": ("users/ada", {}),
    "POST tokens": ("tokens", {"name": "u"}),
    "PATCH tokens/{name}": ("tokens/t", {}),
    "POST environments": ("environments", {"name": "e", "clone": "gone"}),
    "POST environments/{id}/packages": ("environments/gone/packages", {"packages": ["x"]}),
    "POST jobs": ("jobs", {"command": ["true"], "after": ["j"]}),
    "POST jobs/{id}/rerun": ("jobs/j/rerun", {"changes": {"after": ["j"]}}),
    "POST jobs/{id}/stop": ("jobs/gone/stop", {}),
    "POST jobs/stop": ("jobs/stop", {"ids": ["gone"]}),
    "POST jobs/{id}/input": ("jobs/j/input", {"text": "x"}),
    "POST models": ("models", {"name": "n", "path": "model.pt"}),
    "PUT models/{name}/aliases/{alias}": ("models/m/aliases/a", {"version": 1}),
    "POST deployments": ("deployments", {"model": "gone"}),
}


_STEPS = ("j", "m", "ada", "t", ".", "..%2Fx", "%00", "%FF", "%ED%A0%80", "x" * 5000, "\u00b2".encode().hex())
_PLACEHOLDER = re.compile(r"\{[^}]*\}")


def odd_addresses(entry: Route) -> Iterator[str]:
    """The addresses of a route with each of its placeholders at an edge, and with each argument."""
    for step in _STEPS if entry.parameters else ("",):
        yield _PLACEHOLDER.sub(step, entry.path)
    for field in msgspec.structs.fields(entry.query) if entry.query else ():
        for text in ("", "-1", "1e400", "9" * 400, "²", "%00", "%FF", "nan", "x" * 5000, "1&" + field.name + "=2"):
            yield f"{_PLACEHOLDER.sub('j', entry.path)}?{field.encode_name}={text}"


@pytest.mark.timeout(1800)  # thousands of requests
@pytest.mark.proves("json.bad")
async def test_no_address_at_an_edge_is_a_fault_of_ours(caller: Caller) -> None:
    for entry in (entry for entry in TABLE if entry.method == "GET"):
        for address in odd_addresses(entry):
            await caller.send(entry, address)
    assert caller.faults == []
    assert {200, 400, 404} <= set(caller.codes)


@pytest.mark.timeout(1800)  # thousands of requests
@pytest.mark.proves("json.bad")
async def test_no_field_at_an_edge_is_a_fault_of_ours(caller: Caller, jp_root_dir: Path) -> None:
    await filled(caller, jp_root_dir)
    schedule = (await caller.make("schedules", cron="0 3 * * *", submission={"command": ["true"]}))["id"]
    plain = {
        **PLAIN,
        "POST schedules": ("schedules", {"cron": "0 3 * * *", "submission": {"command": ["true"]}, "paused": True}),
        "PATCH schedules/{id}": (f"schedules/{schedule}", {}),
    }
    for entry in SENT:
        gone = _PLACEHOLDER.sub("gone", entry.path), dict[str, Any]()
        path, body = plain.get(f"{entry.method} {entry.path}", gone)
        for sent in bodies(entry.body, body):
            await caller.send(entry, path, sent)
    for changes in bodies(Submission, {"command": ["true"], "after": ["j"]}):
        await caller.send(RERUN, "jobs/j/rerun", {"changes": changes})
        await caller.send(PLAN, "schedules", {"cron": "0 3 * * *", "paused": True, "submission": changes})
    for entry in (entry for entry in TABLE if entry.method == "GET"):
        await caller.send(entry, _PLACEHOLDER.sub("j", entry.path))
    await caller.make("jobs/stop", all=True)
    assert caller.faults == []
    assert {200, 201, 400, 404} <= set(caller.codes)
