"""`jupyter crispdm models history|rollback|compare|trust|export|import`: one model of the registry."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jupyter_crispdm.client import Client, connect
from jupyter_crispdm.models.types import Model, ModelVersion, Reference, parse_reference

from .. import output
from ..output import complain

_SPANS = ("ALIAS", "VERSION", "SINCE", "BY", "UNTIL", "ENDED BY", "HOW")


def configure(actions: Any) -> None:
    """Declare the actions."""
    _add(actions, "history", "which version bore which alias", "name").add_argument("--json", action="store_true",
         help="print what the API answers")  # fmt: skip
    back = _add(actions, "rollback", "let an alias point to the version before", "name")
    back.add_argument("alias", metavar="ALIAS", help="the alias")
    compare = _add(actions, "compare", "show where versions differ", "name")
    compare.add_argument("versions", metavar="VERSION", type=int, nargs="+", help="two or more numbers")
    compare.add_argument("--all", action="store_true", help="also what is the same")
    trust = _add(actions, "trust", "show which types a version builds; trust them, as an admin", "model")
    trust.add_argument("types", metavar="TYPE", nargs="*", help="types to trust")
    trust.add_argument("--reason", default="", help="why; without it the types are only shown")
    export = _add(actions, "export", "write a version as a zip that another server imports", "model")
    export.add_argument("file", metavar="FILE", nargs="?", default=".", help="default: NAME-VERSION.zip, here")
    taken = actions.add_parser("import", help="take in an export as the next version of its model")
    taken.add_argument("file", metavar="FILE", type=Path, help="a zip that `export` wrote")
    taken.add_argument("--name", help="the model that it becomes a version of, if not its own")


def run(arguments: argparse.Namespace) -> int:
    """Do one of them."""
    with connect() as client:
        return _ACTIONS[arguments.action](client, arguments)


def _history(client: Client, arguments: argparse.Namespace) -> int:
    told = client.models.history(arguments.name)
    if arguments.json:
        output.json(told)
        return 0
    rows = [
        (span.alias, span.version, output.moment(span.since), span.by, output.moment(span.until), span.ended_by or "",
         span.ending.value if span.ending else span.how.value)
        for span in told.history
    ]  # fmt: skip
    output.table(_SPANS, rows, f"No alias of '{arguments.name}' yet.", ("HOW", "ENDED BY"))
    return 0


def _roll_back(client: Client, arguments: argparse.Namespace) -> int:
    version = client.models.roll_back(arguments.name, arguments.alias)
    print(f"{arguments.alias} points to version {version.version}")
    return 0


def _compare(client: Client, arguments: argparse.Namespace) -> int:
    told = client.models.compare(arguments.name, arguments.versions)
    rows = [(row.group, row.field, *row.values) for row in told.rows if row.differs or arguments.all]
    output.table(("GROUP", "FIELD", *(f"VERSION {number}" for number in told.versions)), rows, "Nothing differs.")
    return 0


def _trust(client: Client, arguments: argparse.Namespace) -> int:
    version = _version(client, arguments.model)
    if arguments.types and not arguments.reason:
        complain("Say why by --reason.")
        return 2
    if arguments.reason:
        report = client.models.trust(version.name, version.version, arguments.types, arguments.reason)
    else:
        report = client.models.trust_report(version.name, version.version)
    by = report.trust.by if report.trust else ""
    rows = [(name, "" if name in report.untrusted else by) for name in report.types]
    output.table(("TYPE", "TRUSTED BY"), rows, "It builds nothing that would have to be trusted.")
    return 0


def _export(client: Client, arguments: argparse.Namespace) -> int:
    version = _version(client, arguments.model)
    print(client.models.export(version.name, version.version, arguments.file))
    return 0


def _import(client: Client, arguments: argparse.Namespace) -> int:
    if not arguments.file.is_file():
        complain(f"There is no file '{arguments.file}'.")
        return 2
    version = client.models.import_(arguments.file, name=arguments.name)
    print(f"{version.name} version {version.version}")
    return 0


_ACTIONS: Mapping[str, Callable[[Client, argparse.Namespace], int]] = {
    "history": _history, "rollback": _roll_back, "compare": _compare, "trust": _trust, "export": _export,
    "import": _import,
}  # fmt: skip


def _add(actions: Any, name: str, help: str, of: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=help)
    what = "the model" if of == "name" else "NAME, NAME/VERSION or NAME@ALIAS"
    parser.add_argument(of, metavar=of.upper(), help=what)
    return parser


def _version(client: Client, text: str) -> ModelVersion:
    """The version that people mean by a text. Raises BadRequest, NotFound."""
    reference = parse_reference(text)
    model = client.models.get(reference.name)
    number = _number(model, reference)
    found = [version for version in model.versions if version.version == number]
    if not found:
        raise SystemExit(f"There is no '{text}'.")
    return found[0]


def _number(model: Model, reference: Reference) -> int | None:
    if reference.alias is not None:
        return model.aliases.get(reference.alias, model.latest if reference.alias == "latest" else -1)
    if reference.version is not None:
        return reference.version
    return model.versions[0].version if model.versions else None
