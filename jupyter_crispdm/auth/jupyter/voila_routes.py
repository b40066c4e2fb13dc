"""Voila's routes as we serve them: dashboards that ask no foreign host, and linked labextensions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import FileFindHandler
from jupyter_server.utils import url_path_join
from tornado.routing import PathMatches, Rule

if TYPE_CHECKING:
    from voila.configuration import VoilaConfiguration

_TEMPLATES = Path(__file__).parents[1] / "templates/voila"
_CHANGED = "lab"
"""The template of Voila's that ours replaces; one that an operator chose is left alone."""


def voila_rules(serverapp: Any) -> list[Rule]:
    """Routes to stand before Voila's own."""
    # here, because Voila takes a second to import and the command line imports this room
    from ..pages.dashboard_page import DashboardHandler

    configuration = _configuration(serverapp)
    page = {
        "config": serverapp.config,
        "template_paths": _template_paths(configuration.template),
        "voila_configuration": configuration,
    }
    return [
        Rule(_path(serverapp, "voila/render/(.*)"), DashboardHandler, page),
        Rule(_path(serverapp, "voila/labextensions/(.*)"), FileFindHandler, _labextensions(configuration)),
    ]


def _configuration(serverapp: Any) -> VoilaConfiguration:
    """The settings that Voila gives its own routes."""
    from voila.configuration import VoilaConfiguration
    from voila.server_extension import load_config_file

    from ..pages.dashboard_page import tidy

    configuration = VoilaConfiguration(parent=serverapp)
    if (local := load_config_file()) is not None:
        configuration.update_config(local)
    configuration.allow_template_override = "NO"  # nor by a notebook: its text would choose what makes the page
    configuration.prelaunch_hook = configuration.prelaunch_hook or tidy
    return configuration


def _template_paths(template: str) -> list[str]:
    from voila.paths import collect_template_paths

    paths: list[str] = collect_template_paths(["voila", "nbconvert"], template)
    return [str(_TEMPLATES), *paths] if template == _CHANGED else paths


def _labextensions(configuration: VoilaConfiguration) -> dict[str, Any]:
    """The browser's side of extensions. A development install links it, which Voila's own route refuses."""
    from voila.utils import get_voila_labextensions_path

    path = get_voila_labextensions_path(configuration.extra_labextensions_path)
    options = {"path": path, "no_cache_paths": ["/"]}
    # servers that do not know the option follow links unasked
    follow = {"follow_dir_symlinks": True} if hasattr(FileFindHandler, "follow_dir_symlinks") else {}
    return {**options, **follow}


def _path(serverapp: Any, pattern: str) -> PathMatches:
    return PathMatches(url_path_join(serverapp.base_url, pattern))
