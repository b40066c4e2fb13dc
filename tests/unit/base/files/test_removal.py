"""Directories that a program filled to be a nuisance."""

from __future__ import annotations

import os
from pathlib import Path

from jupyter_crispdm.base.files.removal import remove, size_on_disk


def test_a_directory_with_everything_in_it_goes(tmp_path: Path) -> None:
    doomed, kept = tmp_path / "doomed", tmp_path / "kept"
    kept.mkdir()
    (kept / "mine").write_text("x")
    (doomed / "a" / "b").mkdir(parents=True)
    (doomed / "a" / "b" / "file").write_text("x")
    (doomed / "a.0").mkdir()
    (doomed / "link").symlink_to(kept)
    (doomed / "a" / "link").symlink_to(kept)
    os.mkfifo(doomed / "pipe")
    remove(doomed)
    assert not doomed.exists()
    assert (kept / "mine").exists()


def test_a_directory_too_deep_for_recursion_goes(tmp_path: Path) -> None:
    doomed = tmp_path / "doomed"
    doomed.mkdir()
    descriptor = os.open(doomed, os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("deep", dir_fd=descriptor)
        inner = os.open("deep", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
    os.close(descriptor)
    assert size_on_disk(doomed) >= 0
    remove(doomed)
    assert not doomed.exists()


def test_closed_directories_go_too(tmp_path: Path) -> None:
    inner = tmp_path / "doomed" / "closed" / "inner"
    inner.mkdir(parents=True)
    (inner / "file").write_text("x")
    inner.chmod(0)
    inner.parent.chmod(0o500)
    remove(tmp_path / "doomed")
    assert not (tmp_path / "doomed").exists()


def test_of_a_link_only_the_link_goes(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "mine").write_text("x")
    (tmp_path / "link").symlink_to(kept)
    remove(tmp_path / "link")
    remove(tmp_path / "never was")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert (kept / "mine").exists()


def test_sizes_count_each_file_once_and_follow_no_link(tmp_path: Path) -> None:
    big = tmp_path / "big"
    big.write_bytes(b"x" * 10_000_000)
    one = tmp_path / "one"
    (one / "inner").mkdir(parents=True)
    (one / "file").write_bytes(b"x" * 100_000)
    os.link(one / "file", one / "inner" / "same")
    (one / "elsewhere").symlink_to(big)
    assert 100_000 <= size_on_disk(one) < 200_000
    assert size_on_disk(tmp_path / "none") == 0
