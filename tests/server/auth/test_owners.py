"""Issue 7: what a program makes belongs to its person, with the program named; it was `token:server`'s."""

from __future__ import annotations

import getpass
import json
from typing import Any

import pytest

from jupyter_crispdm.auth.manager import UserManager
from jupyter_crispdm.auth.types import NewToken, Scope, UserChange, UserRole
from tests.server.auth.visitors import SERVER_TOKEN, Browser, OpenAs, OpenBrowser

_API = "crispdm/api/"
_LATER = {"cron": "0 0 1 1 *", "timezone": "UTC"}


class Program:
    """Calls the API with a token."""

    def __init__(self, browser: Browser, secret: str) -> None:
        self._browser = browser
        self._headers = {"Authorization": f"token {secret}"}

    async def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        answer = await self._browser.fetch(_API + path, method, body, self._headers)
        return answer.code, json.loads(answer.body or b"null")

    async def job(self, path: str = "jobs", body: Any = None) -> tuple[str, str]:
        """Owner and program of a job that is submitted."""
        code, job = await self("POST", path, {"command": ["true"]} if body is None else body)
        assert code in (201, 202), job
        if code == 202:
            job = (await self("GET", f"jobs/{job['job']}"))[1]
        return job["owner"], job["via"]


@pytest.fixture
def nightly(crispdm: Any, people: UserManager, browser: OpenBrowser, jp_asyncio_loop: Any) -> Program:
    """A program of the analyst."""
    wanted = NewToken(name="nightly", scope=Scope.WRITE, owner="analyst")
    return Program(browser(), jp_asyncio_loop.run_until_complete(people.create_token(wanted)).token)


@pytest.mark.proves("jobs.owner")
async def test_a_programs_jobs_are_its_persons(nightly: Program, as_user: OpenAs) -> None:
    """Of the job, of its rerun, of a schedule and its runs, and of an environment that is made."""
    assert await nightly.job() == ("analyst", "nightly")
    mine = (await nightly("GET", "jobs?owner=analyst"))[1]["jobs"]
    assert len(mine) == 1
    assert await nightly.job(f"jobs/{mine[0]['id']}/rerun", {}) == ("analyst", "nightly")
    code, schedule = await nightly("POST", "schedules", {"submission": {"command": ["true"]}, **_LATER})
    assert (code, schedule["owner"]) == (201, "analyst")
    code, run = await nightly("POST", f"schedules/{schedule['id']}/run")
    assert (run["owner"], run["via"], run["schedule"]) == ("analyst", "", schedule["id"])
    assert await nightly.job("environments", {"name": "made"}) == ("analyst", "nightly")
    analyst = await as_user("analyst")
    answer = await analyst.fetch(f"{_API}jobs", "POST", {"command": ["true"]})
    assert (json.loads(answer.body)["owner"], json.loads(answer.body)["via"]) == ("analyst", "")


async def test_the_servers_own_tokens_are_the_accounts(
    crispdm: Any, people: UserManager, browser: OpenBrowser, jp_serverapp: Any
) -> None:
    local = Program(browser(), jp_serverapp.server_info()["token"])
    assert await local.job() == (getpass.getuser(), "a program on the server")
    operator = Program(browser(), SERVER_TOKEN)
    assert await operator.job() == (getpass.getuser(), "the server's token")
    code, token = await operator("POST", "tokens", {"name": "robot", "scope": "write"})
    assert (code, token["owner"]) == (201, getpass.getuser())


@pytest.mark.proves("http.tokens")
async def test_a_token_that_an_admin_makes_is_theirs_unless_they_name_another(
    crispdm: Any, as_user: OpenAs, browser: OpenBrowser
) -> None:
    admin = await as_user("admin")

    async def made(**token: str) -> tuple[int, Any]:
        answer = await admin.fetch(f"{_API}tokens", "POST", token)
        return answer.code, json.loads(answer.body)

    code, mine = await made(name="mine", scope="admin")
    assert (code, mine["owner"]) == (201, "admin")
    assert (await made(name="hers", owner="analyst"))[1]["owner"] == "analyst"
    code, refused = await made(name="whose", owner="analist")
    assert (code, refused["details"]["field"]) == (400, "owner")
    assert "Did you mean analyst?" in refused["message"]
    code, refused = await made(name="more", owner="viewer", scope="write")
    assert (code, refused["details"]["field"]) == (400, "scope")
    listed = json.loads((await admin.fetch(f"{_API}tokens")).body)["tokens"]
    assert {token["name"]: token["owner"] for token in listed} == {"mine": "admin", "hers": "analyst"}
    program = Program(browser(), mine["token"])
    assert (await program("POST", "tokens", {"name": "child"}))[1]["owner"] == "admin"
    audit = (await program("GET", "audit"))[1]["entries"]
    assert (audit[0]["user"], audit[0]["detail"]) == ("token:mine", "child (read) for admin")


async def test_a_token_opens_no_more_than_its_person_and_ends_with_them(nightly: Program, people: UserManager) -> None:
    await people.change("analyst", UserChange(role=UserRole.VIEWER))
    assert (await nightly("POST", "jobs", {"command": ["true"]}))[0] == 403
    assert (await nightly("GET", "jobs"))[0] == 200
    await people.remove("analyst")
    assert (await nightly("GET", "jobs"))[0] == 403
