"""What the address of a page may carry."""

from __future__ import annotations

import pytest

from jupyter_crispdm.auth.pages.arguments import DASHBOARD, LAB, LOGIN, NONE, BadArgument, kept


@pytest.mark.proves("injection.address", "desk.page-argument")
@pytest.mark.parametrize("query", ["", "theme=dark", "theme=light", "page=train", "page=a-b.2%3Ac&theme=dark"])
def test_what_is_allowed_is_kept_as_it_is(query: str) -> None:
    assert kept(query, DASHBOARD) == query


@pytest.mark.proves("door.theme-argument")
@pytest.mark.parametrize(
    ("query", "left"),
    [("template=x", ""), ("x=1&theme=dark", "theme=dark"), ("token=secret", ""), ("Theme=dark", ""), ("17", "")],
)
def test_other_names_are_dropped(query: str, left: str) -> None:
    assert kept(query, DASHBOARD) == left


@pytest.mark.proves("door.theme-argument")
@pytest.mark.parametrize(
    "query",
    [
        'theme="><script>alert(1)</script>',
        "theme=%22%3E%3Cscript%3E",
        "theme=dark%0a",
        "theme=Dark",
        "theme=",
        "theme",
        "theme=..%2f..%2fetc",
        "theme=dark&theme=%22%3E",
        "theme=dark&theme=dark",
        "theme=%ff",
        "page=",
        "page=-a",
        "page=%C3%BC",
        "page=../train",
        "page=%22%3E%3Cscript%3E",
        "page=a%2f..",
        "page=a%0a",
        "page=a&page=b",
        "page=" + "a" * 201,
        "&".join(["x=1"] * 51),
    ],
)
def test_a_value_that_is_not_listed_is_refused(query: str) -> None:
    with pytest.raises(BadArgument):
        kept(query, DASHBOARD)


def test_the_refusal_names_the_argument_and_what_would_be_right() -> None:
    with pytest.raises(BadArgument, match="'theme' of this address may say 'light' or 'dark'"):
        kept("theme=blue", DASHBOARD)


def test_what_lab_reads() -> None:
    assert kept("reset", LAB) == "reset"
    assert kept("clone=auto-1", LAB) == "clone=auto-1"
    assert kept("job=20260101-abc", LAB) == "job=20260101-abc"  # links in notices and of the demo
    assert kept("runs=my%20best", LAB) == "runs=my%20best"  # a saved view of the table of runs
    assert kept("reset&fromURL=https://evil.example/x.ipynb", LAB) == "reset="
    long = "file-browser-path=" + "x" * 501
    names = ("job=<b>", "job=", "runs=", "runs=<b>", "runs=a%2Fb")
    for bad in ("clone=../x", *names, "reset=<b>", "file-browser-path=a%00b", long):
        with pytest.raises(BadArgument):
            kept(bad, LAB)


def test_a_long_way_back_survives_the_login() -> None:
    query = "next=%2Flab%2Ftree%2F" + "a" * 3000
    assert kept(query, LOGIN) == query
    assert kept("x=1", NONE) == ""
