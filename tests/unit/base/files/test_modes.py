"""Who may read our files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_crispdm.base.files.directory import DirectoryLock
from jupyter_crispdm.base.files.modes import open_to_others, tighten


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.proves("files.modes")
def test_a_directory_from_before_is_closed_with_what_lies_in_it(tmp_path: Path) -> None:
    data, outside = tmp_path / "data", tmp_path / "outside"
    (data / "jobs").mkdir(parents=True)
    outside.write_text("theirs")
    (data / "crispdm.db").write_text("ours")
    (data / "link").symlink_to(outside)
    for path, bits in ((data, 0o755), (data / "jobs", 0o775), (data / "crispdm.db", 0o644), (outside, 0o644)):
        path.chmod(bits)
    assert open_to_others(data) == [data, data / "crispdm.db", data / "jobs"]
    DirectoryLock(data).release()
    assert [mode(path) for path in (data, data / "jobs", data / "crispdm.db")] == [0o700, 0o700, 0o600]
    assert mode(outside) == 0o644
    assert open_to_others(data) == []


def test_a_closed_directory_hides_whatever_lies_in_it(tmp_path: Path) -> None:
    tighten(tmp_path / "new")
    (tmp_path / "new" / "file").touch()
    (tmp_path / "new" / "file").chmod(0o644)
    assert mode(tmp_path / "new") == 0o700
    assert open_to_others(tmp_path / "new") == []


_KEEP = """
import os
from jupyter_crispdm.base.files.modes import keep_private, restored_umask, users_umask
os.umask(0o027)
print(users_umask() == 0o027, restored_umask())
keep_private()
keep_private()
print(users_umask() == 0o027, os.umask(0) == 0o077, restored_umask() == {"umask": 0o027})
"""


def test_the_users_umask_is_remembered() -> None:
    done = subprocess.run([sys.executable, "-c", _KEEP], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "{}", "True", "True", "True"]
