"""The code of a run: what a commit does not hold is kept, nothing of the folder's own settings is started."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_crispdm.runs.inputs.code import capture_code, is_code
from jupyter_crispdm.runs.inputs.git import Git, GitFailed, answered

from .checkout import git, made

LIMIT = 1_000_000


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of whoever runs the tests."""
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))


@pytest.mark.proves("runs.inputs")
def test_a_clean_checkout_is_its_commit(tmp_path: Path) -> None:
    folder = made(tmp_path / "p")
    found = capture_code(folder / "net", None, LIMIT)
    assert (found.code.root, found.code.diff, found.code.files) == (str(folder), "", [])
    assert len(found.code.commit) == 40
    assert found.code.branch
    assert not found.code.partial
    assert capture_code(folder, None, LIMIT).code == found.code


@pytest.mark.proves("runs.inputs")
def test_what_differs_from_the_commit_is_kept(tmp_path: Path) -> None:
    folder = made(tmp_path / "p")
    clean = capture_code(folder, None, LIMIT).code
    (folder / "train.py").write_text("print('other')\n")
    (folder / "new.py").write_text("x = 1\n")
    (folder / "notes.txt").write_text("no code")
    for results in ("lightning_logs/v0", "crispdm-runs/a", ".hidden"):
        (folder / results).mkdir(parents=True)
        (folder / results / "hparams.yaml").write_text("lr: 1")
    found = capture_code(folder, None, LIMIT)
    assert "+print('other')" in found.code.diff
    assert found.contents == {"new.py": b"x = 1\n"}
    assert found.code.digest != clean.digest
    git(folder, "add", "train.py")  # staged or not is the same code
    assert capture_code(folder, None, LIMIT).code == found.code


@pytest.mark.proves("runs.inputs")
def test_a_folder_without_git_is_its_source_files(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    for path in ("train.py", "net/unet.py", "data/x.csv", "venv/lib/a.py", "outputs/b.py", "run.me"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    (folder / "venv" / "pyvenv.cfg").write_text("")
    (folder / "link.py").symlink_to(folder / "train.py")
    found = capture_code(folder, folder / "run.me", LIMIT)
    assert sorted(found.contents) == ["net/unet.py", "run.me", "train.py"]
    assert (found.code.commit, found.code.partial) == ("", "")
    assert capture_code(tmp_path / "none", None, LIMIT).code.files == []


@pytest.mark.proves("runs.inputs")
def test_a_checkout_without_a_commit_is_all_its_code(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    folder.mkdir()
    (folder / "a.py").write_text("1")
    (folder / "b.py").write_text("2")
    git(folder, "init", "-q")
    git(folder, "add", "a.py")
    assert sorted(capture_code(folder, None, LIMIT).contents) == ["a.py", "b.py"]


@pytest.mark.proves("runs.inputs")
def test_too_much_code_is_not_kept_and_said(tmp_path: Path) -> None:
    folder = made(tmp_path / "p")
    (folder / "a.py").write_text("x" * 600)
    (folder / "b.py").write_text("y" * 600)
    found = capture_code(folder, None, 1000)
    assert list(found.contents) == ["a.py"]
    assert [one.kept for one in found.code.files] == [True, False]
    assert "b.py" in found.code.partial
    (folder / "train.py").write_text("z\n" * 2000)
    assert "not kept" in capture_code(folder, None, 1000).code.partial


@pytest.mark.proves("runs.inputs")
def test_outputs_of_a_notebook_are_no_other_code(tmp_path: Path) -> None:
    def digest(source: str, shown: list[str]) -> str:
        cells = [{"cell_type": "code", "source": source, "outputs": shown}]
        (tmp_path / "a.ipynb").write_text(json.dumps({"cells": cells}))
        return capture_code(tmp_path, None, LIMIT).code.digest

    assert digest("x", []) == digest("x", ["shown"])
    assert digest("x", []) != digest("y", [])
    (tmp_path / "a.ipynb").write_text("no notebook")
    assert capture_code(tmp_path, None, LIMIT).contents == {"a.ipynb": b"no notebook"}


@pytest.mark.proves("runs.inputs")
def test_nothing_that_a_checkout_names_is_started(tmp_path: Path) -> None:
    folder = made(tmp_path / "p")
    started = tmp_path / "started"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {started}\ncat\n")
    program.chmod(0o755)
    (folder / ".gitattributes").write_text("*.py filter=evil diff=evil\n")
    for name in ("filter.evil.clean", "filter.evil.smudge", "diff.evil.textconv", "diff.evil.command", "diff.external",
                 "core.fsmonitor", "filter.evil.process", "core.pager"):  # fmt: skip
        git(folder, "config", name, str(program))
    git(folder, "config", "filter.evil.required", "true")
    hooks = folder / ".git" / "hooks"
    for hook in ("post-index-change", "fsmonitor-watchman", "post-checkout"):
        (hooks / hook).write_text(program.read_text())
        (hooks / hook).chmod(0o755)
    (folder / "train.py").write_text("print('other')\n")
    found = capture_code(folder, None, LIMIT)
    assert "+print('other')" in found.code.diff
    assert not started.exists()


@pytest.mark.proves("runs.inputs")
def test_git_that_fails_hangs_or_floods_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(GitFailed):
        Git(tmp_path)
    with pytest.raises(GitFailed, match="more than 10 bytes"):
        answered(["sh", "-c", "while true; do echo xxxxxxxx; done"], tmp_path, 10, {})
    with pytest.raises(GitFailed, match="code 3"):
        answered(["sh", "-c", "exit 3"], tmp_path, 10, {})
    with pytest.raises(GitFailed, match="cannot be started"):
        answered(["no-such-program"], tmp_path, 10, {})
    monkeypatch.setattr("jupyter_crispdm.runs.inputs.git._SECONDS", 0.05)
    with pytest.raises(GitFailed):
        answered(["sleep", "1000"], tmp_path, 10, {})


@pytest.mark.proves("runs.inputs")
def test_git_is_told_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRISPDM_TOKEN", "hidden")
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    told = answered(["env"], tmp_path, 1 << 20, {}).decode()
    assert "hidden" not in told
    assert "GIT_DIR" not in told


@pytest.mark.parametrize(("path", "code"), [
    ("a.py", True), ("src/net/unet.PY", True), ("Makefile", True), ("conf/base.yaml", True), ("data.csv", False),
    ("wandb/run/a.py", False), (".git/a.py", False), ("x/.venv/a.py", False), ("a", False), ("runs/e/a.yaml", False),
])  # fmt: skip
def test_what_counts_as_code(path: str, code: bool) -> None:
    assert is_code(path) is code
