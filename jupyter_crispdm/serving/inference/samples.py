"""Requests that are kept with their answers, as parquet files: `<directory>/samples/<model>/<time>.parquet`.

A row is a request, or the part of one that a model was asked at once: `time`, `model`, `version`, `ms`, `inputs` and
`outputs`, of which each is a list of tensors with `name`, `datatype`, `shape` and their bytes in `data`. Pictures are
`image_0` and so on with `options`, and their `results` are JSON; a text has `parameters` as JSON, and is `text`. The
files of a model have a size together; the oldest go first.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from jupyter_crispdm.serving.types import DeploymentSpec

from .later import Later
from .routing import is_chosen
from .tensors import RawTensor

FOLDER = "samples"
MOST_BYTES = 256 << 20
#: Bytes that wait to be written; what comes beyond is left out.
MOST_WAITING = 16 << 20
_WRITE_SECONDS = 5.0


class Asked(Protocol):
    """What a model was asked, and how that and its answer look as tensors."""

    @property
    def inputs(self) -> Callable[[], Sequence[RawTensor]]:
        """The question."""

    @property
    def kept(self) -> Callable[[Any], Sequence[RawTensor]]:
        """What is kept of an answer."""


class SampleLog(Later[Mapping[str, Any]]):
    """Requests are noted at once and written every few seconds, by a thread. What does not fit is left out."""

    def __init__(self, directory: Path) -> None:
        super().__init__("the samples", _WRITE_SECONDS)
        self._folder = directory / FOLDER
        self._requests: Counter[str] = Counter()

    def watch(
        self,
        spec: DeploymentSpec,
        asked: Asked,
        answer: asyncio.Future[Any],
        begun: float,
    ) -> None:
        """Keep a request with its answer, if it belongs to the share."""
        number = self._requests[spec.id]
        self._requests[spec.id] += 1
        if not is_chosen(number, spec.sample):
            return
        came = time.time()

        def done(answer: asyncio.Future[Any]) -> None:
            if not answer.cancelled() and answer.exception() is None:
                self._add(spec, came, time.monotonic() - begun, asked.inputs(), asked.kept(answer.result()))

        answer.add_done_callback(done)

    def _add(
        self,
        spec: DeploymentSpec,
        came: float,
        seconds: float,
        inputs: Sequence[RawTensor],
        outputs: Sequence[RawTensor],
    ) -> None:
        size = sum(len(one.data) for one in (*inputs, *outputs))
        told = {"inputs": [_plain(one) for one in inputs], "outputs": [_plain(one) for one in outputs]}
        ms = round(1000 * seconds, 3)
        row = {"time": came, "model": spec.model, "version": spec.version, "ms": ms, **told}
        self._note(row, size, MOST_WAITING)

    def _write(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """Write the samples of each model, also where those of another cannot be written."""
        faults: list[Exception] = []
        for model in {row["model"] for row in entries}:
            try:
                self._write_model(self._folder / model, [row for row in entries if row["model"] == model])
            except (OSError, ValueError) as fault:
                faults.append(fault)
        if faults:
            raise faults[0]

    def _write_model(self, folder: Path, rows: Sequence[Mapping[str, Any]]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{time.time_ns():020d}.parquet"
        unfinished = folder / f".{name}"
        try:
            pq.write_table(pa.Table.from_pylist(rows, _schema()), unfinished)
            unfinished.replace(folder / name)
        finally:
            unfinished.unlink(missing_ok=True)
        _bound(sorted(folder.glob("[!.]*.parquet")))


def _schema() -> Any:
    import pyarrow as pa

    tensor = [("name", pa.string()), ("datatype", pa.string()), ("shape", pa.list_(pa.int64())), ("data", pa.binary())]
    tensors = pa.list_(pa.struct(tensor))
    columns = [("time", pa.float64()), ("model", pa.string()), ("version", pa.int64()), ("ms", pa.float64())]
    return pa.schema([*columns, ("inputs", tensors), ("outputs", tensors)])


def _bound(files: Iterable[Path]) -> None:
    """Let the oldest go that are too much."""
    sizes = [(path, path.stat().st_size) for path in files]
    over = sum(size for _, size in sizes) - MOST_BYTES
    for path, size in sizes:
        if over <= 0:
            return
        path.unlink(missing_ok=True)
        over -= size


def _plain(tensor: RawTensor) -> dict[str, Any]:
    return {**tensor._asdict(), "shape": list(tensor.shape), "data": bytes(tensor.data)}
