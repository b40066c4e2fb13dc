"""A workbench for data-science teams in JupyterLab, along CRISP-DM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .client import connect as connect
    from .shared import server_state as server_state

    __version__: str

__all__ = ["__version__", "connect", "server_state"]


def __getattr__(name: str) -> Any:
    """Import and find out only what is asked for, so that servers start quickly."""
    if name == "__version__":
        from importlib.metadata import version

        return version("jupyter_crispdm")
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
