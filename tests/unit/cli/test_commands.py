"""The words of the command line come from the rooms."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_crispdm import rooms
from jupyter_crispdm.base.rooms.commands import Command
from jupyter_crispdm.cli import commands
from jupyter_crispdm.rooms import ROOMS


def test_every_word_is_once() -> None:
    names = [command.name for command in [*commands.OWN, *rooms.commands()]]
    assert sorted(names) == sorted(commands.every())


def test_a_word_that_two_rooms_bring_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "commands", lambda: [Command("lab", "another", "nowhere")])
    with pytest.raises(ValueError, match="Two rooms bring the command 'lab'"):
        commands.every()


def test_looking_for_words_imports_nothing_else_of_a_room() -> None:
    code = (
        "import sys; from jupyter_crispdm.rooms import commands, ROOMS; commands()\n"
        "print([name for name in sys.modules if name.startswith(tuple(f'{room}.' for room in ROOMS))"
        " and not name.endswith('.commands') and not name.endswith('.rooms')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_rooms_are_packages_of_ours() -> None:
    place = Path(rooms.__file__).parent
    assert [room for room in ROOMS if not (place / room.rpartition(".")[2] / "room.py").is_file()] == []
