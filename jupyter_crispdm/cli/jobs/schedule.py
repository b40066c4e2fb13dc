"""`jupyter crispdm schedule add|list|pause|resume|run|remove`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from jupyter_crispdm.client import Client, connect
from jupyter_crispdm.jobs.types import Submission
from jupyter_crispdm.schedules.types import Missed, Overlap, Schedule, ScheduleList

from .. import asking, output
from .run import below, what

COLUMNS = ("ID", "NAME", "CRON", "TIME ZONE", "NEXT", "LAST", "LAST JOB", "OWNER", "NOTE")
EMPTY = "No schedules yet. Make one: jupyter crispdm schedule add '0 3 * * *' -- COMMAND…"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    configure_add(actions.add_parser("add", help="run a command at certain times"))
    listing = actions.add_parser("list", help="list the schedules")
    listing.add_argument("--json", action="store_true", help="print what the API answers")
    for action, summary in (
        ("pause", "start nothing until it is resumed"),
        ("resume", "go on with the next time"),
        ("run", "start its job now, and print the job's id"),
        ("remove", "delete it; its jobs stay"),
    ):
        actions.add_parser(action, help=summary).add_argument("id", help="the schedule")
    parser.set_defaults(usage_error=parser.error)


def configure_add(parser: argparse.ArgumentParser) -> None:
    """Declare what a new schedule needs."""
    parser.usage = "jupyter crispdm schedule add CRON [options] -- COMMAND…"
    add = parser.add_argument
    add("cron", help="'minute hour day month weekday', for example '30 2 * * 1-5' for 2:30 from Monday to Friday")
    add("--timezone", metavar="ZONE", help="such as Europe/Berlin (default: this machine's)")
    asking.configure(parser)
    add("--cwd", help="directory to run in, below the server's root (default: here, if it is)")
    missed, overlap = [policy.value for policy in Missed], [policy.value for policy in Overlap]
    add("--missed", choices=missed, default="once", help="times that passed while the server was away (default: once)")
    add("--overlap", choices=overlap, default="skip", help="while its last job is not over (default: skip)")
    add("words", nargs="*", metavar="COMMAND", help="the command, after '--'")


def run(arguments: argparse.Namespace) -> int:
    """Do one of them."""
    with connect() as client:
        if arguments.action == "add":
            print(add(client, arguments).id)
        elif arguments.action == "list":
            show(client.schedules.list(), arguments.json)
        elif arguments.action == "run":
            print(client.schedules.run(arguments.id).id)
        elif arguments.action == "remove":
            client.schedules.delete(arguments.id)
        else:
            client.schedules.change(arguments.id, paused=arguments.action == "pause")
    return 0


def add(client: Client, arguments: argparse.Namespace) -> Schedule:
    """Make a schedule of a command."""
    command = arguments.words + arguments.rest
    if not command:
        arguments.usage_error("what shall run? Write the command after '--', or name a notebook or script")
    submission = Submission(
        **what(command, client.root, Path.cwd()),
        parameters=dict(arguments.param),
        cwd=arguments.cwd or below(client.root, Path.cwd()),
        **asking.settled(client, arguments),
    )
    return client.schedules.create(
        arguments.cron,
        submission,
        timezone=arguments.timezone or local_zone(),
        name=arguments.name,
        missed=Missed(arguments.missed),
        overlap=Overlap(arguments.overlap),
    )


def show(schedules: Sequence[Schedule], as_json: bool) -> None:
    """Print the schedules."""
    if as_json:
        output.json(ScheduleList([*schedules]))
    else:
        output.table(COLUMNS, map(row, schedules), EMPTY, ("OWNER", "LAST JOB", "LAST", "TIME ZONE"))


def row(schedule: Schedule) -> tuple[object, ...]:
    """One schedule as the table shows it."""
    return (
        schedule.id,
        schedule.name,
        schedule.cron,
        schedule.timezone,
        "paused" if schedule.paused else output.moment(schedule.next_run),
        output.moment(schedule.last_run),
        schedule.last_job,
        schedule.owner,
        schedule.reason,
    )


def local_zone(link: Path = Path("/etc/localtime")) -> str:
    """The time zone of this machine by its name, UTC where it has none."""
    named = os.environ.get("TZ", "").lstrip(":")
    if "/" in named and not named.startswith("/"):
        return named
    _, zoneinfo, name = str(link.resolve()).rpartition("/zoneinfo/")
    return name if zoneinfo else "UTC"
