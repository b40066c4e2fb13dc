"""What a job is asked for on a command line: the options that `run` and `rerun` share."""

from __future__ import annotations

import argparse
import json
import re
from typing import Any

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_BINARY_UNITS = {"k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options; what is not given is None or empty."""
    add = parser.add_argument
    add("--env", dest="environment", help="environment: id, name or prefix (default: the server's)")
    add("--name", help="what to call the job")
    add("--param", action="append", default=[], type=parameter, metavar="K=V", help="a parameter; repeatable")
    add("--tag", dest="tags", action="append", default=[], metavar="TAG", help="a word to find it by; repeatable")
    add("--timeout", type=float, metavar="S", help="stop it after S seconds (default: never)")
    add("--retries", type=int, metavar="N", help="try again up to N times if it fails (default: 0)")
    add("--retry-delay", type=float, metavar="S", help="wait S seconds before it is tried again (default: 0)")
    add("--cpus", type=int, metavar="N", help="wait until N CPUs are free (default: 1)")
    add("--gpus", type=int, metavar="N", help="wait until N GPUs are free, and get them (default: 0)")
    add("--memory", type=size, metavar="SIZE", help="wait for, and get no more than, SIZE such as 4GB or 512MiB")
    add("--after", action="append", default=[], metavar="ID", help="wait for this job to succeed; repeatable")


def asked(arguments: argparse.Namespace) -> dict[str, Any]:
    """What was given, as the fields of a submission; the parameters are left out."""
    names = (
        "environment", "name", "tags", "timeout", "retries", "retry_delay", "cpus", "gpus", "memory", "after",
    )  # fmt: skip
    given = {name: getattr(arguments, name) for name in names}
    return {name: value for name, value in given.items() if value is not None and value != []}


def parameter(text: str) -> tuple[str, Any]:
    """`k=v`, where v is a JSON value if it reads as one, else text."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"'{text}' is not K=V")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def size(text: str) -> int:
    """A number of bytes: 4GB, 1.5 g, 512MiB, 1000000."""
    found = re.fullmatch(r"(\d+(?:\.\d*)?)\s*([kmgt]?)(i?)b?", text.strip().lower())
    if not found or (found[3] and not found[2]):
        raise argparse.ArgumentTypeError(f"'{text}' is not a size such as 4GB or 512MiB")
    unit = _BINARY_UNITS[found[2]] if found[3] else _UNITS[found[2]]
    return round(float(found[1]) * unit)
