from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from traitlets import HasTraits, Unicode

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import Routes, route
from jupyter_crispdm.base.live.families import OpenLog
from jupyter_crispdm.base.live.topic import Kind, Topic
from jupyter_crispdm.base.rooms.context import Context
from jupyter_crispdm.base.rooms.room import Room
from jupyter_crispdm.tracking import LogSource
from jupyter_crispdm.tracking.types import LogFact

from .types import AuthorsFact, NewNote, Notes

NOTES = Topic("notes", Kind.value, Notes, "notes", "What people wrote on the wall.")
AUTHORS = Topic("notes/authors", Kind.table, AuthorsFact, "notes", "How often each of them did.")
HISTORY = Topic("notes/history", Kind.log, LogFact, "notes", "All that was ever written.")


class ToySettings(HasTraits):
    toy_greeting = Unicode("welcome", config=True, help="The first note. Default: welcome.")


class ToyRoutes(Routes):
    def __init__(self, room: ToyRoom) -> None:
        self._room = room

    @route("GET", "notes", answer=Notes, resource="notes")
    async def index(self, request: Request) -> Notes:
        """List what is written on the wall."""
        return await self._room.all()

    @route("POST", "notes", body=NewNote, answer=Notes, status=201, resource="notes", action="write")
    async def add(self, request: Request, body: NewNote) -> Notes:
        """Write something on the wall."""
        return await self._room.write(body.text, request.owner)


class ToyRoom(Room):
    routes = (ToyRoutes,)
    topics = (NOTES, AUTHORS, HISTORY)
    settings = ToySettings
    roles = {("notes", "read"): Role.VIEWER, ("notes", "write"): Role.ANALYST}

    def __init__(self, context: Context) -> None:
        self._notes, self._counts = [context.settings(ToySettings).toy_greeting], Counter[str]()
        self._history = context.data_dir / "notes" / "history"
        self._wall = context.hub.value(NOTES, self.all)
        self._authors = context.hub.table(AUTHORS, self._everybody)
        context.hub.log(HISTORY, self._open, context.watcher)

    def groups(self) -> Sequence[Routes]:
        return [ToyRoutes(self)]

    async def prepare(self) -> None:
        self._history.parent.mkdir(exist_ok=True)

    async def all(self) -> Notes:
        return Notes(self._notes)

    async def write(self, text: str, author: str) -> Notes:
        self._notes.append(text)
        self._counts[author] += 1
        with self._history.open("a") as file:
            file.write(f"{text}\n")
        self._wall.changed()
        self._authors.tell(author, AuthorsFact(author=(author, self._counts[author])))
        return await self.all()

    async def _everybody(self) -> AuthorsFact:
        return AuthorsFact(authors=dict(self._counts))

    async def _open(self) -> OpenLog:
        return OpenLog(LogSource(self._history), self._history.parent, lambda: False)
