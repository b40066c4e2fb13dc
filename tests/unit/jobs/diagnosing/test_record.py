"""diagnosis.json: what a server writes, another reads, and a job may scribble over."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from jupyter_crispdm.jobs.diagnosing.record import (
    NAME,
    DiagnosisRecord,
    KeepRecord,
    record_of,
    renewed,
    watched_in,
)
from jupyter_crispdm.jobs.directory import JobDirectory
from jupyter_crispdm.tracking.diagnosis.rules import Watched
from jupyter_crispdm.tracking.diagnosis.types import AlertRule, AlertWhen, Evidence

OVER = AlertRule(when=AlertWhen.above, metric="loss", value=5.0)
NAN = AlertRule(when=AlertWhen.nan)


@pytest.fixture
def directory(tmp_path: Path) -> JobDirectory:
    (tmp_path / "jobs" / "j1").mkdir(parents=True)
    return JobDirectory(tmp_path / "jobs" / "j1")


def read(directory: JobDirectory) -> DiagnosisRecord | None:
    return directory.read(NAME, DiagnosisRecord)


@pytest.mark.proves("diagnosis.alerts")
def test_what_was_raised_is_read_back_as_it_was(directory: JobDirectory) -> None:
    raised = Watched(OVER, "loss is 9.", [Evidence("now", "loss", 3, 9.0), Evidence("broken", "loss", 4, None)], 12.5)
    directory.write(NAME, record_of([raised, Watched(NAN)], KeepRecord("val/loss")))
    found = read(directory)
    assert found is not None
    assert watched_in(found) == [raised, Watched(NAN)]
    assert found.keep == KeepRecord("val/loss")
    assert (directory.path / NAME).stat().st_mode & 0o777 == 0o600


def test_nothing_is_nothing(directory: JobDirectory) -> None:
    assert read(directory) is None
    directory.write(NAME, record_of([], None))
    assert read(directory) == DiagnosisRecord()


@pytest.mark.parametrize(
    "content",
    [
        b"", b"null", b"[]", b"{", b'{"alerts": 3}', b'{"alerts": [{"rule": {}}]}', b"\xff" * 10,
        b'{"alerts": [{"rule": {"when": "nan", "more": 1}}]}', b'{"keep": {"metric": 7}}', b"[" * 100_000,
        b'{"keep": {"metric": "' + b"x" * 300 + b'"}}',
        b'{"alerts": [' + b",".join([b'{"rule": {"when": "nan"}}'] * 51) + b"]}",
    ],
    ids=range(12),
)  # fmt: skip
def test_what_a_job_scribbles_over_it_counts_as_nothing(directory: JobDirectory, content: bytes) -> None:
    (directory.path / NAME).write_bytes(content)
    assert read(directory) is None


def test_neither_links_nor_pipes_are_followed(directory: JobDirectory, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.json"
    elsewhere.write_bytes(msgspec.json.encode(record_of([Watched(NAN)], None)))
    (directory.path / NAME).symlink_to(elsewhere)
    assert read(directory) is None
    directory.write(NAME, record_of([Watched(OVER)], None))
    assert b'"nan"' in elsewhere.read_bytes()
    found = read(directory)
    assert found is not None
    assert [one.rule for one in watched_in(found)] == [OVER]


def test_a_rule_that_stays_keeps_what_it_raised_and_a_new_one_begins() -> None:
    raised = Watched(OVER, "loss is 9.", [], 1.0)
    stricter = AlertRule(when=AlertWhen.above, metric="loss", value=4.0)
    assert renewed([stricter, OVER], [raised, Watched(NAN)]) == [Watched(stricter), raised]
    assert renewed([], [raised]) == []
