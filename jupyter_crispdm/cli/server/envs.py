"""`jupyter crispdm envs`: the environments; and what can be done with one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from jupyter_crispdm.client import Client, connect
from jupyter_crispdm.environments.types import Accepted, Environment, EnvironmentList, PackageList

from .. import output
from ..jobs.run import follow

KINDS = ("uv", "venv", "conda")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--refresh", action="store_true", help="look for environments anew")
    parser.add_argument("--package", metavar="P", help="only those that have it: torch, or 'torch>=2.4'")
    parser.add_argument("--kernel", metavar="ID", help="make this one usable as a kernel")
    parser.add_argument("--json", action="store_true", help="print what the API answers")
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    _configure_making(actions)
    _configure_looking(actions)


def _configure_making(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    create = actions.add_parser("create", help="make one")
    create.add_argument("name")
    create.add_argument("packages", nargs="*", metavar="PACKAGE", help="a requirement, such as 'numpy>=1.26'")
    create.add_argument("--python", metavar="V", help="version or path (default: as the server)")
    file = "requirements.txt, environment.yml or pyproject.toml, below the server's root"
    create.add_argument("--file", metavar="F", help=file)
    clone = actions.add_parser("clone", help="make one with the same packages as another")
    clone.add_argument("id")
    clone.add_argument("name")
    for action in (create, clone):
        action.add_argument("--kind", choices=KINDS, help="what makes it (default: the best that is installed)")
    install = actions.add_parser("install", help="install packages into one")
    install.add_argument("id")
    install.add_argument("packages", nargs="+", metavar="PACKAGE")
    delete = actions.add_parser("delete", help="delete one that was made here or lies below the root")
    delete.add_argument("id")
    for action in (create, clone, install, delete):
        action.add_argument("-f", "--follow", action="store_true", help="print the log; exit with the exit code")
    actions.add_parser("refresh", help="lend the newest ipykernel to those that were lent an old one")


def _configure_looking(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    packages = actions.add_parser("packages", help="list the packages of one")
    packages.add_argument("id")
    packages.add_argument("--search", default="", metavar="TEXT", help="only those whose name holds it")
    export = actions.add_parser("export", help="print a file that makes one again")
    export.add_argument("id")
    export.add_argument("--format", choices=("requirements", "conda"), default="requirements")
    diff = actions.add_parser("diff", help="tell how the packages of two differ")
    diff.add_argument("id")
    diff.add_argument("other")
    for action in (packages, diff):
        words = "print what the API answers"
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=words)


def run(arguments: argparse.Namespace) -> int:
    """Print the environments, or do something with one."""
    action = ACTIONS[arguments.action or "list"]
    with connect() as client:
        return action(client, arguments)


def show(client: Client, arguments: argparse.Namespace) -> int:
    """Print the environments; make one a kernel first, where that is asked for."""
    if arguments.kernel:
        client.environments.make_kernel(arguments.kernel)
    environments = client.environments.list(refresh=arguments.refresh, package=arguments.package)
    if arguments.json:
        output.json(EnvironmentList([*environments]))
        return 0
    columns = ("ID", "NAME", "KIND", "PYTHON", "USABLE", "KERNEL", "PREFIX")
    output.table(columns, map(row, environments), "No environments.", ("KIND", "KERNEL", "PREFIX"))
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


def create(client: Client, arguments: argparse.Namespace) -> int:
    """Make an environment."""
    accepted = client.environments.create(
        arguments.name, arguments.packages, kind=arguments.kind, python=arguments.python, file=arguments.file
    )
    return begun(client, arguments, accepted)


def clone(client: Client, arguments: argparse.Namespace) -> int:
    """Make an environment like another."""
    accepted = client.environments.clone(arguments.id, arguments.name, kind=arguments.kind)
    return begun(client, arguments, accepted)


def install(client: Client, arguments: argparse.Namespace) -> int:
    """Install packages."""
    return begun(client, arguments, client.environments.install(arguments.id, arguments.packages))


def delete(client: Client, arguments: argparse.Namespace) -> int:
    """Delete an environment."""
    return begun(client, arguments, client.environments.delete(arguments.id))


def begun(client: Client, arguments: argparse.Namespace, accepted: Accepted) -> int:
    """Print the id of the job; with --follow, stay with it."""
    if not arguments.follow:
        print(accepted.job)
        return 0
    print(accepted.job, file=sys.stderr)
    return follow(client, client.jobs.get(accepted.job))


def refresh(client: Client, arguments: argparse.Namespace) -> int:
    """Make the kernels anew whose ipykernel has grown old."""
    old = [environment for environment in client.environments.list() if environment.kernel.old]
    for environment in old:
        client.environments.make_kernel(environment.id)
        print(output.printable(environment.name))
    if not old:
        print("Every ipykernel that was lent is as new as the server's.", file=sys.stderr)
    return 0


def packages(client: Client, arguments: argparse.Namespace) -> int:
    """Print what is installed."""
    found = client.environments.packages(arguments.id, arguments.search)
    if arguments.json:
        output.json(PackageList([*found]))
    else:
        rows = [(package.name, package.version) for package in found]
        output.table(("PACKAGE", "VERSION"), rows, empty="No packages.")
    return 0


def export(client: Client, arguments: argparse.Namespace) -> int:
    """Print a file that makes the environment again."""
    print(client.environments.export(arguments.id, arguments.format), end="")
    return 0


def diff(client: Client, arguments: argparse.Namespace) -> int:
    """Print the packages that differ."""
    found = client.environments.diff(arguments.id, arguments.other)
    if arguments.json:
        output.json(found)
        return 0
    rows = [
        *((one.name, one.here, one.there) for one in found.different),
        *((one.name, one.version, "") for one in found.only_here),
        *((one.name, "", one.version) for one in found.only_there),
    ]
    columns = ("PACKAGE", arguments.id, arguments.other)
    output.table(columns, sorted(rows), empty=f"No difference; {found.same} packages are the same.")
    return 0


ACTIONS: dict[str, Callable[[Client, argparse.Namespace], int]] = {
    "list": show,
    "create": create,
    "clone": clone,
    "install": install,
    "delete": delete,
    "refresh": refresh,
    "packages": packages,
    "export": export,
    "diff": diff,
}
