"""A job knows its user, as a kernel does: what it is told, what its token opens, and when that ends."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import psutil
import pytest

from jupyter_crispdm.auth.manager import UserManager
from jupyter_crispdm.auth.types import UserChange, UserRole
from tests.server.auth.test_kernel_user import holds, shows
from tests.server.auth.visitors import Browser, OpenAs, OpenBrowser
from tests.support import eventually, words_of

_API = "crispdm/api/"
_SAYS = "from jupyter_crispdm import connect\nme = connect().me()\nprint(me.name, me.role.value)\n"
_WAITS = {"command": ["sleep", "600"]}


@pytest.fixture
def jp_server_config(jp_server_config: Any) -> Any:
    jp_server_config.CrispdmApp.published_scripts = ["published/*.py"]
    return jp_server_config


@pytest.fixture
def script(root: Path) -> str:
    (root / "published").mkdir()
    (root / "published/say.py").write_text(_SAYS)
    return "published/say.py"


async def post(browser: Browser, path: str, body: object) -> Any:
    answer = await browser.fetch(_API + path, "POST", body)
    assert answer.code in (201, 202), answer.body
    return json.loads(answer.body)


async def get(browser: Browser, path: str) -> Any:
    return json.loads((await browser.fetch(_API + path)).body)


async def reaches(browser: Browser, id: str, *states: str) -> Any:
    async def there() -> Any:
        job = await get(browser, f"jobs/{id}")
        return job if job["state"] in states else None

    return await eventually(there)


async def says(browser: Browser, body: dict[str, Any]) -> str:
    """What a job prints."""
    job = await post(browser, "jobs", body)
    await reaches(browser, job["id"], "succeeded")
    text: str = (await browser.fetch(f"{_API}jobs/{job['id']}/log")).body.decode()
    return text


async def token_of(browser: Browser, id: str) -> str:
    job = await reaches(browser, id, "running")
    return psutil.Process(job["pid"]).environ()["CRISPDM_TOKEN"]


@pytest.mark.proves("jobs.know-their-user", "jobs.token-role")
@pytest.mark.parametrize(("name", "says_of_itself"), [("analyst", "analyst analyst"), ("viewer", "viewer viewer")])
async def test_a_job_connects_as_its_user_without_a_word(
    crispdm: Any, as_user: OpenAs, script: str, name: str, says_of_itself: str
) -> None:
    assert await says(await as_user(name), {"script": script}) == f"{says_of_itself}\n"


@pytest.mark.proves("jobs.know-their-user")
async def test_so_does_a_notebook(crispdm: Any, as_user: OpenAs, root: Path) -> None:
    code: dict[str, Any] = {"cell_type": "code", "source": _SAYS}
    cell = {**code, "metadata": {}, "outputs": [], "execution_count": None}
    (root / "me.ipynb").write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    assert "analyst analyst\n" in await says(await as_user("analyst"), {"notebook": "me.ipynb"})


@pytest.mark.proves("jobs.token-role")
async def test_its_token_opens_no_more_than_its_owner_may_at_that_moment(
    crispdm: Any, as_user: OpenAs, people: UserManager, browser: OpenBrowser
) -> None:
    analyst = await as_user("analyst")
    token = await token_of(analyst, (await post(analyst, "jobs", _WAITS))["id"])
    more = (f"{_API}jobs", "POST", {"command": ["true"]})
    code, made = await shows(browser(), token, *more)
    assert (code, made["owner"], made["via"]) == (201, "analyst", "a job")
    assert (await shows(browser(), token, f"{_API}users"))[0] == 403
    await people.change("analyst", UserChange(role=UserRole.VIEWER))
    assert (await shows(browser(), token, *more))[0] == 403
    assert (await shows(browser(), token))[1]["role"] == "viewer"
    await people.remove("analyst")
    assert (await shows(browser(), token))[0] == 403


@pytest.mark.proves("jobs.token-ends")
async def test_its_token_ends_with_it(crispdm: Any, as_user: OpenAs, browser: OpenBrowser) -> None:
    analyst = await as_user("analyst")
    job = await post(analyst, "jobs", _WAITS)
    token = await token_of(analyst, job["id"])
    assert (await shows(browser(), token))[0] == 200
    await post(analyst, f"jobs/{job['id']}/stop", {"grace": [0, 0]})
    await reaches(analyst, job["id"], "stopped")
    assert (await shows(browser(), token))[0] == 403


@pytest.mark.proves("jobs.token-hidden")
async def test_nobody_else_sees_it(crispdm: Any, as_user: OpenAs, data_dir: Path) -> None:
    """In no list, no answer, no log; on no command line; in one file, which only the account may read."""
    analyst = await as_user("analyst")
    job = await post(analyst, "jobs", _WAITS)
    token = await token_of(analyst, job["id"])
    process = psutil.Process((await get(analyst, f"jobs/{job['id']}"))["pid"])
    assert os.stat(f"/proc/{process.pid}/environ").st_mode & 0o077 == 0
    assert not any(token in " ".join(words_of(one)) for one in (process, *process.parents()))
    for path in ("jobs", f"jobs/{job['id']}", f"jobs/{job['id']}/artifacts", f"jobs/{job['id']}/submission"):
        assert token.encode() not in (await analyst.fetch(_API + path)).body
    directory = data_dir / "jobs" / job["id"]
    grant = directory / "grant.json"
    assert (grant.stat().st_mode & 0o077, directory.stat().st_mode & 0o077) == (0, 0)
    grant.unlink()
    assert not holds(data_dir, token)
