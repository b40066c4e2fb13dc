"""Logging in and out."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import pytest

from jupyter_crispdm.auth.manager import UserManager
from tests.server.auth.visitors import OpenAs, OpenBrowser


@pytest.mark.proves("login.password")
async def test_each_role_is_led_home(browser: OpenBrowser, people: UserManager, root: Path) -> None:
    for name, place in (("viewer", "crispdm/"), ("analyst", "lab"), ("admin", "lab")):
        visitor = browser()
        answer = await visitor.log_in(name)
        assert (answer.code, answer.headers["Location"]) == (303, visitor.base_url + place)
        assert (await visitor.fetch("crispdm/")).code == 200


@pytest.mark.proves("door.unknown-user")
async def test_a_wrong_password_and_an_unknown_user_get_the_same_answer(
    browser: OpenBrowser, people: UserManager
) -> None:
    visitor = browser()
    wrong = await visitor.log_in("viewer", "wrong")
    unknown = await visitor.log_in("nobody", "wrong")
    assert wrong.code == unknown.code == 401
    assert b"Wrong user name or password." in wrong.body
    assert wrong.body.count(b"viewer") == unknown.body.count(b"nobody") == 1


@pytest.mark.proves("door.wrong-passwords")
async def test_five_wrong_tries_stop_that_user_and_nobody_else(browser: OpenBrowser, people: UserManager) -> None:
    visitor = browser()
    for _ in range(5):
        assert (await visitor.log_in("viewer", "wrong")).code == 401
    refused = await visitor.log_in("viewer")
    assert refused.code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 300
    assert b"Too many tries" in refused.body
    assert (await visitor.log_in("analyst")).code == 303


@pytest.mark.proves("door.odd-names")
async def test_an_impossible_user_name_is_a_400(browser: OpenBrowser, people: UserManager) -> None:
    assert (await browser().log_in("x" * 100_000)).code == 413
    for name in ("x" * 10_000, "vie\nwer", "", "../admin", "a b", "token:server"):
        answer = await browser().log_in(name)
        assert answer.code == 400, name
        assert len(answer.body) < 20_000


@pytest.mark.proves("door.odd-names")
async def test_odd_bytes_are_no_500(browser: OpenBrowser, people: UserManager) -> None:
    visitor = browser()
    await visitor.fetch("login")
    form = b"username=%FF%FE&password=%00&_xsrf=" + visitor.cookies["_xsrf"].encode()
    assert (await visitor.fetch("login", "POST", form)).code == 400


@pytest.mark.proves("door.token-in-url")
async def test_the_password_is_read_from_the_body_only(browser: OpenBrowser, people: UserManager) -> None:
    visitor = browser()
    await visitor.fetch("login")
    query = urlencode({"username": "viewer", "password": "correct horse"})
    form = urlencode({"_xsrf": visitor.cookies["_xsrf"]})
    assert (await visitor.fetch(f"login?{query}", "POST", form)).code == 400


@pytest.mark.proves("door.xsrf")
async def test_the_form_needs_its_xsrf_token(browser: OpenBrowser, people: UserManager) -> None:
    form = urlencode({"username": "viewer", "password": "correct horse"})
    assert (await browser().fetch("login", "POST", form)).code == 403


@pytest.mark.proves("door.foreign-cookies")
async def test_a_login_ends_the_session_that_the_browser_came_with(as_user: OpenAs) -> None:
    visitor = await as_user("analyst")
    old = dict(visitor.cookies)
    await visitor.log_in("analyst")
    assert visitor.cookies[visitor.session_cookie] != old[visitor.session_cookie]
    visitor.cookies = old
    assert (await visitor.fetch("api/contents")).code == 403


async def test_the_cookie_is_not_readable_by_scripts_and_names_nobody(
    browser: OpenBrowser, people: UserManager
) -> None:
    visitor = browser()
    answer = await visitor.log_in("viewer")
    cookie = next(line for line in answer.headers.get_list("Set-Cookie") if line.startswith("username-"))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "viewer" not in cookie


@pytest.mark.proves("door.old-cookies")
async def test_after_logout_the_cookie_opens_nothing(as_user: OpenAs) -> None:
    visitor = await as_user("analyst")
    kept = dict(visitor.cookies)
    answer = await visitor.fetch("logout")
    assert answer.headers["Location"].endswith("login?out=1")
    visitor.cookies = kept
    assert (await visitor.fetch("api/contents")).code == 403
    assert (await visitor.fetch("lab")).code == 302


@pytest.mark.proves("door.foreign-cookies")
async def test_a_tampered_cookie_is_nobody_and_no_500(as_user: OpenAs) -> None:
    visitor = await as_user("admin")
    for cookie in ("", "x", "2|1:0|10:1|4:name|4:abcd|beef", '"\\"', "\xff", "9" * 4000):
        visitor.cookies[visitor.session_cookie] = cookie
        assert (await visitor.fetch("api/contents")).code == 403, cookie


@pytest.mark.proves("door.foreign-cookies")
async def test_a_cookie_from_before_the_login_is_not_taken_over(browser: OpenBrowser, people: UserManager) -> None:
    visitor = browser()
    await visitor.fetch("login")
    visitor.cookies["username-127-0-0-1"] = "chosen"
    await visitor.log_in("viewer")
    assert all(value != "chosen" for name, value in visitor.cookies.items() if name != "username-127-0-0-1")


@pytest.mark.proves("door.redirects")
async def test_a_login_never_leads_elsewhere(browser: OpenBrowser, people: UserManager) -> None:
    for wish in (
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "{base}/evil",
        "{base}\r\nX-Bad: 1",
    ):
        visitor = browser()
        answer = await visitor.log_in("analyst", next_url=wish.format(base=visitor.base_url))
        assert answer.headers["Location"] == visitor.base_url + "lab", wish
        assert "X-Bad" not in answer.headers


async def test_a_login_leads_on_to_where_one_was_going(browser: OpenBrowser, people: UserManager) -> None:
    visitor = browser()
    answer = await visitor.log_in("analyst", next_url=visitor.base_url + "lab/tree/a%20b.ipynb?reset")
    assert answer.headers["Location"] == visitor.base_url + "lab/tree/a%20b.ipynb?reset"


async def test_a_viewer_is_led_on_only_to_what_he_may_open(browser: OpenBrowser, people: UserManager) -> None:
    for wish, place in (("lab", "crispdm/"), ("voila/render/dashboards/curves.ipynb",) * 2):
        visitor = browser()
        answer = await visitor.log_in("viewer", next_url=visitor.base_url + wish)
        assert answer.headers["Location"] == visitor.base_url + place


@pytest.mark.proves("door.framing", "house.pages-ask-nobody")
async def test_the_pages_ask_nobody_and_run_nothing(as_user: OpenAs) -> None:
    visitor = await as_user("viewer")
    for path in ("login?out=1", "crispdm/", "crispdm/licence"):
        answer = await visitor.fetch(path) if path != "login?out=1" else await visitor.fetch("crispdm")
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert b"<script" not in answer.body
        assert b"http://" not in answer.body.replace(b"http://www.w3.org", b"")


async def test_the_home_page_lists_published_dashboards(as_user: OpenAs, root: Path) -> None:
    (root / "dashboards/<b>bold.ipynb").write_text("{}")
    body = (await (await as_user("viewer")).fetch("crispdm/")).body.decode()
    assert "Curves" in body
    assert "/voila/render/dashboards/curves.ipynb" in body
    assert "secret" not in body
    assert "&lt;b&gt;bold" in body
    assert "JupyterLab" not in body
    assert "Open JupyterLab" in (await (await as_user("analyst")).fetch("crispdm/")).body.decode()


@pytest.mark.proves("inside.licence")
async def test_the_licence_opens_in_a_new_tab(as_user: OpenAs) -> None:
    visitor = await as_user("viewer")
    home = (await visitor.fetch("crispdm/")).body.decode()
    assert f'<a href="{visitor.base_url}crispdm/licence" target="_blank" rel="noopener">' in home
    assert b"BSD 3-Clause" in (await visitor.fetch("crispdm/licence")).body


async def test_the_root_leads_home(as_user: OpenAs) -> None:
    for name, place in (("viewer", "crispdm/"), ("analyst", "lab")):
        visitor = await as_user(name)
        assert (await visitor.fetch("")).headers["Location"] == visitor.base_url + place


async def test_without_users_the_login_page_says_how_to_add_one(browser: OpenBrowser) -> None:
    assert b"jupyter crispdm user add" in (await browser().fetch("login")).body
