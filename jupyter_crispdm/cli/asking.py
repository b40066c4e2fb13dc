"""What a job is asked for on a command line: the options that `run` and `rerun` share."""

from __future__ import annotations

import argparse
from typing import Any

from jupyter_crispdm.client import Client

from .environment import chosen
from .typed import alert, count, duration, parameter, size

PARAMETER = "a parameter, a text unless it reads as a value such as 3, 0.5 or true; K:=V where V is JSON; repeatable"
DURATION = "90s, 1h30m or 2d"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options; what is not given is None or empty."""
    add = parser.add_argument
    add("--env", dest="environment", help="environment: its id, name or folder (default: the server's)")
    add("--name", help="what to call the job")
    add("--param", action="append", default=[], type=parameter, metavar="K=V", help=PARAMETER)
    add("--tag", dest="tags", action="append", default=[], metavar="TAG", help="a word to find it by; repeatable")
    add("--timeout", type=duration, metavar="T", help=f"stop it after T, such as {DURATION} (default: never)")
    add("--retries", type=count, metavar="N", help="try again up to N times if it fails (default: 0)")
    add(
        "--retry-delay",
        type=duration,
        metavar="T",
        help=f"wait T, such as {DURATION}, before the next try (default: 0)",
    )
    add("--cpus", type=count, metavar="N", help="wait until N CPUs are free (default: 1)")
    add("--gpus", type=count, metavar="N", help="wait until N GPUs are free, and get them (default: 0)")
    add("--memory", type=size, metavar="SIZE", help="wait for, and get no more than, SIZE such as 4GB or 512MiB")
    add(
        "--alert",
        dest="alerts",
        action="append",
        default=[],
        type=alert,
        metavar="RULE",
        help="tell when its curves do this: 'loss above 5', 'nan', 'val/loss stuck 10'; 'stop' at the end also stops "
        "it and keeps the best; repeatable",
    )
    add("--after", action="append", default=[], metavar="ID", help="wait for this job to succeed; repeatable")


def asked(arguments: argparse.Namespace) -> dict[str, Any]:
    """What was given, as the fields of a submission; the parameters are left out."""
    names = (
        "environment", "name", "tags", "timeout", "retries", "retry_delay", "cpus", "gpus", "memory", "after",
        "alerts",
    )  # fmt: skip
    given = {name: getattr(arguments, name) for name in names}
    return {name: value for name, value in given.items() if value is not None and value != []}


def settled(client: Client, arguments: argparse.Namespace) -> dict[str, Any]:
    """The same, with the environment that is meant. Raises NotFound, Unprocessable."""
    fields = asked(arguments)
    environment = chosen(client, arguments.environment)
    return fields if environment is None else {**fields, "environment": environment}
