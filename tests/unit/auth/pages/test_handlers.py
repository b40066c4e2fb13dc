"""Where a login may lead."""

from __future__ import annotations

import pytest

from jupyter_crispdm.auth.pages.handlers import licence_text, safe_next

BASE = "/a%40b/"


@pytest.mark.proves("door.redirects")
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
        f"{BASE}lab/tree/a%20b.ipynb?reset",
        f"{BASE}lab?job=20260101-abc",
        f"{BASE}voila/render/dashboards/x.ipynb?theme=dark",
        f"{BASE}voila/render/dashboards/x.ipynb",
    ],
)
def test_addresses_of_ours_are_kept(wish: str) -> None:
    assert safe_next(wish, BASE) == wish


@pytest.mark.parametrize(
    ("wish", "left"),
    [
        ("voila/render/dashboards/x.ipynb?theme=%22%3E%3Cscript%3E", "voila/render/dashboards/x.ipynb"),
        ("voila/render/dashboards/x.ipynb?theme=%2522%253E", "voila/render/dashboards/x.ipynb"),
        ("voila/render/dashboards/x.ipynb?template=a&theme=dark", "voila/render/dashboards/x.ipynb?theme=dark"),
        ("voila/render/dashboards/x.ipynb?theme=dark&theme=%22", "voila/render/dashboards/x.ipynb"),
        ("voila/render/dashboards/x.ipynb?Theme=x;theme=y", "voila/render/dashboards/x.ipynb"),
        ("voila/render/dashboards/x.ipynb#theme=x", "voila/render/dashboards/x.ipynb"),
        ("lab?reset&token=secret#top", "lab?reset="),
        ("lab/tree/x.py?clone=<b>", "lab/tree/x.py"),
        ("laboratory?reset", "laboratory"),
        ("crispdm/?x=1", "crispdm/"),
    ],
)
def test_only_arguments_that_a_page_takes_survive_a_login(wish: str, left: str) -> None:
    assert safe_next(BASE + wish, BASE) == BASE + left


@pytest.mark.proves("inside.licence")
def test_there_is_a_licence() -> None:
    assert "BSD 3-Clause" in licence_text()
