"""What those see of who is here who have no Lab: home, and the dashboards that are published."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import unquote

import msgspec

from jupyter_crispdm.auth.pages.dashboards import is_published

from .types import PresenceFact, Visitor


class OpenPages:
    """The pages of this server that everybody can open, by their paths. `patterns` says what is published now."""

    def __init__(self, base_url: str, patterns: Callable[[], Sequence[str]]) -> None:
        self._home = f"{base_url.rstrip('/')}/crispdm"
        self._dashboards = f"{base_url.rstrip('/')}/voila/render/"
        self._patterns = patterns

    def may_open(self, page: str) -> bool:
        """Whether everybody can open the page with this path."""
        if page.rstrip("/") == self._home:
            return True
        return page.startswith(self._dashboards) and is_published(
            unquote(page.removeprefix(self._dashboards)), self._patterns()
        )

    def shown(self, visitor: Visitor) -> Visitor:
        """Somebody as everybody may see them: of a page that not everybody can open, no path and no name."""
        if self.may_open(visitor.page):
            return visitor
        return msgspec.structs.replace(visitor, page="", title="", tab="", selection=None)

    def narrow(self, fact: PresenceFact) -> PresenceFact:
        """What everybody is told."""
        changed: dict[str, Any] = {}
        if not isinstance(fact.visitors, msgspec.UnsetType):
            changed["visitors"] = [self.shown(visitor) for visitor in fact.visitors]
        if not isinstance(fact.visitor, msgspec.UnsetType):
            changed["visitor"] = self.shown(fact.visitor)
        return msgspec.structs.replace(fact, **changed)
