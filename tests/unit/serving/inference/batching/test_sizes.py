"""How large batches become when the test says how long each takes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jupyter_crispdm.serving.inference.batching.sizes import Sizes


def seconds_a_row(cost: Callable[[int], float], most: int, batches: int = 2000) -> float:
    """What a row costs on average, after the beginning, when there is always enough to do."""
    sizes, rows, seconds = Sizes(most), 0, 0.0
    for number in range(batches):
        size = sizes.next()
        assert 1 <= size <= most
        sizes.learn(size, cost(size))
        if number > batches // 4:
            rows, seconds = rows + size, seconds + cost(size)
    return seconds / rows


@pytest.mark.proves("engine.batch")
@given(
    st.floats(1e-6, 1e-2),
    st.floats(1e-6, 1e-2),
    st.integers(1, 64),
    st.floats(1.0, 3.0),
    st.sampled_from([1, 8, 32, 33]),
)
@example(1e-5, 2**-7, 1, 2.0, 32)  # compared batches of up to 32 rows must not outnumber those of one
@example(1e-5, 2**-7, 16, 3.0, 32)  # what was learnt of 16 rows says nothing of 31
@example(1e-5, 2**-7, 32, 3.0, 33)
def test_a_batch_is_never_markedly_slower_than_none(
    start: float, row: float, crowd: int, worse: float, most: int
) -> None:
    def cost(rows: int) -> float:
        """A start, then each row; beyond some number the rows no longer fit into some cache."""
        return start + row * rows * (worse if rows > crowd else 1.0)

    assert seconds_a_row(cost, most) <= 1.4 * cost(1)


def test_batches_stay_large_where_they_are_quicker() -> None:
    assert seconds_a_row(lambda rows: 1e-3 + 1e-5 * rows, 32) < 1.1 * (1e-3 / 32 + 1e-5)


def test_batches_become_small_where_they_are_slower_and_larger_again_later() -> None:
    sizes = Sizes(32)

    def run(batches: int, cost: Callable[[int], float]) -> int:
        for _ in range(batches):
            rows = sizes.next()
            sizes.learn(rows, cost(rows))
        return sizes.limit

    assert run(700, lambda rows: 1e-3 * rows * (3 if rows > 4 else 1)) == 4
    assert run(3000, lambda rows: 1e-3) == 32


def test_a_stall_makes_nothing_smaller() -> None:
    sizes = Sizes(32)
    for number in range(400):
        rows = sizes.next()
        sizes.learn(rows, 1.0 if number % 3 else 1e-4 * rows)
    assert sizes.limit >= 16


def test_what_was_restricted_stays_so() -> None:
    sizes = Sizes(32)
    sizes.restrict(1)
    sizes.restrict(8)
    assert (sizes.limit, sizes.next()) == (1, 1)
    for _ in range(2000):
        sizes.learn(sizes.next(), 1e-3)
    assert sizes.next() == 1
