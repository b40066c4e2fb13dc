"""`jupyter crispdm stop ID…|--all`."""

from __future__ import annotations

import argparse

from jupyter_crispdm.base.errors import CrispdmError
from jupyter_crispdm.client import Client, connect

from ..output import complain
from ..typed import grace

KEEP_BEST = (3e8, 10.0)
"""Seconds: ten years or so after SIGINT, in which the job saves what it has and ends by itself."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("ids", nargs="*", metavar="ID", help="the jobs")
    parser.add_argument(
        "--grace",
        type=grace,
        metavar="T[,T]",
        help="time it has after SIGINT, and again after SIGTERM, such as 30s or 5m",
    )
    parser.add_argument(
        "--keep-best",
        action="store_true",
        help="only interrupt it, with all the time it needs; what it kept at its best point is its result",
    )
    parser.add_argument("--all", action="store_true", help="every job that is not over")
    parser.set_defaults(usage_error=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Ask jobs to stop; one that cannot be stopped does not keep the others from it."""
    if bool(arguments.ids) == arguments.all:
        arguments.usage_error("name the jobs, or --all.")
    if arguments.keep_best and arguments.grace:
        arguments.usage_error("--keep-best is a --grace without an end: give one of them.")
    times = KEEP_BEST if arguments.keep_best else arguments.grace
    with connect() as client:
        if arguments.all:
            client.jobs.stop_all(grace=times, keep_best=arguments.keep_best)
            return 0
        return max([stop(client, id, times, arguments.keep_best) for id in arguments.ids])


def stop(client: Client, id: str, times: tuple[float, float] | None, keep_best: bool = False) -> int:
    """Ask one job to stop."""
    try:
        client.jobs.stop(id, times, keep_best=keep_best)
    except CrispdmError as error:
        complain(f"{id}: {error}")
        return 1
    return 0
