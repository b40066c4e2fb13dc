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
