"""`jupyter crispdm doctor`."""

from __future__ import annotations

import argparse
import asyncio

from jupyter_crispdm.base.rooms.checks import Check, Verdict
from jupyter_crispdm.base.wire import Wire

from .. import output
from ..settings import settings
from .checks import everything


class Findings(Wire, frozen=True):
    """All that was found."""

    checks: list[Check]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--data-dir", metavar="D", help="the server's data directory, if not the default")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Look at every part; 1 when something is broken."""
    checks = asyncio.run(everything(settings(data_dir=arguments.data_dir)))
    if arguments.json:
        output.json(Findings(checks))
    else:
        show(checks)
    return int(any(check.verdict is Verdict.broken for check in checks))


def show(checks: list[Check]) -> None:
    """Print the findings, and below them what to do about those that are not ok."""
    rows = [(check.part, check.verdict.value, check.reason) for check in checks]
    output.table(("PART", "IS", "WHY"), rows, empty="")
    for check in checks:
        if check.repair:
            print(f"{output.printable(check.part)}: {output.printable(check.repair)}")
