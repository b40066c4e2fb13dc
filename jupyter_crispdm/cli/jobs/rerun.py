"""`jupyter crispdm rerun ID [options]`."""

from __future__ import annotations

import argparse
import shlex
import sys
from typing import Any

from jupyter_crispdm.client import Client, connect
from jupyter_crispdm.jobs.types import Job, JobState

from .. import asking
from ..output import UsageError, remark
from .run import follow


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("id", metavar="ID", help="the job to run once more")
    asking.configure(parser)
    parser.add_argument(
        "--exact", action="store_true",
        help="as it was, or not at all: with its code and environment of then, which is built again where it has "
        "changed; only --name goes with it",
    )  # fmt: skip
    parser.add_argument("-f", "--follow", action="store_true", help="print its log; exit with its exit code")


def run(arguments: argparse.Namespace) -> int:
    """Submit a job once more, with what is given in place of what it had."""
    with connect() as client:
        job = _exactly(client, arguments) if arguments.exact else _changed(client, arguments)
        if not arguments.follow:
            print(job.id)
            return 0
        print(job.id, file=sys.stderr)
        return follow(client, job)


def _changed(client: Client, arguments: argparse.Namespace) -> Job:
    return client.jobs.rerun(arguments.id, **changes(client, arguments))


def _exactly(client: Client, arguments: argparse.Namespace) -> Job:
    """Run it as it was; its environment is built first, where that is another now. Raises UsageError."""
    others = {**asking.asked(arguments), **({"parameters": arguments.param} if arguments.param else {})}.keys()
    if others - {"name"}:
        raise UsageError(f"--exact runs it as it was, without other {min(others - {'name'}).replace('_', ' ')}.")
    old = client.runs.environment(arguments.id)
    if not old.ready:
        remark(f"the environment {old.name} is built by the job {old.job}")
        if client.jobs.wait(old.job).state is not JobState.succeeded:
            raise UsageError(f"the environment was not built; see: jupyter crispdm logs {shlex.quote(old.job)}")
    made = client.runs.again(arguments.id, exact=True, name=arguments.name)
    for one in made.inputs:
        if one.state == "restored":
            remark(one.reason)
    return made.job


def changes(client: Client, arguments: argparse.Namespace) -> dict[str, Any]:
    """The fields to change; a parameter that is not named stays as it was."""
    if not arguments.param:
        return asking.settled(client, arguments)
    before = client.jobs.submission(arguments.id).parameters
    return {**asking.settled(client, arguments), "parameters": {**before, **dict(arguments.param)}}
