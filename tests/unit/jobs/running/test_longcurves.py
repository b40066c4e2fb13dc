"""Columns of jobs while they run, and once more when they are over."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from jupyter_crispdm.base.tasks import states
from jupyter_crispdm.jobs.running import longcurves
from jupyter_crispdm.jobs.running.longcurves import ColumnKeeper
from jupyter_crispdm.tracking.columns.store import Shelf
from jupyter_crispdm.tracking.sources import RECORD, BinarySource
from tests.support import eventually


def session(path: Path, running: bool = True) -> Any:
    return SimpleNamespace(directory=SimpleNamespace(path=path), running=running)


def log(run: Path, rows: int) -> None:
    (run / "metrics").mkdir(parents=True, exist_ok=True)
    with (run / "metrics" / "1-a.bin").open("ab") as file:
        file.write(np.zeros(rows, RECORD).tobytes())


def kept(run: Path) -> int:
    source = BinarySource(run / "metrics" / "1-a.bin")
    columns = Shelf(run).open(source.key, source.mark)
    if columns is None:
        return 0
    columns.close()
    return columns.rows


@pytest.mark.proves("columns.kept-meanwhile")
async def test_columns_grow_while_a_job_runs_and_are_complete_when_it_is_over(tmp_path: Path) -> None:
    jobs = [session(tmp_path / "one"), session(tmp_path / "two"), session(tmp_path / "idle", running=False)]
    for one in jobs:
        log(one.directory.path, 100_000)
    keeper = ColumnKeeper(lambda: cast(Any, jobs))
    await keeper.look()
    assert [kept(one.directory.path) for one in jobs] == [100_000, 100_000, 0]
    log(tmp_path / "one", 50_000)
    jobs.clear()
    await keeper.look()
    assert kept(tmp_path / "one") == 150_000
    log(tmp_path / "one", 50_000)
    await keeper.look()
    assert kept(tmp_path / "one") == 150_000, "nobody runs it any more"


async def test_a_long_file_of_one_job_is_taken_over_in_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(longcurves, "_ROWS_A_TURN", 100_000)
    log(tmp_path / "one", 250_000)
    jobs = [session(tmp_path / "one")]
    keeper = ColumnKeeper(lambda: cast(Any, jobs))
    await keeper.look()
    jobs.clear()
    seen = [kept(tmp_path / "one")]
    for _ in range(3):
        await keeper.look()
        seen.append(kept(tmp_path / "one"))
    assert seen == [100_000, 200_000, 250_000, 250_000]


async def test_it_looks_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(longcurves, "_SECONDS", 0.001)
    log(tmp_path / "one", 100_000)
    keeper = ColumnKeeper(lambda: cast(Any, [session(tmp_path / "one")]))
    keeper.start()
    await eventually(lambda: kept(tmp_path / "one") == 100_000)
    assert "columns of metrics" in {state.name for state in states()}
    await keeper.close()
