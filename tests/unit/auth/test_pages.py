"""Where a login may lead."""

from __future__ import annotations

import pytest

from jupyter_crispdm.auth.pages import licence_text, safe_next

BASE = "/a%40b/"


@pytest.mark.parametrize(
    "wish",
    [
        "",
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https:///evil.example",
        "/%09/evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        f"{BASE}/evil.example",
        f"{BASE}../evil",
        f"{BASE}%2f%2fevil.example",
        "http:\\\\evil.example",
        f"{BASE}%5cevil",
        f"{BASE}\r\nX-Injected: 1",
        "/elsewhere",
        "%2f%2fevil.example",
        f"\u2028{BASE}lab",
        f"{BASE}\uff0flab",
        f"{BASE}%252f%252fevil",
        f"{BASE}x/%2e%2e/evil",
        f"{BASE}login",
        f" {BASE}lab",
    ],
)
def test_a_login_never_leads_elsewhere(wish: str) -> None:
    assert safe_next(wish, BASE) is None


@pytest.mark.parametrize(
    "wish",
    [
        BASE,
        f"{BASE}lab",
        f"{BASE}lab/tree/a%20b.ipynb?reset&x=1#top",
        f"{BASE}voila/render/dashboards/x.ipynb",
    ],
)
def test_addresses_of_ours_are_kept(wish: str) -> None:
    assert safe_next(wish, BASE) == wish


def test_there_is_a_licence() -> None:
    assert "BSD 3-Clause" in licence_text()
