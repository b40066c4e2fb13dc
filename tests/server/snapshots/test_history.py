"""Versions of what is saved through Jupyter's contents, and layouts of Lab, on a real server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.server.auth.visitors import Browser
from tests.server.snapshots.conftest import Desk
from tests.support import eventually

API = "crispdm/api/"
CELL: dict[str, Any] = {"cell_type": "code", "source": "1", "metadata": {}, "outputs": [], "execution_count": None}


def notebook(text: str) -> dict[str, Any]:
    cells = [{**CELL, "source": text, "id": "one"}]
    return {"type": "notebook", "content": {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}}


async def ask(browser: Browser, path: str, method: str = "GET", body: Any = None) -> tuple[int, Any]:
    answer = await browser.fetch(API + path, method, body)
    return answer.code, json.loads(answer.body or b"null")


async def versions(browser: Browser, path: str, count: int) -> list[Any]:
    """The versions of a file once there are so many: they are kept beside the saving."""

    async def found() -> list[Any] | None:
        listed: list[Any] = (await ask(browser, f"history?path={path}"))[1]["versions"]
        return listed if len(listed) >= count else None

    there = await eventually(found)
    assert len(there) == count
    return list(there)


async def save(browser: Browser, path: str, model: dict[str, Any]) -> None:
    answer = await browser.fetch(f"api/contents/{path}", "PUT", model)
    assert answer.code in (200, 201), answer.body


@pytest.mark.proves("history.kept", "history.restored", "history.renamed")
async def test_what_is_saved_in_lab_can_be_had_back(analyst: Desk, root: Path) -> None:
    lab = analyst.browser
    before = (root / "dashboards/curves.ipynb").read_bytes()
    assert (await lab.fetch("api/contents/dashboards/curves.ipynb")).code == 200
    await versions(lab, "dashboards/curves.ipynb", 1)
    await save(lab, "dashboards/curves.ipynb", notebook("two"))
    kept = await versions(lab, "dashboards/curves.ipynb", 2)
    assert [version["by"] for version in kept] == ["analyst", "analyst"]
    assert (await lab.fetch(f"{API}history/{kept[1]['id']}")).body == before
    part = await lab.fetch(f"{API}history/{kept[1]['id']}", headers={"Range": "bytes=0-3"})
    assert (part.code, part.body) == (206, before[:4])
    assert "curves.ipynb" in part.headers["Content-Disposition"]

    moved = await lab.fetch("api/contents/dashboards/curves.ipynb", "PATCH", {"path": "moved.ipynb"})
    assert moved.code == 200
    await versions(lab, "moved.ipynb", 2)
    code, restored = await ask(lab, f"history/{kept[1]['id']}/restore", "POST")
    assert (code, restored["path"], restored["by"]) == (200, "moved.ipynb", "analyst")
    assert (root / "moved.ipynb").read_bytes() == before
    assert not (root / "dashboards/curves.ipynb").exists()


@pytest.mark.proves("history.refused")
async def test_who_has_no_lab_sees_no_history(analyst: Desk, viewer: Desk, root: Path) -> None:
    await save(analyst.browser, "private/a.txt", {"type": "file", "format": "text", "content": "secret"})
    kept = await versions(analyst.browser, "private/a.txt", 1)
    for method, path in (
        ("GET", "history?path=private/a.txt"), ("GET", f"history/{kept[0]['id']}"),
        ("POST", f"history/{kept[0]['id']}/restore"), ("GET", "layouts"), ("POST", "layouts/1/restore"),
    ):  # fmt: skip
        assert (await ask(viewer.browser, path, method))[0] == 403, path


@pytest.mark.proves("history.refused")
async def test_what_is_not_kept_is_not_there(analyst: Desk, root: Path) -> None:
    lab = analyst.browser
    assert (await ask(lab, "history"))[0] == 400
    for path in ("../crispdm/crispdm.db", "/etc/passwd", ".ssh/id", "%2e%2e/a"):
        assert (await ask(lab, f"history?path={path}"))[1]["versions"] == []
    for id in ("0", "99", "x", "-1", "1.5", "9" * 30):
        assert (await ask(lab, f"history/{id}"))[0] == 404
        assert (await ask(lab, f"history/{id}/restore", "POST"))[0] == 404
        assert (await ask(lab, f"layouts/{id}/restore", "POST"))[0] == 404
    await save(lab, "folder", {"type": "directory"})
    await save(lab, "folder/a.txt", {"type": "file", "format": "text", "content": "one"})
    (kept,) = await versions(lab, "folder/a.txt", 1)
    (root / "folder/a.txt").unlink()
    (root / "folder").rmdir()
    code, refused = await ask(lab, f"history/{kept['id']}/restore", "POST")
    assert (code, refused["details"]["field"]) == (409, "path")


@pytest.mark.proves("history.layouts")
async def test_the_last_layouts_are_each_persons_own(analyst: Desk, as_user: Any) -> None:
    lab, admin = analyst.browser, await as_user("admin")
    for tab in ("one", "two"):
        raw = json.dumps({"data": {"tab": tab}, "metadata": {"id": "default"}})
        assert (await lab.fetch("lab/api/workspaces/default", "PUT", raw)).code == 204
    listed = (await ask(lab, "layouts"))[1]["layouts"]
    assert {layout["workspace"] for layout in listed} == {"default"}
    assert (await ask(admin, "layouts"))[1]["layouts"] == []
    assert (await ask(admin, f"layouts/{listed[0]['id']}/restore", "POST"))[0] == 404
    empty = json.dumps({"data": {}, "metadata": {"id": "default"}})
    assert (await lab.fetch("lab/api/workspaces/default", "PUT", empty)).code == 204
    newest = (await ask(lab, "layouts"))[1]["layouts"][0]
    code, restored = await ask(lab, f"layouts/{newest['id']}/restore", "POST")
    assert (code, restored["id"]) == (200, newest["id"])
    await lab.fetch("logout")
    await lab.fetch("logout/forget", "POST", "")
    assert (await ask(await as_user("analyst"), "layouts"))[1]["layouts"] == []
