from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_crispdm.base.files.regular import Unreadable
from jupyter_crispdm.streams.events.alarmfile import AlarmFile
from tests.unit.streams.playing import alarm


def test_lines_are_read_once_and_only_when_they_are_whole(tmp_path: Path) -> None:
    file = AlarmFile(tmp_path)
    assert file.read() == []
    alarm(tmp_path, "a1")
    alarm(tmp_path, "a1", "cleared")
    assert [(line.id, line.kind) for line in file.read()] == [("a1", "raised"), ("a1", "cleared")]
    assert file.read() == []
    with (tmp_path / "alarms.jsonl").open("ab") as appended:
        appended.write(b'{"id":"a2","kind":"raised","seq":1,')
        appended.flush()
        assert file.read() == []
        appended.write(b'"time":1.5}\n')
    assert [line.id for line in file.read()] == ["a2"]


def test_reading_goes_on_where_an_earlier_reader_was(tmp_path: Path) -> None:
    alarm(tmp_path, "a1")
    first = AlarmFile(tmp_path)
    first.read()
    alarm(tmp_path, "a2")
    assert [line.id for line in AlarmFile(tmp_path, first.position).read()] == ["a2"]


def test_what_is_no_alarm_is_passed_over(tmp_path: Path) -> None:
    rubbish = b'[]\n{"id":1}\n\xff\n' + b"x" * 100_000 + b"\n" + b'{"id":"../x","kind":"raised","seq":1,"time":1}\n'
    (tmp_path / "alarms.jsonl").write_bytes(rubbish)
    alarm(tmp_path, "a1")
    assert [line.id for line in AlarmFile(tmp_path).read()] == ["a1"]


def test_a_file_that_was_begun_anew_is_read_from_its_start(tmp_path: Path) -> None:
    alarm(tmp_path, "a1")
    file = AlarmFile(tmp_path, 10_000)
    assert [line.id for line in file.read()] == ["a1"]


def test_a_link_and_a_pipe_are_no_files(tmp_path: Path) -> None:
    path = tmp_path / "alarms.jsonl"
    path.symlink_to("/etc/passwd")
    with pytest.raises(Unreadable):
        AlarmFile(tmp_path).read()
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(Unreadable):
        AlarmFile(tmp_path).read()
