"""The Python side of the file browser: what it is asked for, and what it takes from a browser."""

from __future__ import annotations

from typing import Any

import pytest
from traitlets import TraitError

from jupyter_crispdm.widgets import FileBrowser
from jupyter_crispdm.widgets.files import MOST_PATHS, MOST_STATE_BYTES


def from_the_browser(files: FileBrowser, **values: Any) -> None:
    """What the page sends when somebody does something."""
    files.set_state(values)


@pytest.mark.proves("widgets.file-browser")
def test_it_has_a_view_and_begins_in_the_visitors_own_folder() -> None:
    state = FileBrowser().get_state()
    assert state["_view_name"] == "FileBrowserView"
    assert (state["path"], state["pick"], state["multiple"], state["value"]) == ("", "none", False, "")


@pytest.mark.proves("widgets.file-browser", "filebrowser.pick")
def test_a_form_hears_which_file_was_chosen() -> None:
    files, heard = FileBrowser("data", pick="file"), []
    files.observe(lambda change: heard.append(change["new"]), "value")
    from_the_browser(files, value="data/scan 1.png", selected=["data/scan 1.png"])
    from_the_browser(files, value="")
    assert heard == ["data/scan 1.png", ""]
    assert files.selected == ["data/scan 1.png"]


def test_several_are_a_tuple() -> None:
    files = FileBrowser(pick="file", multiple=True)
    assert files.value == ()
    from_the_browser(files, value=["a.csv", "中文/数据.csv"])
    assert files.value == ("a.csv", "中文/数据.csv")
    with pytest.raises(TraitError, match="tuple"):
        files.value = "a.csv"


def test_a_value_of_the_author_stands_in_it_from_the_start() -> None:
    assert FileBrowser(pick="folder", value="data/set/").value == "data/set"
    assert FileBrowser(pick="file", multiple=True, value=["a"]).value == ("a",)


@pytest.mark.proves("door.widget-values")
@pytest.mark.parametrize(
    "path",
    ["../x", "a/../b", "a//b", ".ssh/id", "a/.hidden", "a\\b", "a\nb", "a\x00b", "x" * 256, "a/" * 2000 + "b", 7, None,
     "\ud800"],
)  # fmt: skip
def test_paths_of_the_browser_that_are_not_plain_change_nothing(path: Any) -> None:
    files = FileBrowser("data", pick="file", value="data/a")
    for values in ({"value": path}, {"path": path}, {"selected": [path]}, {"selected": path}):
        with pytest.raises(TraitError):
            from_the_browser(files, **values)
    assert (files.path, files.value, files.selected) == ("data", "data/a", [])


@pytest.mark.proves("door.widget-values")
def test_more_paths_than_anybody_chooses_are_refused() -> None:
    files = FileBrowser(pick="file", multiple=True)
    many = [f"{number}.png" for number in range(MOST_PATHS)]
    from_the_browser(files, value=many, selected=many)
    assert len(files.value) == MOST_PATHS
    for name in ("value", "selected"):
        with pytest.raises(TraitError, match="At most"):
            from_the_browser(files, **{name: [*many, "one.png"]})


@pytest.mark.proves("door.widget-values")
@pytest.mark.parametrize("value", [{"a": "x" * MOST_STATE_BYTES}, {"a": float("nan")}, {"a": {1}}, ["a"], "x"])
def test_a_state_that_json_cannot_hold_or_that_is_huge_is_refused(value: Any) -> None:
    files = FileBrowser(state={"isTreeShown": False})
    with pytest.raises(TraitError):
        from_the_browser(files, state=value)
    assert files.state == {"isTreeShown": False}


@pytest.mark.parametrize("pick", ["", "files", "FILE"])
def test_what_is_asked_for_is_a_file_a_folder_or_nothing(pick: str) -> None:
    with pytest.raises(TraitError, match="'pick' is one of none, file, folder"):
        FileBrowser(pick=pick)


def test_what_a_visitor_chose_is_kept() -> None:
    assert set(FileBrowser.kept_traits) == {"path", "value", "state"}
