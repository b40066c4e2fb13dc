"""The whole route table, seen by those who may not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.serverapp import ServerApp
from tornado.routing import AnyMatches, PathMatches, Rule, RuleRouter
from tornado.web import RequestHandler, authenticated
from tornado.websocket import WebSocketHandler

from jupyter_crispdm.auth.jupyter.stock_routes import STOCK_ROUTES, name_of, row_of
from jupyter_crispdm.auth.manager import UserManager
from jupyter_crispdm.auth.roles import Role, least_role, may
from jupyter_crispdm.auth.types import NewToken, Scope, UserRole
from jupyter_crispdm.base.http.gateway import GatewayHandler
from jupyter_crispdm.base.http.methods import allowed
from jupyter_crispdm.base.http.route import Route
from tests.server.auth.visitors import OpenAs, OpenBrowser

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
REFUSED = {302, 401, 403}

#: What may be had without a login: the same static files for everybody, and redirects.
PUBLIC = {
    "LoginHandler",
    "LogoutHandler",
    "ForgetHandler",
    "FileFindHandler",
    "PublicStaticFileHandler",
    "APIVersionHandler",
    "TrailingSlashHandler",
    "RedirectWithParams",
    "ThemesHandler",
    "MultiStaticFileHandler",
    "TemplateStaticFileHandler",
}
#: What a viewer may reach, under conditions that tests of their own check.
VIEWERS = PUBLIC | {
    "RootHandler",
    "HomeHandler",
    "LicenceHandler",
    "VoilaListHandler",
    "TornadoVoilaTreeHandler",  # the one above stands before it
    "IdentityHandler",
    "LiveHandler",
}
KERNEL = "00000000-0000-0000-0000-000000000000"


def routes(router: RuleRouter) -> Iterator[tuple[str, type[RequestHandler]]]:
    """Every (pattern, handler) of the server."""
    for rule in router.rules:
        if isinstance(rule.target, RuleRouter):
            yield from routes(rule.target)
        else:
            pattern = rule.matcher.regex.pattern if isinstance(rule.matcher, PathMatches) else "(.*)"
            yield pattern, rule.target


def example(pattern: str) -> str:
    """An address that the pattern matches."""
    path = pattern.removesuffix("$")
    path = re.sub(r"\(\?P<(?:kernel|session)_id>[^)]*\)", KERNEL, path)
    path = re.sub(r"\(\?P<(?:workspace|tree)>[^)]*\)\?", "", path).replace("(?P<mode>lab|doc)", "lab")
    path = path.replace(r"(?P<path>(?:(?:/[^/]+)+|/?))", "/private/secret.ipynb")
    path = re.sub(r"\(\?P<action>(\w+)[^)]*\)|\((\w+)\|[^)]*\)", lambda m: m[1] or m[2], path)
    path = re.sub(r"\(\?P<\w+>(?:[^()]|\([^()]*\))*\)|\((?!\?)(?:[^()]|\([^()]*\))*\)", "x", path)
    path = re.sub(r"\(\?:(?:[^()]|\([^()]*\))*\)[?*]?", "", path)
    return re.sub(r"\\(.)", r"\1", path).replace("/?", "/").replace(".*", "x").replace("?", "")


def visits(serverapp: Any, base_url: str) -> Iterator[tuple[str, str, type[RequestHandler]]]:
    """Each route with each method, once."""
    seen = set()
    for pattern, handler in routes(serverapp.web_app.default_router):
        path = example(pattern)
        if not path.startswith(base_url) or path in seen:
            continue
        seen.add(path)
        for method in METHODS:
            yield method, path.removeprefix(base_url), handler


def body_for(method: str) -> dict[str, Any] | None:
    return {} if method in ("POST", "PUT", "PATCH") else None


def ours(handler: type[RequestHandler], method: str) -> list[Route]:
    """The row of our route table behind a visit, if there is one."""
    read = "GET" if method == "HEAD" else method
    return [entry for entry in getattr(handler, "routes", []) if entry.method == read]


@pytest.mark.proves("door.no-login")
async def test_every_route_is_closed_without_a_login(
    jp_serverapp: ServerApp, browser: OpenBrowser, people: UserManager, root: Path
) -> None:
    visitor, open_routes, count = browser(), [], 0
    await visitor.fetch("login")
    for method, path, handler in visits(jp_serverapp, visitor.base_url):
        if handler.__name__ in PUBLIC or any(entry.public for entry in ours(handler, method)):
            continue
        answer = await visitor.fetch(path, method, body_for(method))
        count += 1
        if answer.code not in {*REFUSED, 405}:
            open_routes.append((method, path, handler.__name__, answer.code))
    assert open_routes == []
    assert count > 350


@pytest.mark.proves("door.role-table")
async def test_every_route_of_ours_has_a_row_in_the_role_table(jp_serverapp: ServerApp) -> None:
    entries = [
        entry for _, handler in routes(jp_serverapp.web_app.default_router) for entry in getattr(handler, "routes", [])
    ]
    assert len(entries) > 20
    for entry in entries:
        assert least_role(entry.resource, entry.action), entry


@pytest.mark.proves("files.contents", "door.viewer", "tests.route-by-role")
async def test_every_route_is_closed_to_a_viewer_but_his_own(
    jp_serverapp: ServerApp, as_user: OpenAs, root: Path
) -> None:
    visitor, open_routes = await as_user("viewer"), []
    for method, path, handler in visits(jp_serverapp, visitor.base_url):
        granted = [may(Role.VIEWER, entry.resource, entry.action) for entry in ours(handler, method)]
        if handler.__name__ in VIEWERS or any(granted):
            continue
        answer = await visitor.fetch(path, method, body_for(method))
        unused = {200, 404} if issubclass(handler, GatewayHandler) and not granted else set()
        if answer.code not in {403, 405} | unused:
            open_routes.append((method, path, handler.__name__, answer.code))
    assert open_routes == []
    assert (await visitor.fetch("crispdm/")).code == 200


@pytest.mark.proves("card.file-browsing", "files.in-lab", "files.contents")
async def test_no_route_crashes_for_an_analyst_who_may_read_it(
    jp_serverapp: ServerApp, as_user: OpenAs, root: Path
) -> None:
    visitor = await as_user("analyst")
    for path in (
        "lab",
        "api/contents",
        "api/kernels",
        "api/kernelspecs",
        "api/sessions",
        "api/terminals",
        "api/me",
        "lab/api/settings",
        "lab/api/licenses/",
        "files/dashboards/logo.png",
        "api/status",
    ):
        assert (await visitor.fetch(path)).code == 200, path


#: GET does something here that HEAD must not: it ends the session, or starts a kernel.
WITHOUT_HEAD = {"LogoutHandler", "DashboardHandler"}


@pytest.mark.parametrize("role", [None, *UserRole])
async def test_head_is_answered_as_get_for_every_role(
    jp_serverapp: ServerApp, as_user: OpenAs, browser: OpenBrowser, root: Path, role: UserRole | None
) -> None:
    visitor, wrong, count = await as_user(role.value) if role else browser(), [], 0
    for method, path, handler in visits(jp_serverapp, visitor.base_url):
        if method != "HEAD" or not handler.__module__.startswith("jupyter_crispdm."):
            continue
        if not hasattr(handler, "get") or handler.__name__ in WITHOUT_HEAD:
            continue
        head, got = [await visitor.fetch(path, name) for name in ("HEAD", "GET")]
        count += 1
        kind = "Content-Type"
        if (head.code, head.headers.get(kind), head.body) != (got.code, got.headers.get(kind), b""):
            wrong.append((path, handler.__name__, head.code, got.code))
    assert wrong == []
    assert count > 40


@pytest.mark.parametrize("role", list(UserRole))
async def test_a_405_says_which_methods_there_are_to_every_role(
    jp_serverapp: ServerApp, as_user: OpenAs, root: Path, role: UserRole
) -> None:
    visitor, wrong, count = await as_user(role.value), [], 0
    for method, path, handler in visits(jp_serverapp, visitor.base_url):
        if not handler.__module__.startswith("jupyter_crispdm."):
            continue
        answer = await visitor.fetch(path, method, body_for(method))
        if answer.code != 405:
            continue
        count += 1
        told = answer.headers.get("Allow", "").split(", ")
        if method in told or told != allowed(handler).split(", "):
            wrong.append((method, path, handler.__name__, told))
    assert wrong == []
    assert count > 100
    answer = await visitor.fetch("crispdm/", "TRACE")
    assert (answer.code, answer.headers["Allow"]) == (405, "GET, HEAD")


#: What of others is closed to everybody: ours stands before it, or nobody needs it.
CLOSED = {
    "jupyter_server.base.handlers.MainHandler",
    "jupyterlab.handlers.build_handler.BuildHandler",
    "voila.static_file_handler.AllowListFileHandler",
    "voila.tornado.contentshandler.VoilaContentsHandler",
    "voila.tornado.handler.TornadoVoilaHandler",
    "voila.tornado.treehandler.TornadoVoilaTreeHandler",
}


def of_others(serverapp: Any) -> dict[str, type[RequestHandler]]:
    """The handlers that are neither ours nor for everybody, by their full names."""
    found = {name_of(handler): handler for _, handler in routes(serverapp.web_app.default_router)}
    return {
        name: handler
        for name, handler in found.items()
        if not name.startswith("jupyter_crispdm.") and name.rpartition(".")[2] not in PUBLIC
    }


@pytest.mark.proves("door.role-table")
async def test_a_new_route_of_a_dependency_needs_a_row_or_stays_closed(jp_serverapp: ServerApp) -> None:
    found = of_others(jp_serverapp)
    unknown = found.keys() - STOCK_ROUTES.keys() - CLOSED
    assert unknown == set(), "give each a row in auth/jupyter/stock_routes.py, or say here that it is closed"
    assert len(found) > 40


@pytest.mark.proves("settings.trusted-extensions")
@pytest.mark.parametrize("role", [Role.ANALYST, Role.ADMIN])
async def test_every_route_of_others_is_open_by_its_row_alone(
    jp_serverapp: ServerApp, as_user: OpenAs, root: Path, role: Role
) -> None:
    visitor, wrong, count, others = await as_user(role.value), [], 0, of_others(jp_serverapp)
    for method, path, handler in visits(jp_serverapp, visitor.base_url):
        if name_of(handler) not in others or (handler.__name__ == "ShutdownHandler" and role is Role.ADMIN):
            continue
        least = row_of(handler).least(method)
        answer = await visitor.fetch(path, method, body_for(method))
        count += 1
        shadowed = name_of(handler) in CLOSED and answer.code == 302  # by the page of ours that stands before it
        closed = answer.code in (403, 405) or shadowed
        if (least is None or not role.includes(least)) != closed and answer.code != 405:
            wrong.append((method, path, name_of(handler), answer.code))
    assert wrong == []
    assert count > 200


@pytest.mark.proves("settings.trusted-extensions")
async def test_a_route_that_no_table_knows_is_closed_until_its_package_is_trusted(
    jp_serverapp: Any, as_user: OpenAs
) -> None:

    class Stranger(JupyterHandler):
        @authenticated
        def get(self) -> None:
            self.finish("inside")

    Stranger.__module__ = "stranger.handlers"
    jp_serverapp.web_app.add_handlers(".*$", [(f"{jp_serverapp.base_url}stranger", Stranger)])
    for name in ("viewer", "analyst", "admin"):
        assert (await (await as_user(name)).fetch("stranger")).code == 403
    settings = next(iter(jp_serverapp.extension_manager.extension_apps["jupyter_crispdm"]))
    for trusted, code in ((["strange"], 403), (["", "stranger.handler"], 403), (["stranger"], 200)):
        settings.trusted_extensions = trusted
        assert (await (await as_user("analyst")).fetch("stranger")).code == code, trusted
    assert (await (await as_user("viewer")).fetch("stranger")).code == 403


@pytest.mark.proves("door.closed-lists")
async def test_building_lab_is_closed_and_its_page_does_not_ask(as_user: OpenAs) -> None:
    for name in ("analyst", "admin"):
        visitor = await as_user(name)
        for method in ("GET", "POST", "DELETE"):
            assert (await visitor.fetch("lab/api/build", method, body_for(method))).code == 403
        page = (await visitor.fetch("lab")).body.decode()
        assert '"buildCheck": false' in page


@pytest.mark.proves("door.closed-lists")
@pytest.mark.parametrize("name", ["viewer", "analyst", "admin"])
@pytest.mark.parametrize("query", ["", "?format=csv", "?full_text=x", "?bundles=(a%2B)%2B%24", "?format=xml", "?x=1"])
async def test_the_licence_report_answers_everybody_at_once(as_user: OpenAs, name: str, query: str) -> None:
    answer = await (await as_user(name)).fetch(f"lab/api/licenses/{query}")
    good = query in ("", "?format=csv")
    assert answer.code == (403 if name == "viewer" else 200 if good else 400)


async def test_the_licence_report_refuses_a_token_and_nobody_at_once(
    browser: OpenBrowser, people: UserManager, jp_asyncio_loop: Any
) -> None:
    token = await people.create_token(NewToken(name="asker", scope=Scope.PREDICT), by="admin")
    headers = {"Authorization": f"token {token.token}"}
    for method in ("GET", "POST", "DELETE"):
        for sent in ({}, headers):
            answer = await browser().fetch("lab/api/licenses/", method, body_for(method), headers=sent)
            assert answer.code in (*REFUSED, 405)


async def test_every_handler_is_a_jupyter_handler_or_known(jp_serverapp: ServerApp) -> None:
    """A plain tornado handler never passes the gate, so each must be on the public list."""

    strangers = {
        handler.__name__
        for _, handler in routes(jp_serverapp.web_app.default_router)
        if not issubclass(handler, JupyterHandler)
    }
    assert strangers - PUBLIC <= {"AllowListFileHandler"}, "see DashboardFileHandler, which stands before it"


@pytest.mark.proves("door.viewer-kernels")
async def test_websockets_are_closed_too(
    jp_serverapp: ServerApp, as_user: OpenAs, browser: OpenBrowser, people: UserManager
) -> None:
    for visitor in (browser(), await as_user("viewer")):
        for pattern, handler in routes(jp_serverapp.web_app.default_router):
            if issubclass(handler, WebSocketHandler) and (not visitor.cookies or handler.__name__ not in VIEWERS):
                path = example(pattern).removeprefix(visitor.base_url)
                answer = await visitor.fetch(
                    path,
                    headers={
                        "Upgrade": "websocket",
                        "Connection": "Upgrade",
                        "Sec-WebSocket-Version": "13",
                        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
                    },
                )
                assert answer.code in REFUSED, (path, handler)


@pytest.mark.proves("door.path-tricks", "files.traversal")
async def test_path_tricks_lead_a_viewer_nowhere(as_user: OpenAs, root: Path) -> None:
    visitor = await as_user("viewer")
    for path in (
        "voila/render/private/secret.ipynb",
        "voila/render/dashboards/../private/secret.ipynb",
        "voila/render/dashboards/..%2fprivate/secret.ipynb",
        "voila/render/dashboards%2f..%2fprivate%2fsecret.ipynb",
        "voila/render/dashboards/%2e%2e/private/secret.ipynb",
        "voila/render//private/secret.ipynb",
        "voila/render/%2fprivate/secret.ipynb",
        "voila/render/dashboards//curves.ipynb",
        "voila/render/Dashboards/curves.ipynb",
        "voila/render/dashboards/curves.ipynb%00",
        "voila/render/dashboards/..%5cprivate%5csecret.ipynb",
        "voila/render/dashboards/logo.png",
        "voila/render/",
        "voila/render",
        "voila//render/private/secret.ipynb",
        "voila/./render/private/secret.ipynb",
        "voila/files/private/photo.png",
        "voila/files/dashboards/..%2fprivate%2fphoto.png",
        "voila/files/dashboards/data.csv",
        "voila/files/dashboards/curves.ipynb",
        "voila/files/private%2fphoto.png",
        "crispdm/../api/contents",
        "crispdm/..%2fapi%2fcontents",
        "api//contents",
        "API/contents",
        "api/contents%2f",
        "api/kernels%2f..%2fcontents",
        "lab%2ftree",
        "lab/",
        "LAB",
    ):
        answer = await visitor.fetch(path)
        assert answer.code in (302, 403), (path, answer.code)
        if answer.code == 302:  # a redirect that strips a slash leads to another refusal
            followed = await visitor.fetch(answer.headers["Location"].removeprefix(visitor.base_url))
            assert followed.code == 403, (path, answer.headers["Location"])


async def test_pictures_beside_a_dashboard_are_served_to_those_who_are_logged_in(
    as_user: OpenAs, browser: OpenBrowser, root: Path
) -> None:
    visitor = await as_user("viewer")
    answer = await visitor.fetch("voila/files/dashboards/logo.png")
    assert answer.body.startswith(b"\x89PNG")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert (await browser().fetch("voila/files/dashboards/logo.png")).code == 302
    outside = root.parent / "outside.png"
    outside.write_bytes(b"\x89PNG")
    (root / "dashboards/link.png").symlink_to(outside)
    assert (await visitor.fetch("voila/files/dashboards/link.png")).code in (403, 404)


@pytest.mark.proves("http.auth", "door.xsrf")
async def test_unsafe_methods_need_xsrf_token_and_our_own_origin(as_user: OpenAs, root: Path) -> None:
    visitor = await as_user("admin")
    for method, path in (
        ("POST", "api/contents"),
        ("PUT", "api/contents/x.txt"),
        ("PATCH", "crispdm/api/users/viewer"),
        ("DELETE", "api/contents/dashboards/logo.png"),
        ("POST", "crispdm/api/users"),
    ):
        body = body_for(method)
        assert (await visitor.fetch(path, method, body, xsrf=False)).code == 403
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"}):
            answer = await visitor.fetch(path, method, body, headers)
            assert answer.code == 403, (method, path, headers)
        simple = {"Content-Type": "text/plain", "Origin": "https://evil.example"}
        assert (await visitor.fetch(path, method, b"{}" if body is not None else None, simple)).code == 403
    assert (root / "dashboards/logo.png").exists()


@pytest.mark.proves("door.xsrf")
async def test_a_foreign_host_or_origin_opens_no_socket(as_user: OpenAs) -> None:
    visitor = await as_user("admin")
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"}):
        answer = await visitor.fetch(
            "api/events/subscribe",
            headers={
                "Upgrade": "websocket",
                "Connection": "Upgrade",
                "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
                **headers,
            },
        )
        assert answer.code == 403, headers


async def test_only_an_admin_may_stop_the_server_or_manage_people(as_user: OpenAs) -> None:
    visitor = await as_user("analyst")
    assert (await visitor.fetch("api/shutdown", "POST", {})).code == 403
    for method in ("GET", "POST"):
        for path in ("crispdm/api/users", "crispdm/api/tokens"):
            body = {"name": "x", "password": "long enough"} if method == "POST" else None
            assert (await visitor.fetch(path, method, body)).code == 403


def test_rule_and_matcher_kinds_are_the_ones_the_walk_knows(jp_serverapp: ServerApp) -> None:
    for rule in jp_serverapp.web_app.default_router.rules:
        assert isinstance(rule, Rule)
        assert isinstance(rule.matcher, PathMatches | AnyMatches) or isinstance(
            rule.target, RuleRouter
        )
