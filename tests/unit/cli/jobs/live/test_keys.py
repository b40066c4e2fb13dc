"""Keys, one by one."""

from __future__ import annotations

import io
import os
import pty
import sys
import termios
from collections.abc import Iterator
from contextlib import suppress

import pytest

from jupyter_crispdm.cli.jobs.live.keys import single_keys, wait_for_key


@pytest.fixture
def keyboard() -> Iterator[tuple[int, int]]:
    """Where keys come from, and where they are typed."""
    keys, typed = os.pipe()
    yield keys, typed
    os.close(keys)


@pytest.mark.parametrize(
    ("key", "meaning"),
    [
        (b"q", "quit"), (b"\x1b", "quit"), (b"\x03", "quit"), (b" ", "pause"), (b"j", "down"), (b"k", "up"),
        (b"\x1b[A", "up"), (b"\x1b[B", "down"), (b"\x1bOA", "up"), (b"\x1bOB", "down"),
        (b"x", ""), (b"\x1b[C", ""), (b"\xff\xfe", ""), (b"jjjj", ""),
    ],
)  # fmt: skip
def test_what_a_key_means(keyboard: tuple[int, int], key: bytes, meaning: str) -> None:
    keys, typed = keyboard
    os.write(typed, key)
    assert wait_for_key(keys, 60) == meaning
    os.close(typed)


def test_none_came(keyboard: tuple[int, int]) -> None:
    keys, typed = keyboard
    assert wait_for_key(keys, 0) == ""
    assert wait_for_key(None, 0) == ""
    os.close(typed)


def test_a_keyboard_that_is_gone_ends_it(keyboard: tuple[int, int]) -> None:
    keys, typed = keyboard
    os.close(typed)
    assert wait_for_key(keys, 60) == "quit"


def test_without_a_terminal_nobody_types(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with single_keys() as keys:
        assert keys is None


def test_a_terminal_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    mine, its = pty.openpty()
    before = termios.tcgetattr(its)
    with os.fdopen(its, "r") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        with suppress(RuntimeError), single_keys() as keys:
            assert keys == its
            assert not termios.tcgetattr(its)[3] & termios.ICANON
            raise RuntimeError  # whatever goes wrong while they come
        assert termios.tcgetattr(its)[3] & termios.ICANON
        assert termios.tcgetattr(its) == before
    os.close(mine)
