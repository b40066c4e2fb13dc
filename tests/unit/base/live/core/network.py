"""A network between a topic and its client, which drops, doubles and delays frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from jupyter_crispdm.base.live.core.message import Message


@dataclass(frozen=True)
class Frame:
    """What arrives of a message."""

    seq: int
    epoch: str | None
    data: Any

    @classmethod
    def of(cls, message: Message) -> Frame:
        """A message as a client decodes it."""
        arrived = msgspec.json.decode(message.json)
        assert arrived["topic"] == message.topic
        return cls(arrived["seq"], arrived.get("epoch"), arrived["data"])


@dataclass
class Connection:
    """Frames on their way, in order, each once: what TCP promises until it is cut."""

    on_the_way: list[Frame] = field(default_factory=list)

    def send(self, message: Message) -> None:
        """Send a message."""
        self.on_the_way.append(Frame.of(message))

    def arrive(self, count: int) -> list[Frame]:
        """The next frames arrive."""
        arrived, self.on_the_way = self.on_the_way[:count], self.on_the_way[count:]
        return arrived


def doubled(frames: Sequence[Frame], chosen: Sequence[int]) -> list[Frame]:
    """The frames, some of them twice or more in a row of their own: what an old connection still brings."""
    again = [frames[place % len(frames)] for place in chosen] if frames else []
    return [*frames, *again]
