"""Tries of passwords, counted by name and by address: what strangers do costs nobody else their login.

Users are counted apart from names that nobody has, so that no flood of invented ones makes the server forget who
has to wait. A user who has logged in from an address before is counted there apart: who guesses at their name
from elsewhere does not keep them out. An address with many failures gets no more hashes for names that nobody has.
"""

from __future__ import annotations

import ipaddress
import math
from collections import OrderedDict
from collections.abc import Hashable
from itertools import islice

from jupyter_crispdm.base.budget import TokenBucket
from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.errors import TooManyRequests

_REMEMBERED = 10_000
_FAILURES_OF_AN_ADDRESS = 30
_LOOKED_AT = 8
_NOTE_SECONDS = 60.0
_NOTES_AT_ONCE = 60


def network_of(address: str) -> str:
    """What is counted as one address: an IPv4 address, or the /64 that one client of IPv6 has for himself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


class Window:
    """At most so many tries in a time for each key; keys that have to wait are never forgotten before."""

    def __init__(self, clock: Clock, tries: int = 5, seconds: float = 300, most: int | None = _REMEMBERED) -> None:
        self._clock, self._tries, self._seconds, self._most = clock, tries, seconds, most
        self._open: OrderedDict[Hashable, list[float]] = OrderedDict()
        self._full: OrderedDict[Hashable, list[float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._open) + len(self._full)

    def count(self, key: Hashable) -> None:
        """Count a try. Raises TooManyRequests, with `retry_after` seconds, when there were too many."""
        now = self._clock.monotonic()
        self._release(now, key)
        if key in self._full:
            raise _wait(self._seconds - (now - self._full[key][0]))
        recent = [time for time in self._open.pop(key, []) if now - time < self._seconds]
        recent.append(now)
        if len(recent) < self._tries:
            self._open[key] = recent
        elif self._most is not None and len(self._full) >= self._most:
            raise _wait(self._seconds)
        else:
            self._full[key] = recent
        while self._most is not None and len(self._open) > self._most:
            self._open.popitem(last=False)

    def is_full(self, key: Hashable) -> bool:
        """Whether one more try would be refused."""
        self._release(self._clock.monotonic(), key)
        return key in self._full

    def forget(self, key: Hashable) -> None:
        """Start anew."""
        self._open.pop(key, None)
        self._full.pop(key, None)

    def _release(self, now: float, key: Hashable) -> None:
        """Let those try again whose oldest try is long enough ago: this one, and those that are full the longest."""
        for waiting in [key, *islice(self._full, _LOOKED_AT)]:
            times = self._full.get(waiting)
            if times is not None and now - times[0] >= self._seconds:
                del self._full[waiting]
                self._open[waiting] = times[1:]


class Door:
    """Who may try, and who is asked first."""

    def __init__(self, clock: Clock) -> None:
        self._users = Window(clock, most=None)
        self._strangers = Window(clock)
        self._addresses = Window(clock, tries=_FAILURES_OF_AN_ADDRESS)
        self._proven: OrderedDict[tuple[str, str], None] = OrderedDict()

    def count(self, name: str, address: str, *, is_user: bool) -> None:
        """Count a try before it is checked. Raises TooManyRequests."""
        window = self._users if is_user else self._strangers
        window.count((name, address) if self.is_proven(name, address) else name)

    def failed(self, address: str) -> None:
        """Count a failure of an address."""
        if not self._addresses.is_full(address):
            self._addresses.count(address)

    def is_flooding(self, address: str) -> bool:
        """Whether an address failed so often that names which nobody has cost no hash any more."""
        return self._addresses.is_full(address)

    def is_proven(self, name: str, address: str) -> bool:
        """Whether that user has logged in from that address."""
        return (name, address) in self._proven

    def succeeded(self, name: str, address: str) -> None:
        """Wipe the slate of this user at this address, and remember that they are known there."""
        self._users.forget((name, address) if self.is_proven(name, address) else name)
        self._proven[name, address] = None
        self._proven.move_to_end((name, address))
        if len(self._proven) > _REMEMBERED:
            self._proven.popitem(last=False)

    def forget(self, name: str) -> None:
        """Start anew everywhere: the password is another one."""
        self._users.forget(name)
        for key in [key for key in self._proven if key[0] == name]:
            self._users.forget(key)
            del self._proven[key]


class Refusals:
    """Which refusals are worth a row of the audit log: one a minute for each key, and so many in all."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._all = TokenBucket(_NOTES_AT_ONCE / _NOTE_SECONDS, _NOTES_AT_ONCE, clock)
        self._noted: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def due(self, key: str) -> int | None:
        """How many refusals were left out since the last that was noted; None when this one is left out too."""
        now = self._clock.monotonic()
        noted, left_out = self._noted.get(key, (-math.inf, 0))
        if now - noted < _NOTE_SECONDS or not self._all.try_take():
            self._remember(key, noted, left_out + 1)
            return None
        self._remember(key, now, 0)
        return left_out

    def _remember(self, key: str, noted: float, left_out: int) -> None:
        self._noted[key] = (noted, left_out)
        self._noted.move_to_end(key)
        if len(self._noted) > _REMEMBERED:
            self._noted.popitem(last=False)


def _wait(seconds: float) -> TooManyRequests:
    wait = math.ceil(seconds)
    return TooManyRequests(f"Too many tries. Wait {wait} seconds.", retry_after=wait)
