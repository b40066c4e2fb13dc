"""One text as a document that merges what several people write, in any order and however often it comes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from pycrdt import Doc, Text, TransactionEvent, merge_updates

from jupyter_crispdm.base.errors import BadRequest

ROOT = "text"
"""What the text is called within the document."""
_MOST_WAITING = 32


class Document:
    """A Yjs document with one text. Its methods may be called in any thread, one at a time."""

    def __init__(self, updates: Iterable[bytes] = ()) -> None:
        self._doc = Doc[Text](allow_multithreading=True)
        self._text = self._doc.get(ROOT, type=Text)
        self._news: list[bytes] = []
        self._waiting: deque[bytes] = deque(maxlen=_MOST_WAITING)
        self._watch = self._doc.observe(self._note)
        for update in updates:
            self._doc.apply_update(update)
        self._news.clear()

    @property
    def text(self) -> str:
        """The text as it is now."""
        return str(self._text)

    @property
    def size(self) -> int:
        """The bytes of the text."""
        return len(self._text)

    @property
    def whole(self) -> bytes:
        """One update that brings an empty document here."""
        return self._doc.get_update()

    @property
    def state(self) -> bytes:
        """How far it knows everybody's writing: its state vector."""
        return self._doc.get_state()

    def apply(self, update: bytes) -> bytes:
        """Merge an update; what of it was new, as an update, or nothing. Raises BadRequest for one that is broken.

        What builds on something that is missing waits for it, and is told when that comes.
        """
        try:
            self._doc.apply_update(update)
        except ValueError as error:
            raise BadRequest(f"'update' is no update of a document: {error}", field="update") from error
        if not self._news:
            self._waiting.append(update)
        else:
            self._try_again()
        return self._taken()

    def _try_again(self) -> None:
        """Merge once more what was no news when it came: pycrdt 0.14 forgets some of what waits."""
        known = 0
        while known < len(self._news):
            known = len(self._news)
            for update in self._waiting:
                self._doc.apply_update(update)

    def empty(self) -> bytes:
        """Delete all of the text; one update that does it everywhere, and holds nothing of what it said."""
        self._text.clear()
        self._news.clear()
        return self.whole

    def _taken(self) -> bytes:
        news, self._news = self._news, []
        return news[0] if len(news) == 1 else merge_updates(*news) if news else b""

    def _note(self, event: TransactionEvent) -> None:
        self._news.append(event.update)
