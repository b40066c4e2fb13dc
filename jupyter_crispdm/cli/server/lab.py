"""`jupyter crispdm lab [jupyter lab options]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyterlab.labapp import LabApp

HOOKS = {
    "identity_provider_class": "CrispdmIdentityProvider",
    "authorizer_class": "CrispdmAuthorizer",
    "kernel_manager_class": "CrispdmKernelManager",
    "kernel_websocket_connection_class": "CrispdmKernelWebsocket",
}
"""What makes the door, by the option that could replace it."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments: all of them are JupyterLab's own."""
    parser.usage = "jupyter crispdm lab [jupyter lab options]"


def run(arguments: argparse.Namespace) -> int:
    """Start JupyterLab in this process behind our door."""
    launch(arguments.rest)
    return 0


def launch(argv: list[str]) -> None:
    """Build the server, refuse what is unsafe, and serve until it is told to end."""
    from traitlets.config.application import Application

    from jupyter_crispdm.base.files.modes import keep_private

    from ..settings import use_project

    keep_private()
    use_project(Path.cwd())
    Application.clear_instance()
    lab_app().launch_instance(argv=argv)


def lab_app() -> type[LabApp]:
    """JupyterLab's application with our door."""
    from jupyterlab.labapp import LabApp

    from jupyter_crispdm.auth.jupyter.safety import server_config

    class CrispdmLabApp(LabApp):
        """JupyterLab with our door."""

        @classmethod
        def initialize_server(cls, argv: Any = None, **options: Any) -> Any:
            """Build the server with our settings below everybody else's, and look whether they held."""
            server = super().initialize_server(argv=argv, config=server_config(), **options)
            refuse_half_a_door(server)
            advise(server)
            tell_of_doors(server)
            return server

    return CrispdmLabApp


def refuse_half_a_door(server: Any) -> None:
    """Our users are safe only behind all of our hooks: one that an option replaced opens the others."""
    for option, name in HOOKS.items():
        used = getattr(server, option)
        if name not in {kind.__name__ for kind in used.__mro__}:
            raise SystemExit(
                f"jupyter crispdm lab does not start: ServerApp.{option} is {used.__name__}, which knows "
                "nothing of roles. Leave the option out, or start 'jupyter lab', which keeps it."
            )


def advise(server: Any) -> None:
    """Say what to do when nobody could log in."""
    if not server.identity_provider.users.anybody():
        print(
            "There are no users yet, so nobody can log in. Add one, now or while the server runs:\n"
            "    jupyter crispdm user add NAME --role admin",
            file=sys.stderr,
        )


def tell_of_doors(server: Any) -> None:
    """Say which settings and extensions may let in more than whoever runs the server means."""
    from jupyter_crispdm.auth.jupyter.doors import remarks

    loaded = [name for name, extension in server.extension_manager.extensions.items() if extension.enabled]
    for remark in remarks(server.config, loaded, server.identity_provider.trusted_extensions):
        server.log.warning(remark)
