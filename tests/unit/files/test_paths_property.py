"""However a path is put together, it leads nowhere but into the folders of whoever asks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.errors import BadRequest, CrispdmError, Forbidden, NotFound
from jupyter_crispdm.files.folders import Act, Folders, Person
from tests.examples import examples

ANNA = Person("anna", Role.VIEWER)
SHARED = {"data": "read", "team": "write", "team/gold": "read"}
STEPS = [
    "", ".", "..", "...", "people", "People", "anna", "anna2", "ANNA", "ben", "data", "team", "gold", "GOLD", "private",
    "secret", "link", "sub", ".git", "..%2f", "%2e%2e", "a\\b", "..\\", "x\0", "\u202e", "\u2215", "ａnna", "a" * 300,
    " ", "anna ", "anna.", "~", "C:", "\ud800", "\n",
]  # fmt: skip
PATHS = some.builds(
    lambda parts, begin, end: begin + "/".join(parts) + end,
    some.lists(some.sampled_from(STEPS) | some.text(max_size=4), max_size=6),
    some.sampled_from(["", "/", "//", "../", "./"]), some.sampled_from(["", "/", "//", "/..", "/."]),
)  # fmt: skip


@pytest.fixture(scope="module")
def folders() -> Iterator[Folders]:
    with TemporaryDirectory() as name:
        root = Path(name).resolve()
        for folder in ("people/anna/sub", "people/anna2", "people/ben", "data/sub", "team/gold", "private"):
            (root / folder).mkdir(parents=True)
        for place in ("people/anna", "people/anna/sub", "data", "team"):
            (root / place / "link").symlink_to(root / "private")
        yield Folders(root, "people/{user}", SHARED)


@pytest.mark.proves("files.walk")
@settings(max_examples=examples(1500))
@given(PATHS, some.sampled_from(Act))
def test_no_path_leads_out(folders: Folders, path: str, act: Act) -> None:
    try:
        place = folders.place(ANNA, path, act)
    except (BadRequest, Forbidden, NotFound):
        return
    allowed = [folders.root / "people/anna", folders.root / "data", folders.root / "team"]
    resolved = Path(os.path.realpath(place.real))
    assert any(resolved.is_relative_to(folder) for folder in allowed)
    assert resolved == place.real
    if act is not Act.LOOK:
        assert not resolved.is_relative_to(folders.root / "data")
        assert not resolved.is_relative_to(folders.root / "team/gold")
    if act is Act.CHANGE:
        assert resolved not in allowed


@settings(max_examples=examples(500))
@given(PATHS, some.sampled_from(Act))
def test_what_the_gate_lets_pass_and_what_is_opened_are_decided_alike(folders: Folders, path: str, act: Act) -> None:
    """By spelling alone as much is let pass as on the disk, but for links."""
    try:
        folders.place(ANNA, path, act)
        opened = True
    except CrispdmError:
        opened = False
    assert folders.may(ANNA, path, act) >= opened


@settings(max_examples=examples(500))
@given(PATHS)
def test_a_path_that_is_taken_has_one_spelling(folders: Folders, path: str) -> None:
    try:
        place = folders.look(ANNA, path)
    except CrispdmError:
        return
    assert folders.look(ANNA, place.path) == place
    assert path.strip("/") == place.path
