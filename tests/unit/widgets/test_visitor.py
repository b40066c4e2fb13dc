"""Who looks at a dashboard: who is not known has the least role."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jupyter_crispdm.auth.types import Me, Role
from jupyter_crispdm.base.errors import CrispdmError, Forbidden, NotFound
from jupyter_crispdm.client import NotSignedIn, ServerUnreachable, UnexpectedAnswer
from jupyter_crispdm.widgets import visitor
from jupyter_crispdm.widgets.visitor import Visitor, ask_visitor

Answer = Callable[[], Me]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], list[str]]:
    """A server that the kernel was given an address and a token of; what it was asked."""
    monkeypatch.setenv("CRISPDM_URL", "http://127.0.0.1:1/")
    monkeypatch.setenv("CRISPDM_TOKEN", "t")

    def answer_by(answer: Answer) -> list[str]:
        asked: list[str] = []

        class Fake:
            def me(self) -> Me:
                asked.append("me")
                return answer()

            def __enter__(self) -> Fake:
                return self

            def __exit__(self, *_: object) -> None:
                asked.append("closed")

        monkeypatch.setattr(visitor, "connect", Fake)
        return asked

    return answer_by


@pytest.mark.proves("dashboard.roles")
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Me("ann", "Ann", Role.ANALYST), Visitor("Ann", "analyst")),
        (Me("ann", "", Role.ADMIN), Visitor("ann", "admin")),
        (Me("ann", "Ann", Role.PREDICT), Visitor("Ann", "viewer")),
    ],
)
def test_the_server_says_who_looks(server: Callable[[Answer], list[str]], answer: Me, expected: Visitor) -> None:
    asked = server(lambda: answer)
    assert ask_visitor() == expected
    assert asked == ["me", "closed"]


@pytest.mark.proves("dashboard.roles")
@pytest.mark.parametrize(
    "error",
    [
        NotSignedIn("no"),
        ServerUnreachable("no"),
        UnexpectedAnswer("a role that is none"),
        NotFound("no"),
        Forbidden("no"),
        CrispdmError("no"),
    ],
)
def test_without_an_answer_they_have_the_least_role(server: Callable[[Answer], list[str]], error: Exception) -> None:
    def refuse() -> Me:
        raise error

    server(refuse)
    assert ask_visitor() == Visitor("", "viewer")


@pytest.mark.proves("dashboard.roles")
@pytest.mark.parametrize("missing", ["CRISPDM_URL", "CRISPDM_TOKEN"])
def test_a_kernel_without_a_token_of_its_own_asks_nobody(
    server: Callable[[Answer], list[str]], monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    asked = server(lambda: Me("somebody", "", Role.ADMIN))
    monkeypatch.delenv(missing)
    assert ask_visitor() == Visitor("", "viewer")
    assert asked == []
