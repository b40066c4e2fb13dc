"""Dashboards over HTTP: what a notebook brings cannot harm its page, under our door and in a plain Lab."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPResponse
from traitlets.config import Config

from tests.server.auth.visitors import OpenAs

SCRIPT = "\"'></title><script>window.ran = 1</script>"
ODD: list[Any] = [{"a": 1}, 5, ["x"], None, True, SCRIPT]


def write(root: Path, metadata: dict[str, Any], cell: dict[str, Any], name: str = "dashboards/odd.ipynb") -> None:
    markdown = {"cell_type": "markdown", "source": "# The last line", "metadata": {}, **cell}
    notebook = {"cells": [markdown], "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    (root / name).write_text(json.dumps(notebook))


def is_whole(answer: HTTPResponse) -> bool:
    text = answer.body.decode()
    return answer.code == 200 and "The last line" in text and text.rstrip().endswith("</html>")


@pytest.mark.proves("names.html", "injection.address")
@pytest.mark.parametrize("value", ODD, ids=repr)
async def test_odd_metadata_neither_ends_nor_enters_the_page(as_user: OpenAs, root: Path, value: Any) -> None:
    write(
        root,
        {"title": value, "language_info": value, "voila": value},
        {"metadata": {"tags": value, "transient": value, "raw_mimetype": value}, "id": value},
    )
    answer = await (await as_user("viewer")).fetch("voila/render/dashboards/odd.ipynb")
    assert is_whole(answer), answer.body
    assert b"<script>window" not in answer.body
    assert "script-src" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_theme_in_the_metadata_is_not_written_into_the_page(as_user: OpenAs, root: Path) -> None:
    write(root, {"voila": {"theme": SCRIPT, "template": "reveal"}}, {})
    answer = await (await as_user("viewer")).fetch("voila/render/dashboards/odd.ipynb")
    assert is_whole(answer)
    assert b"window.ran" not in answer.body


async def test_what_a_dashboard_runs_lies_in_files(as_user: OpenAs, root: Path) -> None:
    answer = await (await as_user("viewer")).fetch("voila/render/dashboards/curves.ipynb")
    scripts = answer.body.decode().split("<script")[1:]
    assert len(scripts) > 3
    for script in scripts:
        head = script.split(">")[0]
        assert " src=" in head or 'type="application/' in head, head


class TestInAPlainLab:
    """Nobody of ours is at the door there, but the page is the same."""

    @pytest.fixture
    def jp_server_config(self, jp_server_config: Config) -> Config:
        plain = Config(jp_server_config)
        for section in ("ServerApp", "VoilaConfiguration", "LabApp"):
            kept = {"jpserver_extensions": plain.ServerApp.jpserver_extensions} if section == "ServerApp" else {}
            plain[section] = Config(kept)
        return plain

    async def test_the_address_is_looked_at(self, jp_fetch: Any, jp_serverapp: Any, root: Path) -> None:
        from tornado.httpclient import HTTPClientError

        with pytest.raises(HTTPClientError) as refused:
            await jp_fetch("voila/render/dashboards/curves.ipynb", params={"theme": SCRIPT})
        assert refused.value.code == 400
        assert refused.value.response is not None
        assert b"window.ran" not in refused.value.response.body

    async def test_the_page_has_our_policy(self, jp_fetch: Any, root: Path) -> None:
        answer = await jp_fetch("voila/render/dashboards/curves.ipynb")
        assert "script-src" in answer.headers["Content-Security-Policy"]
        assert b"All dashboards" in answer.body
