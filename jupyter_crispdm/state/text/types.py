"""What travels about shared text. Updates are those of Yjs, as base64."""

from __future__ import annotations

from jupyter_crispdm.base.live.core.log import LogEntry
from jupyter_crispdm.base.wire import Body, Wire


class SharedText(Wire, frozen=True, kw_only=True):
    """A text as it is now, and the whole of its document, for who begins with it.

    The topic goes on from `seq` in `epoch`. One that nobody has written in is empty.
    """

    key: str
    text: str
    update: str
    seq: int
    epoch: str


class TextUpdate(Body, frozen=True):
    """What somebody wrote: an update of the document, whose root "text" is the text."""

    update: str
    session: str = ""


class TextChange(Wire, frozen=True):
    """How many updates there are now, and what the server has: the state vector of its document.

    Who finds less in it than they sent sends what is missing: an update builds on earlier ones.
    """

    seq: int
    state: str


class TextFact(LogEntry, frozen=True, omit_defaults=True):
    """What the topic of a text tells: the updates after the first `start`.

    `reset`: they are numbered anew, and these are the whole document. Nobody drops what they have for it: to apply an
    update again changes nothing.
    """

    start: int
    updates: list[str] = []
