"""A run as the index keeps it: what is told of it, and how far it was read."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.base.files.regular import read_regular
from jupyter_crispdm.jobs.types import Job
from jupyter_crispdm.tracking.columns.keeping import keep

from ..records import INPUTS, SYSTEM, Account, Entry, InputsFile, Marks
from ..types import Digests, Figures, Lineage, Run, RunKind, RunState
from .figures import carried_on

_LINEAGE = "lineage.json"
_LINEAGE_BYTES = 64 << 10
_DIGESTS_BYTES = 32 << 20
_DIGEST, _LONGEST_ID = 64, 128
_SECONDS_AT_MOST = 253_000_000_000.0


class _LineageFile(msgspec.Struct):
    resumes: str | None = None
    forks: str | None = None
    step: Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)] | None = None
    merged: list[str] = []


def of_job(job: Job) -> Run:
    """What a job says of its run."""
    return Run(
        id=job.id, kind=RunKind.job, name=job.name, state=RunState(job.state.value), owner=job.owner,
        created=job.created, started=job.started, ended=job.ended, environment=job.environment,
        parameters=job.parameters, tags=job.tags, lineage=Lineage(rerun_of=job.rerun_of), reason=job.reason,
    )  # fmt: skip


def stands(job: Job, known: Entry | None) -> Entry:
    """A job's entry as it stands now, with the figures that are known of it."""
    if known is None:
        return Entry(run=of_job(job), metrics=Account(), system=Account())
    told = known.run
    lineage = msgspec.structs.replace(told.lineage, rerun_of=job.rerun_of)
    run = msgspec.structs.replace(of_job(job), inputs=told.inputs, lineage=lineage, trouble=told.trouble)
    return Entry(run=run, metrics=known.metrics, system=known.system)


def looked_at(run: Run, known: Entry | None, directory: Path, settled: bool = False) -> Entry:
    """A run's entry after a look at its directory. Reads the disk: call it in a thread."""
    if run.kind is not RunKind.job:  # a job's are kept by whoever follows it
        keep(directory)
    metrics = carried_on(known.metrics if known else Account(), directory)
    system = carried_on(known.system if known else Account(), directory / SYSTEM)
    inputs = known.run.inputs if known and known.run.inputs.code else _digests(directory)
    lineage = _lineage(directory, run.lineage)
    whole = msgspec.structs.replace(run, inputs=inputs, lineage=lineage, trouble=metrics.trouble)
    return Entry(run=whole, metrics=metrics, system=system, settled=settled)


def shown(entry: Entry, marks: Marks | None) -> Run:
    """A row of the table: the entry with its figures and with what people said."""
    run, marks = entry.run, marks or Marks()
    began, ended = run.started, run.ended
    if run.kind is not RunKind.job:
        began = _moment(entry.metrics.first) or began
        ended = ended if run.state is RunState.running else _moment(entry.metrics.last)
    return msgspec.structs.replace(
        run, started=began, ended=ended,
        duration=None if began is None or ended is None else max(0.0, (ended - began).total_seconds()),
        points=entry.metrics.points, metrics=entry.metrics.figures, system=_short(entry.system.figures),
        tags=run.tags if marks.tags is None else marks.tags, note=marks.note, group=marks.group,
        favourite=marks.favourite,
    )  # fmt: skip


def _short(figures: dict[str, Figures]) -> dict[str, Figures]:
    """Names as people write them: `system.cpu_percent` is `system/cpu_percent` in the files."""
    return {name.removeprefix("system/"): one for name, one in figures.items()}


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None or not 0 < seconds < _SECONDS_AT_MOST else utc(seconds)


def _digests(directory: Path) -> Digests:
    try:
        data = read_regular(directory / INPUTS, _DIGESTS_BYTES, below=directory.parent)
        told = msgspec.json.decode(data, type=InputsFile).digests
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Digests()
    return Digests(  # a job may have written anything there, and this stands in every list
        told.code[:_DIGEST], told.commit[:_DIGEST], told.dirty, told.environment[:_DIGEST], told.data[:_DIGEST]
    )


def _lineage(directory: Path, known: Lineage) -> Lineage:
    """What the program noted; where it named a directory, the name of that."""
    try:
        data = read_regular(directory / _LINEAGE, _LINEAGE_BYTES, below=directory.parent)
        told = msgspec.json.decode(data, type=_LineageFile)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return known
    return msgspec.structs.replace(
        known, resumes=_id(told.resumes), forks=_id(told.forks), step=told.step,
        merged=[id[:_LONGEST_ID] for id in told.merged[:100]],
    )  # fmt: skip


def _id(text: str | None) -> str | None:
    return None if not text else Path(text).name[:_LONGEST_ID] or None
