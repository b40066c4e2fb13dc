"""`jupyter crispdm stop ID…|--all`."""

from __future__ import annotations

import argparse

from jupyter_crispdm.base.errors import CrispdmError
from jupyter_crispdm.client import Client, connect

from .output import complain


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("ids", nargs="*", metavar="ID", help="the jobs")
    parser.add_argument("--all", action="store_true", help="every job that is not over")
    parser.set_defaults(usage_error=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Ask jobs to stop; one that cannot be stopped does not keep the others from it."""
    if bool(arguments.ids) == arguments.all:
        arguments.usage_error("name the jobs, or --all.")
    with connect() as client:
        if arguments.all:
            client.jobs.stop_all()
            return 0
        return max([stop(client, id) for id in arguments.ids])


def stop(client: Client, id: str) -> int:
    """Ask one job to stop."""
    try:
        client.jobs.stop(id)
    except CrispdmError as error:
        complain(f"{id}: {error}")
        return 1
    return 0
