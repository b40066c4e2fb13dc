"""Who gives way in memory, by properties; and what a real process takes."""

from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.serving.inference.workers.usage import Meter, Resident, make_room

RESIDENTS = st.lists(
    st.builds(Resident, st.uuids().map(str), st.integers(0, 100), st.floats(0, 100), st.booleans()), max_size=8
)


@given(RESIDENTS, st.integers(0, 100), st.integers(0, 500))
def test_only_those_rest_that_nobody_uses_and_no_more_than_needed(
    residents: list[Resident], need: int, most: int
) -> None:
    resting = make_room(residents, need, most)
    by_id = {one.id: one for one in residents}
    free = [one for one in residents if one.is_free]
    taken = need + sum(one.memory_bytes for one in residents)
    if resting is None:
        assert taken - sum(one.memory_bytes for one in free) > most
        return
    assert all(by_id[id].is_free for id in resting)
    left = taken - sum(by_id[id].memory_bytes for id in resting)
    assert left <= most
    if resting:
        assert left + by_id[resting[-1]].memory_bytes > most
        oldest = sorted(free, key=lambda one: one.used)[: len(resting)]
        assert [one.used for one in oldest] == [by_id[id].used for id in resting]


def test_a_process_is_measured_and_one_that_is_gone_takes_nothing() -> None:
    meter = Meter()
    found = meter.measure({"mine": [os.getpid()], "gone": [2**22 + 1], "none": []})
    assert found["mine"].memory_bytes > 1 << 20
    assert (found["gone"].memory_bytes, found["gone"].cpu_percent) == (0, 0.0)
    assert set(found) == {"mine", "gone"}
    assert set(meter._known) == {os.getpid()}
    meter.measure({})
    assert meter._known == {}
