from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_crispdm.base.errors import NotFound, StorageFull
from jupyter_crispdm.serving.inference.protocols.results import ResultStore


def test_results_are_bounded_and_found_again(tmp_path: Path) -> None:
    results = ResultStore(tmp_path / "results", keep=2, most_bytes=100)
    names = [results.add(f"{number}".encode()) for number in range(3)]
    assert results.read(names[2]) == b"2"
    with pytest.raises(NotFound):
        results.read(names[0])
    assert sorted(path.name for path in (tmp_path / "results").iterdir()) == sorted(names[1:])
    assert ResultStore(tmp_path / "results", keep=2, most_bytes=100).read(names[1]) == b"1"


def test_results_are_bounded_in_bytes(tmp_path: Path) -> None:
    results = ResultStore(tmp_path, keep=100, most_bytes=10)
    names = [results.add(b"x" * 4) for _ in range(4)]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[-2:])
    large = results.add(b"x" * 1000)
    assert [path.name for path in tmp_path.iterdir()] == [large]


@pytest.mark.parametrize("name", ["", "..", "../config.json", "/etc/passwd", "x.png", "a\0b"])
def test_results_are_only_what_was_stored(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound):
        ResultStore(tmp_path, keep=2, most_bytes=100).read(name)


@pytest.mark.proves("machine.disk-full")
def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    results = ResultStore(tmp_path, keep=2, most_bytes=100)
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StorageFull):
        results.add(b"x")
    assert list(tmp_path.iterdir()) == []
