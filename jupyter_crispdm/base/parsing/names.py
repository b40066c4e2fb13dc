"""What ids and names may look like: one rule for bodies, paths, the OpenAPI document and the command line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import msgspec

from ..errors import BadRequest


@dataclass(frozen=True)
class NameRule:
    """A kind of id or name: the expression that the whole of it matches, and that in words.

    `reserved` are those that stand for something else in an address, such as `jobs/stop`.
    """

    expression: str
    words: str
    reserved: tuple[str, ...] = ()

    @property
    def meta(self) -> msgspec.Meta:
        """The rule for ``Annotated[str, …]``: what a placeholder of a path is checked by and described with."""
        return msgspec.Meta(pattern=self._whole, description=f"{self.words[0].upper()}{self.words[1:]}.")

    def check(self, text: str, field: str) -> str:
        """The text, if it can be such a name. Raises BadRequest that names the field."""
        if not self.fits(text):
            raise BadRequest(f"'{field}' must be {self.words}.", field=field)
        return text

    def fits(self, text: str) -> bool:
        """Whether the text can be such a name."""
        return self._compiled.search(text) is not None and text[-1] != "\n"

    @property
    def _whole(self) -> str:
        others = "|".join(map(re.escape, self.reserved))
        return f"^(?!(?:{others})$)(?:{self.expression})$" if others else f"^(?:{self.expression})$"

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._whole)
