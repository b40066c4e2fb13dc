from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest

from jupyter_crispdm.streams.reading.export import Span, export, labels_of
from jupyter_crispdm.streams.recording.layout import segment_path
from jupyter_crispdm.streams.recording.parquet import write_part
from tests.unit.streams.playing import BEGAN, batch, record

ALL = (None, None)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    record(tmp_path, batch(1, 5))
    write_part(tmp_path, segment_path(tmp_path, 1))
    segment_path(tmp_path, 1).unlink()
    record(tmp_path, batch(6, 5, state=["ok", "=1+1", None, "-x", "@y"]), segment=6)
    return tmp_path


async def sheet(directory: Path, labels: Sequence[Span] = ()) -> list[dict[str, str]]:
    made = export(directory, "line", "csv", *ALL, labels)
    text = b"".join([piece async for piece in made.pieces]).decode()
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.proves("streams.export")
async def test_a_sheet_has_every_sample_and_every_column(directory: Path) -> None:
    rows = await sheet(directory)
    assert [row["seq"] for row in rows] == [str(number) for number in range(1, 11)]
    assert list(rows[0]) == ["seq", "time", "value", "state", "label"]
    assert (rows[0]["value"], rows[0]["state"], rows[5]["state"]) == ("1.0", "", "ok")


@pytest.mark.proves("streams.export")
async def test_no_cell_is_a_formula(directory: Path) -> None:
    rows = await sheet(directory, labels=[(BEGAN + 1, BEGAN + 1, "=cmd()")])
    assert [row["state"] for row in rows[6:]] == ["'=1+1", "", "'-x", "'@y"]
    assert rows[0]["label"] == "'=cmd()"


async def test_a_negative_number_stays_a_number(tmp_path: Path) -> None:
    record(tmp_path, batch(1, 1, load=np.array([-2.5])))
    assert (await sheet(tmp_path))[0]["load"] == "-2.5"


@pytest.mark.proves("streams.export", "streams.labels")
async def test_labels_are_a_column(directory: Path) -> None:
    rows = await sheet(directory, labels=[(BEGAN + 2, BEGAN + 4, "jam"), (BEGAN + 4, BEGAN + 5, "shift")])
    assert [row["label"] for row in rows[:6]] == ["", "jam", "jam", "jam; shift", "shift", ""]


@pytest.mark.proves("streams.export")
async def test_parquet_says_the_same_and_only_of_the_span(directory: Path) -> None:
    made = export(directory, "line", "parquet", BEGAN + 4, BEGAN + 7, [(BEGAN + 5, BEGAN + 5, "jam")])
    content = b"".join([piece async for piece in made.pieces])
    table = pyarrow.parquet.read_table(io.BytesIO(content)).to_pydict()
    assert table["seq"] == [4, 5, 6, 7]
    assert table["label"] == [None, "jam", None, None]
    assert table["state"] == [None, None, "ok", "=1+1"]
    assert (made.filename, made.media_type) == ("line.parquet", "application/vnd.apache.parquet")


async def test_a_stream_without_samples_is_a_file_without_rows(tmp_path: Path) -> None:
    assert await sheet(tmp_path) == []
    made = export(tmp_path, "line", "parquet", *ALL, [])
    content = b"".join([piece async for piece in made.pieces])
    assert pyarrow.parquet.read_table(io.BytesIO(content)).num_rows == 0


@pytest.mark.proves("streams.export")
async def test_much_is_made_piece_by_piece_and_no_further_than_it_is_read(tmp_path: Path) -> None:
    record(tmp_path, *(batch(first, 1000) for first in range(1, 20_001, 1000)))
    made = export(tmp_path, "line", "csv", *ALL, [])
    first = await anext(made.pieces)
    assert first.count(b"\r\n") == 1001
    await made.pieces.aclose()


def test_samples_without_a_time_have_no_label() -> None:
    samples = batch(1, 2, time=np.array([np.nan, BEGAN])).samples()
    assert labels_of(samples, [(0.0, 1e12, "all")]) == [None, "all"]


async def test_what_was_text_once_is_text_everywhere(tmp_path: Path) -> None:
    record(tmp_path, batch(1, 2, code=np.array([1.0, 2.0])), batch(3, 1, code=["A"]))
    assert [row["code"] for row in await sheet(tmp_path)] == ["1", "2", "A"]
