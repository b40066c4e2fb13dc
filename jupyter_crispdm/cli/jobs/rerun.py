"""`jupyter crispdm rerun ID [options]`."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from jupyter_crispdm.client import Client, connect

from .. import asking
from .run import follow


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("id", metavar="ID", help="the job to run once more")
    asking.configure(parser)
    parser.add_argument("-f", "--follow", action="store_true", help="print its log; exit with its exit code")


def run(arguments: argparse.Namespace) -> int:
    """Submit a job once more, with what is given in place of what it had."""
    with connect() as client:
        job = client.jobs.rerun(arguments.id, **changes(client, arguments))
        if not arguments.follow:
            print(job.id)
            return 0
        print(job.id, file=sys.stderr)
        return follow(client, job)


def changes(client: Client, arguments: argparse.Namespace) -> dict[str, Any]:
    """The fields to change; a parameter that is not named stays as it was."""
    if not arguments.param:
        return asking.settled(client, arguments)
    before = client.jobs.submission(arguments.id).parameters
    return {**asking.settled(client, arguments), "parameters": {**before, **dict(arguments.param)}}
