"""What a training program notes of itself with a model: its script, its checkout, its data."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from crispdm import _lineage

GIT = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git checkout with one commit, and the program in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.py").write_text("print(1)\n")
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*GIT, *words], check=True)
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(tmp_path / "train.py"), raising=False)
    return tmp_path


@pytest.mark.proves("crispdm.model")
def test_a_checkout_says_its_commit_and_whether_it_was_changed(checkout: Path) -> None:
    clean = _lineage.code()
    assert (clean["script"], clean["dirty"], len(clean["commit"])) == ("train.py", False, 40)
    assert clean["sha256"] == hashlib.sha256(b"print(1)\n").hexdigest()
    (checkout / "notes.txt").write_text("not of the checkout")
    assert _lineage.code() == clean
    (checkout / "train.py").write_text("print(2)\n")
    assert _lineage.code()["dirty"] is True


def test_outside_of_a_checkout_there_is_the_script_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "a").mkdir()
    (tmp_path / "b.py").write_text("x")
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(tmp_path / "b.py"), raising=False)
    monkeypatch.chdir(tmp_path / "a")
    assert _lineage.code() == {"script": str(tmp_path / "b.py"), "sha256": hashlib.sha256(b"x").hexdigest()}


def test_without_git_and_without_a_script_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delattr(sys.modules["__main__"], "__file__", raising=False)
    assert _lineage.code() == {}


def test_git_that_hangs_is_not_waited_for(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: Any, **options: Any) -> None:
        raise subprocess.TimeoutExpired("git", options["timeout"])

    monkeypatch.setattr(subprocess, "run", slow)
    assert "commit" not in _lineage.code()


def folder(tmp_path: Path, **files: str) -> str:
    for name, text in files.items():
        path = tmp_path / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return str(tmp_path)


@pytest.mark.proves("crispdm.model")
def test_a_folder_has_one_hash_wherever_it_lies(tmp_path: Path) -> None:
    one = _lineage.data_hash(folder(tmp_path / "one", a="1", b__c="2"))
    assert one is not None
    assert one == _lineage.data_hash(folder(tmp_path / "two", b__c="2", a="1"))
    assert one != _lineage.data_hash(folder(tmp_path / "three", a="1", b__d="2"))
    assert one != _lineage.data_hash(folder(tmp_path / "four", a="1", b__c="3"))


def test_what_is_no_data_or_too_much_has_no_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder(tmp_path / "one", a="1", b="22")
    os.symlink("nowhere", tmp_path / "one" / "broken")
    assert _lineage.data_hash(path) is not None
    assert _lineage.data_hash("s3://bucket/rows") is None
    monkeypatch.setattr(_lineage, "_MOST_BYTES", 2)
    assert _lineage.data_hash(path) is None
    assert _lineage.data_hash(str(tmp_path / "one" / "b")) is not None
    monkeypatch.setattr(_lineage, "_MOST_FILES", 1)
    assert _lineage.data_hash(path) is None
