"""Pages that save themselves, over HTTP: each person has their own, and two tabs of one person agree field by field."""

from __future__ import annotations

from typing import Any

import pytest

from tests.server.snapshots.conftest import Desk

BIG = "x" * 200_000


@pytest.mark.proves("snapshots.autosaved", "snapshots.pages")
async def test_a_page_comes_back_as_it_was_saved(viewer: Desk) -> None:
    assert (await viewer("GET", "/home"))[0] == 404
    values = {"train/epochs": 12, "train/Größe": {"a": [1, None, 0.5]}, "note": "<b>&", "big": BIG}
    code, saved = await viewer.put("home", values, base=None)
    assert code == 200
    code, page = await viewer("GET", "/home")
    assert (code, page["values"], page["revision"], page["by"]) == (200, values, saved["revision"], "viewer")
    assert (page["page"], page["saved"], page["lost"]) == ("home", saved["saved"], [])
    listed = (await viewer("GET"))[1]["snapshots"]
    assert [(one["page"], one["revision"]) for one in listed] == [("home", saved["revision"])]
    assert listed[0]["size"] > len(BIG)


@pytest.mark.proves("snapshots.autosaved")
async def test_a_page_that_another_tab_saved_is_not_replaced(viewer: Desk) -> None:
    first = (await viewer.put("home", {"a": 1}, base=None))[1]["revision"]
    code, refused = await viewer.put("home", {"a": 2}, base=None)
    assert (code, refused["details"]["field"]) == (409, "base")
    assert refused["details"]["current"]["values"] == {"a": 1}
    assert refused["details"]["current"]["revision"] == first
    assert (await viewer.put("home", {"a": 3, "b": 0}, base=first))[0] == 200
    assert (await viewer.put("home", {"a": 4}, base=first))[0] == 409
    assert (await viewer.put("home", {"a": 5}))[0] == 200, "who names no base replaces what there is"
    assert await viewer.values("home") == {"a": 5}


@pytest.mark.proves("snapshots.merge")
async def test_two_tabs_merge_by_field_and_are_told_of_each_other(viewer: Desk) -> None:
    base = (await viewer.put("home", {"a": 1, "b": 1, "c": 1}, base=None))[1]["revision"]
    code, one = await viewer.patch("home", {"a": 2}, base=base)
    assert (code, one["others"]) == (200, {})
    other = (await viewer.patch("home", {"b": 3, "a": 4, "big": BIG}, base=base))[1]
    assert other["others"] == {}, "what it changed itself is no news"
    assert other["revision"] > one["revision"] > base
    late = (await viewer.patch("home", {"c": 5}, base=one["revision"]))[1]
    assert late["others"] == {"a": 4, "b": 3, "big": BIG}
    assert await viewer.values("home") == {"a": 4, "b": 3, "c": 5, "big": BIG}
    new = (await viewer.patch("home", {"d": 1}, base=None))[1]
    assert new["others"] == {"a": 4, "b": 3, "c": 5, "big": BIG}
    assert (await viewer.patch("home", {"d": 2}))[1]["others"] == {}


@pytest.mark.proves("snapshots.forget")
async def test_what_was_forgotten_does_not_come_back_by_a_late_save(viewer: Desk) -> None:
    base = (await viewer.put("home", {"a": 1}))[1]["revision"]
    await viewer.put("other", {"a": 1})
    await viewer.save("home", "kept")
    assert (await viewer("DELETE"))[0] == 204
    assert (await viewer("GET"))[1]["snapshots"] == []
    assert await viewer.names("home") == ["kept"]
    code, refused = await viewer.patch("home", {"a": 2}, base=base)
    assert (code, refused["details"]["current"]) == (409, None)
    assert (await viewer.put("home", {"a": 2}, base=base))[0] == 409
    code, again = await viewer.patch("home", {"a": 3}, base=None)
    assert code == 200
    assert again["revision"] > base
    assert (await viewer("DELETE", "/home"))[0] == 204
    assert (await viewer("DELETE", "/home"))[0] == 404
    assert (await viewer("DELETE"))[0] == 204, "nothing to forget is no error"


@pytest.mark.proves("snapshots.own")
async def test_each_person_has_their_own(viewer: Desk, analyst: Desk) -> None:
    await viewer.put("home", {"whose": "viewer"})
    assert await analyst.values("home") == 404
    await analyst.put("home", {"whose": "analyst"})
    await analyst("DELETE")
    assert await viewer.values("home") == {"whose": "viewer"}


REFUSED: list[tuple[Any, int, str]] = [
    ({"values": {"a\n": 1}}, 400, "values.a\n"),
    ({"values": {"": 1}}, 400, "values."),
    ({"values": {"x" * 301: 1}}, 400, "values." + "x" * 64),
    ({"values": [1]}, 400, "values"),
    ({"values": {}, "base": "1"}, 400, "base"),
    ({"values": {}, "page": "home"}, 400, "page"),
    ({}, 400, "values"),
    ('{"values": {"a": NaN}}', 400, "body"),
    ('{"values": {"a": 1e999}}', 400, "values[...]"),
    ('{"values": {"a": ' + "[" * 70 + "]" * 70 + "}}", 400, "body"),
    ({"values": {str(number): 0 for number in range(1001)}}, 422, "values"),
    ({"values": {"a": "x" * (4 << 20)}}, 413, "values.a"),
]


@pytest.mark.proves("snapshots.refused")
async def test_what_is_no_page_is_refused_by_name(viewer: Desk) -> None:
    for method in ("PUT", "PATCH"):
        for body, code, field in REFUSED:
            answer = await viewer(method, "/home", body)
            assert (answer[0], answer[1]["details"].get("field")) == (code, field), answer[1]["message"]
    assert await viewer.values("home") == 404


async def test_what_cannot_name_a_page_is_none(viewer: Desk) -> None:
    for page in ("a%2Fb", "%2e%2e", ".hidden", "a%00", "x" * 201, "a%20b", "-"):
        assert (await viewer.put(page, {}))[0] == 404, page
