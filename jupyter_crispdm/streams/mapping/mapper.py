"""Messages become columns, by a path for each column, by equal names, or by a function of the user's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_crispdm.base.errors import BadRequest

from ..batch import SEQ, TIME, Column
from ..sources.port import Message
from .columns import LONGEST_NAME, MOST_COLUMNS, Kinds, as_times, is_array, rows_of
from .own import OwnFunction
from .path import Path as JsonPath
from .path import find, parse_path
from .reading import Unusable, read_json

#: The column that a field `seq` of messages fills: `seq` itself counts what was recorded.
SOURCE_SEQ = "source_seq"
MOST_ROWS = 100_000
_SCALARS = (int, float, str)


@dataclass(frozen=True)
class Mapped:
    """Columns of equal length, `time` among them; and how much was not usable, by reason."""

    columns: dict[str, Column]
    rejected: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.columns[TIME])


class Mapper:
    """Makes columns of messages. What a column holds, numbers or texts, stays the same over all of them.

    `fields` are paths by column, see `path`; without them columns have the names of the message's own fields. `python`
    names a function that makes samples of a message first.
    """

    def __init__(self, fields: Mapping[str, str] | None = None, python: str = "", root: Path | None = None) -> None:
        fields = fields or {}
        for name in fields:
            _check_column(name)
        if len(fields) > MOST_COLUMNS:
            raise BadRequest(f"A stream has up to {MOST_COLUMNS} columns.", field="fields")
        self._paths = {name: parse_path(text, f"fields.{name}") for name, text in fields.items()}
        self._own = OwnFunction(python, root or Path.cwd()) if python else None
        self._kinds = Kinds()

    def __call__(self, messages: Sequence[Message]) -> Mapped:
        """The rows of some messages, in order."""
        table = _Table(self._kinds)
        for message in messages:
            try:
                for found in self._samples(message):
                    table.add(found, message.received)
            except Unusable as reason:
                table.rejected[str(reason)] += 1
        return table.mapped()

    def _samples(self, message: Message) -> Iterator[Mapping[str, Any]]:
        """What each sample of a message says, by column."""
        read: Any = message.payload
        read = self._own(read, message.topic) if self._own is not None else read_json(read)
        items = read if isinstance(read, list) and not self._by_index() else [read]
        if len(items) > MOST_ROWS:
            raise Unusable(f"over {MOST_ROWS:,} samples")
        for item in items:
            yield self._by_path(item, message) if self._paths else _by_name(item)

    def _by_path(self, item: Any, message: Message) -> dict[str, Any]:
        found = {name: _at(path, item, message) for name, path in self._paths.items()}
        if all(value is None or self._paths[name].about for name, value in found.items() if name != TIME):
            raise Unusable("none of the columns")
        return found

    def _by_index(self) -> bool:
        """Whether paths take a message that is a list apart by themselves."""
        inner = [path for path in self._paths.values() if not path.about]
        return any(path.within is not None and not path.steps for path in inner) or any(
            isinstance(step, int) for path in inner for step in path.steps[:1]
        )


class _Table:
    """Rows of one batch, as they are found."""

    def __init__(self, kinds: Kinds) -> None:
        self.rejected: Counter[str] = Counter()
        self._kinds = kinds
        self._values: dict[str, list[Any]] = {}
        self._received: list[float] = []

    def add(self, found: Mapping[str, Any], received: float) -> None:
        """Add one sample, or as many as its arrays hold. Raises Unusable."""
        rows = rows_of(found)
        if rows is None:
            raise Unusable("arrays of different lengths")
        if rows > MOST_ROWS:
            raise Unusable(f"over {MOST_ROWS:,} samples")
        before = len(self._received)
        self._received.extend([received] * rows)
        for name, value in found.items():
            if (column := self._column(name, before)) is not None:
                column.extend(value if is_array(value) else [value] * rows)
        for column in self._values.values():
            column.extend([None] * (before + rows - len(column)))

    def mapped(self) -> Mapped:
        """All rows as columns."""
        times = self._values.pop(TIME, [None] * len(self._received))
        columns: dict[str, Column] = {TIME: as_times(times, self._received, self.rejected)}
        for name, values in self._values.items():
            if (column := self._kinds.column(name, values, self.rejected)) is not None:
                columns[name] = column
        return Mapped(columns, dict(self.rejected))

    def _column(self, name: str, rows: int) -> list[Any] | None:
        column = self._values.get(name)
        if column is None:
            if not self._kinds.admits(name):
                self.rejected["more columns than a stream has"] += 1
                return None
            column = self._values[name] = [None] * rows
        return column


def _by_name(item: Any) -> dict[str, Any]:
    if isinstance(item, int | float):  # many sensors say nothing but the number
        return {"value": item}
    if not isinstance(item, dict):
        raise Unusable("no object")
    found = {SOURCE_SEQ if name == SEQ else name: value for name, value in item.items() if _is_usable(value)}
    if all(value is None for name, value in found.items() if name != TIME):
        raise Unusable("none of the columns")
    return found


def _at(path: JsonPath, item: Any, message: Message) -> Any:
    if path.about == "received":
        return message.received
    if path.about == "topic":
        return _part(message.topic, path.part)
    found = find(item, path.steps)
    if path.within is None:
        return found if _is_usable(found) else None
    return [find(one, path.within) for one in found] if isinstance(found, list) else None


def _part(topic: str, part: int | None) -> str | None:
    if part is None:
        return topic
    parts = topic.split("/")
    return parts[part] if -len(parts) <= part < len(parts) else None


def _is_usable(value: Any) -> bool:
    """Whether a value fills a column: one, or an array of such."""
    if isinstance(value, list):
        return all(one is None or isinstance(one, _SCALARS) for one in value)
    return value is None or isinstance(value, _SCALARS)


def _check_column(name: str) -> None:
    if name == SEQ or not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadRequest(
            f"'{name[:100]}' cannot be a column: 1 to {LONGEST_NAME} characters, and not '{SEQ}', which counts the "
            "samples.",
            field="fields",
        )
