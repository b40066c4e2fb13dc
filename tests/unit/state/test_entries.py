"""What may become of a shared value: versions that never come again, and changes that are made or refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.auth.types import Role, UserRole
from jupyter_crispdm.base.errors import CrispdmError, Forbidden, NotFound, TooLarge, Unprocessable
from jupyter_crispdm.state import entries
from jupyter_crispdm.state.entries import Change, Entry, Held, Limits, Moment, Stale, Writer
from jupyter_crispdm.state.types import Append, Increment, NewValue, Update

LIMITS = Limits()
ADA = Writer("ada", session="tab-1")
QUIET = Writer("ada", notify=False)
HELD = Held(id="x", type="a/b", size=100, digest="d")


def put(value: Any, who: Writer = ADA, limits: Limits = LIMITS, **more: Any) -> Change:
    return entries.put("k", NewValue(value=value, **more), who, limits)


def after(*changes: Change, now: float = 1000.0, floor: int = 0) -> Entry:
    """The value after some changes, one after the other."""
    entry: Entry | None = None
    for change in changes:
        entry = change(entry, Moment(now, floor))
    assert entry is not None
    return entry


def value(entry: Entry) -> Any:
    return json.loads(entry.value or b"")


def test_versions_go_on_and_observers_are_told_unless_the_writer_is_quiet() -> None:
    told = [(entry.version, entry.notified) for entry in (
        after(put(1)), after(put(1), put(2)), after(put(1), put(2, QUIET)), after(put(1), put(2, QUIET), put(3)),
        after(put(1), entries.notify("k", ADA)), after(put(1), entries.notify("k", ADA), put(2)),
        after(put(1, QUIET)))]  # fmt: skip
    assert told == [(1, 1), (2, 2), (2, 1), (3, 3), (1, 2), (2, 3), (1, 0)]


def test_a_value_that_was_deleted_goes_on_counting() -> None:
    gone = after(put(1), put(2), entries.drop("k", ADA))
    assert (gone.value, gone.version, gone.notified, gone.read) == (None, 3, 3, UserRole.VIEWER)
    again = put(1, if_version=0)(gone, Moment(1000))
    assert (again.version, again.notified) == (4, 4)
    assert after(put(1), floor=70).version == 71, "also when it was forgotten"
    assert put(1)(gone, Moment(1000, floor=70)).version == 71
    assert put(1, QUIET)(None, Moment(1000, floor=70)).notified == 70, "an observer of nothing was told of so much"


def test_a_value_whose_time_is_over_is_not_there() -> None:
    entry = after(put(5, seconds=10))
    assert entry.expires == 1010
    assert entry.is_there(1009.9)
    assert not entry.is_there(1010)
    with pytest.raises(NotFound):
        entries.expire("k")(entry, Moment(1009))
    with pytest.raises(NotFound):
        entries.drop("k", ADA)(entry, Moment(1010))
    assert entries.expire("k")(entry, Moment(1010)).value is None
    assert value(entries.increment("k", Increment(), ADA, LIMITS)(entry, Moment(1010))) == 1
    kept = entries.increment("k", Increment(), ADA, LIMITS)(entry, Moment(1001))
    assert (value(kept), kept.expires) == (6, 1010), "a change lets it live no longer"
    assert put(6)(entry, Moment(1001)).expires is None


def test_a_writer_who_knows_another_version_is_refused() -> None:
    entry = after(put(1), put(2))
    for change in (put(3, if_version=1), put(3, if_version=0), entries.drop("k", ADA, 1),
                   entries.hold("k", HELD, ADA, LIMITS, if_version=3)):
        with pytest.raises(Stale) as refused:
            change(entry, Moment(1000))
        assert refused.value.current is entry
    with pytest.raises(Stale, match="does not exist"):
        put(1, if_version=1)(None, Moment(1000))


@pytest.mark.parametrize(("before", "change", "field"), [
    ("a", entries.increment("k", Increment(), ADA, LIMITS), "by"),
    (True, entries.increment("k", Increment(), ADA, LIMITS), "by"),
    (1e308, entries.increment("k", Increment(by=1e308), ADA, LIMITS), "by"),
    ({}, entries.append("k", Append(values=[1]), ADA, LIMITS), "values"),
    ([], entries.update("k", Update(values={}), ADA, LIMITS), "values"),
])  # fmt: skip
def test_what_cannot_be_made_of_a_value_is_refused_by_name(before: Any, change: Change, field: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        change(after(put(before)), Moment(1000))
    assert refused.value.details["field"] == field


def test_a_content_is_only_written_whole() -> None:
    entry = after(put(1, read=UserRole.ANALYST), entries.hold("k", HELD, ADA, LIMITS, seconds=5))
    assert (entry.content, entry.value, entry.expires, entry.read) == (HELD, b"null", 1005, UserRole.ANALYST)
    with pytest.raises(Unprocessable, match="whole"):
        entries.append("k", Append(values=[1]), ADA, LIMITS)(entry, Moment(1000))
    assert put(1)(entry, Moment(1000)).content is None


def test_who_may_not_is_refused_whatever_they_try() -> None:
    viewer, analyst = Writer("eve", Role.VIEWER), Writer("ada", Role.ANALYST)
    for entry in (after(put(1, read=UserRole.ANALYST)), after(put(1, write=UserRole.ANALYST))):
        for change in (
            put(2, viewer), entries.increment("k", Increment(), viewer, LIMITS), entries.drop("k", viewer),
            entries.notify("k", viewer), entries.hold("k", HELD, viewer, LIMITS),
        ):  # fmt: skip
            with pytest.raises(Forbidden, match="analysts"):
                change(entry, Moment(1000))
        assert value(put(2, analyst)(entry, Moment(1000))) == 2
    entries.check("k", after(put(1, write=UserRole.ANALYST)), Role.VIEWER, "read")
    with pytest.raises(Forbidden):
        put(1, viewer, write=UserRole.VIEWER)(None, Moment(1000))
    with pytest.raises(Forbidden, match="above"):
        put(1, analyst, read=UserRole.ADMIN)(None, Moment(1000))


def test_there_is_room_for_so_much() -> None:
    limits = Limits(keys=2, value=10, total=150)
    with pytest.raises(TooLarge):
        put("x" * 9, limits=limits)(None, Moment(0))
    full = Moment(0, keys=2, size=100)
    with pytest.raises(Unprocessable):
        put(1, limits=limits)(None, full)
    with pytest.raises(TooLarge):
        entries.hold("k", HELD, ADA, limits)(after(put(1)), full)
    assert put(1, limits=limits)(entries.hold("k", HELD, ADA, LIMITS)(None, Moment(0)), full).size == 1
    put("x" * 5000, limits=Limits(keys=None, total=None))(None, Moment(0, keys=10**9, size=10**15))


JSON = st.recursive(st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3))
BODIES = st.one_of(
    st.builds(lambda v, q: put(v, QUIET if q else ADA), JSON, st.booleans()),
    st.builds(lambda by: entries.increment("k", Increment(by=by), ADA, LIMITS), st.integers(-9, 9)),
    st.builds(lambda v, k: entries.append("k", Append(values=v, keep=k), ADA, LIMITS),
              st.lists(JSON, max_size=3), st.none() | st.integers(1, 4)),
    st.builds(lambda v: entries.update("k", Update(values=v), ADA, LIMITS),
              st.dictionaries(st.text(max_size=3), JSON, max_size=3)),
    st.just(entries.drop("k", ADA)), st.just(entries.notify("k", ADA)),
)  # fmt: skip


@given(st.lists(BODIES, max_size=20))
def test_no_version_and_no_notice_ever_comes_again(changes: list[Change]) -> None:
    entry: Entry | None = None
    for change in changes:
        try:
            following = change(entry, Moment(1000))
        except CrispdmError:
            continue
        version, notified = (entry.version, entry.notified) if entry else (0, 0)
        assert following.version >= version
        assert following.notified >= notified
        assert (following.version, following.notified) != (version, notified)
        assert following.value == (entry.value if entry else None) or following.version > version
        entry = following
