"""A dashboard's page: Voila's, with the arguments that we allow and a policy under which injected text stays text."""

from __future__ import annotations

from typing import Any

from tornado import web
from voila.tornado.handler import TornadoVoilaHandler

from .arguments import DASHBOARD, drop_unknown_arguments
from .policies import dashboard_policy
from .rendering import ErrorPages

OUR_TEMPLATE = "lab"
"""The template of Voila's that ours replaces; one that an operator chose is left alone."""

_HEARTBEAT = "<script>window.voila_heartbeat()</script>"
_STILL_THERE = "<!-- still running -->\n"


class DashboardHandler(ErrorPages, TornadoVoilaHandler):
    """Runs a published notebook and shows its outputs."""

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
                self.request.host, self.base_url, self.settings.get("mathjax_url")))
        self.set_header("Referrer-Policy", "same-origin")
        async for html in self.get_generator(path=path):
            self.write(_STILL_THERE if html.startswith(_HEARTBEAT) else html)
            await self.flush()

    def get_argument(self, name: str, *default: Any, **options: Any) -> Any:
        """Voila asks for the theme, which is then never the notebook's text, and for the template: the operator's."""
        configured = self.voila_configuration
        if name == "theme":
            chosen = super().get_argument(name, "") if configured.allow_theme_override == "YES" else ""
            return chosen or configured.theme
        return None if name == "template" else super().get_argument(name, *default, **options)
