"""What a room's ``commands.py`` tells the command line; nothing of the server is imported for it."""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    """A word of the command line.

    `module` has ``configure(parser)`` and ``run(arguments) -> exit code``, and is imported when the word is used.
    `passes_on`: options that it does not know are somebody else's. `takes_command`: so is all that comes after ``--``.
    """

    name: str
    summary: str
    module: str
    passes_on: bool = False
    takes_command: bool = False
