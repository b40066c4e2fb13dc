"""Cards of dashboards: what notebooks say of themselves, however they say it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.auth.pages import cards as module
from jupyter_crispdm.auth.pages.cards import BROKEN, Card, Cards
from jupyter_crispdm.base.account import account_of
from tests.unit.auth.pages.test_pictures import data, picture

PATTERNS = ["dashboards/*.ipynb", "*.ipynb"]
HERE = account_of(os.getuid())


def write(root: Path, name: str = "dashboards/one.ipynb", said: Any = None, **metadata: Any) -> Path:
    file = root / name
    file.parent.mkdir(exist_ok=True)
    whole = metadata if said is None else {"crispdm": said, **metadata}
    file.write_text(json.dumps({"cells": [], "metadata": whole, "nbformat": 4, "nbformat_minor": 4}))
    return file


def card(root: Path, said: Any = None) -> Card:
    write(root, said=said)
    (found,) = Cards().all(root, PATTERNS)
    return found


@pytest.mark.proves("desk.cards")
def test_a_card_says_what_its_notebook_does(tmp_path: Path) -> None:
    (tmp_path / "dashboards/pictures").mkdir(parents=True)
    (tmp_path / "dashboards/pictures/line.png").write_bytes(picture("png"))
    said = {"title": "Line 3", "description": "What the cameras saw.", "picture": "pictures/line.png",
            "published_by": "Grace"}  # fmt: skip
    path = "dashboards/one.ipynb"
    assert card(tmp_path, said) == Card(
        path, "Line 3", "What the cameras saw.", "dashboards/pictures/line.png", "Grace")


@pytest.mark.proves("desk.cards")
def test_one_that_says_nothing_is_named_by_its_file_and_its_owner(tmp_path: Path) -> None:
    write(tmp_path, "dashboards/energy_use-2026.ipynb")
    assert Cards().all(tmp_path, PATTERNS) == [Card("dashboards/energy_use-2026.ipynb", "Energy use 2026", by=HERE)]


@pytest.mark.proves("desk.cards-hostile")
@pytest.mark.parametrize("odd", [None, 5, [], {}, ["x"], True, {"title": {"a": 1}, "description": 3, "picture": []}])
def test_other_kinds_than_text_say_nothing(tmp_path: Path, odd: Any) -> None:
    assert card(tmp_path, odd) == Card("dashboards/one.ipynb", "One", by=HERE)


@pytest.mark.proves("desk.cards-hostile")
def test_texts_are_one_line_and_not_long(tmp_path: Path) -> None:
    found = card(tmp_path, {"title": "a\nb\u202e\t c\0", "description": "x" * 9_999, "published_by": " y " * 999})
    assert found.title == "a b c"
    assert (len(found.description), found.description[-1]) == (400, "…")
    assert len(found.by) <= 64


@pytest.mark.proves("desk.cards-hostile")
@pytest.mark.parametrize(
    "path",
    [
        "../private/photo.png",
        "/etc/passwd.png",
        "//evil.example/x.png",
        "https://evil.example/x.png",
        "javascript:alert(1).png",
        ".hidden.png",
        "data.csv",
        "one.ipynb",
        "missing.png",
        "a\\b.png",
        "a\n.png",
        "\ud800.png",
        "\0.png",
        "folder.png",
        "large.png",
        "x" * 5_000 + ".png",
        "data:image/svg+xml;base64,PHN2Zz4=",
        "data:text/html,<script>alert(1)</script>",
    ],
)
def test_a_picture_that_is_not_served_is_not_shown(tmp_path: Path, path: str) -> None:
    (tmp_path / "private").mkdir()
    (tmp_path / "private/photo.png").write_bytes(picture("png"))
    (tmp_path / "dashboards/folder.png").mkdir(parents=True)
    (tmp_path / "dashboards/data.csv").write_text("a\n")
    with (tmp_path / "dashboards/large.png").open("wb") as large:
        large.truncate(5 << 20)
    assert card(tmp_path, {"picture": path}).picture == ""


@pytest.mark.proves("desk.cards")
def test_small_pictures_may_stand_in_the_notebook(tmp_path: Path) -> None:
    small = data("png", picture("png"))
    assert card(tmp_path, {"picture": small}).picture == small


def test_beside_a_dashboard_in_the_root_lie_files_of_the_root(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(picture("png"))
    write(tmp_path, "top.ipynb", {"picture": "logo.png"})
    assert Cards().all(tmp_path, PATTERNS)[0].picture == "logo.png"


@pytest.mark.proves("desk.cards-hostile")
def test_a_broken_notebook_does_not_spoil_the_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LARGEST", 50_000)
    write(tmp_path, "dashboards/good.ipynb", {"title": "Good"})
    broken: dict[str, bytes] = {
        "a": b"", "b": b"{", "c": b"[]", "d": b'{"cells": 5}', "e": b"\xff\xfe", "f": b"[" * 40_000,
        "g": b" " * 50_001, "h": b'{"cells": [], "metadata": ' + b"9" * 9_999 + b"}",
    }  # fmt: skip
    for name, content in broken.items():
        (tmp_path / f"dashboards/{name}.ipynb").write_bytes(content)
    os.mkfifo(tmp_path / "dashboards/pipe.ipynb")
    (tmp_path / "dashboards/gone.ipynb").symlink_to(tmp_path / "nowhere")
    (tmp_path / "dashboards/loop.ipynb").symlink_to(tmp_path / "dashboards/loop.ipynb")
    found = {card.title: card for card in Cards().all(tmp_path, PATTERNS)}
    assert set(found) == {"Good", *(name.upper() for name in broken)}
    assert not found["Good"].broken
    assert {(card.broken, card.description) for name, card in found.items() if name != "Good"} == {(True, BROKEN)}


@pytest.mark.proves("desk.cards")
def test_a_notebook_is_read_again_only_when_it_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[Path] = []
    really = module._metadata

    def counted(file: Path) -> Any:
        reads.append(file)
        return really(file)

    monkeypatch.setattr(module, "_metadata", counted)
    file, cards = write(tmp_path, said={"title": "Old"}), Cards()
    for _ in range(3):
        assert cards.all(tmp_path, PATTERNS)[0].title == "Old"
    assert len(reads) == 1
    before = file.stat()
    write(tmp_path, said={"title": "New, and longer"})
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert cards.all(tmp_path, PATTERNS)[0].title == "New, and longer"


def test_a_picture_that_comes_later_is_found(tmp_path: Path) -> None:
    cards = Cards()
    write(tmp_path, said={"picture": "later.png"})
    assert cards.all(tmp_path, PATTERNS)[0].picture == ""
    (tmp_path / "dashboards/later.png").write_bytes(picture("png"))
    assert cards.all(tmp_path, PATTERNS)[0].picture == "dashboards/later.png"


def test_only_so_many_are_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_KNOWN", 3)
    cards = Cards()
    for number in range(9):
        write(tmp_path, f"dashboards/{number}.ipynb")
    assert len(cards.all(tmp_path, PATTERNS)) == 9
    assert len(cards._known) == 3
