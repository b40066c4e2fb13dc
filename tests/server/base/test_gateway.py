"""The gateway on a real server: every route, errors, and its own description."""

from __future__ import annotations

import getpass
import json
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp
from openapi_spec_validator import validate
from tornado.httpclient import HTTPClientError

from jupyter_crispdm.app import ROUTES, CrispdmApp
from jupyter_crispdm.auth.roles import ROLE_TABLE
from jupyter_crispdm.base.http.route import Route, tables
from jupyter_crispdm.base.readiness import Stage
from jupyter_crispdm.jobs.room import JobsRoom

TABLE = tables(ROUTES)
WITH_BODY = [entry for entry in TABLE if entry.body not in (None, bytes) and not entry.raw]

BAD_BODIES = [b"[1]", b'{"no_such_field": 1}', b"{", b"\xff", b"[" * 100_000, b'{"a": NaN}']


def _path(entry: Route) -> list[str]:
    """An address of a route: an id that all kinds of ids allow, and for other placeholders their own names."""
    path = entry.path
    for placeholder in ("{id}", "{session}"):
        path = path.replace(placeholder, "0123456789abcdef")
    path = path.replace("{number}", "1")
    path = path.replace("{", "").replace(":path}", "").replace("}", "")
    return ["crispdm", entry.prefix, *path.split("/")]


async def _error(call: Any) -> tuple[int, dict[str, Any]]:
    with pytest.raises(HTTPClientError) as caught:
        await call
    response = caught.value.response
    assert response is not None
    return response.code, json.loads(response.body)


@pytest.mark.proves("http.health")
async def test_health_is_open_to_everybody(crispdm: CrispdmApp, jp_fetch: Any) -> None:
    response = await jp_fetch("crispdm", "api", "health", headers={"Authorization": ""})
    assert json.loads(response.body)["status"] == "ready"


@pytest.mark.proves("http.health-details", "tasks.background")
async def test_health_tells_of_what_runs_in_the_background(crispdm: CrispdmApp, jp_fetch: Any) -> None:
    answer = json.loads((await jp_fetch("crispdm", "api", "health", "details")).body)
    loops = {loop["name"]: loop["state"] for loop in answer["loops"]}
    assert {"environments", "what running jobs report", "table of jobs", "schedules", "deployments"} <= set(loops)
    assert set(loops.values()) <= {"running", "ended"}
    assert answer["stuck_reads"] == 0


@pytest.mark.proves("http.auth", "door.no-login")
async def test_without_a_login_every_route_is_closed(crispdm: CrispdmApp, jp_fetch: Any) -> None:
    for entry in (entry for entry in TABLE if not entry.public):
        code, body = await _error(jp_fetch(
            *_path(entry), method=entry.method, headers={"Authorization": ""},
            allow_nonstandard_methods=True))
        assert code in (401, 403), entry
        assert set(body) == {"message", "reason", "code", "details"}, entry


@pytest.mark.proves("door.role-table")
@pytest.mark.parametrize("entry", TABLE, ids=lambda e: f"{e.method} {e.path}")
def test_every_route_has_a_row_in_the_role_table(entry: Any) -> None:
    assert entry.public or (entry.resource, entry.action) in ROLE_TABLE


@pytest.mark.proves("http.errors", "json.bad")
@pytest.mark.parametrize("body", BAD_BODIES)
async def test_a_bad_body_is_a_400_that_says_where(body: bytes, crispdm: CrispdmApp, jp_fetch: Any) -> None:
    for entry in WITH_BODY:
        code, answer = await _error(jp_fetch(*_path(entry), method=entry.method, body=body))
        assert code == 400, entry
        assert answer["details"]["field"], entry


@pytest.mark.proves("http.errors")
async def test_a_method_that_a_path_does_not_have_is_a_405(crispdm: CrispdmApp, jp_fetch: Any) -> None:
    for entry in TABLE:
        there = {other.method for other in TABLE if _path(other) == _path(entry)}
        missing = next(method for method in ("PUT", "PATCH", "DELETE", "POST", "GET") if method not in there)
        code, answer = await _error(jp_fetch(*_path(entry), method=missing, allow_nonstandard_methods=True))
        assert (code, answer["code"]) == (405, "method_not_allowed"), entry


