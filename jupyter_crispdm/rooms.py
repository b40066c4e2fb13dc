"""The one list of rooms: the packages whose `room.py` and `commands.py` make the server and the command line.

Importing this module imports none of them.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .base.rooms.commands import Command
    from .base.rooms.room import Room

ROOMS = [
    "jupyter_crispdm.base",
    "jupyter_crispdm.auth",
    "jupyter_crispdm.state",
    "jupyter_crispdm.snapshots",
    "jupyter_crispdm.files",
    "jupyter_crispdm.environments",
    "jupyter_crispdm.tracking",
    "jupyter_crispdm.jobs",
    "jupyter_crispdm.runs",
    "jupyter_crispdm.notices",
    "jupyter_crispdm.schedules",
    "jupyter_crispdm.models",
    "jupyter_crispdm.serving",
    "jupyter_crispdm.streams",
    "jupyter_crispdm.proxy",
]
"""From the ground upwards: each may ask those before it."""


def kinds() -> list[type[Room]]:
    """The `Room` that each package's ``room.py`` defines, lowest first. Raises TypeError where it is not one."""
    return [_room_in(package) for package in ROOMS]


def commands() -> list[Command]:
    """The words that the rooms bring to the command line; of a room only its ``commands.py`` is imported."""
    found: list[Command] = []
    for package in filter(_has_commands, ROOMS):
        found += import_module(f"{package}.commands").COMMANDS
    return found


def _room_in(package: str) -> type[Room]:
    from .base.rooms.room import Room

    module = import_module(f"{package}.room")
    found = [
        member
        for member in vars(module).values()
        if isinstance(member, type) and issubclass(member, Room) and member.__module__ == module.__name__
    ]
    if len(found) != 1:
        raise TypeError(f"{package}.room must define one Room; it defines {len(found)}.")
    return found[0]


def _has_commands(package: str) -> bool:
    """Whether there is such a file; looking for the module would import the package, and all that it imports."""
    spec = find_spec(package)
    places = (spec and spec.submodule_search_locations) or ()
    return any(Path(place, "commands.py").is_file() for place in places)
