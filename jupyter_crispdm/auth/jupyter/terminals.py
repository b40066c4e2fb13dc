"""Terminals that see none of the server's secrets."""

from __future__ import annotations

from typing import Any

from jupyter_server_terminals.terminalmanager import TerminalManager

from jupyter_crispdm.base.secrets import without_secrets


class CrispdmTerminalManager(TerminalManager):
    """Jupyter's terminals, with the environment that kernels and jobs have too."""

    def make_term_env(self, *args: Any, **kwargs: Any) -> dict[str, str]:
        """The variables of a new terminal."""
        return without_secrets(super().make_term_env(*args, **kwargs))
