"""One long run: read whole, drawn whole, drawn in part; with its columns, and before it has any."""

from __future__ import annotations

import shutil
import time
from functools import partial
from pathlib import Path

import numpy as np

from jupyter_crispdm.tracking import RunReader, read_run
from jupyter_crispdm.tracking.columns.keeping import keep
from jupyter_crispdm.tracking.sources import RECORD

from .rows import best, write_run

_POINTS = 2000


def long_run(folder: Path, rows: int, names: int, rounds: int) -> None:
    run = folder / f"long-{rows}-{names}"
    path = write_run(run, rows, names)
    floor = best(lambda: np.fromfile(path, RECORD), rounds)
    unkept = [best(lambda: _chart(run), 1) for _ in range(2)]  # the second look is what makes columns of a short one
    shutil.rmtree(run / "columns", ignore_errors=True)
    begin = time.process_time()
    while keep(run):
        pass
    kept = time.process_time() - begin
    size = sum(file.stat().st_blocks * 512 for file in (run / "columns").iterdir()) / rows
    steps = rows // names
    spans = {share: best(partial(_zoom, run, steps, share), rounds) for share in (0.9, 0.1, 0.001)}
    zooms = "  ".join(f"{share:.1%} {time:.2f}" for share, time in spans.items())
    print(f"{rows:.0e} rows, {names} names")
    print(f"  read                {best(lambda: read_run(run), rounds):8.2f} ms   np.fromfile {floor:.2f} ms")
    without = f"without columns {unkept[0]:.1f}, then {unkept[1]:.1f} ms"
    print(f"  charted, cold reader{best(lambda: _chart(run), rounds):8.2f} ms   {without}")
    print(f"  zoom, ms            {zooms}")
    print(f"  columns kept        {kept / rows * 1e9:8.1f} ns a row, {size:.1f} bytes a row")
    shutil.rmtree(run)


def _chart(run: Path) -> None:
    reader = RunReader(run)
    reader.since(0, _POINTS)
    reader.close()


def _zoom(run: Path, steps: int, share: float) -> None:
    reader = RunReader(run)
    begin = steps * (1 - share) / 2
    reader.zoom("step", begin, begin + steps * share, _POINTS)
    reader.close()
