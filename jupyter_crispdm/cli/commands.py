"""Every word of the command line: its own, and those that the rooms bring."""

from __future__ import annotations

from jupyter_crispdm.base.rooms.commands import Command
from jupyter_crispdm.rooms import commands

OWN = [
    Command(
        "demo", "make a small real project, train a model in it, deploy it and show it",
        "jupyter_crispdm.cli.server.demo", takes_command=True,
    ),
    Command(
        "lab", "start JupyterLab and dashboards with users, roles and safe defaults",
        "jupyter_crispdm.cli.server.lab", passes_on=True,
    ),
    Command(
        "doctor", "check every part, and say how to repair what is not usable", "jupyter_crispdm.cli.server.doctor",
    ),
]  # fmt: skip


def every() -> dict[str, Command]:
    """All words by name. Raises ValueError where two rooms bring the same."""
    found: dict[str, Command] = {}
    for command in [*OWN, *commands()]:
        if found.setdefault(command.name, command) is not command:
            raise ValueError(f"Two rooms bring the command '{command.name}'.")
    return found
