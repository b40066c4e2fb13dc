"""What rooms are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from traitlets import HasTraits

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.base.http.route import Route, tables
from jupyter_crispdm.base.live.hub import Hub
from jupyter_crispdm.base.live.topic import Topic
from jupyter_crispdm.base.readiness import Readiness

from .room import Room, name_of

_Room = TypeVar("_Room", bound=Room)
_Settings = TypeVar("_Settings", bound=HasTraits)


@dataclass(frozen=True)
class Context:
    """The one thing that every room gets.

    `server` is Jupyter's ServerApp, `app` the server extension with all settings, `kinds` every room of the house,
    lowest first. `data_dir` is ours; `root_dir` is where people's files are.
    """

    server: Any
    app: HasTraits
    kinds: Sequence[type[Room]]
    database: Database
    hub: Hub
    clock: Clock
    watcher: Watcher
    readiness: Readiness
    data_dir: Path
    root_dir: Path
    made: dict[type[Room], Room] = field(default_factory=dict)

    def room(self, kind: type[_Room]) -> _Room:
        """A room below. Raises LookupError for one that stands above, or nowhere."""
        found = self.made.get(kind)
        if not isinstance(found, kind):
            raise LookupError(f"The room '{name_of(kind)}' does not stand below; only rooms below may be asked.")
        return found

    def settings(self, kind: type[_Settings]) -> _Settings:
        """The settings of a room. Raises LookupError where the extension does not have them."""
        if not isinstance(self.app, kind):
            raise LookupError(f"{kind.__name__} is the mixin of no room: name it in 'settings' of its room.")
        return self.app

    @property
    def routes(self) -> list[Route]:
        """Every verb of every room."""
        return tables([group for kind in self.kinds for group in kind.routes])

    @property
    def topics(self) -> list[Topic]:
        """Every topic of every room."""
        return [topic for kind in self.kinds for topic in kind.topics]
