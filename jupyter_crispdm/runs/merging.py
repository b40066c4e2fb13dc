"""One run made of several: of a training that was cut and taken up again, one curve."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from jupyter_crispdm.base.files.atomic import storage_errors, sync_directory
from jupyter_crispdm.base.files.regular import read_regular
from jupyter_crispdm.base.files.removal import remove
from jupyter_crispdm.tracking import Series, read_run
from jupyter_crispdm.tracking.sources import RECORD

from .types import Run

MOST_POINTS = 20_000_000
_RECORD = "run.json"
_RECORD_BYTES = 8 << 20


def write_merged(run: Run, parts: Sequence[Path], home: Path) -> Path:
    """The directory of a run made of those in `parts`, the earliest first; whole or not at all. Raises StorageFull.

    Reads and writes the disk: call it in a thread.
    """
    target, new = home / run.id, home / f".new-{run.id}"
    with storage_errors(target):
        try:
            (new / "metrics").mkdir(parents=True, mode=0o700)
            _write_curves(new / "metrics", [read_run(part) for part in parts])
            (new / "lineage.json").write_bytes(msgspec.json.encode({"merged": run.lineage.merged}))
            (new / _RECORD).write_bytes(msgspec.json.encode(run))
            new.rename(target)
        except BaseException:
            remove(new)
            raise
        sync_directory(home)
    return target


def kept_runs(home: Path) -> Iterator[Run]:
    """The merged runs that are there. Reads the disk."""
    for path in sorted(home.glob(f"*/{_RECORD}")):
        try:
            run = msgspec.json.decode(read_regular(path, _RECORD_BYTES, below=home), type=Run)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        if run.id == path.parent.name:
            yield run


def joined(parts: Sequence[Series]) -> list[Series]:
    """The curves of one metric, each cut where a later one begins, so that no step is gone through twice."""
    kept: list[Series] = []
    limit = np.iinfo(np.int64).max
    for part in reversed([part for part in parts if len(part)]):
        before = part.take(np.flatnonzero(part.step < limit))
        limit = min(limit, int(part.step.min()))
        kept.append(before)
    return kept[::-1]


def _write_curves(folder: Path, runs: Sequence[dict[str, Series]]) -> None:
    names = list(dict.fromkeys(name for run in runs for name in run))
    whole = {name: joined([run[name] for run in runs if name in run]) for name in names}
    with open(folder / "merged.names", "xb") as file:
        file.writelines(msgspec.json.encode(name) + b"\n" for name in names)
    with open(folder / "merged.bin", "xb") as file:
        for number, name in enumerate(names):
            for series in whole[name]:
                file.write(_rows(number, series).tobytes())


def _rows(number: int, series: Series) -> np.ndarray[Any, np.dtype[np.void]]:
    rows = np.empty(len(series), RECORD)
    rows["name"], rows["step"], rows["value"], rows["time"] = number, series.step, series.value, series.time
    return rows
