"""The files by which a supervisor is told, and tells: whole or not at all, and checked field by field."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.worker.record import DEFAULT_GRACE, Spec, read_grace, read_spec, write_all, write_record
from tests.support import ends

RIGHT: dict[str, Any] = {"argv": ["true"], "cwd": "/", "env": {"A": "1"}}
ENDLESS = 10**400


def spec_of(directory: Path, **fields: Any) -> Spec:
    (directory / "spec.json").write_text(json.dumps({**RIGHT, **fields}))
    return read_spec(str(directory))


def test_what_is_left_out_has_no_limit(tmp_path: Path) -> None:
    assert spec_of(tmp_path) == Spec(["true"], "/", {"A": "1"}, None, DEFAULT_GRACE, None, None, None)


def test_all_that_is_said_is_read(tmp_path: Path) -> None:
    found = spec_of(
        tmp_path, timeout=1.5, grace=[3, 4.5], log_limit=1e6, memory=2**33, umask=0o22, more="of a newer server"
    )
    assert found == Spec(["true"], "/", {"A": "1"}, 1.5, (3.0, 4.5), 10**6, 2**33, 0o22)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("argv", []), ("argv", "true"), ("argv", [1]), ("argv", None), ("argv", {"0": "true"}),
        ("cwd", None), ("cwd", 1), ("env", None), ("env", {"A": 1}), ("env", ["A=1"]),
        ("timeout", 0), ("timeout", -1), ("timeout", "5"), ("timeout", True), ("timeout", ENDLESS),
        ("timeout", float("nan")), ("timeout", float("inf")),
        ("memory", 0), ("memory", "1GB"), ("memory", ENDLESS), ("log_limit", []), ("log_limit", False),
        ("log_limit", float("nan")), ("umask", -1), ("umask", 0o1000), ("umask", "022"), ("umask", True),
        ("umask", 1.0),
    ],
    ids=lambda value: repr(value)[:12],
)  # fmt: skip
def test_a_field_that_cannot_be_meant_is_named(tmp_path: Path, field: str, value: object) -> None:
    """A number that no float holds was no ValueError, and the supervisor ended without a word in the record."""
    with pytest.raises(ValueError, match=f"'{field}'"):
        spec_of(tmp_path, **{field: value})


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '"x"', "\x00"])
def test_a_file_that_is_no_object_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "spec.json").write_text(content)
    with pytest.raises(ValueError):
        read_spec(str(tmp_path))


def test_what_is_granted_comes_over_what_was_asked(tmp_path: Path) -> None:
    (tmp_path / "grant.json").write_text(json.dumps({"env": {"CUDA_VISIBLE_DEVICES": "1", "A": "2"}}))
    assert spec_of(tmp_path).env == {"A": "2", "CUDA_VISIBLE_DEVICES": "1"}
    (tmp_path / "grant.json").write_text("{}")
    assert spec_of(tmp_path).env == {"A": "1"}


@pytest.mark.parametrize("grant", ["[]", '{"env": {"GPU": 1}}', '{"env": null}', "{"])
def test_a_grant_that_cannot_be_meant_is_told_from_the_wish(tmp_path: Path, grant: str) -> None:
    (tmp_path / "grant.json").write_text(grant)
    with pytest.raises(ValueError, match=r"^grant\.json: "):
        spec_of(tmp_path)


@pytest.mark.parametrize(
    ("value", "grace"),
    [
        ([1, 2], (1.0, 2.0)), ([0, 0], (0.0, 0.0)), ([-5, 2], (0.0, 2.0)), ([3e8, 10], (3e8, 10.0)),
        (None, (7.0, 8.0)), ([1], (7.0, 8.0)), ([1, 2, 3], (7.0, 8.0)), ("12", (7.0, 8.0)), ([1, "2"], (7.0, 8.0)),
        ([True, 2], (7.0, 8.0)), ([ENDLESS, 1], (7.0, 8.0)), ([float("inf"), 1], (7.0, 8.0)),
        ([1, float("nan")], (7.0, 8.0)),
    ],
    ids=lambda value: repr(value)[:12],
)  # fmt: skip
def test_two_numbers_of_seconds_or_the_default(value: object, grace: tuple[float, float]) -> None:
    """One order with a number that no float holds ended the supervision, and with it the job."""
    assert read_grace(value, (7.0, 8.0)) == grace


def test_a_record_replaces_the_one_before_and_leaves_nothing_else(tmp_path: Path) -> None:
    write_record(str(tmp_path), "exit.json", {"state": "failed", "reason": "“x”"})
    write_record(str(tmp_path), "exit.json", {"state": "lost"})
    assert os.listdir(tmp_path) == ["exit.json"]
    assert json.loads((tmp_path / "exit.json").read_text()) == {"state": "lost"}
    assert (tmp_path / "exit.json").stat().st_mode & 0o777 == 0o600


def test_a_record_that_a_crash_left_half_written_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / ".exit.json.new").write_text('{"state": "succ' + "x" * 1000)
    write_record(str(tmp_path), "exit.json", {"state": "failed"})
    assert json.loads((tmp_path / "exit.json").read_text()) == {"state": "failed"}


def test_a_record_that_cannot_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    write_record(str(tmp_path), "exit.json", {"state": "failed"})
    with pytest.raises(TypeError):
        write_record(str(tmp_path), "exit.json", {"state": object()})
    assert json.loads((tmp_path / "exit.json").read_text()) == {"state": "failed"}


def test_every_byte_is_written_also_where_the_reader_is_slow() -> None:
    reading, writing = os.pipe()
    data, came = os.urandom(1 << 20), bytearray()

    def read() -> None:
        while piece := os.read(reading, 1000):
            came.extend(piece)

    reader = threading.Thread(target=read)
    reader.start()
    write_all(writing, data)
    os.close(writing)
    ends(reader)
    os.close(reading)
    assert bytes(came) == data
