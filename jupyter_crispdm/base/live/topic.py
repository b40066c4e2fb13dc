"""What a room says of its topics: the pattern, how it is followed, what it carries, who may read it.

::

    JOB_LOG = Topic("jobs/{id}/log", Kind.log, LogFact, "jobs", "What a job prints, from a byte on.")

The hub serves what is declared so, and the OpenAPI document lists it under ``x-topics``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import msgspec

from jupyter_crispdm.base.errors import Forbidden
from jupyter_crispdm.base.numbers import LARGEST, is_whole

Placeholder = str | int
Placeholders = dict[str, Placeholder]
PERSON = "person"
ROLE = "role"

_PLACEHOLDER = re.compile(r"\{(\w+)(?::(int))?\}")


class Kind(str, Enum):
    """How a topic is followed.

    `value`: the newest value, whole, and nothing else. `table`: the whole, then each row that changed, in its
    newest state; removals are told. `log`: text or points from a cursor on; a new `epoch` begins anew.
    """

    value = "value"
    table = "table"
    log = "log"


@dataclass(frozen=True)
class Topic:
    """A topic, or a family of them such as ``jobs/{id}/log``, with the facts that it carries.

    A placeholder is one step of the path: `{id}` a text, `{port:int}` a whole number. `data` is the type of the
    messages' data. Whoever may do `action` on `resource` may follow it.

    Of a `personal` topic everybody follows their own: `person` is among the placeholders' values, and is who follows,
    whatever the name of the topic says. Of one that goes `by_role` those with the same role follow the same, and `role`
    is among the values. Raises ValueError for a pattern that lets a reader name either.
    """

    pattern: str
    kind: Kind
    data: type[msgspec.Struct]
    resource: str
    summary: str
    action: str = "read"
    personal: bool = False
    by_role: bool = False

    def __post_init__(self) -> None:
        for given, name in ((self.personal, PERSON), (self.by_role, ROLE)):
            if given and f"{{{name}}}" in self.pattern:
                raise ValueError(f"Who follows {self.pattern} is not for the reader to say.")

    def match(self, name: str) -> Placeholders | None:
        """The values of the placeholders when `name` is of this family, else None."""
        found = self._expression.fullmatch(name)
        if found is None:
            return None
        values: Placeholders = {}
        for key, text in found.groupdict().items():
            if key not in self._numbers:
                values[key] = text
            elif is_whole(text) and int(text) <= LARGEST:
                values[key] = int(text)
            else:
                return None
        return values

    def of_reader(self, values: Placeholders, person: str, role: str) -> Placeholders:
        """The values of the placeholders as somebody follows the topic. Raises Forbidden where nobody is known."""
        if self.personal and not person:
            raise Forbidden("Everybody follows their own here, and it is not known who you are.", topic=self.pattern)
        return {**values, **({PERSON: person} if self.personal else {}), **({ROLE: role} if self.by_role else {})}

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        parts, at = [], 0
        for found in _PLACEHOLDER.finditer(self.pattern):
            parts += [re.escape(self.pattern[at : found.start()]), f"(?P<{found[1]}>[^/]+)"]
            at = found.end()
        return re.compile("".join(parts) + re.escape(self.pattern[at:]))

    @cached_property
    def _numbers(self) -> frozenset[str]:
        return frozenset(found[1] for found in _PLACEHOLDER.finditer(self.pattern) if found[2])
