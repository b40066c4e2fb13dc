"""What docs/developers/run-format.md promises, written by hand as another language would."""

from __future__ import annotations

import json
import os
import re
import struct
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm import worker
from jupyter_crispdm.tracking import RunEvents, read_run
from jupyter_crispdm.tracking.media.manager import MediaManager
from jupyter_crispdm.tracking.media.types import MediaQuery
from jupyter_crispdm.tracking.sources import RECORD

PAGE = (Path(__file__).parents[3] / "docs" / "developers" / "run-format.md").read_text()


def append(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(descriptor, data)
    os.close(descriptor)


def line(**fields: Any) -> bytes:
    return json.dumps(fields).encode() + b"\n"


@pytest.mark.proves("recorder.format")
def test_records_as_the_page_lays_them_out_are_read(tmp_path: Path) -> None:
    fields = re.findall(r"^\| (\d+)–(\d+) \| (u32|i64|f64) \|", PAGE, re.MULTILINE)
    types = {"u32": "I", "i64": "q", "f64": "d"}
    layout = "<" + "".join(types[kind] for _, _, kind in fields)
    assert struct.calcsize(layout) == RECORD.itemsize == int(fields[-1][1]) + 1
    run = tmp_path / "run"
    append(run / "metrics" / "4711-0badcafe.names", b'"loss"\n')
    append(run / "metrics" / "4711-0badcafe.bin", struct.pack(layout, 0, 3, 0.25, 1.7e9))
    append(run / "metrics" / "4711-0badcafe.bin", struct.pack(layout, 0, 4, 0.125, 1.7e9)[:-1])  # being written
    append(run / "metrics" / "99-00000001-r1.names", b'"loss (rank 1)"\n')
    append(run / "metrics" / "99-00000001-r1.bin", struct.pack(layout, 0, 3, 0.5, 1.7e9))
    series = read_run(run)
    assert {name: one.value.tolist() for name, one in series.items()} == {"loss": [0.25], "loss (rank 1)": [0.5]}
    assert series["loss"].step.tolist() == [3]


@pytest.mark.proves("recorder.format")
async def test_events_and_media_as_the_page_shows_them_are_read(tmp_path: Path) -> None:
    run = tmp_path / "run"
    append(run / "events.jsonl", line(kind="progress", time=1.7e9, done=1, total=None, message="x"))
    (event,) = RunEvents(run).read()
    assert event["done"] == 1
    shown = next(re.finditer(r"```json\n(\{\"name\".*?)```", PAGE, re.DOTALL))[1]
    append(run / "media" / "4711-1.png", b"picture")
    append(run / "media.jsonl", line(**json.loads(shown)))
    (found,) = (await MediaManager().list_of(run, MediaQuery())).media
    assert (found.name, found.kind.value, found.pieces[0].step, found.pieces[0].width) == ("samples", "image", 3, 64)


@pytest.mark.proves("recorder.format")
def test_the_variables_of_the_page_are_those_of_the_recorder() -> None:
    folder = Path(worker.__file__).parent / "site" / "crispdm"
    source = "".join(path.read_text() for path in folder.glob("_*.py"))
    told = set(re.findall(r"`([A-Z][A-Z_]+)`", PAGE[PAGE.index("## Variables") :]))
    assert {name for name in told if f'"{name}"' not in source} == set()
    assert told >= set(re.findall(r'"(CRISPDM_[A-Z_]+)"', source))
