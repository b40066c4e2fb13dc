"""Revocation, tokens and who manages people, over HTTP."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp
from tornado.websocket import WebSocketClientConnection

from jupyter_crispdm.auth.manager import UserManager
from jupyter_crispdm.auth.passwords import Passwords
from tests.server.auth.visitors import PASSWORD, SERVER_TOKEN, OpenAs, OpenBrowser
from tests.support import eventually


async def closed(socket: WebSocketClientConnection, timeout: float = 60) -> int | None:
    """The code with which the server closed a socket."""

    async def drain() -> int | None:
        while await socket.read_message() is not None:
            pass
        socket.close()
        return socket.close_code

    return await asyncio.wait_for(drain(), timeout)


@pytest.mark.proves("door.old-cookies")
async def test_a_changed_password_or_role_ends_cookies_at_once_and_sockets_in_five_seconds(
    as_user: OpenAs, people: UserManager
) -> None:
    admin = await as_user("admin")
    for change in ({"password": PASSWORD + "!"}, {"role": "viewer"}):
        analyst = await as_user("analyst")
        socket = await analyst.socket("api/events/subscribe")
        assert (await admin.fetch("crispdm/api/users/analyst", "PATCH", change)).code == 200
        assert (await analyst.fetch("api/sessions")).code == 403
        assert await closed(socket) == 4401
        await admin.fetch("crispdm/api/users/analyst", "PATCH", {"password": PASSWORD})
    lowered = await as_user("analyst")
    assert (await lowered.fetch("api/sessions")).code == 403
    assert (await lowered.fetch("crispdm/")).code == 200


@pytest.mark.proves("door.old-cookies")
async def test_logging_out_closes_the_sockets_of_that_session_only(as_user: OpenAs) -> None:
    here, there = await as_user("analyst"), await as_user("analyst")
    gone, stays = await here.socket("api/events/subscribe"), await there.socket("api/events/subscribe")
    await here.fetch("logout")
    assert await closed(gone) == 4401
    with pytest.raises(asyncio.TimeoutError):
        await closed(stays, timeout=3)
    stays.close()


@pytest.mark.proves("http.audit", "http.users")
async def test_people_are_managed_by_admins(as_user: OpenAs, browser: OpenBrowser) -> None:
    admin = await as_user("admin")
    created = await admin.fetch(
        "crispdm/api/users", "POST", {"name": "dora", "password": "long enough", "role": "analyst"}
    )
    assert created.code == 201
    assert created.headers["Location"].endswith("crispdm/api/users/dora")
    listed = json.loads((await admin.fetch("crispdm/api/users")).body)["users"]
    assert [user["name"] for user in listed] == ["admin", "analyst", "dora", "viewer"]
    assert "password" not in listed[0]
    assert (await browser().log_in("dora", "long enough")).code == 303
    assert (await admin.fetch("crispdm/api/users/dora", "DELETE")).code == 204
    assert (await admin.fetch("crispdm/api/users/dora", "DELETE")).code == 404
    assert (await admin.fetch("crispdm/api/users/admin", "DELETE")).code == 409
    for body, field in (
        ({"name": "x"}, "password"),
        ({"name": "x", "password": "long enough", "role": "god"}, "role"),
        ({"name": "x", "password": "long enough", "more": 1}, "more"),
        ({"name": "../x", "password": "long enough"}, "name"),
        ({"name": "x", "password": "p"}, "password"),
    ):
        answer = await admin.fetch("crispdm/api/users", "POST", body)
        assert answer.code == 400
        assert field in json.loads(answer.body)["message"]
    events = json.loads((await admin.fetch("crispdm/api/audit?limit=1000")).body)["entries"]
    assert {"user added", "user removed", "login"} <= {entry["event"] for entry in events}


@pytest.mark.proves("http.auth", "http.tokens", "door.token-in-url")
async def test_tokens_open_what_their_scope_says_and_only_from_the_header(
    as_user: OpenAs, browser: OpenBrowser
) -> None:
    admin = await as_user("admin")
    secrets = {}
    for scope in ("predict", "read", "write", "admin"):
        answer = await admin.fetch("crispdm/api/tokens", "POST", {"name": scope, "scope": scope})
        assert answer.code == 201
        secrets[scope] = json.loads(answer.body)["token"]
    assert secrets["admin"] not in (await admin.fetch("crispdm/api/tokens")).body.decode()
    program = browser()
    expected = {
        "predict": (403, 403, 403),
        "read": (200, 403, 403),
        "write": (200, 200, 403),
        "admin": (200, 200, 200),
    }
    for scope, codes in expected.items():
        for kind in ("token", "Bearer"):
            headers = {"Authorization": f"{kind} {secrets[scope]}"}
            got = [
                (await program.fetch(path, headers=headers)).code
                for path in ("crispdm/", "api/sessions", "crispdm/api/users")
            ]
            assert tuple(got) == codes, scope
    headers = {"Authorization": f"token {secrets['admin']}"}
    created = await program.fetch("crispdm/api/users", "POST", {"name": "eve", "password": "long enough"}, headers)
    assert created.code == 201, "a program needs no XSRF token"
    assert program.cookies.keys() <= {"_xsrf"}, "and gets no session"
    for secret in (secrets["admin"], SERVER_TOKEN):
        assert (await program.fetch(f"api/sessions?token={secret}")).code == 403
    assert (await admin.fetch("crispdm/api/tokens/admin", "DELETE")).code == 204
    assert (await program.fetch("api/sessions", headers=headers)).code == 403


@pytest.mark.proves("secrets.runtime-token")
async def test_the_token_in_the_runtime_file_is_an_analysts(
    people: Any, browser: OpenBrowser, jp_serverapp: Any
) -> None:
    headers = {"Authorization": f"token {jp_serverapp.server_info()['token']}"}
    me = json.loads((await browser().fetch("api/me", headers=headers)).body)["identity"]
    assert (me["username"], me["role"]) == ("token:server", "analyst")
    for path, method, code in (
        ("crispdm/api/jobs", "GET", 200), ("crispdm/api/users", "GET", 403), ("crispdm/api/tokens", "GET", 403),
        ("crispdm/api/audit", "GET", 403), ("api/shutdown", "POST", 403),
    ):  # fmt: skip
        answer = await browser().fetch(path, method, headers=headers)
        assert answer.code == code, path


@pytest.mark.proves("secrets.runtime-token")
async def test_the_servers_own_token_is_an_admins_and_in_no_page(
    as_user: OpenAs, browser: OpenBrowser, jp_serverapp: ServerApp
) -> None:
    headers = {"Authorization": f"token {SERVER_TOKEN}"}
    answer = await browser().fetch("crispdm/api/users", headers=headers)
    assert answer.code == 200
    me = json.loads((await browser().fetch("api/me", headers=headers)).body)["identity"]
    assert (me["username"], me["role"]) == ("token:server", "admin")
    assert jp_serverapp.server_info()["token"] != SERVER_TOKEN
    analyst = await as_user("analyst")
    for path in ("lab", "voila", "api/me", "crispdm/", "nonsense"):
        assert SERVER_TOKEN not in (await analyst.fetch(path)).body.decode()
    assert SERVER_TOKEN not in jp_serverapp.display_url
    for wrong in (SERVER_TOKEN[:-1], SERVER_TOKEN + "x", ""):
        answer = await browser().fetch("api/sessions", headers={"Authorization": f"token {wrong}"})
        assert answer.code == 403


async def test_the_page_knows_its_users_role(as_user: OpenAs) -> None:
    viewer = await as_user("viewer")
    me = json.loads((await viewer.fetch('api/me?permissions={"contents":["read"],"server":["write"]}')).body)
    assert me["identity"]["username"] == "viewer"
    assert me["identity"]["role"] == "viewer"
    assert me["permissions"]["contents"] == []


@pytest.mark.proves("door.hashing")
async def test_a_flood_of_logins_is_hashed_beside_the_event_loop(
    browser: OpenBrowser, people: UserManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[int] = set()
    real = Passwords._verify

    def verify(self: Passwords, stored: str, password: str) -> bool:
        threads.add(threading.get_ident())
        return real(self, stored, password)

    monkeypatch.setattr(Passwords, "_verify", verify)
    visitor = browser()
    await visitor.fetch("login")
    flood = [asyncio.ensure_future(visitor.log_in(f"user{number}", "wrong")) for number in range(12)]
    assert {(await task).code for task in flood} <= {401, 503}
    assert threads
    assert threading.get_ident() not in threads


async def test_the_watch_over_connections_rests_when_there_are_none(as_user: OpenAs, jp_serverapp: ServerApp) -> None:
    provider: Any = jp_serverapp.identity_provider
    analyst = await as_user("analyst")
    await analyst.fetch("api/sessions")
    sweeper = provider._sweeper
    await eventually(lambda: not sweeper.is_running())
