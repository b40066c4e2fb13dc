"""When a cron expression is due. A pure computation on times in seconds since the epoch.

The rules are Debian's: where a clock change skips the time of day, the job is due right after the gap; where it
doubles it, once, the first time. An expression with a star for minute or hour goes by elapsed time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from jupyter_crispdm.base.errors import BadRequest

_FIELDS = 5
_MAX_LENGTH = 200
_SOME_DAY = datetime(2024, 1, 1, tzinfo=timezone.utc)
_MOST_SHIFTED = 3 * 3600.0
"""No clock change is larger; so far back or ahead can the first of two equal times of day be."""


class Calendar:
    """The times of one cron expression in one time zone. Raises BadRequest, which names `cron` or `timezone`.

    Examples
    --------
    >>> daily = Calendar("30 2 * * *", "Europe/Berlin")
    >>> datetime.fromtimestamp(daily.after(1_700_000_000), timezone.utc).isoformat()
    '2023-11-15T01:30:00+00:00'
    """

    def __init__(self, cron: str, zone: str) -> None:
        self.cron = " ".join(cron.split())
        self._zone = _zone(zone)
        self.description = self._check()

    def after(self, moment: float) -> float | None:
        """The first time after a moment; None when there is none in the next 50 years."""
        for due in CronSim(self.cron, self._at(moment)):
            if due.timestamp() > moment:  # in a doubled hour the expression's own answer may lie before
                return due.timestamp()
        return None

    def upcoming(self, moment: float, count: int) -> list[float]:
        """The next times after a moment."""
        return list(islice(self._following(moment), count))

    def between(self, since: float, until: float, most: int) -> list[float]:
        """The newest `most` times after `since` and not after `until`, oldest first."""
        found: list[float] = []
        for due in CronSim(self.cron, self._at(until + _MOST_SHIFTED), reverse=True):
            moment = due.timestamp()
            if moment <= since - _MOST_SHIFTED or len(found) == most:
                break
            if since < moment <= until and moment not in found[-1:]:
                found.append(moment)
        return found[::-1]

    def _following(self, moment: float) -> Iterator[float]:
        due = self.after(moment)
        while due is not None:
            yield due
            due = self.after(due)

    def _at(self, moment: float) -> datetime:
        return datetime.fromtimestamp(moment, self._zone)

    def _check(self) -> str:
        """What the expression means in words."""
        if len(self.cron) > _MAX_LENGTH or len(self.cron.split()) != _FIELDS:
            raise _bad_cron("it must have five fields")
        try:
            cron = CronSim(self.cron, _SOME_DAY)
            next(cron)
            return cron.explain()
        except CronSimError as error:
            raise _bad_cron(str(error).lower()) from error
        except StopIteration:
            raise _bad_cron("no day ever matches it") from None


@lru_cache(maxsize=2000)
def calendar_of(cron: str, zone: str) -> Calendar:
    """The calendar of an expression, made once. Raises BadRequest."""
    return Calendar(cron, zone)


def _bad_cron(reason: str) -> BadRequest:
    return BadRequest(
        f"'cron': {reason}. Write minute, hour, day of month, month and day of week, for example "
        "'30 2 * * 1-5' for 2:30 from Monday to Friday.",
        field="cron",
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # unknown; not a name; a folder of names
        raise BadRequest(
            f"There is no time zone '{name[:64]}'. Give a name such as 'Europe/Berlin' or 'UTC'.", field="timezone"
        ) from None
