"""The words of schedules on the command line."""

from __future__ import annotations

from jupyter_crispdm.base.rooms.commands import Command

COMMANDS = [
    Command("schedule", "run commands at certain times", "jupyter_crispdm.cli.jobs.schedule", takes_command=True),
]
