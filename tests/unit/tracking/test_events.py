"""events.jsonl as it grows."""

from __future__ import annotations

from pathlib import Path

from jupyter_crispdm.tracking import RunEvents


def test_nothing_yet(tmp_path: Path) -> None:
    assert RunEvents(tmp_path).read() == []


def test_each_event_once(tmp_path: Path) -> None:
    path, events = tmp_path / "events.jsonl", RunEvents(tmp_path)
    path.write_text('{"kind":"params","params":{"a":1}}\n{"kind":"prog')
    assert events.read() == [{"kind": "params", "params": {"a": 1}}]
    assert events.read() == []
    with path.open("a") as file:
        file.write('ress","done":1}\n')
    assert events.read() == [{"kind": "progress", "done": 1}]
    assert RunEvents(tmp_path, events.position).read() == []
    assert len(RunEvents(tmp_path).read()) == 2


def test_what_is_no_event_is_passed_over(tmp_path: Path) -> None:
    lines = [
        b"[1]",
        b"{bad",
        b"",
        b'"text"',
        b"\xff\xfe",
        b"[" * 50_000,
        b"x" * (3 << 20),
        b'{"kind":"good"}',
    ]
    (tmp_path / "events.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    events = RunEvents(tmp_path)
    found = events.read()
    while events.more:
        found += events.read()
    assert found == [{"kind": "good"}]


def test_a_file_begun_anew(tmp_path: Path) -> None:
    path, events = tmp_path / "events.jsonl", RunEvents(tmp_path)
    path.write_text('{"kind":"a"}\n{"kind":"b"}\n')
    events.read()
    path.write_text('{"kind":"c"}\n')
    assert events.read() == [{"kind": "c"}]