@pytest.mark.proves("http.errors")
async def test_an_unknown_address_is_a_404_in_our_shape(crispdm: CrispdmApp, jp_fetch: Any) -> None:
    code, answer = await _error(jp_fetch("crispdm", "api", "no", "such", "thing"))
    assert (code, answer["code"]) == (404, "not_found")


@pytest.mark.proves("http.openapi")
async def test_the_openapi_document_is_valid_and_names_every_route(crispdm: CrispdmApp, jp_fetch: Any) -> None:
    document = json.loads((await jp_fetch("crispdm", "api", "openapi.json")).body)
    validate(document)
    described = {(verb.upper(), path) for path, verbs in document["paths"].items() for verb in verbs}
    assert len(described) == len(TABLE)


@pytest.mark.proves("http.docs", "house.pages-ask-nobody")
async def test_the_docs_page_asks_no_other_host(crispdm: CrispdmApp, jp_fetch: Any) -> None:
    response = await jp_fetch("crispdm", "api", "docs")
    assert "http://" not in response.body.decode()
    assert "https://" not in response.body.decode()
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.proves("cli.plain-lab")
async def test_in_a_plain_lab_jobs_belong_to_the_account_of_the_server(
    crispdm: CrispdmApp, jp_fetch: Any
) -> None:
    body = json.dumps({"command": ["true"]})
    jobs = [json.loads((await jp_fetch("crispdm", "api", "jobs", method="POST", body=body)).body) for _ in range(2)]
    assert {job["owner"] for job in jobs} == {getpass.getuser()}


async def test_in_a_plain_lab_the_page_is_told_whose_the_jobs_are(crispdm: CrispdmApp, jp_serverapp: Any) -> None:
    assert jp_serverapp.web_app.settings["page_config_data"]["crispdmOwner"] == getpass.getuser()


@pytest.mark.proves("http.health")
async def test_what_would_be_lost_is_refused_until_the_rooms_have_started_and_when_they_end(
    jp_serverapp: ServerApp, jp_fetch: Any
) -> None:
    app: CrispdmApp = next(iter(jp_serverapp.extension_manager.extension_apps["jupyter_crispdm"]))

    async def refused(entry: Route) -> bool:
        body = None if entry.method == "DELETE" else "{}"
        response = await jp_fetch(*_path(entry), method=entry.method, body=body, raise_error=False)
        if response.code != 503:
            return False
        answer = json.loads(response.body)
        return (answer["code"], answer["details"]["retry_after"]) == ("not_ready", 1)

    async def stage() -> str:
        return str(json.loads((await jp_fetch("crispdm", "api", "health")).body)["status"])

    assert await stage() == "starting"
    app.context.readiness.patience = 0
    early = [entry for entry in TABLE if entry.method != "GET" and entry.resource not in ("users", "tokens")]
    assert len(early) > 20
    assert [entry.path for entry in early if not await refused(entry)] == []
    users = next(entry for entry in TABLE if entry.method == "POST" and entry.path == "users")
    assert not await refused(users)
    await app._start_jupyter_server_extension(jp_serverapp)
    assert await stage() == "ready"
    assert not any([await refused(entry) for entry in early if entry.body is not None])
    app.context.readiness.stage = Stage.STOPPING
    assert await stage() == "stopping"
    assert await refused(early[0])


@pytest.mark.proves("door.secrets-in-logs")
async def test_no_secret_is_in_the_log_of_an_internal_error(
    crispdm: CrispdmApp, jp_serverapp: ServerApp, jp_fetch: Any,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    async def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("the disk has a hole")

    monkeypatch.setattr(crispdm.room(JobsRoom).manager, "submit", broken)
    monkeypatch.setattr(jp_serverapp.log, "propagate", True)
    headers = {"Authorization": f"token {jp_serverapp.identity_provider.token}", "Cookie": "session=c00kie"}
    body = json.dumps({"command": ["true"], "env": {"PASSWORD": "hunter2"}})
    code, told = await _error(
        jp_fetch("crispdm", "api", "jobs", method="POST", body=body, headers=headers, params={"key": "inTheUrl"})
    )
    assert code == 500
    assert "the disk has a hole" in caplog.text
    for secret in (jp_serverapp.identity_provider.token, "c00kie", "hunter2", "inTheUrl"):
        assert secret not in caplog.text
        assert secret not in json.dumps(told)
    assert "hole" not in json.dumps(told)
