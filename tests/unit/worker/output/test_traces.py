"""Tracebacks at the end of a log: where they begin, what they raised, and whether they are why it ended."""

from __future__ import annotations

import pytest

from jupyter_crispdm.worker.output.traces import Trace, ending_at

HEAD = "Traceback (most recent call last):"
OUTERMOST = '  File "train.py", line 3, in <module>'
INNER = '  File "lib.py", line 7, in fit'


def trace(lines: list[str], code: int | None = 1) -> Trace | None:
    """The traceback that ends with the last of these lines."""
    return ending_at(lines, len(lines) - 1, code)


def raised(lines: list[str], code: int | None = 1) -> str | None:
    found = trace(lines, code)
    return None if found is None else found.raised


@pytest.mark.parametrize(
    "line",
    [
        "ValueError: no", "ValueError", "ValueError:", "shop.Refused: sold out", "KeyboardInterrupt",
        "torch.cuda.OutOfMemoryError: CUDA out of memory.", "botocore.errorfactory.NoSuchKey: (404)",
        "_queue.Empty",
    ],
)  # fmt: skip
def test_the_line_behind_the_frames_says_what_was_raised(line: str) -> None:
    found = trace(["epoch 1", HEAD, OUTERMOST, "    fit()", INNER, "    raise it", line])
    assert found is not None
    assert (found.begin, found.raised_at, found.counts, found.of_runner) == (1, 6, True, None)
    assert found.raised == line.rstrip(": ")


@pytest.mark.parametrize(
    "line", ["loss 0.25", "epoch 2: 0.3", "100%|####", "[info] saved", "1: x", " ValueError: indented"]
)
def test_what_is_no_name_of_an_error_is_none(line: str) -> None:
    assert trace([HEAD, OUTERMOST, "    fit()", line]) is None


def test_without_a_head_there_is_no_traceback() -> None:
    assert trace(["ValueError: no"]) is None
    assert trace([OUTERMOST, "    fit()", "ValueError: no"]) is None
    assert trace([HEAD]) is None
    assert trace([HEAD, OUTERMOST, "    fit()"]) is None, "it is still being written"


def test_the_newest_of_several_is_the_one_that_ends_there() -> None:
    lines = [HEAD, OUTERMOST, "KeyError: 'a'", "During handling of the above:", HEAD, INNER, "ValueError: b"]
    found = trace(lines)
    assert found is not None
    assert (found.begin, found.raised) == (4, "ValueError: b")


@pytest.mark.parametrize(
    ("rest", "belongs"),
    [
        (["    indented", "\talso"], True),
        (["CUDA kernel errors might be asynchronously reported", "For debugging consider CUDA_LAUNCH_BLOCKING"], True),
        (["^"], True),
        (["second line of the message"], True),
        ([f"line {number}" for number in range(10)], True),
        ([f"line {number}" for number in range(11)], False),
        (["2026-11-29 10:00:00 INFO saved"], False),
        (["INFO saved"], False),
        (["epoch 3: loss 0.1"], False),
        (["I1129 saved"], False),
        (["step 4"], False),
    ],
)
def test_lines_behind_it_belong_to_it_or_to_what_the_program_said_later(rest: list[str], belongs: bool) -> None:
    lines = [HEAD, OUTERMOST, "    fit()", "RuntimeError: first line", *rest]
    assert (trace(lines) is not None) is belongs


@pytest.mark.parametrize(("head", "code"), [(INNER, 1), (OUTERMOST, 0), (OUTERMOST, 2), (OUTERMOST, None)])
def test_a_message_of_several_lines_is_believed_only_where_nobody_caught_it(head: str, code: int | None) -> None:
    lines = [HEAD, head, "    fit()", "RuntimeError: first line", "second line"]
    assert trace(lines, code) is None
    assert raised(lines[:4], code) == "RuntimeError: first line"


@pytest.mark.parametrize(("count", "belongs"), [(1, True), (40, True), (41, False)])
def test_a_message_that_is_announced_may_be_long(count: int, belongs: bool) -> None:
    lines = [HEAD, INNER, "    fit()", "pydantic.ValidationError:", *(f"field {number}" for number in range(count))]
    assert (raised(lines) == "pydantic.ValidationError") is belongs


def test_what_python_ignored_is_not_why_a_program_ended() -> None:
    lines = ["Exception ignored in: <function X.__del__>", HEAD, INNER, "    close()", "OSError: gone"]
    assert trace(lines) == Trace(0, 4, "OSError: gone", counts=False)


def test_a_runners_own_traceback_tells_of_another_program() -> None:
    line = "torch.distributed.elastic.multiprocessing.errors.ChildFailedError:"
    found = trace([HEAD, OUTERMOST, "    run()", line, "    train.py FAILED"])
    assert found == Trace(0, 3, line[:-1], counts=False, of_runner=line[:-1])


GROUP = [
    "  + Exception Group Traceback (most recent call last):",
    '  |   File "a.py", line 1, in <module>', "  |     main()",
    "  | ExceptionGroup: two at once (2 sub-exceptions)", "  +-+---------------- 1 ----------------",
    "    | ValueError: one", "    +---------------- 2 ----------------", "    | TypeError: two",
    "    +------------------------------------",
]  # fmt: skip


def test_a_group_is_told_by_its_own_line() -> None:
    assert trace(["epoch 1", *GROUP]) == Trace(1, 4, "ExceptionGroup: two at once (2 sub-exceptions)")


def test_what_comes_behind_a_group_is_no_part_of_it() -> None:
    assert trace([*GROUP, "saved"]) is None
    assert trace(GROUP[:3]) is None, "nothing was said to be raised yet"
