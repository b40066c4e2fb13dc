"""Our pages at the door: what each carries, what is told of a refusal, and what never is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tornado import web

from jupyter_crispdm.auth.pages import rendering
from jupyter_crispdm.auth.roles import CrispdmUser


class Handler:
    """A handler as far as a page needs one."""

    SUPPORTED_METHODS = web.RequestHandler.SUPPORTED_METHODS

    def __init__(self, role: str | None = None, base_url: str = "/b/", theme: str = "", default_url: str = "") -> None:
        self.base_url, self.settings = base_url, {"default_url": default_url}
        self.xsrf_token = b"token"
        self.headers: dict[str, str] = {}
        self.page = ""
        self.cookies = {"crispdm-theme": theme} if theme else {}
        user = None if role is None else CrispdmUser(username="ada", role=role)
        self.current_user = self._jupyter_current_user = user

    def get_cookie(self, name: str, default: str) -> str:
        return self.cookies.get(name, default)

    def set_header(self, name: str, value: str) -> None:
        self.headers[name] = value

    def finish(self, page: str) -> None:
        self.page = page


def told(handler: Handler, status: int, error: BaseException | None = None, **options: Any) -> str:
    """The text of a page that tells an error."""
    if error is not None:
        options["exc_info"] = (type(error), error, None)
    rendering.show_error(handler, status, **options)
    return re.sub(r"\s+", " ", re.sub(r"<style.*?</style>|<[^>]+>", " ", handler.page, flags=re.DOTALL))


def test_a_page_runs_no_script_and_is_kept_by_nobody() -> None:
    handler = Handler()
    told(handler, 404)
    policy = handler.headers["Content-Security-Policy"]
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert handler.headers["Cache-Control"] == "no-store"
    assert handler.headers["X-Content-Type-Options"] == "nosniff"
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce is not None
    assert f'nonce="{nonce[1]}"' in handler.page
    assert "<script" not in handler.page


def test_no_two_pages_share_a_nonce() -> None:
    policies = set()
    for _ in range(5):
        told(handler := Handler(), 404)
        policies.add(handler.headers["Content-Security-Policy"])
    assert len(policies) == 5


def test_what_somebody_else_wrote_stays_text() -> None:
    handler = Handler()
    told(handler, 400, web.HTTPError(400, "<script>alert(1)</script> & “x”"))
    assert "<script>alert" not in handler.page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in handler.page


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "This address cannot be used"), (403, "Your role does not allow it."), (404, "There is no such page"),
        (405, "does not answer that kind of request"), (503, "Try again in a moment."),
        (413, "Request Entity Too Large"),
        (418, "I'm a Teapot"), (599, "Something went wrong here"), (500, "The server's log says more."),
        (499, "This did not work"),
    ],
)  # fmt: skip
def test_each_refusal_is_told_in_words(status: int, words: str) -> None:
    page = told(Handler(), status).replace("&#39;", "'")
    assert words.lower() in page.lower()
    assert str(status) in page


@pytest.mark.proves("door.secrets-in-logs")
@pytest.mark.parametrize("error", [ZeroDivisionError("secret"), web.HTTPError(500, "secret"), KeyError("secret")])
def test_a_fault_of_ours_says_nothing_of_the_servers_inside(error: Exception) -> None:
    assert "secret" not in told(Handler(), 500, error)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (web.HTTPError(403, "Not for %s, %d times", "you", 3), "Not for you, 3 times"),
        (web.HTTPError(403, "100% sure"), "100% sure"),
        (web.HTTPError(403, "Not %s"), "Not %s"),
        (web.HTTPError(403), "Your role does not allow it."),
    ],
)
def test_a_refusal_says_why_in_its_own_words(error: web.HTTPError, words: str) -> None:
    """Of a percent sign it made two."""
    assert words in told(Handler(), 403, error)


def test_a_refusal_of_any_length_is_a_page_of_a_length() -> None:
    page = told(Handler(), 400, web.HTTPError(400, "x" * 100_000))
    assert "x" * 500 in page
    assert "x" * 501 not in page


def test_words_that_are_given_come_before_those_of_the_error() -> None:
    assert "These words." in told(Handler(), 403, web.HTTPError(403, "Those words."), message="These words.")


@pytest.mark.parametrize(
    ("role", "home", "words"),
    [
        (None, "/b/login", "Log in"), ("viewer", "/b/crispdm/", "Your dashboards"), ("analyst", "/b/lab", "JupyterLab"),
        ("admin", "/b/lab", "JupyterLab"),
    ],
)  # fmt: skip
def test_a_page_leads_each_to_where_they_belong(role: str | None, home: str, words: str) -> None:
    handler = Handler(role)
    assert words.lower() in told(handler, 404).lower()
    assert f'href="{home}"' in handler.page


@pytest.mark.parametrize(
    ("default", "lab"),
    [
        ("", "/b/lab"), ("/b/", "/b/lab"), ("/b/doc", "/b/doc"), ("/lab", "/b/lab"), ("https://elsewhere/", "/b/lab"),
        ("//elsewhere/", "/b/lab"), ("/b/voila/render/x.ipynb", "/b/voila/render/x.ipynb"),
    ],
)  # fmt: skip
def test_the_operators_default_is_home_only_on_this_server(default: str, lab: str) -> None:
    assert rendering.lab_url(Handler(default_url=default)) == lab


@pytest.mark.parametrize(
    ("cookie", "theme"),
    [("dark", "dark"), ("light", "light"), ("", ""), ("blue", ""), ('"><script>', ""), ("Dark", "")],
)
def test_a_theme_is_one_of_two_or_none(cookie: str, theme: str) -> None:
    assert rendering.chosen_theme(Handler(theme=cookie)) == theme


async def test_a_finish_that_is_a_coroutine_is_called_as_one_only_by_whom_it_is_for() -> None:
    """Whoever else called it awaited nothing, and the browser waited for ever."""
    calls: list[Any] = []

    class Stock(web.RequestHandler):
        async def finish(self, *chunk: Any, **options: Any) -> None:  # type: ignore[override]
            calls.append((chunk, options))

    stock: Any = Stock.__new__(Stock)
    rendering.dress(stock)
    await stock.finish("report", bundles=True)
    assert calls == [(("report",), {"bundles": True})]
    stock._finished = True
    with pytest.raises(RuntimeError, match=r"finish\(\) called twice"):
        stock.finish()
    assert len(calls) == 1
    assert stock.write_error.func is rendering.show_error
