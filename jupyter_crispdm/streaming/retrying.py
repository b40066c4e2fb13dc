"""A source that broke is opened again, and goes on after what came before."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from .errors import NothingToResume, StageFailed
from .sources import Opening

_T = TypeVar("_T")
_LONGEST_PAUSE = 30.0


@dataclass(frozen=True)
class Plan:
    """How often and when a source is opened again.

    `attempts` are those in a row without an item, the first one included; before each but the first lie `pause`
    seconds, doubled each time. `resume` tells of an item the id to go on after.
    """

    attempts: int = 3
    pause: float = 0.5
    errors: tuple[type[Exception], ...] = (OSError,)
    resume: Callable[[Any], str] | None = None

    def pause_after(self, failures: int) -> float:
        """How many seconds to wait after so many failures in a row."""
        return min(self.pause * 2.0 ** min(failures - 1, 10), _LONGEST_PAUSE)

    def id_of(self, item: Any) -> str:
        """The id of an item; empty where it has none. Raises StageFailed."""
        try:
            return self.resume(item) if self.resume is not None else ""
        except Exception as error:
            raise StageFailed("retry", error) from error


async def retried(
    opens: Callable[[Opening], AsyncGenerator[_T, None]], opening: Opening, plan: Plan
) -> AsyncGenerator[_T, None]:
    """Each item once, over however many openings it takes.

    Raises what broke the source when it broke too often, NothingToResume when items have come and the last has no id.
    """
    failures, last_id, has_passed = 0, opening.last_id, False
    while True:
        one = Opening(opening.waits, last_id)
        try:
            async for item in opens(one):
                failures, last_id, has_passed = 0, plan.id_of(item) or None, True
                yield item
            return
        except plan.errors as error:
            failures += 1
            if failures >= plan.attempts:
                raise
            if has_passed and last_id is None:
                raise NothingToResume("retry", f"the source broke after an item without an id: {error}") from error
        finally:
            await one.close()
        await opening.waits.sleep(plan.pause_after(failures))
