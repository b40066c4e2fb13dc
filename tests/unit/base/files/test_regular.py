"""Files that a stranger made: nothing waits, no link is followed, nothing is read without bound."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_crispdm.base.files.regular import (
    Unreadable,
    open_regular,
    read_regular,
    regular_files,
    stat_regular,
    try_lock,
)


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_link(path: Path) -> None:
    path.symlink_to("/etc/hostname")


def a_link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def a_directory(path: Path) -> None:
    path.mkdir()


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        here = os.getcwd()
        os.chdir(path.parent)  # the address of a socket is short
        try:
            one.bind(path.name)
        finally:
            os.chdir(here)


@pytest.mark.proves("files.opened-in-one-place")
@pytest.mark.parametrize("make", [a_pipe, a_link, a_link_to_itself, a_directory, a_socket])
@pytest.mark.parametrize("inside", [True, False])
def test_what_is_no_file_is_refused_at_once_and_named(
    tmp_path: Path, make: Callable[[Path], None], inside: bool
) -> None:
    make(tmp_path / "one")
    below = tmp_path if inside else None
    for look in (open_regular, read_regular, stat_regular):
        with pytest.raises(Unreadable, match=r"^\[Errno 22\] 'one' is a") as caught:
            look(tmp_path / "one", below=below)
        assert str(tmp_path) not in caught.value.reason


@pytest.mark.proves("files.opened-in-one-place")
def test_a_pipe_is_not_written_to_either(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "one")
    with pytest.raises(Unreadable, match="pipe"):
        open_regular(tmp_path / "one", os.O_WRONLY | os.O_APPEND)


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="no devices here")
def test_a_device_has_no_end_and_is_refused() -> None:
    with pytest.raises(Unreadable, match="device"):
        read_regular("/dev/zero")


def test_a_file_that_a_program_holds_a_lease_on_does_not_make_us_wait(tmp_path: Path) -> None:
    file = tmp_path / "one"
    file.write_text("x")
    with file.open("r+") as holder:
        fcntl.fcntl(holder, fcntl.F_SETSIG, 0)
        handler = signal.signal(signal.SIGIO, lambda *_: None)
        try:
            fcntl.fcntl(holder, fcntl.F_SETLEASE, fcntl.F_WRLCK)
            with pytest.raises(Unreadable, match="held by another program"):
                read_regular(file)
        finally:
            fcntl.fcntl(holder, fcntl.F_SETLEASE, fcntl.F_UNLCK)
            signal.signal(signal.SIGIO, handler)
    assert read_regular(file) == b"x"


def test_a_missing_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path / "one")
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path / "none" / "one", below=tmp_path)


@pytest.mark.proves("files.links")
def test_no_directory_on_the_way_may_be_a_link(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "inner").mkdir(parents=True)
    (elsewhere / "inner" / "secret").write_text("x")
    job = tmp_path / "jobs" / "one"
    job.mkdir(parents=True)
    (job / "artifacts").symlink_to(elsewhere)
    with pytest.raises(Unreadable, match="behind a link, 'artifacts'"):
        read_regular(job / "artifacts" / "inner" / "secret", below=tmp_path / "jobs")
    with pytest.raises(Unreadable, match="behind a link"):
        stat_regular(job / "artifacts" / "inner" / "secret", below=tmp_path / "jobs")


def test_the_root_itself_may_be_a_link_for_it_is_ours(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / "one").write_text("x")
    (tmp_path / "data").symlink_to(tmp_path / "disk")
    assert read_regular(tmp_path / "data" / "one", below=tmp_path / "data") == b"x"


@pytest.mark.proves("files.traversal")
@pytest.mark.parametrize("name", ["../one", "a/../../one", ".", "", "a\0b"])
def test_no_name_leads_out(tmp_path: Path, name: str) -> None:
    (tmp_path / "one").write_text("x")
    (tmp_path / "home" / "a").mkdir(parents=True)
    with pytest.raises(OSError):
        read_regular(f"{tmp_path}/home/{name}", below=tmp_path / "home")


@pytest.mark.proves("files.opened-in-one-place")
def test_no_more_is_read_than_allowed(tmp_path: Path) -> None:
    file = tmp_path / "one"
    file.write_bytes(b"12345")
    assert read_regular(file, 5) == b"12345"
    with pytest.raises(Unreadable, match="over 4 bytes"):
        read_regular(file, 4)
    os.truncate(file, 1 << 40)  # holes only
    with pytest.raises(Unreadable, match="over"):
        read_regular(file)


def test_a_listing_holds_regular_files_with_names_that_can_travel(tmp_path: Path) -> None:
    root = tmp_path / "artifacts"
    (root / "b").mkdir(parents=True)
    (root / "b" / "two").write_text("22")
    (root / "one").write_text("1")
    (root / "link").symlink_to(root / "one")
    (root / "loop").symlink_to(root)
    os.mkfifo(root / "pipe")
    (root / os.fsdecode(b"\xff\xfe")).write_text("no text")
    found = [(name, status.st_size) for name, status in regular_files(root, below=tmp_path)]
    assert found == [("one", 1), ("b/two", 2)]


def test_a_listing_has_bounds(tmp_path: Path) -> None:
    root = tmp_path / "artifacts"
    deep = root
    for number in range(40):
        deep = deep / str(number)
    deep.mkdir(parents=True)
    (deep / "buried").write_text("x")
    for number in range(20):
        (root / f"file{number:02}").write_text("x")
    assert [name for name, _ in regular_files(root, below=tmp_path, most=3)] == ["file00", "file01", "file02"]
    assert len(list(regular_files(root, below=tmp_path))) == 20
    root.rename(tmp_path / "aside")
    root.symlink_to(tmp_path / "aside")
    assert list(regular_files(root, below=tmp_path)) == []


@pytest.mark.proves("jobs.own-files")
def test_a_lock_that_another_holds_is_not_waited_for(tmp_path: Path) -> None:
    with (tmp_path / "one").open("w") as holder, (tmp_path / "one").open() as other:
        fcntl.flock(holder, fcntl.LOCK_EX)
        assert not try_lock(other.fileno())
        fcntl.flock(holder, fcntl.LOCK_UN)
        assert try_lock(other.fileno())
