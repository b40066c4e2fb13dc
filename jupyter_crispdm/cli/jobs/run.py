"""`jupyter crispdm run [options] -- COMMAND…`."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_crispdm.base.parsing.durations import brief_duration
from jupyter_crispdm.client import Client, connect
from jupyter_crispdm.jobs.types import Job, JobState

from .. import asking
from ..output import UsageError, complain, remark, stream

SIGNAL_BASE = 128
SCRIPTS = frozenset({".py", ".ipynb", ".r", ".sh", ".bash", ".jl", ".js", ".mjs"})
"""Ends of names of files that no system runs by itself, but the server does."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.usage = "jupyter crispdm run [options] -- COMMAND…\n       jupyter crispdm run [options] FILE [-- ARGUMENT…]"
    asking.configure(parser)
    add = parser.add_argument
    add("--cwd", help="directory to run in, below the server's root (default: here, if it is)")
    add("-f", "--follow", action="store_true", help="print its log as it grows; exit with its exit code")
    add("words", nargs="*", metavar="COMMAND", help="the command, after '--'; or a notebook or script")
    parser.set_defaults(usage_error=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Submit the job; with --follow, stay with it."""
    command = arguments.words + arguments.rest
    if not command:
        arguments.usage_error("what shall run? Write the command after '--', or name a notebook or script")
    with connect() as client:
        job = client.jobs.submit(
            **what(command, client.root, Path.cwd()),
            parameters=dict(arguments.param),
            cwd=arguments.cwd or below(client.root, Path.cwd()),
            **asking.settled(client, arguments),
        )
        if not arguments.follow:
            print(job.id)
            return 0
        print(job.id, file=sys.stderr)
        return follow(client, job)


def what(command: list[str], root: Path | None, here: Path) -> dict[str, Any]:
    """A command as it is, or the notebook or script that it names. Raises UsageError."""
    first, rest = command[0], command[1:]
    suffix = Path(first).suffix.lower()
    if suffix not in SCRIPTS or not (suffix == ".ipynb" or (here / first).is_file()):
        return {"command": command}
    if suffix == ".ipynb" and rest:
        raise UsageError(f"A notebook takes --param K=V, not arguments such as '{rest[0]}'.")
    if root is not None and not (here / first).is_file():
        raise UsageError(f"There is no notebook '{first}' here.")
    path = first if root is None else below(root, (here / first).resolve())
    if path is None:
        raise UsageError(f"'{first}' lies outside of {root}, which is all that the server runs files of.")
    return {"notebook": path} if suffix == ".ipynb" else {"script": path, "args": rest}


def follow(client: Client, job: Job) -> int:
    """Print the log until the job is over; Ctrl-C leaves it running."""
    try:
        wait_for_start(client, job.id, remark)
        for text in client.jobs.follow(job.id, remark=remark):
            stream(text)
        return exit_code(client.jobs.wait(job.id))
    except KeyboardInterrupt:
        complain(f"the job goes on; stop it with: jupyter crispdm stop {shlex.quote(job.id)}")
        raise


def wait_for_start(client: Client, id: str, say: Callable[[str], None]) -> None:
    """Say what a job waits for, and when it starts; nothing of one that starts at once."""
    said = ""
    for now in client.jobs.watch(id):
        if now.state is not JobState.queued:
            if said and now.started is not None:
                say(f"started after {brief_duration((now.started - now.created).total_seconds())}")
                return
            if not said or now.state.final or now.state is not JobState.starting:
                return
        elif now.reason and now.reason != said:
            said = now.reason
            say(f"queued: {said}")


def exit_code(job: Job) -> int:
    """What a shell would see if it had run the command itself; says why it did not succeed."""
    if job.state is not JobState.succeeded and job.reason:
        complain(f"job {job.id} {job.state.value}: {job.reason}")
    if job.exit_code is not None:
        return job.exit_code
    if job.signal is not None:
        return SIGNAL_BASE + signal_number(job.signal)
    if job.state is JobState.succeeded:
        return 0
    return 1


def signal_number(name: str) -> int:
    """The number of a signal by its name; one without a name is called by its number."""
    known = signal.Signals.__members__.get(name)
    if known is not None:
        return known.value
    number = name.removeprefix("SIG")
    return int(number) if number.isdecimal() and len(number) < 4 else 0


def below(root: Path | None, here: Path) -> str | None:
    """Where we stand, as the server calls it; None when it is not below its root."""
    if root is None or not here.is_relative_to(root):
        return None
    return here.relative_to(root).as_posix()
