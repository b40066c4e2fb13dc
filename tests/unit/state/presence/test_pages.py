"""Viewers are told of pages that everybody can open; of others, that somebody is elsewhere."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from msgspec import UNSET

from jupyter_crispdm.state.presence.pages import OpenPages
from jupyter_crispdm.state.presence.types import PresenceFact, Visitor

PAGES = OpenPages("/base/", lambda: ["dashboards/*.ipynb"])


def visitor(page: str) -> Visitor:
    return Visitor(session="ada-page-1", user="ada", page=page, title="Title", tab="model", selection=[1],
                   since=datetime(2026, 1, 1, tzinfo=timezone.utc))


@pytest.mark.proves("presence.elsewhere")
@pytest.mark.parametrize(
    ("page", "is_open"),
    [
        ("/base/crispdm/", True), ("/base/crispdm", True), ("/base/voila/render/dashboards/a.ipynb", True),
        ("/base/voila/render/dashboards/a%20b.ipynb", True), ("/base/voila/render/secret.ipynb", False),
        ("/base/voila/render/dashboards/../secret.ipynb", False), ("/base/lab/tree/dashboards/a.ipynb", False),
        ("/base/voila/render/dashboards/..%2fsecret.ipynb", False), ("/base/crispdm/licence", False),
        ("/voila/render/dashboards/a.ipynb", False), ("", False),
    ],
)  # fmt: skip
def test_home_and_published_dashboards_are_open(page: str, is_open: bool) -> None:
    assert PAGES.may_open(page) is is_open
    shown = PAGES.shown(visitor(page))
    assert (shown.page, shown.title, shown.tab) == ((page, "Title", "model") if is_open else ("", "", ""))
    assert (shown.user, shown.selection) == ("ada", [1] if is_open else None)


@pytest.mark.proves("presence.elsewhere")
def test_every_kind_of_fact_is_narrowed() -> None:
    hidden, known = visitor("/base/lab"), visitor("/base/crispdm/")
    whole = PAGES.narrow(PresenceFact(visitors=[hidden, known], gap=True))
    assert isinstance(whole.visitors, list)
    assert [one.page for one in whole.visitors] == ["", "/base/crispdm/"]
    assert whole.gap
    one = PAGES.narrow(PresenceFact(visitor=hidden))
    assert isinstance(one.visitor, Visitor)
    assert (one.visitor.page, one.visitors) == ("", UNSET)
    assert PAGES.narrow(PresenceFact(left="x")) == PresenceFact(left="x")
