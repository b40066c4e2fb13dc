"""Each person's own layout and settings in JupyterLab, and what becomes of them at log-out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.auth.people import People
from tests.server.auth.visitors import Browser, OpenAs, OpenBrowser

SETTINGS = "lab/api/settings/@jupyterlab/apputils-extension:themes"


def layout(tab: str) -> str:
    return json.dumps({"data": {"tab": tab}, "metadata": {"id": "default"}})


async def kept(browser: Browser) -> Any:
    answer = await browser.fetch("lab/api/workspaces/default")
    assert answer.code == 200
    return json.loads(answer.body)["data"]


@pytest.mark.proves("work.layout-kept")
async def test_layouts_are_each_persons_own(as_user: OpenAs) -> None:
    analyst, admin = await as_user("analyst"), await as_user("admin")
    assert (await analyst.fetch("lab/api/workspaces/default", "PUT", layout("secret.ipynb"))).code == 204
    assert await kept(admin) == {}
    assert (await admin.fetch("lab/api/workspaces/default", "PUT", layout("own.ipynb"))).code == 204
    assert await kept(analyst) == {"tab": "secret.ipynb"}
    listed = json.loads((await admin.fetch("lab/api/workspaces")).body)["workspaces"]
    assert [one["data"] for one in listed["values"]] == [{"tab": "own.ipynb"}]
    assert (await admin.fetch("lab/api/workspaces/default", "DELETE")).code == 204
    assert await kept(analyst) == {"tab": "secret.ipynb"}


async def test_settings_are_each_persons_own(as_user: OpenAs) -> None:
    analyst, admin = await as_user("analyst"), await as_user("admin")
    raw = {"raw": '{"theme": "JupyterLab Dark"}'}
    assert (await analyst.fetch(SETTINGS, "PUT", raw)).code == 204
    seen = [json.loads((await who.fetch(SETTINGS)).body)["settings"].get("theme") for who in (analyst, admin)]
    assert seen[0] == "JupyterLab Dark" != seen[1]


@pytest.mark.proves("work.layout-kept")
async def test_a_layout_is_there_again_after_log_out_unless_it_is_forgotten(
    as_user: OpenAs, browser: OpenBrowser
) -> None:
    analyst = await as_user("analyst")
    await analyst.fetch("lab/api/workspaces/default", "PUT", layout("mine.ipynb"))
    assert (await analyst.fetch("logout")).code == 302
    assert b"Forget it" in (await analyst.fetch("login?out=1")).body

    again = await as_user("analyst")
    assert await kept(again) == {"tab": "mine.ipynb"}
    await again.fetch("logout")
    stranger = browser()
    await stranger.fetch("login")
    assert b"Forget it" not in (await stranger.fetch("login?out=1")).body
    await stranger.fetch("logout/forget", "POST", "")  # nobody logged out in this browser
    assert (await again.fetch("logout/forget", "POST", "", xsrf=False)).code == 403
    assert await kept(await as_user("analyst")) == {"tab": "mine.ipynb"}

    forgotten = await again.fetch("logout/forget", "POST", "")
    assert forgotten.headers["Location"].endswith("login?out=forgotten")
    assert b"your work here is forgotten" in (await again.fetch("login?out=forgotten")).body
    assert await kept(await as_user("analyst")) == {}


async def test_who_is_removed_leaves_nothing(as_user: OpenAs, jp_serverapp: Any) -> None:
    analyst, admin = await as_user("analyst"), await as_user("admin")
    await analyst.fetch("lab/api/workspaces/default", "PUT", layout("mine.ipynb"))
    folder = Path(jp_serverapp.config.CrispdmApp.data_dir) / "people"
    assert [path.name for path in folder.iterdir()] == ["analyst"]
    assert (await admin.fetch("crispdm/api/users/analyst", "DELETE")).code in (200, 204)
    assert list(folder.iterdir()) == []


@pytest.mark.proves("files.traversal")
def test_no_name_leads_out_of_its_folder(tmp_path: Path) -> None:
    people = People(tmp_path / "data")
    outside = tmp_path / "workspaces"
    outside.mkdir()
    for name in ("..", ".", "../..", "/", "a/b", "token:x"):
        people.forget_layout(name)
        people.forget(name)
    assert outside.exists()
