"""Reading metrics."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_crispdm.tracking import RunReader, Series, TrackingManager, read_run
from jupyter_crispdm.tracking.reading.order import Order
from tests.examples import examples

from .conftest import Writer


@pytest.mark.proves("tracking.read-run")
def test_a_run_without_metrics(tmp_path: Path) -> None:
    assert read_run(tmp_path) == {}
    assert read_run(tmp_path / "missing") == {}
    assert RunReader(tmp_path).since(0) == (0, {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.proves("tracking.read-run")
def test_columns(tmp_path: Path) -> None:
    Writer(tmp_path, "1-a").log("loss", 3.0, 2.0, 1.0, step=5)
    loss = read_run(str(tmp_path))["loss"]
    assert isinstance(loss, Series)
    assert (loss.step.tolist(), loss.value.tolist(), loss.time.tolist()) == ([5, 6, 7], [3, 2, 1], [1, 2, 3])
    assert [column.dtype.name for column in (loss.step, loss.value, loss.time)] == ["int64", "float64", "float64"]
    assert all(column.flags.c_contiguous for column in (loss.step, loss.value, loss.time))
    assert len(loss) == 3


def test_names_come_in_the_order_of_their_first_use(tmp_path: Path) -> None:
    writer = Writer(tmp_path, "1-a")
    for name in ("z", "a", "z", "m", "a"):
        writer.log(name, 1.0)
    assert list(read_run(tmp_path)) == ["z", "a", "m"]


@pytest.mark.parametrize("names", [1, 2, 7, 300])
@pytest.mark.parametrize("regular", [True, False])
def test_many_rows_of_many_names(tmp_path: Path, names: int, regular: bool) -> None:
    writer = Writer(tmp_path, "1-a")
    order = [number % names for number in range(3000)]
    if not regular:
        random.Random(1).shuffle(order)
    expected: dict[str, list[float]] = {}
    for row, number in enumerate(order):
        writer.log(f"n{number}", float(row))
        expected.setdefault(f"n{number}", []).append(row)
    assert {name: one.value.tolist() for name, one in read_run(tmp_path).items()} == expected


@pytest.mark.parametrize("pattern", ["abb", "aab", "aba", "abcb", "aabb", "a" * 50 + "b"])
def test_names_that_come_more_than_once_in_a_round(tmp_path: Path, pattern: str) -> None:
    writer = Writer(tmp_path, "1-a")
    expected: dict[str, list[float]] = {}
    for row, name in enumerate(pattern * 20):
        writer.log(name, float(row))
        expected.setdefault(name, []).append(row)
    assert {name: one.value.tolist() for name, one in read_run(tmp_path).items()} == expected


def test_more_rows_than_a_block(tmp_path: Path) -> None:
    writer = Writer(tmp_path, "1-a")
    writer.log("a", *map(float, range(100_000)))
    assert read_run(tmp_path)["a"].value.tolist() == list(range(100_000))
    writer.log("b", *map(float, range(100_000)))
    writer.log("a", -1.0)
    series = read_run(tmp_path)
    assert series["a"].value.tolist() == [*range(100_000), -1]
    assert series["b"].value.tolist() == list(range(100_000))


def test_several_writers_of_one_series_come_in_time_order(tmp_path: Path) -> None:
    Writer(tmp_path, "1-a").log("loss", 1.0, 3.0, at=10.0)
    Writer(tmp_path, "2-b").log("loss", 2.0, 4.0, at=10.5)
    assert read_run(tmp_path)["loss"].value.tolist() == [1, 2, 3, 4]


def test_a_record_that_is_still_being_written_waits(tmp_path: Path) -> None:
    writer = Writer(tmp_path, "1-a")
    writer.log("loss", 1.0, 2.0)
    whole = writer.path.read_bytes()
    writer.path.write_bytes(whole[:-5])
    reader = RunReader(tmp_path)
    cursor, series = reader.since(0)
    assert (cursor, series["loss"].value.tolist()) == (1, [1])
    writer.path.write_bytes(whole)
    cursor, series = reader.since(cursor)
    assert (cursor, series["loss"].value.tolist()) == (2, [2])


def test_missing_and_broken_names(tmp_path: Path) -> None:
    writer = Writer(tmp_path, "1-a")
    for name in ("a", "b", "c"):
        writer.log(name, 1.0)
    writer.path.with_suffix(".names").write_bytes(b'"a"\n\xff{\n"c')
    assert list(read_run(tmp_path)) == ["a", "#1", "#2"]
    writer.path.with_suffix(".names").unlink()
    assert list(read_run(tmp_path)) == ["#0", "#1", "#2"]


@pytest.mark.proves("http.jobs-metrics")
def test_only_the_named_series(tmp_path: Path) -> None:
    writer = Writer(tmp_path, "1-a")
    writer.log("a", 1.0)
    writer.log("b", 2.0)
    cursor, series = RunReader(tmp_path).since(0, names=["b", "missing"])
    assert (cursor, list(series)) == (2, ["b"])


def test_a_cursor_from_somewhere_else(tmp_path: Path) -> None:
    Writer(tmp_path, "1-a").log("a", 1.0)
    reader = RunReader(tmp_path)
    assert reader.since(99) == (1, {})
    assert reader.since(-5)[1]["a"].value.tolist() == [1]


@pytest.mark.proves("machine.many-writers")
def test_two_writers_one_cursor_many_readers(tmp_path: Path) -> None:
    """No reader misses or doubles a row, though files grow in any order and readers come and go."""
    chance = random.Random(7)
    writers = [Writer(tmp_path, name) for name in ("1-b", "2-a", "3-c")]
    cursors, seen = [0] * 4, [[] for _ in range(4)]  # type: ignore[var-annotated]
    reader = RunReader(tmp_path)
    for row in range(400):
        chance.choice(writers).log("row", float(row))
        if chance.random() < 0.2:
            reader.close()
            reader = RunReader(tmp_path)  # the server was restarted
        client = chance.randrange(4)
        cursors[client], series = reader.since(cursors[client])
        seen[client] += series["row"].value.tolist() if series else []
    for client in range(4):
        _, series = RunReader(tmp_path).since(cursors[client])
        rows = seen[client] + (series["row"].value.tolist() if series else [])
        assert sorted(rows) == list(range(400))


def test_readers_of_several_processes_agree(tmp_path: Path) -> None:
    writers = [Writer(tmp_path, f"{n}-x") for n in range(3)]
    for writer in writers:
        writer.log("row", 0.0)
    program = (
        "import sys\nfrom jupyter_crispdm.tracking import RunReader\ncursor = 0\nrows = []\n"
        "while len(rows) < 600:\n cursor, series = RunReader(sys.argv[1]).since(cursor)\n"
        " rows += series['row'].value.tolist() if series else []\nprint(cursor, len(rows), sum(rows))"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    readers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for row in range(1, 598):
        writers[row % 3].log("row", float(row))
    answers = {reader.communicate(timeout=60)[0] for reader in readers}
    assert answers == {f"600 600 {float(sum(range(598)))}\n"}


def test_one_writer_costs_one_entry(tmp_path: Path) -> None:
    writer, reader, cursor = Writer(tmp_path, "1-a"), RunReader(tmp_path), 0
    for row in range(50):
        writer.log("row", float(row))
        cursor, _ = reader.since(cursor)
    assert cursor == 50
    assert (tmp_path / "metrics.order").stat().st_size == 2 * 12, "the epoch, and the writer's"


def test_a_journal_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "metrics.order").mkdir()
    first, second = Writer(tmp_path, "1-a"), Writer(tmp_path, "2-b")
    reader, rows, cursor = RunReader(tmp_path), [], 0
    for row in range(20):
        (first, second)[row % 2].log("row", float(row))
        cursor, series = reader.since(cursor)
        rows += series["row"].value.tolist()
    assert rows == list(range(20))


def test_a_journal_with_rubbish(tmp_path: Path) -> None:
    (tmp_path / "metrics.order").write_bytes(os.urandom(100))
    Writer(tmp_path, "1-a").log("row", 1.0, 2.0)
    cursor, series = RunReader(tmp_path).since(0)
    assert cursor >= 2
    assert series["row"].value.tolist() == [1, 2]


@pytest.mark.proves("files.paths-from-jobs")
def test_the_journal_is_not_a_way_to_write_elsewhere(tmp_path: Path) -> None:
    run, precious = tmp_path / "run", tmp_path / "precious"
    precious.write_text("mine")
    Writer(run, "1-a").log("row", 1.0)
    (run / "metrics.order").symlink_to(precious)
    assert RunReader(run).since(0)[0] == 1
    assert precious.read_text() == "mine"


@settings(max_examples=examples(100), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 5)), min_size=1, max_size=30))
def test_a_cursor_always_means_the_same_rows(tmp_path: Path, steps: list[tuple[int, int]]) -> None:
    for leftover in tmp_path.iterdir():
        leftover.unlink()
    rows: dict[int, int] = {}
    given_out: dict[int, dict[int, int]] = {}
    for file, growth in steps:
        rows[file] = rows.get(file, 0) + growth
        order = Order(tmp_path)
        cursor, ends = order.observe(rows)
        assert (cursor, {file: end for file, end in ends.items() if end}) == (sum(rows.values()), rows)
        given_out[cursor] = dict(rows)
        for earlier, expected in given_out.items():
            assert {file: end for file, end in order.before(earlier).items() if end} == expected
        order.close()


def test_json_lines_of_other_languages(tmp_path: Path) -> None:
    lines = [
        {"step": 3, "loss": 0.5, "time": 10.5, "note": "text", "ok": True, "none": None},
        {"loss": 0.25},
        {"accuracy": 1},
        {"accuracy": "NaN", "loss": "-Infinity"},
    ]
    path = tmp_path / "metrics.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)) + '\n[1]\n{bad\n\n{"loss": NaN}\n{"loss": 9')
    series = read_run(tmp_path)
    assert list(series) == ["loss", "accuracy"]
    assert series["loss"].step.tolist() == [3, 4, 5, 6]
    np.testing.assert_array_equal(series["loss"].value, [0.5, 0.25, -np.inf, np.nan])
    np.testing.assert_array_equal(series["loss"].time, [10.5, np.nan, np.nan, np.nan])
    assert series["accuracy"].step.tolist() == [0, 1]


def test_json_lines_grow(tmp_path: Path) -> None:
    path, reader = tmp_path / "metrics.jsonl", RunReader(tmp_path)
    path.write_text('{"a": 1}\n{"a"')
    cursor, series = reader.since(0)
    assert (cursor, series["a"].value.tolist()) == (1, [1])
    with path.open("a") as file:
        file.write(': 2, "b": 3}\n')
    cursor, series = reader.since(cursor)
    assert (cursor, series["a"].value.tolist(), series["b"].value.tolist()) == (3, [2], [3])


def test_json_lines_are_the_same_in_pieces_of_any_size(tmp_path: Path) -> None:
    path, reader = tmp_path / "metrics.jsonl", RunReader(tmp_path)
    cursor, rows = 0, list[float]()
    with path.open("a") as file:
        for size in (1, 8191, 2, 8192, 20_000, 3):
            file.write("".join(f'{{"row": {len(rows) + number}, "other": 0}}\n' for number in range(size)))
            file.flush()
            cursor, series = reader.since(cursor)
            rows += series["row"].value.tolist()
    assert rows == list(range(len(rows)))
    assert cursor == 2 * len(rows) == 2 * 36_389
    assert read_run(tmp_path)["row"].step.tolist() == list(range(36_389))
    assert reader.between(16_380, 16_400)["row"].value.tolist() == list(range(8190, 8200))


@pytest.mark.parametrize(
    "line",
    [
        '{"step": 1e400, "a": 1}',
        '{"step": "x", "a": 1}',
        '{"step": 99999999999999999999, "a": 1}',
        '{"a": 1' + "0" * 400 + "}",
        '{"step": true, "a": 1}',
        "[" * 100_000,
    ],
)
def test_odd_json_lines_do_no_harm(tmp_path: Path, line: str) -> None:
    (tmp_path / "metrics.jsonl").write_text(line + '\n{"b": 1}\n')
    assert "b" in read_run(tmp_path)


@pytest.mark.proves("http.jobs-metrics")
async def test_the_manager_answers_as_it_travels(tmp_path: Path) -> None:
    Writer(tmp_path, "1-a").log("loss", 1.0, float("nan"), float("inf"), float("-inf"))
    answer = await TrackingManager().since(tmp_path)
    assert answer.cursor == 4
    assert answer.series["loss"].value == [1.0, None, "Infinity", "-Infinity"]
    assert answer.series["loss"].step == [0, 1, 2, 3]
    assert (await TrackingManager().since(tmp_path, 3, 10, ["loss"])).series["loss"].step == [3]
