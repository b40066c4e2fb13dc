"""A dashboard's page: Voila's, with the arguments that we allow and a policy under which injected text stays text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbformat
from tornado import web
from voila.tornado.handler import TornadoVoilaHandler

from ..roles import Role, role_of
from .arguments import DASHBOARD, drop_unknown_arguments
from .policies import dashboard_policy
from .rendering import AUTO, ErrorPages, chosen_theme

OUR_TEMPLATE = "lab"
"""The template of Voila's that ours replaces; one that an operator chose is left alone."""

_HEARTBEAT = "<script>window.voila_heartbeat()</script>"
_STILL_THERE = "<!-- still running -->\n"


class DashboardHandler(ErrorPages, TornadoVoilaHandler):
    """Runs a published notebook and shows its outputs."""

    def initialize(self, **options: Any) -> None:
        """Take Voila's options, and tell the page who looks at it."""
        super().initialize(**options)
        self.page_config_hook: Callable[..., dict[str, Any]] = self._with_visitor

    async def prepare(self) -> None:
        """Look at the arguments before anything reads them."""
        await super().prepare()
        if not self._finished:
            drop_unknown_arguments(self, DASHBOARD)

    @web.authenticated
    async def get(self, path: str | None = None) -> None:
        """Send the page piece by piece, while the notebook runs."""
        if self.voila_configuration.template == OUR_TEMPLATE:  # the pages of others need inline scripts
            self.set_header("Content-Security-Policy", dashboard_policy(
                self.request.host, self.base_url, self.settings.get("mathjax_url"),
                may_frame_lab=role_of(self.current_user, self) in (Role.ANALYST, Role.ADMIN)))
        self.set_header("Referrer-Policy", "same-origin")
        async for html in self.get_generator(path=path):
            self.write(_STILL_THERE if html.startswith(_HEARTBEAT) else html)
            await self.flush()

    def get_argument(self, name: str, *default: Any, **options: Any) -> Any:
        """Voila asks for the theme, which is then never the notebook's text, and for the template: the operator's."""
        if name == "theme":
            theme = self._theme()
            return "light" if theme == AUTO else theme
        return None if name == "template" else super().get_argument(name, *default, **options)

    def _theme(self) -> str:
        """What the address says, or the visitor chose before, or the operator set; else what the browser likes."""
        configured = self.voila_configuration
        if configured.allow_theme_override != "YES":
            return str(configured.theme)
        wish = super().get_argument("theme", "") or chosen_theme(self)
        is_set = configured.theme != "light" or "theme" in configured.config.get("VoilaConfiguration", {})
        return wish or (configured.theme if is_set else AUTO)

    def _with_visitor(self, page_config: dict[str, Any], **options: Any) -> dict[str, Any]:
        configured = self.voila_configuration.page_config_hook
        if configured:
            page_config = configured(page_config, **options) or page_config
        user = self.current_user
        return {
            **page_config, "crispdmTheme": self._theme(), "crispdmVisitor": user.display_name or user.username,
            "crispdmMayLogOut": bool(self.identity_provider.logout_available),
        }


def tidy(handler: Any, notebook: Any, cwd: str) -> None:
    """Drop metadata of another kind than the templates expect: one mistake there, and the page would never end.

    Raises HTTPError(400) for a notebook that is broken otherwise.
    """
    _keep(notebook.metadata, {"title": str, "language_info": dict, "voila": dict, "crispdm": dict})
    said = notebook.metadata.get("crispdm", {}).get("title")
    if isinstance(said, str) and said.strip():
        notebook.metadata["title"] = said
    if not isinstance(notebook.metadata.get("language_info", {}).get("name"), str):
        notebook.metadata.pop("language_info", None)
    for cell in notebook.cells:
        _keep(cell.metadata, {"tags": list, "transient": dict, "raw_mimetype": str})
        _keep(cell, {"id": str})
    try:
        nbformat.validate(notebook, relax_add_props=True)
    except nbformat.ValidationError:
        raise web.HTTPError(400, "The notebook of this dashboard is broken. Save it anew.") from None


def _keep(node: Any, kinds: dict[str, type]) -> None:
    for name, kind in kinds.items():
        if name in node and not isinstance(node[name], kind):
            del node[name]
