"""Which paths are read, and how."""

from __future__ import annotations

import pytest

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.files.spelling import folded, is_plain, steps


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", ()),
        ("/", ()),
        ("data", ("data",)),
        ("/data/", ("data",)),
        ("people/anna/数据　表.csv", ("people", "anna", "数据　表.csv")),
        ("a/b..c/d.", ("a", "b..c", "d.")),
        ("..%2f", None),
    ],
)
def test_a_plain_path_is_read_in_its_steps(path: str, expected: tuple[str, ...] | None) -> None:
    if expected is None:  # decoded once more it would be another path: it is only ever decoded by the server
        with pytest.raises(BadRequest):
            steps(path)
    else:
        assert steps(path) == expected


@pytest.mark.parametrize(
    "path",
    ["..", "a/..", "a/../b", "./a", "a//b", "//a", "a\\..\\b", "a/.hidden", ".ipynb_checkpoints/a", "a\0b", "a\nb",
     "a\u2028b", "a/\udc80", "x" * 256, "/".join(["x" * 200] * 20), "a/b//"],
)  # fmt: skip
def test_every_other_spelling_is_refused(path: str) -> None:
    with pytest.raises(BadRequest) as refused:
        steps(path, "to")
    assert refused.value.details["field"] == "to"


def test_names_on_the_disk_are_plain_or_not_seen() -> None:
    assert [name for name in ("a.csv", ".git", "bad\udc80", "a\tb", "ü") if is_plain(name)] == ["a.csv", "ü"]


def test_what_some_file_systems_take_for_the_same_is_folded_to_the_same() -> None:
    assert folded(("Data", "e\u0301")) == folded(("data", "\u00c9"))
    assert folded(("data",)) != folded(("data2",))
