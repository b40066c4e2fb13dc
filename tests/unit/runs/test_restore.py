"""Code of an earlier run, made again: exactly, whole or not at all, and nowhere else."""

from __future__ import annotations

import zipfile
from pathlib import Path

import msgspec
import pytest

from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.runs.inputs.code import AGAIN, Captured, capture_code
from jupyter_crispdm.runs.inputs.kept import CODE_FILES
from jupyter_crispdm.runs.inputs.restore import kept_contents, made_again
from jupyter_crispdm.runs.made.types import Code, CodeFile

from .checkout import git, made

LIMIT = 1_000_000


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of whoever runs the tests."""
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))


@pytest.mark.proves("runs.again")
def test_commit_difference_and_files_are_made_again_beside_the_data(tmp_path: Path) -> None:
    folder = made(tmp_path / "p")
    (folder / "train.py").write_text("print('then')\n")
    (folder / "net" / "unet.py").unlink()
    (folder / "helper.py").write_text("then\n")
    then = capture_code(folder, None, LIMIT)
    (folder / "train.py").write_text("print('now')\n")
    (folder / "helper.py").write_text("now\n")
    (folder / "later.py").write_text("later\n")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "second")
    found = made_again(then.code, then.contents, tmp_path)
    assert found == tmp_path / AGAIN / then.code.digest
    assert (found / "train.py").read_text() == "print('then')\n"
    assert (found / "helper.py").read_text() == "then\n"
    assert not (found / "net" / "unet.py").exists()
    assert not (found / "later.py").exists()
    assert (found / "digits.csv").read_text() == "1,2,3\n"
    assert (found / "data" / "more.csv").read_text() == "4\n"
    assert (folder / "train.py").read_text() == "print('now')\n"
    assert made_again(then.code, then.contents, tmp_path) == found
    assert sorted(path.name for path in (tmp_path / AGAIN).iterdir()) == [".gitignore", then.code.digest]


@pytest.mark.proves("runs.again")
def test_a_folder_without_git_is_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    (folder / "net").mkdir(parents=True)
    (folder / "net" / "a.py").write_text("then")
    (folder / "x.csv").write_text("data")
    then = capture_code(folder, None, LIMIT)
    (folder / "net" / "a.py").write_text("now")
    found = made_again(then.code, then.contents, tmp_path)
    assert (found / "net" / "a.py").read_text() == "then"
    assert (found / "x.csv").read_text() == "data"


@pytest.mark.proves("runs.again")
def test_a_commit_that_is_gone_is_told(tmp_path: Path) -> None:
    folder = made(tmp_path / "p")
    then = capture_code(folder, None, LIMIT)
    gone = msgspec.structs.replace(then.code, commit="1" * 40)
    with pytest.raises(Unprocessable, match="1111111111"):
        made_again(gone, {}, tmp_path)
    assert [path.name for path in (tmp_path / AGAIN).iterdir()] == [".gitignore"]


@pytest.mark.proves("runs.again")
def test_code_that_is_not_whole_is_not_made(tmp_path: Path) -> None:
    for code in (Code("d", str(tmp_path), partial="too much"), Code("d", str(tmp_path), files=[CodeFile("a.py", 1)])):
        with pytest.raises(Unprocessable, match="Not all of its code"):
            made_again(code, {}, tmp_path)


@pytest.mark.proves("runs.again")
@pytest.mark.parametrize("path", ["../out.py", "/tmp/out.py", "a/../../out.py", "data/x.py"])
def test_nothing_is_written_elsewhere(tmp_path: Path, path: str) -> None:
    folder = made(tmp_path / "p")
    (folder / "data" / "more.csv").unlink()
    (folder / "data").rmdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / "data").symlink_to(elsewhere)
    git(folder, "add", "-f", "data")
    git(folder, "commit", "-qm", "a link")
    then = capture_code(folder, None, LIMIT)
    bad = msgspec.structs.replace(then.code, files=[CodeFile(path, 1)])
    with pytest.raises(Unprocessable, match="damaged"):
        made_again(bad, {path: b"x"}, tmp_path)
    assert list(elsewhere.iterdir()) == []
    assert not (tmp_path / "out.py").exists()


@pytest.mark.proves("runs.again")
def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / AGAIN).mkdir()
    (tmp_path / AGAIN / "d").symlink_to("/")
    with pytest.raises(Unprocessable, match="is a link"):
        made_again(Code("d", str(tmp_path)), {}, tmp_path)


@pytest.mark.proves("runs.again")
def test_kept_files_are_read_or_their_damage_is_told(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    assert kept_contents(run) == {}
    with zipfile.ZipFile(run / CODE_FILES, "w") as archive:
        archive.writestr("a.py", b"x")
    assert kept_contents(run) == {"a.py": b"x"}
    (run / CODE_FILES).write_bytes(b"no zip")
    with pytest.raises(Unprocessable, match="damaged"):
        kept_contents(run)
    with zipfile.ZipFile(run / CODE_FILES, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.py", b"x" * 1000)
    whole = bytearray((run / CODE_FILES).read_bytes())
    packed = 30 + len("a.py")  # behind the head of its one file
    whole[packed : packed + 4] = b"\xff" * 4
    (run / CODE_FILES).write_bytes(whole)
    with pytest.raises(Unprocessable, match="damaged"):
        kept_contents(run)
    (run / CODE_FILES).unlink()
    (run / CODE_FILES).symlink_to("/etc/passwd")
    with pytest.raises(Unprocessable, match="cannot be read"):
        kept_contents(run)


def test_captured_code_is_what_is_made_again(tmp_path: Path) -> None:
    folder = made(tmp_path / "p")
    (folder / "new.py").write_text("x")
    then: Captured = capture_code(folder, None, LIMIT)
    found = made_again(then.code, then.contents, tmp_path)
    git(found, "init", "-q")
    assert sorted(capture_code(found, None, LIMIT).contents) == ["net/unet.py", "new.py", "train.py"]
