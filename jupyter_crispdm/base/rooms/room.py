"""What each room's ``room.py`` fills in.

::

    class ModelsRoom(Room):
        routes = (ModelRoutes,)
        topics = TOPICS

        def __init__(self, context: Context) -> None:
            self.manager = ModelManager(context.database, context.room(JobsRoom).manager)

        def groups(self) -> Sequence[Routes]:
            return [ModelRoutes(self.manager)]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from traitlets import HasTraits

from jupyter_crispdm.base.http.route import Routes
from jupyter_crispdm.base.live.topic import Topic

from .checks import Look

if TYPE_CHECKING:
    from .context import Context


class Room:
    """One room: what it offers, and its life.

    The class attributes are declared, so that documents and tests know them without a server. The house makes rooms
    upwards, then calls `prepare`, `start` and `tidy` of all of them in turn, and at the end `close` downwards.
    """

    routes: ClassVar[Sequence[type[Routes]]] = ()
    topics: ClassVar[Sequence[Topic]] = ()
    settings: ClassVar[type[HasTraits] | None] = None
    """The room's settings: a mixin of `CrispdmApp`."""
    roles: ClassVar[Mapping[tuple[str, str], Any]] = {}
    """The least role for each (resource, action) of its routes and topics; what has no row is closed."""
    checks: ClassVar[Sequence[Look]] = ()
    """What `jupyter crispdm doctor` looks at."""

    def __init__(self, context: Context) -> None:
        """Make what the room consists of; nothing runs yet."""

    def groups(self) -> Sequence[Routes]:
        """The verbs, bound to what they call: one of each class in `routes`."""
        return ()

    def handlers(self) -> Sequence[tuple[Any, ...]]:
        """Tornado's own handlers, for what is no verb; those of lower rooms are asked last."""
        return ()

    async def prepare(self) -> None:
        """Bring in order what the room keeps, before any room tells anything."""

    async def start(self) -> None:
        """Take up the work; all rooms below have started."""

    async def tidy(self) -> None:
        """Begin to remove what nobody needs, once every room has started."""

    async def close(self) -> None:
        """Let go; the rooms below are still there. Also called when the room never started."""


def name_of(kind: type[Room]) -> str:
    """What people call a room: the name of its package.

    Examples
    --------
    >>> from jupyter_crispdm.base.room import BaseRoom
    >>> name_of(BaseRoom)
    'base'
    """
    return kind.__module__.rpartition(".")[0].rpartition(".")[2]
