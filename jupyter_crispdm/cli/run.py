"""`jupyter crispdm run [options] -- COMMAND…`."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from jupyter_crispdm.client import Client, connect
from jupyter_crispdm.jobs.types import Job, JobState

from . import asking
from .output import complain, stream

SIGNAL_BASE = 128
SIGNALS = {"SIGHUP": 1, "SIGINT": 2, "SIGQUIT": 3, "SIGABRT": 6, "SIGKILL": 9, "SIGSEGV": 11, "SIGTERM": 15}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.usage = "jupyter crispdm run [options] -- COMMAND…"
    asking.configure(parser)
    add = parser.add_argument
    add("--cwd", help="directory to run in, below the server's root (default: here, if it is)")
    add("-f", "--follow", action="store_true", help="print its log as it grows; exit with its exit code")
    add("words", nargs="*", metavar="COMMAND", help="the command, after '--'")
    parser.set_defaults(usage_error=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Submit the job; with --follow, stay with it."""
    command = arguments.words + arguments.rest
    if not command:
        arguments.usage_error("what shall run? Write the command after '--'.")
    with connect() as client:
        job = client.jobs.submit(
            command,
            parameters=dict(arguments.param),
            cwd=arguments.cwd or below(client.root, Path.cwd()),
            **asking.asked(arguments),
        )
        if not arguments.follow:
            print(job.id)
            return 0
        print(job.id, file=sys.stderr)
        return follow(client, job)


def follow(client: Client, job: Job) -> int:
    """Print the log until the job is over; Ctrl-C leaves it running."""
    try:
        for text in client.jobs.follow(job.id):
            stream(text)
        return exit_code(client.jobs.wait(job.id))
    except KeyboardInterrupt:
        complain(f"the job goes on; stop it with: jupyter crispdm stop {shlex.quote(job.id)}")
        raise


def exit_code(job: Job) -> int:
    """What a shell would see if it had run the command itself."""
    if job.exit_code is not None:
        return job.exit_code
    if job.signal is not None:
        return SIGNAL_BASE + SIGNALS.get(job.signal, 0)
    if job.state is JobState.succeeded:
        return 0
    complain(f"job {job.id} {job.state.value}: {job.reason}")
    return 1


def below(root: Path | None, here: Path) -> str | None:
    """Where we stand, as the server calls it; None when it is not below its root."""
    if root is None or not here.is_relative_to(root):
        return None
    return here.relative_to(root).as_posix()
