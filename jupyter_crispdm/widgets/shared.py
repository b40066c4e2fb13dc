"""What all who use the server share, in a notebook or dashboard: a chat, a whiteboard, texts, and who is here.

Nothing of it lives in the kernel: the views read and write shared values with the login of whoever looks.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from traitlets import CInt, TraitError, Unicode, validate

from .base import CrispdmWidget

LONGEST_NAME = 80
_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,127}")


class Chat(CrispdmWidget):
    """Rooms in which people talk. `room` is the name of the one that is open.

    Rooms are made by whoever names one. The newest 1,000 messages of each stay. The topic of a room is a text that
    everybody writes together.
    """

    kept_traits: ClassVar[tuple[str, ...]] = ("room",)

    _view_name = Unicode("ChatView").tag(sync=True)
    room = Unicode("General", help="The name of the room that is open.").tag(sync=True)
    height = CInt(480, help="Height in pixels.").tag(sync=True)

    def __init__(self, room: str = "General", **values: Any) -> None:
        super().__init__(room=room, **values)

    @validate("room")
    def _is_a_name(self, proposal: dict[str, Any]) -> str:
        return _name(proposal["value"])


class Whiteboard(CrispdmWidget):
    """A board on which everybody draws at once. Boards of the same `name` are the same.

    `title` stands above it, where another than the name is wished.
    """

    _view_name = Unicode("WhiteboardView").tag(sync=True)
    name = Unicode("Whiteboard", help="Which board it is.").tag(sync=True)
    title = Unicode("", help="What stands above it; empty for the name.").tag(sync=True)

    def __init__(self, name: str = "Whiteboard", **values: Any) -> None:
        super().__init__(name=name, **values)

    @validate("name")
    def _is_a_name(self, proposal: dict[str, Any]) -> str:
        return _name(proposal["value"])


class Presence(CrispdmWidget):
    """Who else is here, and on which page. A click on somebody follows them."""

    _view_name = Unicode("PresenceView").tag(sync=True)


class SharedText(CrispdmWidget):
    """A text that everybody writes together: the one of ``server_state.text(key)``.

    `start` is what stands in it before anybody has written; it is there once, however many open it at the same time.

    >>> SharedText("project:goal", description="Goal", start="Find every digit.")
    """

    _view_name = Unicode("SharedTextView").tag(sync=True)
    key = Unicode(help="The key of the shared text.").tag(sync=True)
    description = Unicode("", help="What stands above it.").tag(sync=True)
    placeholder = Unicode("", help="What stands in it while it is empty.").tag(sync=True)
    start = Unicode("", help="What stands in it before anybody has written.").tag(sync=True)
    rows = CInt(4, help="Height in lines.").tag(sync=True)

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key=key, **values)

    @validate("key")
    def _is_a_key(self, proposal: dict[str, Any]) -> str:
        key: str = proposal["value"]
        if not _KEY.fullmatch(key):
            raise TraitError("A key has 1 to 128 letters, digits or '_.-:', and begins with a letter, digit or '_'.")
        return key


def _name(name: str) -> str:
    """A name that people read. Raises TraitError."""
    plain = name.strip()
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise TraitError(f"A name has 1 to {LONGEST_NAME} characters, all of them printable.")
    return plain
