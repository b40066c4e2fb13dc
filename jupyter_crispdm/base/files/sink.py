"""A file that is made while it is sent: what was written since somebody last took it."""

from __future__ import annotations


class Sink:
    """Where a writer writes to. It cannot seek, and says so by having no such method."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0
        """The bytes that wait to be taken."""

    def write(self, data: bytes) -> int:
        """Take some bytes."""
        self._parts.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def taken(self) -> bytes:
        """All that was written since the last call."""
        data, self._parts, self.size = b"".join(self._parts), [], 0
        return data
