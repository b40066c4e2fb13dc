"""Callers take turns, whatever they ask for and whoever leaves; pure, and with any order of events."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.serving.inference.batching.batch import companions
from jupyter_crispdm.serving.inference.batching.line import Full, Line


@dataclass(frozen=True)
class Item:
    """Somebody's request."""

    number: int
    caller: str
    kind: str | None = "a"
    rows: int = 1


ASKED = st.lists(
    st.tuples(st.sampled_from("ABCD"), st.sampled_from(["a", "b", None]), st.integers(1, 9)), min_size=1, max_size=40
)


def line_of(asked: list[tuple[str, str | None, int]]) -> tuple[Line[Item], list[Item]]:
    line: Line[Item] = Line(1000, 1000)
    items = [Item(number, *one) for number, one in enumerate(asked)]
    for item in items:
        assert line.join(item.caller, item) is None
    return line, items


@pytest.mark.proves("engine.batch-cut")
@given(ASKED, st.integers(1, 16), st.integers(1, 40))
def test_who_is_batched_with_whom(asked: list[tuple[str, str | None, int]], most_rows: int, most: int) -> None:
    line, items = line_of(asked)
    served: list[Item] = []
    while line:
        _, first = line.head()
        before = len(line)
        batch = line.gather(most, companions(most_rows))
        assert batch[0] == first, "who is next is always served"
        assert len(batch) <= most
        assert len(line) == before - len(batch)
        if len(batch) > 1:
            assert {item.kind for item in batch} == {first.kind}
            assert first.kind is not None
            assert sum(item.rows for item in batch) <= most_rows
        served += batch
    assert sorted(item.number for item in served) == [item.number for item in items]
    for caller in "ABCD":
        own = [item.number for item in served if item.caller == caller]
        assert own == sorted(own), "nobody overtakes themselves"


@given(ASKED, st.integers(1, 16))
def test_a_batch_takes_all_that_fits(asked: list[tuple[str, str | None, int]], most_rows: int) -> None:
    line, _ = line_of([(caller, "a", 1) for caller, _, _ in asked])
    batch = line.gather(1000, companions(most_rows))
    assert len(batch) == min(most_rows, len(asked))


@given(st.lists(st.sampled_from("ABCD"), max_size=60), st.integers(1, 5))
def test_in_every_batch_callers_who_wait_get_as_much_as_each_other(callers: list[str], size: int) -> None:
    line, _ = line_of([(caller, "a", 1) for caller in callers])
    had: Counter[str] = Counter()
    while line:
        waiting = Counter(item.caller for item in line)
        batch = line.gather(size, companions(size))
        had.update(item.caller for item in batch)
        still = [caller for caller, count in waiting.items() if count > size]
        assert not still or max(had[caller] for caller in still) - min(had[caller] for caller in still) <= 1


@given(ASKED, st.integers(1, 16))
def test_nobody_waits_for_more_batches_than_there_are_callers_before_them(
    asked: list[tuple[str, str | None, int]], most_rows: int
) -> None:
    line, _ = line_of(asked)
    waited: dict[int, int] = defaultdict(int)
    while line:
        heads = {caller: next(item for item in line if item.caller == caller) for caller in {i.caller for i in line}}
        batch = line.gather(1000, companions(most_rows))
        for head in heads.values():
            if head not in batch:
                waited[head.number] += 1
    assert all(count < 4 for count in waited.values())


@given(
    st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(["join", "join", "leave", "serve"])), max_size=60),
    st.integers(1, 8),
    st.integers(1, 8),
)
def test_the_line_is_bounded_and_its_count_true_at_every_moment(
    events: list[tuple[str, str]], most: int, most_each: int
) -> None:
    line: Line[Item] = Line(most, most_each)
    there: list[Item] = []
    for number, (caller, event) in enumerate(events):
        if event == "join":
            item = Item(number, caller)
            mine = sum(one.caller == caller for one in there)
            try:
                displaced = line.join(caller, item)
            except Full:
                assert mine == most_each or len(there) == most
            else:
                there.append(item)
                if displaced is not None:
                    assert displaced.caller != caller
                    assert sum(one.caller == displaced.caller for one in there) > mine + 1
                    there.remove(displaced)
        elif event == "leave" and there:
            gone = there[number % len(there)]
            assert line.leave(gone.caller, gone)
            assert not line.leave(gone.caller, gone)
            there.remove(gone)
        elif event == "serve" and there:
            there.remove(line.pop())
        assert sorted(item.number for item in line) == sorted(item.number for item in there)
        assert len(line) == len(there) <= most
    assert sorted(item.number for item in line.clear()) == sorted(item.number for item in there)
    assert not line


def test_a_large_one_goes_alone_and_the_others_without_it() -> None:
    line, _ = line_of([("A", "a", 40), ("B", "a", 1), ("C", "a", 1)])
    assert [item.rows for item in line.gather(10, companions(32))] == [40]
    assert [item.caller for item in line.gather(10, companions(32))] == ["B", "C"]
