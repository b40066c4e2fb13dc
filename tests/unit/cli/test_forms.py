"""The pages of the dashboard Streaming: what they show as it comes, and that they let go of it."""

from __future__ import annotations

import asyncio
import importlib
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from ipywidgets import Widget

from jupyter_crispdm.base.errors import Forbidden, NotFound
from jupyter_crispdm.cli.demonstration.project import PUBLISHED, SOURCE, Project
from jupyter_crispdm.client.discovery import Address
from jupyter_crispdm.widgets import StreamText
from tests.support import eventually

ADDRESS = ("http://here/base/", "a token")


@pytest.fixture
def forms(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A module of the dashboard, imported as its notebook does."""
    monkeypatch.syspath_prepend(SOURCE / "dashboards")
    return lambda name: importlib.import_module(f"forms.{name}")


class Source:
    """A stream that goes on for as long as it is told to, and notes that it was closed."""

    def __init__(self, *lines: str, error: Exception | None = None, endless: bool = False) -> None:
        self._lines, self._error, self._endless = lines, error, endless
        self.closed = False

    async def __call__(self) -> AsyncGenerator[str, None]:
        try:
            for line in self._lines:
                yield line
            if self._error is not None:
                raise self._error
            if self._endless:
                await asyncio.Event().wait()
        finally:
            self.closed = True


@pytest.mark.proves("text.dashboard")
async def test_what_comes_is_shown_as_text(forms: Any) -> None:
    shown = forms("shown").Shown("Begin", Source("<b>one</b>", "two"))
    shown.begin.click()
    await eventually(lambda: "over" in shown.said.value)
    assert "&lt;b&gt;one&lt;/b&gt;\ntwo" in shown.sheet.value
    assert "2 came" in shown.said.value
    assert (shown.begin.disabled, shown.stop.disabled) == (False, True)


@pytest.mark.proves("text.dashboard")
async def test_stop_closes_the_source(forms: Any) -> None:
    source = Source("one", endless=True)
    shown = forms("shown").Shown("Begin", source)
    shown.begin.click()
    await eventually(lambda: "1 so far" in shown.said.value)
    shown.begin.click()
    shown.stop.click()
    await eventually(lambda: "Stopped after 1" in shown.said.value)
    assert source.closed
    assert "one" in shown.sheet.value


@pytest.mark.parametrize("error", [ValueError("No <model>."), Forbidden("You may not."), OSError("It broke.")])
async def test_what_goes_wrong_is_said(forms: Any, error: Exception) -> None:
    shown = forms("shown").Shown("Begin", Source("one", error=error))
    shown.begin.click()
    await eventually(lambda: not shown.begin.disabled)
    assert str(error).replace("<", "&lt;").replace(">", "&gt;") in shown.said.value


async def test_only_the_newest_lines_are_kept(forms: Any) -> None:
    shown = forms("shown").Shown("Begin", Source(*map(str, range(1000))))
    shown.begin.click()
    await eventually(lambda: "1,000 came" in shown.said.value)
    assert "999" in shown.sheet.value
    assert "\n799\n" not in shown.sheet.value


@pytest.mark.proves("text.dashboard")
async def test_objects_that_are_torn_on_their_way_come_whole(forms: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = forms("sources")
    monkeypatch.setattr(sources, "PAUSE", 0)
    found = [json.loads(line) async for line in sources.lines()]
    assert [item["number"] for item in found] == list(range(sources.MEASUREMENTS))
    assert {item["unit"] for item in found} == {"µm"}


def answering(sources: Any, monkeypatch: pytest.MonkeyPatch, answer: httpx.Response) -> list[httpx.Request]:
    """The server answers so; what it is asked."""
    asked: list[httpx.Request] = []
    client = httpx.AsyncClient

    def reply(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return answer

    def made(**given: Any) -> httpx.AsyncClient:
        return client(transport=httpx.MockTransport(reply), headers=given["headers"])

    monkeypatch.setattr(sources.httpx, "AsyncClient", made)
    monkeypatch.setattr(sources, "locate", lambda: Address(*ADDRESS))
    return asked


async def test_events_are_read_with_where_one_goes_on(forms: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = forms("sources")
    answer = httpx.Response(200, text='id: 7\ndata: {"jobs": []}\n\nid: 8\ndata: {}\n\n')
    asked = answering(sources, monkeypatch, answer)
    assert [line async for line in sources.events()] == ['7  {"jobs": []}', "8  {}"]
    assert str(asked[0].url) == "http://here/base/crispdm/api/live?topic=jobs"
    assert asked[0].headers["authorization"] == "token a token"
    assert asked[0].headers["accept"] == "text/event-stream"


async def test_a_refusal_is_raised_as_what_it_is(forms: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = forms("sources")
    body = {"message": "There is none.", "reason": "Not Found", "code": "not_found", "details": {}}
    answering(sources, monkeypatch, httpx.Response(404, json=body))
    with pytest.raises(NotFound, match="There is none"):
        [line async for line in sources.events()]


async def test_without_a_model_the_upstream_says_what_to_do(forms: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = forms("sources")
    answering(sources, monkeypatch, httpx.Response(200, json={"object": "list", "data": []}))
    with pytest.raises(ValueError, match="Train one"):
        [line async for line in sources.upstream()]


@pytest.mark.proves("text.dashboard")
@pytest.mark.parametrize(("details", "says"), [({"field": "url"}, "proxy_allow = ['http://port']"), ({}, "Not you.")])
async def test_an_upstream_that_is_not_allowed_says_how_and_to_whom_it_is(
    forms: Any, monkeypatch: pytest.MonkeyPatch, details: dict[str, str], says: str
) -> None:
    sources = forms("sources")
    deployments = SimpleNamespace(list=lambda: [SimpleNamespace(model="pen", url="http://port/v2/models/pen")])
    monkeypatch.setattr(sources.project, "client", lambda: SimpleNamespace(deployments=deployments))

    @asynccontextmanager
    async def asked(method: str, path: str, body: Any = None, **headers: str) -> AsyncIterator[httpx.Response]:
        if method == "POST":
            raise Forbidden("Not you.", **details)
        yield httpx.Response(200, json={"data": [{"id": "pen"}]})

    monkeypatch.setattr(sources, "asked", asked)
    with pytest.raises((ValueError, Forbidden)) as refused:
        [line async for line in sources.upstream()]
    assert says in str(refused.value)
    assert ("proxy_allow" in str(refused.value)) == bool(details)


def test_the_first_page_lets_a_model_write(forms: Any) -> None:
    page: Any = forms("pages").text()
    assert isinstance(page, Widget)
    assert [child for child in page.children if isinstance(child, StreamText)]


@pytest.mark.proves("text.dashboard")
def test_the_demo_has_the_pages_and_lets_viewers_train(tmp_path: Path) -> None:
    Project(tmp_path / "demo").write(serving_port=8599)
    written = tmp_path / "demo"
    assert {path.name for path in (written / "dashboards/forms").glob("*.py")} >= {"pages.py", "shown.py", "sources.py"}
    assert (written / "train_text.py").exists()
    assert (written / "dashboards/streaming.ipynb").exists()
    assert "train_text.py" in PUBLISHED
    settings = json.loads(Project(written).settings.read_text())
    assert settings["CrispdmApp"]["proxy_allow"] == ["http://127.0.0.1:8599"]
