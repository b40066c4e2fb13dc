"""When a cron expression is due. A pure computation on times in seconds since the epoch.

An expression names times of a day and days. What a change of the clocks does to them:

- Where only some hours are named, each time of a day is due once: at the first moment at which the clock shows it
  or has passed it. So a time that the clock skips is due right after the gap, together with the others of that gap,
  and one that comes twice is due the first time.
- Where every hour is named, whatever is between two runs is meant to be short: due is each minute at which the
  clock shows such a time. Nothing has to be made up for after a gap, and a doubled hour runs like any other.

cronsim reads the expression, knows which days match, and says it in words. It does not search: its search backwards
does not end in zones that shift at a quarter of an hour, and forwards it misses times there. Here both directions
look into the same days, each of which is worked out by itself, so that they cannot disagree, and no search goes
further than 50 years.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from jupyter_crispdm.base.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIELDS = 5
_MAX_LENGTH = 200
_HOURS = range(24)
_MOST_DAYS = 50 * 366
_SOME_DAY = date(2024, 1, 1)
_EPOCH = datetime(1970, 1, 1)
_LAST_DAY = date.max.toordinal() - 2
"""One day more is looked into than is asked for."""


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
        self._days = _parse(self.cron)
        self._times = [60 * hour + minute for hour in sorted(self._days.hours) for minute in sorted(self._days.minutes)]
        self._every_hour = self._days.hours.issuperset(_HOURS)
        self.description = self._days.explain()
        if next(self._matching(_SOME_DAY.toordinal()), None) is None:
            raise _bad_cron("no day ever matches it")

    def after(self, moment: float) -> float | None:
        """The first time after a moment; None when there is none in the next 50 years."""
        for day in self._matching(self._day(moment) - 1):
            due = self._due(day, moment)
            if due:  # where the clock goes back over midnight, some of the next day come before the last of this one
                return min([*due, *self._due(day + 1, moment)])
        return None

    def upcoming(self, moment: float, count: int) -> list[float]:
        """The next times after a moment."""
        return list(islice(self._following(moment), count))

    def between(self, since: float, until: float, most: int) -> list[float]:
        """The newest `most` times after `since` and not after `until`, oldest first."""
        found: set[float] = set()
        last = min(self._day(until) + 1, _LAST_DAY)
        for day in range(last, max(self._day(since) - 1, last - _MOST_DAYS) - 1, -1):
            enough = len(found) >= most
            found.update(due for due in self._due(day, since) if due <= until)
            if enough:  # and the day before, too, was looked into
                break
        return sorted(found)[-most:]

    def _following(self, moment: float) -> Iterator[float]:
        due = self.after(moment)
        while due is not None:
            yield due
            due = self.after(due)

    def _matching(self, day: int) -> Iterator[int]:
        """The days that match, from a day on."""
        return (day for day in range(day, min(day + _MOST_DAYS, _LAST_DAY)) if self._matches(date.fromordinal(day)))

    def _matches(self, day: date) -> bool:
        return day.month in self._days.months and self._days.match_day(day)

    def _due(self, ordinal: int, since: float) -> list[float]:
        """The times of one day after a moment."""
        day = date.fromordinal(ordinal)
        if not self._matches(day):
            return []
        midnight = datetime.combine(day, time())
        offset = self._steady(midnight)
        if offset is not None:
            start = (midnight - _EPOCH - offset).total_seconds()
            return [start + 60 * minute for minute in self._times[bisect_right(self._times, (since - start) / 60) :]]
        times = (midnight + timedelta(minutes=minute) for minute in self._times)
        worked_out = self._shown if self._every_hour else self._reached
        return sorted({due for clock in times for due in worked_out(clock) if due > since})

    def _steady(self, midnight: datetime) -> timedelta | None:
        """What the clock is ahead of UTC during a day; None when it changes."""
        hours = [midnight + timedelta(hours=hour) for hour in (*_HOURS, 24)]
        offsets = {clock.replace(tzinfo=self._zone, fold=fold).utcoffset() for clock in hours for fold in (0, 1)}
        return offsets.pop() if len(offsets) == 1 else None

    def _shown(self, clock: datetime) -> set[float]:
        """The moments at which the clock shows a time: one, two, or none."""
        moments = {self._moment(clock, fold) for fold in (0, 1)}
        return {moment for moment in moments if self._clock(moment) == clock}

    def _reached(self, clock: datetime) -> tuple[float]:
        """The first moment at which the clock shows a time or has passed it."""
        first = self._moment(clock, 0)
        if self._clock(first) == clock:
            return (first,)
        before, after = self._moment(clock, 1), first  # the clock skips it somewhere between the two
        while after - before > 1:
            middle = (before + after) // 2
            before, after = (before, middle) if self._clock(middle) >= clock else (middle, after)
        return (after,)

    def _moment(self, clock: datetime, fold: int) -> float:
        offset = clock.replace(tzinfo=self._zone, fold=fold).utcoffset() or timedelta()
        return (clock - _EPOCH - offset).total_seconds()

    def _clock(self, moment: float) -> datetime:
        return datetime.fromtimestamp(moment, self._zone).replace(tzinfo=None, fold=0)

    def _day(self, moment: float) -> int:
        return self._clock(moment).toordinal()


@lru_cache(maxsize=2000)
def calendar_of(cron: str, zone: str) -> Calendar:
    """The calendar of an expression, made once. Raises BadRequest."""
    return Calendar(cron, zone)


def _parse(cron: str) -> CronSim:
    if len(cron) > _MAX_LENGTH or len(cron.split()) != _FIELDS:
        raise _bad_cron("it must have five fields")
    try:
        return CronSim(cron, datetime.combine(_SOME_DAY, time(), timezone.utc))
    except CronSimError as error:
        if "day-of-month" in str(error) and _is_right_in_some_month(cron):
            raise _bad_cron("no day ever matches it") from error
        raise _bad_cron(str(error).lower()) from error


def _is_right_in_some_month(cron: str) -> bool:
    """Whether only the months are too short for what an expression names: for 30 February."""
    minute, hour, day, _, weekday = cron.split()
    try:
        CronSim(f"{minute} {hour} {day} 1 {weekday}", datetime.combine(_SOME_DAY, time(), timezone.utc))
    except CronSimError:
        return False
    return True


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
