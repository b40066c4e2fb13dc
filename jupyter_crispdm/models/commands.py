"""The words of the registry on the command line."""

from __future__ import annotations

from jupyter_crispdm.base.rooms.commands import Command

COMMANDS = [
    Command("models", "the registered models: list, compare, roll back, export", "jupyter_crispdm.cli.models.models"),
]
