"""What a job was submitted as, to be looked at, changed and submitted again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from jupyter_crispdm.base.http.decode import decode_body

from .store import JobRecord
from .types import JobKind, JobState, Submission


class _Stored(msgspec.Struct):
    submission: Submission


def read_submission(spec: Callable[[], bytes], record: JobRecord) -> Submission:
    """The submission in what `spec` reads, a spec.json; made up from the record where that has none or is lost."""
    try:
        return msgspec.json.decode(spec(), type=_Stored).submission
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return rebuilt(record)


def rebuilt(record: JobRecord) -> Submission:
    """As much of a submission as a record holds: variables of its own and a time limit are not among it."""
    job = record.job
    return msgspec.structs.replace(
        _source(record),
        parameters=job.parameters,
        environment=job.environment,
        name=job.name,
        cwd=job.cwd,
        retries=record.retries,
        retry_delay=record.retry_delay,
        after=record.after,
        tags=job.tags,
        cpus=job.cpus,
        gpus=job.gpus,
        memory=job.memory,
    )


def changed(
    submission: Submission, changes: dict[str, Any], state_of: Callable[[str], JobState | None]
) -> Submission:
    """A submission for another run, under a new id. Raises BadRequest for a change that no submission could hold.

    Jobs that it waited for are waited for again only where they may still succeed: of others, what they are for is
    done, or will never be.
    """
    waits = [id for id in submission.after if (state := state_of(id)) is not None and _may_succeed(state)]
    fields = msgspec.to_builtins(msgspec.structs.replace(submission, id=None, after=waits))
    wanted: Submission = decode_body(msgspec.json.encode({**fields, **changes}), Submission)
    return wanted


def _may_succeed(state: JobState) -> bool:
    return not state.final and state is not JobState.stopping


def _source(record: JobRecord) -> Submission:
    job, command = record.job, record.job.command
    if job.kind is JobKind.notebook:
        return Submission(notebook=command[-1])
    if job.kind is JobKind.command:
        return Submission(command=command)
    interpreted = len(command) > 1 and command[1].endswith(f"/{job.source}" if job.source else ".py")
    at = 1 if interpreted else 0
    return Submission(script=command[at], args=command[at + 1 :])
