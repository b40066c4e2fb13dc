"""The words of people and programs on the command line."""

from __future__ import annotations

from jupyter_crispdm.base.rooms.commands import Command

COMMANDS = [
    Command("user", "add, list, change and remove people", "jupyter_crispdm.cli.people.user"),
    Command("token", "create, list and revoke the API tokens of programs", "jupyter_crispdm.cli.people.token"),
]
