"""Work that people save under a name, over HTTP, and what colleagues see of it."""

from __future__ import annotations

import pytest

from tests.server.snapshots.conftest import Desk

BIG = "x" * 200_000


@pytest.mark.proves("snapshots.named")
async def test_work_is_saved_loaded_replaced_and_deleted(viewer: Desk) -> None:
    assert (await viewer.names("home"), (await viewer("GET", "/home/saved/first"))[0]) == ([], 404)
    code, work = await viewer.save("home", "first", values={"a": 1, "big": BIG}, note="before lunch")
    assert (code, work["name"], work["note"], work["by"], work["shared"]) == (
        201, "first", "before lunch", "viewer", False)  # fmt: skip
    assert work["size"] > len(BIG)
    code, loaded = await viewer("GET", "/home/saved/first")
    assert (code, loaded["values"], loaded["note"]) == (200, {"a": 1, "big": BIG}, "before lunch")
    assert (await viewer.save("home", "first", values={"a": 2}))[0] == 200
    assert (await viewer("GET", "/home/saved/first"))[1]["values"] == {"a": 2}
    await viewer.save("home", "second", values={})
    assert await viewer.names("home") == ["second", "first"]
    assert await viewer.names("other") == []
    assert (await viewer("DELETE", "/home/saved/first"))[0] == 204
    assert (await viewer("DELETE", "/home/saved/first"))[0] == 404
    assert await viewer.names("home") == ["second"]


async def test_a_new_name_says_where_it_is_and_any_text_is_one(viewer: Desk) -> None:
    for name in ("<b>/</b>", "模型 一", "50 % off?#&", "a..b\\", "e\u0301tude", "=1+1"):
        assert (await viewer.save("home", name, values={"name": name}))[0] == 201, name
    assert set(await viewer.names("home")) == {
        "<b>/</b>", "模型 一", "50 % off?#&", "a..b\\", "\u00e9tude", "=1+1"}  # fmt: skip
    assert (await viewer.save("home", "\u00e9tude", values={}))[0] == 200, "the same name, composed otherwise"
    for name in (" a", "a ", "a\nb", "x" * 101, "..", "."):
        assert (await viewer.save("home", name, values={}))[0] == 404, name
    assert (await viewer.save("home", "note", values={}, note="x" * 1001))[0] == 400


@pytest.mark.proves("snapshots.named")
async def test_without_values_work_is_what_the_page_saved_by_itself(viewer: Desk) -> None:
    code, refused = await viewer.save("home", "now")
    assert (code, refused["details"]["field"]) == (422, "values")
    await viewer.put("home", {"a": 1, "big": BIG})
    assert (await viewer.save("home", "now"))[0] == 201
    await viewer.put("home", {"a": 2})
    await viewer("DELETE", "/home")
    assert (await viewer("GET", "/home/saved/now"))[1]["values"] == {"a": 1, "big": BIG}
    code, refused = await viewer.save("home", "now", values={}, replace=False)
    assert (code, refused["details"]["field"]) == (409, "name")


@pytest.mark.proves("snapshots.shared")
async def test_work_is_renamed_noted_and_shared_by_its_owner(viewer: Desk) -> None:
    await viewer.save("home", "a", values={"v": 1})
    await viewer.save("home", "b", values={})
    code, refused = await viewer("POST", "/home/saved/a/rename", {"name": "b"})
    assert (code, refused["details"]["field"]) == (409, "name")
    code, work = await viewer("POST", "/home/saved/a/rename", {"name": "<b>"})
    assert (code, work["name"]) == (200, "<b>")
    assert (await viewer("POST", "/home/saved/a/rename", {"name": "c"}))[0] == 404
    code, refused = await viewer("POST", "/home/saved/b/rename", {"name": " a"})
    assert (code, refused["details"]["field"]) == (400, "name")
    code, work = await viewer("PATCH", "/home/saved/%3Cb%3E", {"shared": True})
    assert (code, work["shared"], work["note"]) == (200, True, "")
    code, work = await viewer("PATCH", "/home/saved/%3Cb%3E", {"note": "new"})
    assert (work["shared"], work["note"]) == (True, "new")
    assert (await viewer("GET", "/home/saved/%3Cb%3E"))[1]["values"] == {"v": 1}


@pytest.mark.proves("snapshots.shared")
async def test_colleagues_read_what_is_shared_and_change_nothing(viewer: Desk, analyst: Desk) -> None:
    await analyst.save("home", "best", values={"of": "analyst"}, shared=True)
    await analyst.save("home", "secret", values={"of": "analyst"})
    await viewer.save("home", "best", values={"of": "viewer"})
    listed = (await viewer("GET", "/home/saved"))[1]["saved"]
    assert [(work["by"], work["name"]) for work in listed] == [("viewer", "best"), ("analyst", "best")]
    assert (await viewer("GET", "/home/saved/best"))[1]["values"] == {"of": "viewer"}
    assert (await viewer("GET", "/home/saved/best?by=analyst"))[1]["values"] == {"of": "analyst"}
    assert (await viewer("GET", "/home/saved/secret?by=analyst"))[0] == 404
    assert (await viewer("GET", "/home/saved/best?by=nobody"))[0] == 404
    assert (await viewer("DELETE", "/home/saved/best"))[0] == 204
    assert (await viewer("DELETE", "/home/saved/best"))[0] == 404, "the colleague's is not the viewer's to delete"
    assert (await viewer("PATCH", "/home/saved/best", {"note": "mine"}))[0] == 404
    await analyst("PATCH", "/home/saved/best", {"shared": False})
    assert await viewer.names("home") == []
    assert (await viewer("GET", "/home/saved/best?by=analyst"))[0] == 404
