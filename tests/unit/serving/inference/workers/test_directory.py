"""The directory through which a server and its inference server speak: odd files, missing ones, and long logs."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from jupyter_crispdm.serving.inference.workers import directory as module
from jupyter_crispdm.serving.inference.workers.directory import ServingDirectory, read_specs
from jupyter_crispdm.serving.types import DeploymentState, DeploymentStatus, InferenceState
from tests.unit.serving.inference.workers.test_repository import ask, route, spec

ROUTES = "routes.json"


@pytest.fixture
def place(tmp_path: Path) -> ServingDirectory:
    return ServingDirectory(tmp_path)


def test_an_empty_directory_asks_for_nothing_and_has_no_routes(place: ServingDirectory) -> None:
    assert place.wanted() == ({}, {})
    assert place.unloaded() == set()
    assert ServingDirectory(place.path).wanted() == ({}, {}), "it may be there already"


@pytest.mark.parametrize(
    "content",
    [b"", b"half", b"[]", b"\xff", b"[" * 100_000, b'{"id": "odd"}', b'{"id": 7}', b"null"],
    ids=["empty", "cut", "a list", "no text", "deep", "lacking", "a number", "null"],
)
def test_an_odd_specification_is_left_out_alone_and_said(
    content: bytes, place: ServingDirectory, caplog: pytest.LogCaptureFixture
) -> None:
    ask(place.path, spec("a"), spec("b"))
    (place.specs / "odd.json").write_bytes(content)
    assert sorted(place.wanted()[0]) == ["a-1", "b-1"]
    assert "odd.json is left out" in caplog.text


def test_only_whole_files_under_their_own_name_are_specifications(place: ServingDirectory) -> None:
    content = msgspec.json.encode(spec("a"))
    for name in ("another.json", ".a-1.json", "a-1.json.part", "a-1"):
        (place.specs / name).write_bytes(content)
    (place.specs / "folder.json").mkdir()
    (place.specs / "gone.json").symlink_to(place.specs / "nowhere")
    assert read_specs(place.specs) == []
    (place.specs / "a-1.json").write_bytes(content)
    assert read_specs(place.specs) == [spec("a")]
    assert read_specs(place.path / "nowhere") == []


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"a": 1}', b'{"a": {"aliases": {"x": "1"}}}', b'{"a":' * 50_000]
)
def test_routes_that_cannot_be_read_are_not_known_and_not_empty(
    content: bytes, place: ServingDirectory, caplog: pytest.LogCaptureFixture
) -> None:
    """Empty ones would take every alias away; what is not known leaves them."""
    ask(place.path, spec("a"))
    (place.path / ROUTES).write_bytes(content)
    specs, routes = place.wanted()
    assert (list(specs), routes) == (["a-1"], None)
    assert "left as they were" in caplog.text
    route(place.path, champion=2)
    known = place.wanted()[1]
    assert known is not None
    assert known["a"].aliases == {"champion": 2}


@pytest.mark.parametrize("content", [b"", b"[", b"{}", b"[1]", b'["a", null]', b"\xff"])
def test_a_list_of_what_is_unloaded_that_cannot_be_read_is_empty(content: bytes, place: ServingDirectory) -> None:
    (place.path / "unloaded.json").write_bytes(content)
    assert place.unloaded() == set()
    place.keep_unloaded({"b", "a"})
    assert json.loads((place.path / "unloaded.json").read_bytes()) == ["a", "b"]
    assert ServingDirectory(place.path).unloaded() == {"a", "b"}


def test_a_state_is_told_whole_or_not_at_all(place: ServingDirectory, caplog: pytest.LogCaptureFixture) -> None:
    first = InferenceState(1, "one", {"a": DeploymentStatus(DeploymentState.ready)})
    place.tell(first)
    file = place.path / "state.json"
    assert msgspec.json.decode(file.read_bytes(), type=InferenceState) == first
    file.unlink()
    file.mkdir()
    (file / "in the way").touch()
    place.tell(InferenceState(2, "two", {}))
    assert "could not be written" in caplog.text
    assert [path.name for path in place.path.iterdir() if path.name.startswith(".")] == []


def test_a_log_is_set_aside_where_it_has_grown_and_only_then(
    place: ServingDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LOG_BYTES", 10)
    log = place.log("a")
    log.write_bytes(b"0123456789")
    assert place.log("a").read_bytes() == b"0123456789", "as long as it may be"
    log.write_bytes(b"0123456789!")
    assert not place.log("a").exists()
    assert log.with_suffix(".old.log").read_bytes() == b"0123456789!"
    log.write_bytes(b"the next, which is long too")
    place.log("a")
    assert log.with_suffix(".old.log").read_bytes() == b"the next, which is long too", "one old log, not many"


def test_of_a_log_that_is_being_written_the_end_is_kept(
    place: ServingDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LOG_BYTES", 4)
    log = place.log("a")
    with log.open("ab", buffering=0) as writer:
        writer.write(b"12345678")
        place.bound_logs(["a", "b"])
        assert log.read_bytes() == b"12345678", "twice the bound is not yet too much"
        writer.write(b"9")
        place.bound_logs(["a"])
        assert (log.read_bytes(), log.with_suffix(".old.log").read_bytes()) == (b"", b"6789")
        writer.write(b"on")
    assert log.read_bytes() == b"on", "whoever writes it goes on at its beginning"
