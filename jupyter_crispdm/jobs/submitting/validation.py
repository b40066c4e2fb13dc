"""What a submission must satisfy before anything is looked up. Every error names its field."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import msgspec

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.tracking.bounds import depth
from jupyter_crispdm.tracking.diagnosis.rules import check_rules

from ..types import JOB_ID, Input, JobFilter, JobKind, JobState, MetricsQuery, Submission

_MAX_STRINGS = 1000
_MAX_STRING = 128 * 1024 - 1  # what Linux lets one argument or variable hold
_MAX_ARGUMENTS = 256 * 1024  # they stand in the list of jobs
_MAX_PARAMETERS = 1024 * 1024
_MAX_DEPTH = 50
_MAX_INPUT = 64 * 1024
_MAX_RETRIES = 100
_MAX_SECONDS = 10 * 366 * 86400.0
_MAX_LIST = 1000
_MAX_CELLS = 10_000
_MAX_POINTS = 1_000_000
_MAX_SLOTS = 1_000_000
_MAX_BYTES = 2**60
_AXES = ("step", "time")


def check_submission(submission: Submission) -> None:
    """Raises BadRequest for the first field that is wrong."""
    sources = [name for name in ("command", "script", "notebook") if getattr(submission, name) is not None]
    if len(sources) != 1:
        raise BadRequest("Give exactly one of 'command', 'script' and 'notebook'.", field="command")
    _check_arguments(submission)
    _check_environment_variables(submission.env)
    _check_limits(submission)
    _check_slots(submission)
    _check_texts(submission)
    check_rules(submission.alerts)


def check_cells(submission: Submission, kind: JobKind) -> None:
    """Raises BadRequest where cells are chosen of what is no notebook, or in two ways at once."""
    for field in ("cells", "from_cell"):
        if getattr(submission, field) is not None and kind is not JobKind.notebook:
            raise BadRequest(f"'{field}' is for a notebook.", field=field)
    if submission.cells is not None and submission.from_cell is not None:
        raise BadRequest("Give 'cells' or 'from_cell', not both.", field="from_cell")
    if submission.cells is not None and not 1 <= len(submission.cells) <= _MAX_CELLS:
        raise BadRequest(f"'cells' must hold 1 to {_MAX_CELLS} sources.", field="cells")
    if submission.from_cell is not None and submission.from_cell < 0:
        raise BadRequest("'from_cell' must be the position of a cell, from 0.", field="from_cell")


def states_of(query: JobFilter) -> set[JobState] | None:
    """The states a filter names, None for all. Raises BadRequest."""
    if not 1 <= query.limit <= _MAX_LIST:
        raise BadRequest(f"'limit' must be 1 to {_MAX_LIST}.", field="limit")
    if query.state is None:
        return None
    known = {state.value: state for state in JobState}
    names = [name.strip() for name in query.state.split(",")]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise BadRequest(f"'state' must be of {', '.join(known)}, not '{unknown[0][:50]}'.", field="state")
    return {known[name] for name in names}


def check_grace(grace: Sequence[float] | None) -> None:
    """Raises BadRequest unless both are seconds that make sense."""
    if grace is not None and not all(math.isfinite(seconds) and 0 <= seconds <= _MAX_SECONDS for seconds in grace):
        raise BadRequest("'grace' must be two numbers of seconds, 0 or more.", field="grace")


def check_metrics(query: MetricsQuery) -> None:
    """Raises BadRequest for a cursor, a number of points or a range that cannot be."""
    if query.since is not None and query.since < 0:
        raise BadRequest("'since' must be a cursor that was answered before.", field="since")
    if query.points is not None and not 2 <= query.points <= _MAX_POINTS:
        raise BadRequest(f"'points' must be 2 to {_MAX_POINTS}.", field="points")
    if query.axis is None:
        if query.begin is not None or query.end is not None:
            raise BadRequest("A range needs an 'axis': \"step\" or \"time\".", field="axis")
    elif query.axis not in _AXES:
        raise BadRequest("'axis' must be \"step\" or \"time\".", field="axis")
    elif query.since is not None:
        raise BadRequest("Give 'since' or 'axis', not both.", field="since")
    for field in ("begin", "end"):
        if not math.isfinite(getattr(query, field) or 0.0):
            raise BadRequest(f"'{field}' must be a finite number.", field=field)


def check_input(input: Input) -> None:
    """Raises BadRequest when there is nothing to send, or too much."""
    if (input.text is None) is not input.eof:
        raise BadRequest("Give either 'text' or 'eof': true.", field="text")
    if input.text is not None and len(input.text.encode()) > _MAX_INPUT:
        raise BadRequest(f"'text' must not be longer than {_MAX_INPUT} bytes.", field="text")


def _check_arguments(submission: Submission) -> None:
    if submission.notebook is not None and submission.args:
        raise BadRequest("A notebook takes 'parameters', not 'args'.", field="args")
    if submission.command is not None and not submission.command:
        raise BadRequest("'command' must hold 1 to 1000 strings.", field="command")
    for field, strings in (("command", submission.command or []), ("args", submission.args)):
        if len(strings) > _MAX_STRINGS:
            raise BadRequest(f"'{field}' must not hold more than {_MAX_STRINGS} strings.", field=field)
        for string in strings:
            _check_string(field, string)
        if sum(len(string) for string in strings) > _MAX_ARGUMENTS:
            reason = f"'{field}' must not be longer than {_MAX_ARGUMENTS} characters in all; put more into a file."
            raise BadRequest(reason, field=field)
    if submission.command and not submission.command[0]:
        raise BadRequest("The first string of 'command' must name a program.", field="command")
    for field in ("script", "notebook", "cwd"):
        path = getattr(submission, field)
        if path is not None:
            _check_string(field, path)
    if submission.script == "" or submission.notebook == "":
        raise BadRequest("'script' or 'notebook' must be the path of a file.", field="script")


def _check_string(field: str, string: str) -> None:
    if "\0" in string:
        raise BadRequest(f"'{field}' must not hold a NUL character.", field=field)
    if len(string.encode()) > _MAX_STRING:
        raise BadRequest(f"A string in '{field}' is longer than {_MAX_STRING} bytes.", field=field)


def _check_environment_variables(env: dict[str, str]) -> None:
    if len(env) > _MAX_STRINGS:
        raise BadRequest(f"'env' must not hold more than {_MAX_STRINGS} variables.", field="env")
    for name, value in env.items():
        if not name or "=" in name:
            raise BadRequest("A name in 'env' is empty or holds '='.", field="env")
        _check_string("env", f"{name}={value}")


def _check_limits(submission: Submission) -> None:
    timeout = submission.timeout
    if timeout is not None and not (math.isfinite(timeout) and 0 < timeout <= _MAX_SECONDS):
        raise BadRequest("'timeout' must be a number of seconds greater than 0.", field="timeout")
    if not 0 <= submission.retries <= _MAX_RETRIES:
        raise BadRequest(f"'retries' must be 0 to {_MAX_RETRIES}.", field="retries")
    if not (math.isfinite(submission.retry_delay) and 0 <= submission.retry_delay <= _MAX_SECONDS):
        raise BadRequest("'retry_delay' must be a number of seconds, 0 or more.", field="retry_delay")
    if depth(submission.parameters, _MAX_DEPTH) > _MAX_DEPTH:
        raise BadRequest(f"'parameters' must not be nested more than {_MAX_DEPTH} deep.", field="parameters")
    if _size(submission.parameters) > _MAX_PARAMETERS:
        raise BadRequest(f"'parameters' must not be larger than {_MAX_PARAMETERS} bytes.", field="parameters")


def _size(parameters: dict[str, Any]) -> int:
    try:
        return len(msgspec.json.encode(parameters))
    except (OverflowError, ValueError):
        raise BadRequest("'parameters' hold a number of more than 64 bits, or a text that is none.",
                         field="parameters") from None


def _check_slots(submission: Submission) -> None:
    if not 1 <= submission.cpus <= _MAX_SLOTS:
        raise BadRequest("'cpus' must be a number of cores, 1 or more.", field="cpus")
    if not 0 <= submission.gpus <= _MAX_SLOTS:
        raise BadRequest("'gpus' must be a number of GPUs, 0 or more.", field="gpus")
    if submission.memory is not None and not 1 <= submission.memory <= _MAX_BYTES:
        raise BadRequest("'memory' must be a number of bytes, 1 or more.", field="memory")


def _check_texts(submission: Submission) -> None:
    name = submission.name
    if name is not None and not (1 <= len(name) <= 200 and name.isprintable()):
        raise BadRequest("'name' must be 1 to 200 printable characters.", field="name")
    if len(submission.tags) > 50 or not all(1 <= len(tag) <= 100 and tag.isprintable() for tag in submission.tags):
        raise BadRequest("'tags' must be at most 50 texts of 1 to 100 printable characters.", field="tags")
    if submission.id is not None:
        JOB_ID.check(submission.id, "id")
    if len(submission.after) > _MAX_LIST:
        raise BadRequest(f"'after' must not name more than {_MAX_LIST} jobs.", field="after")
