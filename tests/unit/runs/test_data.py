"""The data of a run: what parameters and arguments name, by its contents, within bounds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_crispdm.runs.inputs.data import DataHashes

LIMIT = 10_000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "p" / "images").mkdir(parents=True)
    (root / "p" / "digits.csv").write_text("0123456789")
    (root / "p" / "images" / "a.png").write_bytes(b"aaa")
    (root / "p" / "train.py").write_text("")
    (tmp_path / "secret").write_text("elsewhere")
    return root.resolve()


@pytest.mark.proves("runs.inputs")
def test_files_and_folders_that_are_named_are_inputs(root: Path) -> None:
    hashes = DataHashes(LIMIT)
    whole = str(root / "p" / "digits.csv")
    words = ["train.py", "--data", "digits.csv", "--images=images", "--epochs", "3", "-v", whole]
    found = hashes.inputs(root / "p", root, {"table": "digits.csv", "lr": 0.1, "opt": "adam"}, words)
    assert [(one.name, one.path, one.files, one.size) for one in found] == [
        ("table", "p/digits.csv", 1, 10), ("images", "p/images", 1, 3),
    ]  # fmt: skip


@pytest.mark.proves("runs.inputs")
@pytest.mark.parametrize("word", [
    "../../secret", "/etc/passwd", "train.py", ".", "..", "none.csv", "x" * 5000, "a\0b", "", "digits.csv/x",
])  # fmt: skip
def test_what_is_no_data_is_left_alone(root: Path, word: str) -> None:
    (root / "p" / "link").symlink_to(root.parent / "secret")
    hashes = DataHashes(LIMIT)
    assert hashes.inputs(root / "p", root, {"data": word}, [word, "link"]) == []
    assert hashes.inputs(root / "p", root, {}, ["--out", "images", "--log-dir=images", "--save", "digits.csv"]) == []


@pytest.mark.proves("runs.inputs")
def test_other_contents_are_other_data(root: Path) -> None:
    hashes = DataHashes(LIMIT)

    def digest(name: str) -> str:
        [found] = hashes.inputs(root / "p", root, {"data": name}, [])
        return found.digest

    before, folder = digest("digits.csv"), digest("images")
    assert (digest("digits.csv"), digest("images")) == (before, folder)
    (root / "p" / "digits.csv").write_text("9876543210")
    (root / "p" / "images" / "b.png").write_bytes(b"")
    assert digest("digits.csv") != before
    assert digest("images") != folder
    again = digest("images")
    os.rename(root / "p" / "images" / "b.png", root / "p" / "images" / "c.png")
    assert digest("images") != again


@pytest.mark.proves("runs.inputs")
def test_of_what_is_large_samples_are_taken_and_that_is_said(root: Path) -> None:
    path = root / "p" / "large.bin"
    path.write_bytes(bytes(20_000_000))
    hashes = DataHashes(LIMIT)
    [before] = hashes.inputs(root / "p", root, {"data": "large.bin"}, [])
    assert before.partial
    with path.open("r+b") as file:
        file.write(b"x")
    [after] = hashes.inputs(root / "p", root, {"data": "large.bin"}, [])
    assert after.digest != before.digest
    assert hashes.inputs(root / "p", root, {"data": "digits.csv"}, [])[0].partial == ""


@pytest.mark.proves("runs.inputs")
def test_pipes_and_links_within_a_folder_are_left_out(root: Path) -> None:
    hashes = DataHashes(LIMIT)
    [before] = hashes.inputs(root / "p", root, {"data": "images"}, [])
    os.mkfifo(root / "p" / "images" / "pipe")
    (root / "p" / "images" / "link").symlink_to(root.parent / "secret")
    assert hashes.inputs(root / "p", root, {"data": "images"}, []) == [before]
