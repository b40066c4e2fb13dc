"""The words of environments on the command line."""

from __future__ import annotations

from jupyter_crispdm.base.rooms.commands import Command

COMMANDS = [
    Command("envs", "list the Python environments", "jupyter_crispdm.cli.server.envs"),
]
