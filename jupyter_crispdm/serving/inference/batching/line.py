"""Who is next: a queue for each caller, who take turns, so that one who asks for much keeps nobody else waiting."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Full(Exception):
    """No more may wait: in all, or of this caller."""


class Line(Generic[_T]):
    """A queue for each caller; whoever is served goes to the end of the line of callers.

    When all room to wait is taken, a caller who has less waiting than another takes the place of that one's newest.
    """

    def __init__(self, most: int, most_each: int) -> None:
        self._most, self._most_each = most, most_each
        self._queues: dict[str, deque[_T]] = {}
        self._count = 0

    def __len__(self) -> int:
        """How many wait."""
        return self._count

    def __iter__(self) -> Iterator[_T]:
        """All who wait, those of one caller together."""
        for queue in self._queues.values():
            yield from queue

    def join(self, caller: str, item: _T) -> _T | None:
        """Stand in line; who gives way for this one, if somebody must. Raises Full."""
        mine = self._queues.get(caller)
        if mine is not None and len(mine) >= self._most_each:
            raise Full
        displaced = self._displace(len(mine or ())) if self._count >= self._most else None
        if mine is None:
            mine = self._queues[caller] = deque()
        mine.append(item)
        self._count += 1
        return displaced

    def leave(self, caller: str, item: _T) -> bool:
        """Leave the line, wherever one stands; whether one stood in it."""
        queue = self._queues.get(caller)
        if queue is None or item not in queue:
            return False
        queue.remove(item)
        self._count -= 1
        if not queue:
            del self._queues[caller]
        return True

    def head(self) -> tuple[str, _T]:
        """Who is next, and whose that is; somebody must be there."""
        caller, queue = next(iter(self._queues.items()))
        return caller, queue[0]

    def pop(self) -> _T:
        """Serve who is next."""
        return self._serve(next(iter(self._queues)))

    def gather(self, most: int, fits: Callable[[_T], bool]) -> list[_T]:
        """Serve at most so many who go together, one of each caller in turn; who fits is asked once, in that order."""
        taken: list[_T] = []
        callers = list(self._queues)
        while callers and len(taken) < most:
            giving = []
            for caller in callers[: most - len(taken)]:
                if fits(self._queues[caller][0]):
                    taken.append(self._serve(caller))
                    if caller in self._queues:
                        giving.append(caller)
            callers = giving
        return taken

    def clear(self) -> list[_T]:
        """Send everybody away."""
        everybody = list(self)
        self._queues.clear()
        self._count = 0
        return everybody

    def _serve(self, caller: str) -> _T:
        queue = self._queues.pop(caller)
        self._count -= 1
        item = queue.popleft()
        if queue:
            self._queues[caller] = queue
        return item

    def _displace(self, mine: int) -> _T:
        """Make room for one who has clearly less waiting than the one who has most. Raises Full."""
        caller, longest = max(self._queues.items(), key=lambda item: len(item[1]))
        if len(longest) <= mine + 1:
            raise Full
        newest = longest[-1]
        self.leave(caller, newest)
        return newest
