"""The last layouts of JupyterLab: one a minute, twenty at most, restored by one call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_crispdm.auth.layouts import KEPT, LARGEST, MOST_DOCUMENTS, KeptWorkspaces
from jupyter_crispdm.base.errors import NotFound
from tests.support import FakeClock


class Lab:
    """Somebody's Lab, which saves its layout."""

    def __init__(self, directory: Path) -> None:
        self.clock, self.kept = FakeClock(1_700_000_040.0), directory / "kept"
        self.workspaces = KeptWorkspaces(directory / "workspaces", self.kept, self.clock)

    def save(self, tab: str, workspace: str = "default", seconds: float = 60) -> None:
        self.clock.advance(seconds)
        self.workspaces.save(workspace, json.dumps({"data": {"tab": tab}, "metadata": {"id": workspace}}))

    def tabs(self) -> list[str]:
        files = [self.kept / f"{one.id}.json" for one in self.workspaces.layouts()]
        return [json.loads(file.read_text())["data"]["tab"] for file in files]


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path)


@pytest.mark.proves("history.layouts")
def test_the_newest_of_each_minute_is_kept_and_twenty_in_all(lab: Lab) -> None:
    lab.save("first")
    lab.save("second", seconds=1)
    lab.save("third", seconds=1)
    assert lab.tabs() == ["third"]
    lab.save("third", seconds=600)
    assert lab.tabs() == ["third"], "what did not change is no news"
    for number in range(30):
        lab.save(str(number))
    assert lab.tabs() == [str(number) for number in range(29, 29 - KEPT, -1)]
    assert len(list(lab.kept.glob("*.json"))) == KEPT
    for number in range(30):
        lab.save(f"quick {number}", seconds=1)
    assert len(list(lab.kept.iterdir())) == 2 * KEPT


@pytest.mark.proves("history.layouts")
def test_a_layout_is_restored_and_what_was_there_is_kept(lab: Lab) -> None:
    lab.save("one", "auto 1")
    lab.save("two", "auto 1")
    lab.save("else", "default")
    layouts = lab.workspaces.layouts()
    assert [one.workspace for one in layouts] == ["default", "auto 1", "auto 1"]
    lab.clock.advance(60)
    assert lab.workspaces.restore(layouts[2].id) == layouts[2]
    assert lab.workspaces.load("auto 1")["data"] == {"tab": "one"}
    assert lab.workspaces.load("default")["data"] == {"tab": "else"}
    assert lab.tabs() == ["one", "else", "two", "one"]
    with pytest.raises(NotFound, match="no layout 5"):
        lab.workspaces.restore(5)


@pytest.mark.proves("history.layouts")
def test_one_that_is_chosen_from_a_list_is_restored_though_another_was_saved_in_its_minute(lab: Lab) -> None:
    """Lab saves its layout while somebody looks at the list: the one that they chose was not there any more."""
    lab.save("chosen")
    [chosen] = lab.workspaces.layouts()
    lab.save("later", seconds=1)
    assert lab.tabs() == ["later"]
    assert lab.workspaces.restore(chosen.id) == chosen
    assert lab.workspaces.load("default")["data"] == {"tab": "chosen"}
    assert lab.tabs() == ["chosen"]


def test_one_that_cannot_be_read_costs_the_others_nothing(lab: Lab) -> None:
    assert lab.workspaces.layouts() == []
    lab.save("one")
    odd = {"5.json": "{", "6.json": "[]", "7.json": '{"metadata": {}}', "x.json": "", "8.new": "half"}
    for name, text in odd.items():
        (lab.kept / name).write_text(text)
    (lab.kept / "9.json").symlink_to("/etc/hostname")
    assert lab.tabs() == ["one"]


def test_what_cannot_be_kept_is_saved_all_the_same(lab: Lab) -> None:
    lab.save("x" * LARGEST)
    assert lab.tabs() == []
    assert len(lab.workspaces.load("default")["data"]["tab"]) == LARGEST
    lab.kept.parent.mkdir(exist_ok=True)
    lab.kept.write_text("a file where the folder should be")
    lab.save("one")
    assert lab.workspaces.load("default")["data"] == {"tab": "one"}


def test_a_clock_that_goes_back_makes_no_two_of_one_name(lab: Lab) -> None:
    lab.save("one")
    lab.save("two", seconds=-3600)
    lab.save("three", seconds=1)
    assert lab.tabs() == ["three", "two", "one"]


@pytest.mark.proves("history.layouts")
def test_what_was_open_is_named(lab: Lab) -> None:
    notebook = {"data": {"path": "study/a.ipynb", "factory": "Notebook"}}
    data = {
        "notebook:study/a.ipynb": notebook, "again": notebook,
        "editor:b.py": {"data": {"path": "b.py", "factory": "Editor"}},
        "terminal:1": {"data": {"name": "1"}}, "console:c": {"data": {"path": "console-1"}},
        "file-browser:cwd": {"path": "study"}, "odd": {"data": {"path": 5, "factory": "x"}}, "odder": [1],
        "oddest": {"data": "text"},
    }  # fmt: skip
    lab.clock.advance(60)
    lab.workspaces.save("default", json.dumps({"data": data, "metadata": {"id": "default"}}))
    assert lab.workspaces.layouts()[0].documents == ("study/a.ipynb", "b.py")
    many = {str(at): {"data": {"path": f"{at}.py", "factory": "Editor"}} for at in range(MOST_DOCUMENTS + 9)}
    for listed, count in ((many, MOST_DOCUMENTS), ([], 0), ("text", 0)):
        lab.clock.advance(60)
        lab.workspaces.save("default", json.dumps({"data": listed, "metadata": {"id": "default"}}))
        assert len(lab.workspaces.layouts()[0].documents) == count
