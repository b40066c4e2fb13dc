"""What pages may load and run."""

from __future__ import annotations

import pytest

from jupyter_crispdm.auth.pages.policies import dashboard_policy, lab_policy, page_policy, sources


def directives(policy: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in policy.split("; "):
        name, *values = part.split(" ")
        assert name not in found
        found[name] = values
    return found


@pytest.mark.proves("door.framing", "tests.route-by-role")
@pytest.mark.parametrize("policy", [page_policy("x"), dashboard_policy("h:1", "/", None), lab_policy()])
def test_every_page_is_closed_where_nothing_needs_it_open(policy: str) -> None:
    parts = directives(policy)
    assert parts["object-src"] == ["'none'"]
    assert parts["frame-ancestors"] == parts["form-action"] == ["'self'"]
    assert parts["base-uri"] in (["'none'"], ["'self'"])
    assert "*" not in policy.split()


@pytest.mark.proves("injection.csp")
def test_our_pages_run_no_script() -> None:
    parts = directives(page_policy("x"))
    assert "script-src" not in parts
    assert parts["default-src"] == ["'none'"]
    assert parts["style-src"] == ["'nonce-x'"]


@pytest.mark.proves("injection.csp")
def test_a_dashboard_runs_only_what_lies_in_the_folders_of_programs() -> None:
    policy = dashboard_policy("lab.example:8888", "/base/", "/base/static/mathjax/MathJax.js")
    scripts = directives(policy)["script-src"]
    assert scripts == [
        "lab.example:8888/base/voila/static/",
        "lab.example:8888/base/voila/templates/",
        "lab.example:8888/base/voila/labextensions/",
        "lab.example:8888/base/crispdm/static/",
        "lab.example:8888/base/static/mathjax/",
        "blob:",
    ]


@pytest.mark.proves("house.pages-ask-nobody")
@pytest.mark.parametrize("url", [None, "", "https://cdn.example/mathjax/MathJax.js", "//cdn.example/x.js"])
def test_no_script_comes_from_another_host(url: str | None) -> None:
    scripts = directives(dashboard_policy("h", "/", url))["script-src"]
    assert all(script.startswith("h/") for script in scripts[:-1])
    assert len(scripts) == 5


@pytest.mark.parametrize("host", ["", "a b", "h;script-src *", "h,x", "h/*", "'self'", "h:1:2", "*.example"])
def test_an_odd_host_opens_nothing(host: str) -> None:
    assert sources(host, ["/x/"]) == []
    assert sources("[::1]:8888", ["/x/", "/x;y/", "/x y/"]) == ["[::1]:8888/x/"]


@pytest.mark.proves("dashboard.extras", "door.framing")
def test_a_dashboard_frames_lab_alone_and_only_for_those_who_may_use_it() -> None:
    assert directives(dashboard_policy("h:1", "/base/", None))["frame-src"] == ["'none'"]
    framing = dashboard_policy("h:1", "/base/", None, may_frame_lab=True)
    assert directives(framing)["frame-src"] == [f"h:1/base/{place}" for place in ("lab", "lab/", "doc/")]
    assert directives(dashboard_policy("h;x", "/", None, may_frame_lab=True))["frame-src"] == ["'none'"]
