"""The words of serving on the command line."""

from __future__ import annotations

from jupyter_crispdm.base.rooms.commands import Command

COMMANDS = [
    Command("deploy", "deploy a model in the running server", "jupyter_crispdm.cli.models.deploy"),
    Command("serve", "serve models in a process of its own, without Jupyter", "jupyter_crispdm.cli.models.serve"),
]
