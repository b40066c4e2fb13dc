"""`jupyter crispdm envs`."""

from __future__ import annotations

import argparse

from jupyter_crispdm.client import connect
from jupyter_crispdm.environments.types import Environment, EnvironmentList

from . import output


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--refresh", action="store_true", help="look for environments anew")
    parser.add_argument("--kernel", metavar="ID", help="make this one usable as a kernel")
    parser.add_argument("--json", action="store_true", help="print what the API answers")


def run(arguments: argparse.Namespace) -> int:
    """Print the environments, or make one a kernel."""
    with connect() as client:
        if arguments.kernel:
            client.environments.make_kernel(arguments.kernel)
        environments = client.environments.list(refresh=arguments.refresh)
    if arguments.json:
        output.json(EnvironmentList(environments))
        return 0
    columns = ("ID", "NAME", "KIND", "PYTHON", "USABLE", "KERNEL", "PREFIX")
    output.table(columns, map(row, environments), empty="No environments.")
    return 0


def row(environment: Environment) -> tuple[object, ...]:
    """One environment as the table shows it."""
    kernel = environment.kernel
    return (
        environment.id,
        environment.name,
        environment.kind.value,
        environment.version,
        "yes" if environment.usable else f"no: {environment.reason}",
        kernel.name if kernel.ready else f"no: {kernel.reason}",
        environment.prefix,
    )
