from __future__ import annotations

from jupyter_crispdm.base.rooms.commands import Command

COMMANDS = [Command("toy", "write on the wall, and read it", "tests.server.toyroom.toy")]
