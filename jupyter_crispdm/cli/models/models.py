"""`jupyter crispdm models`: all of them; what can be done with one stands in registry.py."""

from __future__ import annotations

import argparse

from jupyter_crispdm.client import connect
from jupyter_crispdm.models.types import ModelList, ModelVersion

from .. import output
from . import registry

COLUMNS = ("MODEL", "VERSION", "ALIASES", "ALGORITHM", "DATA SET", "TASK", "FORMAT", "SIZE", "JOB", "CREATED")
SPARE = ("JOB", "TASK", "FORMAT", "DATA SET", "CREATED", "SIZE", "ALGORITHM")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help="print what the API answers")
    registry.configure(parser.add_subparsers(dest="action", metavar="ACTION"))


def run(arguments: argparse.Namespace) -> int:
    """Print every version of every model, or do what was asked with one."""
    if arguments.action is not None:
        return registry.run(arguments)
    with connect() as client:
        models = client.models.list()
    if arguments.json:
        output.json(ModelList([*models]))
        return 0
    versions = [version for model in models for version in model.versions]
    output.table(COLUMNS, map(row, versions), "No models yet: jobs register them by crispdm.model(…).", SPARE)
    return 0


def row(version: ModelVersion) -> tuple[object, ...]:
    """One version as the table shows it."""
    return (
        version.name,
        version.version,
        ", ".join(version.aliases),
        version.algorithm,
        version.dataset,
        version.task,
        version.format.value,
        output.size(version.size),
        version.job,
        output.moment(version.created),
    )
