"""A workbench for data-science teams in JupyterLab, along CRISP-DM."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .client import connect as connect
    from .shared import server_state as server_state

__version__ = version("jupyter_crispdm")
__all__ = ["__version__", "connect", "server_state"]


def __getattr__(name: str) -> Any:
    """Import what notebooks ask for only when they do, so that the server's start stays quick."""
    if name == "connect":
        from .client import connect

        return connect
    if name == "server_state":
        from .shared import server_state

        return server_state
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "../labextension/dist", "dest": "jupyter-crispdm"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from .app import CrispdmApp

    return [{"module": "jupyter_crispdm", "app": CrispdmApp}]
