"""What is published."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_crispdm.auth.pages.dashboards import Dashboard, is_asset, is_published, published

DEFAULT = ["dashboards/*.ipynb"]


@pytest.mark.proves("settings.published")
@pytest.mark.parametrize("path", ["dashboards/a.ipynb", "dashboards/a b.ipynb", "dashboards/ü.ipynb"])
def test_published(path: str) -> None:
    assert is_published(path, DEFAULT)


@pytest.mark.proves("settings.published")
@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "dashboards",
        "dashboards/",
        "private/a.ipynb",
        "dashboards/deep/a.ipynb",
        "/dashboards/a.ipynb",
        "dashboards//a.ipynb",
        "dashboards/../private/a.ipynb",
        "dashboards/../dashboards/a.ipynb",
        "./dashboards/a.ipynb",
        "dashboards/a.ipynb/",
        "Dashboards/a.ipynb",
        "dashboards/a.IPYNB",
        "dashboards/..\\private\\a.ipynb",
        "dashboards/.hidden.ipynb",
        "dashboards/a.ipynb\n",
        "dashboards/a\0.ipynb",
        "dashboards%2fa.ipynb",
        "dashboards/%2e%2e/a.ipynb/..",
    ],
)
def test_not_published(path: str) -> None:
    assert not is_published(path, DEFAULT)


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("**/*.ipynb", "a.ipynb", True),
        ("**/*.ipynb", "a/b/c.ipynb", True),
        ("*.ipynb", "a.ipynb", True),
        ("*.ipynb", "a/b.ipynb", False),
        ("team-?/show/*.ipynb", "team-1/show/x.ipynb", True),
        ("team-?/show/*.ipynb", "team-12/show/x.ipynb", False),
        ("only/this.ipynb", "only/this.ipynb", True),
        ("only/this.ipynb", "only/that.ipynb", False),
    ],
)
def test_patterns(pattern: str, path: str, expected: bool) -> None:
    assert is_published(path, [pattern]) is expected


@pytest.mark.parametrize(
    ("patterns", "path", "expected"),
    [
        (DEFAULT, "dashboards/logo.png", True),
        (DEFAULT, "dashboards/img/logo.SVG", True),
        (DEFAULT, "dashboards/data.csv", False),
        (DEFAULT, "dashboards/a.ipynb", False),
        (DEFAULT, "dashboards/code.py", False),
        (DEFAULT, "private/photo.png", False),
        (DEFAULT, "dashboards/../private/photo.png", False),
        (DEFAULT, "dashboards/.git/x.png", False),
        (["*.ipynb"], "logo.png", True),
        (["*.ipynb"], "private/photo.png", False),
        (["a/**/*.ipynb"], "a/b/c/x.png", True),
        (["a/**/*.ipynb"], "b/x.png", False),
    ],
)
def test_assets(patterns: list[str], path: str, expected: bool) -> None:
    assert is_asset(path, patterns) is expected


def test_the_list_reads_directories_and_makes_titles(tmp_path: Path) -> None:
    for name in (
        "dashboards/live_monitor.ipynb",
        "dashboards/A.ipynb",
        "other/x.ipynb",
        "dashboards/.x.ipynb",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}")
    (tmp_path / "dashboards/folder.ipynb").mkdir()
    assert published(tmp_path, DEFAULT) == [
        Dashboard("dashboards/A.ipynb", "A"),
        Dashboard("dashboards/live_monitor.ipynb", "Live monitor"),
    ]
    assert published(tmp_path / "missing", DEFAULT) == []


@pytest.mark.proves("settings.published")
@pytest.mark.parametrize(
    "odd",
    ["", "/abs/*.ipynb", "**.ipynb", "a\0b", "[", "~/x", "*/" * 2000 + "x", "../*.ipynb", "a/**b/*.ipynb"],
    ids=lambda odd: repr(odd[:12]),
)
def test_a_pattern_that_is_none_takes_no_other_dashboard_from_the_list(tmp_path: Path, odd: str) -> None:
    """Home answered 500 to everybody for one of them, and Python's versions differ in which."""
    (tmp_path / "dashboards").mkdir()
    (tmp_path / "dashboards/a.ipynb").write_text("{}")
    (tmp_path.parent / "outside.ipynb").write_text("{}")
    expected = [Dashboard("dashboards/a.ipynb", "A")]
    assert published(tmp_path, [odd, *DEFAULT]) == published(tmp_path, [*DEFAULT, odd]) == expected


def test_an_empty_pattern_shows_no_picture() -> None:
    """An operator who publishes nothing by an empty option showed all pictures beside the root."""
    assert not is_asset("photo.png", [""])
    assert not is_published("", [""])


def test_a_folder_that_may_not_be_read_takes_no_other_dashboard_from_the_list(tmp_path: Path) -> None:
    (tmp_path / "dashboards").mkdir()
    (tmp_path / "dashboards/a.ipynb").write_text("{}")
    (tmp_path / "dashboards/loop.ipynb").symlink_to("loop.ipynb")
    (tmp_path / "dashboards/gone.ipynb").symlink_to("nowhere")
    (tmp_path / "dashboards" / "caf\udce9.ipynb").write_text("{}")
    assert published(tmp_path, ["**/*.ipynb"]) == [Dashboard("dashboards/a.ipynb", "A")]


def test_the_list_is_bounded_however_many_notebooks_a_pattern_finds(tmp_path: Path) -> None:
    (tmp_path / "dashboards").mkdir()
    for number in range(600):
        (tmp_path / f"dashboards/{number}.ipynb").touch()
    assert len(published(tmp_path, DEFAULT)) == 500


@pytest.mark.parametrize(
    ("name", "title"),
    [("sales_2026-q1", "Sales 2026 q1"), ("ÜBER", "ÜBER"), ("_", "dashboards/_.ipynb"), ("été", "Été"), ("x.y", "X.y")],
)
def test_a_title_is_the_files_name_as_words(tmp_path: Path, name: str, title: str) -> None:
    (tmp_path / "dashboards").mkdir()
    (tmp_path / f"dashboards/{name}.ipynb").touch()
    assert [board.title for board in published(tmp_path, DEFAULT)] == [title]
