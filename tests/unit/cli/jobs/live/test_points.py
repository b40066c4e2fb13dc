"""Curves by the standard library."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from jupyter_crispdm.cli.jobs.live.points import read_curves
from jupyter_crispdm.tracking import read_run
from tests.support import grows_evenly
from tests.unit.tracking.conftest import Writer


def test_short_curves_are_what_the_server_reads(tmp_path: Path) -> None:
    run = tmp_path / "r"
    writer = Writer(run, "1-a")
    writer.log("loss", 3.0, 2.0, 1.0, step=5)
    writer.log("iou", 0.5)
    curves, whole = read_curves(run), read_run(run)
    assert list(curves) == ["loss", "iou"]
    for name, points in curves.items():
        assert [point.step for point in points] == whole[name].step.tolist()
        assert [point.value for point in points] == whole[name].value.tolist()
        assert [point.time for point in points] == whole[name].time.tolist()


def test_of_long_ones_pieces_are_read_with_both_ends(tmp_path: Path) -> None:
    Writer(tmp_path / "r", "1-a").log("loss", *np.arange(200_000.0))
    points = read_curves(tmp_path / "r")["loss"]
    assert len(points) < 20_000
    assert (points[0].step, points[-1].step) == (0, 199_999)
    gaps = np.diff([point.step for point in points])
    assert gaps.max() < 1000


def test_the_cost_does_not_grow_with_the_length(tmp_path: Path) -> None:
    for size in (30_000, 480_000):
        Writer(tmp_path / str(size), "1-a").log("loss", *np.zeros(size))
    assert grows_evenly(lambda size: read_curves(tmp_path / str(size)), 30_000)


def test_what_the_program_logs_comes_before_what_was_found_elsewhere(tmp_path: Path) -> None:
    run = tmp_path / "r"
    Writer(run, "1-a").log("loss", 1.0)
    Writer(run, "log-1").log("loss", 9.0)
    (run / "gathered").mkdir()
    for ending in (".bin", ".names"):
        os.rename(run / "metrics" / f"log-1{ending}", run / "gathered" / f"log-1{ending}")
    assert [point.value for point in read_curves(run)["loss"]] == [1.0]


def test_damaged_files_leave_the_others(tmp_path: Path) -> None:
    run = tmp_path / "r"
    Writer(run, "1-a").log("loss", 1.0, 2.0)
    with open(run / "metrics" / "1-a.bin", "ab") as file:
        file.write(b"half a row")
    (run / "metrics" / "2-b.bin").symlink_to(tmp_path)
    os.mkfifo(run / "metrics" / "3-c.bin")
    (run / "metrics" / "4-d.bin").write_bytes(b"\xff" * 280)
    (run / "metrics" / "4-d.names").write_bytes(b'not json\n"x"\n')
    assert list(read_curves(run)) == ["loss"]
    assert read_curves(tmp_path / "missing") == {}
