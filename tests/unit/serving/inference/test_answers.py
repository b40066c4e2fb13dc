"""Answers kept in shared memory: the newest, whole, and known to the next process."""

from __future__ import annotations

import mmap
import os

from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.serving.inference.answers import SECONDS, Answer, AnswerStore

HEADERS = [(b"content-type", b"application/json")]


def name(number: int) -> bytes:
    return number.to_bytes(32, "big")


def read(store: AnswerStore, number: int) -> Answer | None:
    kept = store.find(name(number))
    return kept.read() if kept else None


def test_an_answer_is_found_as_it_was_given() -> None:
    store = AnswerStore(mmap.mmap(-1, 1 << 16))
    store.keep(name(1), name(2), Answer(201, HEADERS, b"\0\xff{}"))
    kept = store.find(name(1))
    assert kept is not None
    assert (kept.print, kept.read()) == (name(2), Answer(201, HEADERS, b"\0\xff{}"))
    assert store.find(name(3)) is None


def test_the_next_process_knows_what_was_kept() -> None:
    memory = mmap.mmap(-1, 1 << 16)
    child = os.fork()
    if child == 0:
        AnswerStore(memory).keep(name(1), name(2), Answer(200, HEADERS, b"from the first"))
        os._exit(0)
    os.waitpid(child, 0)
    assert read(AnswerStore(memory), 1) == Answer(200, HEADERS, b"from the first")


def test_an_answer_is_forgotten_after_a_while() -> None:
    now = [0.0]
    store = AnswerStore(mmap.mmap(-1, 1 << 16), lambda: now[0])
    store.keep(name(1), name(2), Answer(200, HEADERS, b"x"))
    now[0] = SECONDS - 1
    assert read(store, 1)
    now[0] = SECONDS
    assert store.find(name(1)) is None


def test_of_an_answer_that_is_too_large_it_is_known_that_it_was_given() -> None:
    store = AnswerStore(mmap.mmap(-1, 1 << 14))
    store.keep(name(1), name(2), Answer(200, HEADERS, bytes(1 << 13)))
    kept = store.find(name(1))
    assert kept is not None
    assert kept.read() is None


def test_a_record_whose_mark_was_not_written_is_none() -> None:
    memory = mmap.mmap(-1, 1 << 16)
    store = AnswerStore(memory)
    store.keep(name(1), name(2), Answer(200, HEADERS, b"first"))
    before = memory[:]
    store.keep(name(3), name(4), Answer(200, HEADERS, b"second"))
    place = before.rfind(b"first") + len(b"first")
    memory[place : place + 4] = b"\0\0\0\0"  # killed before the last step
    again = AnswerStore(memory)
    assert read(again, 1) == Answer(200, HEADERS, b"first")
    assert again.find(name(3)) is None
    again.keep(name(5), name(6), Answer(200, HEADERS, b"third"))
    assert read(AnswerStore(memory), 5) == Answer(200, HEADERS, b"third")


@given(st.lists(st.integers(0, 700), min_size=1, max_size=120))
def test_the_newest_are_kept_in_a_memory_of_any_fill(sizes: list[int]) -> None:
    memory = mmap.mmap(-1, 8 << 10)
    ticks = iter(range(1, 1000))
    store = AnswerStore(memory, lambda: next(ticks) / 1000)
    for number, size in enumerate(sizes):
        store.keep(name(number), name(0), Answer(200, HEADERS, bytes([number]) * size))
        for known in (store, AnswerStore(memory, lambda: 0.5)):  # whoever looks, now and after a kill
            found = {other: read(known, other) for other in range(number + 1)}
            assert found[number] == Answer(200, HEADERS, bytes([number]) * size)
            there = [other for other, answer in found.items() if answer]
            assert there == list(range(there[0], number + 1))  # what is gone is what was oldest
            assert all(answer.body == bytes([other]) * sizes[other] for other, answer in found.items() if answer)
    memory.close()
