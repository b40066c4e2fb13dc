"""How large texts may be; every refusal names what goes too far."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_crispdm.base.errors import TooLarge, Unprocessable

from ..settings import StateSettings

_MIB = 1024 * 1024
_HISTORY = 16
_UPDATES = 2000


@dataclass(frozen=True)
class Limits:
    """The bytes of a text, and how many texts there may be. None means no limit."""

    text: int = _MIB
    texts: int | None = 10_000

    @property
    def kept(self) -> int:
        """The bytes that all updates of a text may have: what was deleted leaves traces."""
        return _HISTORY * self.text

    def check_text(self, before: int, after: int) -> None:
        """Raises TooLarge for a text that has grown too large; who makes it shorter may always do so."""
        if after > max(before, self.text):
            raise TooLarge(f"The text would have {after:,} bytes, over the limit of {self.text:,}.", field="update",
                           limit=self.text)

    def check_kept(self, size: int) -> None:
        """Raises TooLarge for a document that holds too much beside its text."""
        if size > self.kept:
            raise TooLarge(f"The document of the text would have {size:,} bytes, over the limit of {self.kept:,}.",
                           field="update", limit=self.kept)

    def check_texts(self, count: int) -> None:
        """Raises Unprocessable for one text too many."""
        if self.texts is not None and count > self.texts:
            raise Unprocessable(f"There are {self.texts:,} shared texts, the most there may be.", field="key",
                                limit=self.texts)

    def is_long(self, updates: int, size: int, whole: int) -> bool:
        """Whether so many updates of so many bytes are better kept as one of `whole` bytes."""
        return updates > _UPDATES or size > 2 * whole + _MIB // 4


def text_limits(settings: StateSettings) -> Limits:
    """The limits that whoever runs the server has set."""
    return Limits(text=settings.state_text_bytes, texts=settings.state_keys)
