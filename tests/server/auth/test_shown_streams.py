"""What viewers see of streams and do with them, by their own login."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.server.auth.visitors import Browser, OpenAs

_API = "crispdm/api/streams"
_SOURCE = {"kind": "simulated", "rate": 77}


@pytest.fixture
def people(crispdm: Any, as_user: OpenAs, jp_asyncio_loop: Any) -> tuple[Browser, Browser]:
    """A viewer and an analyst, and two streams, one of which is shared."""

    async def make() -> tuple[Browser, Browser]:
        viewer, analyst = await as_user("viewer"), await as_user("analyst")
        for id, shared in (("shown", True), ("hidden", False)):
            body = {"name": id, "id": id, "source": _SOURCE, "shared": shared, "start": False}
            assert (await analyst.fetch(_API, "POST", body)).code == 201
        return viewer, analyst

    result: tuple[Browser, Browser] = jp_asyncio_loop.run_until_complete(make())
    return result


@pytest.mark.proves("streams.viewers")
async def test_a_viewer_reads_shared_streams_and_nothing_of_how_they_are_collected(people: Any) -> None:
    viewer, analyst = people
    body = (await viewer.fetch(_API)).body.decode()
    assert [stream["id"] for stream in json.loads(body)["streams"]] == ["shown"]
    shown = json.loads((await viewer.fetch(f"{_API}/shown")).body)
    assert (shown["source"], shown["directory"], shown["job"]) == (None, "", None)
    assert json.loads((await analyst.fetch(f"{_API}/hidden")).body)["source"]["rate"] == 77
    for path in ("", "/window", "/history", "/events", "/labels", "/export?format=csv"):
        assert (await viewer.fetch(f"{_API}/shown{path}")).code == 200, path
        assert (await viewer.fetch(f"{_API}/hidden{path}")).code == 404, path


@pytest.mark.proves("streams.viewers")
async def test_a_viewer_changes_nothing_but_what_is_said_of_alarms_and_spans(people: Any) -> None:
    viewer, analyst = people
    for method, path, body in (
        ("POST", "", {"name": "mine", "source": _SOURCE}), ("POST", "/test", {"source": _SOURCE}),
        ("PATCH", "/shown", {"window": 5}), ("POST", "/shown/start", {}), ("POST", "/shown/stop", {}),
        ("DELETE", "/shown", None),
    ):  # fmt: skip
        assert (await viewer.fetch(f"{_API}{path}", method, body)).code == 403, path
    assert (await viewer.fetch(f"{_API}/shown/events/a1", "POST", {"action": "clear"})).code == 404
    assert (await viewer.fetch(f"{_API}/hidden/labels", "POST", {"from": 1, "to": 2, "label": "x"})).code == 404
    labels = f"{_API}/shown/labels"
    mine = json.loads((await viewer.fetch(labels, "POST", {"from": 1, "to": 2, "label": "mine"})).body)
    other = json.loads((await analyst.fetch(labels, "POST", {"from": 1, "to": 2, "label": "other"})).body)
    assert (mine["by"], other["by"]) == ("viewer", "analyst")
    assert (await viewer.fetch(f"{labels}/{other['id']}", "DELETE")).code == 404
    assert (await viewer.fetch(f"{labels}/{mine['id']}", "DELETE")).code == 204
    assert (await analyst.fetch(f"{labels}/{other['id']}", "DELETE")).code == 204
