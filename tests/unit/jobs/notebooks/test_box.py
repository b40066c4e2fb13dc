"""What a cell asks, and who answers it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from jupyter_crispdm.jobs.notebooks import box as module
from jupyter_crispdm.jobs.notebooks.box import END, InputBox, Question
from tests.support import eventually


class Kernel:
    """A kernel that asks, and keeps what it is answered."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.answers: list[str] = []
        self.stdin_channel = self

    async def get_msg(self, timeout: None) -> dict[str, Any]:
        return await self.asked.get()

    def input(self, text: str) -> None:
        self.answers.append(text)

    def ask(self, prompt: str = "", **content: Any) -> None:
        self.asked.put_nowait({"msg_type": "input_request", "content": {"prompt": prompt, **content}})


class Desk:
    """A box with a kernel before it and an input behind it."""

    def __init__(self) -> None:
        self.kernel, self.input = Kernel(), asyncio.StreamReader(limit=64)
        self.shown: list[str] = []
        self.waited: list[Question | None] = []
        box = InputBox(self.shown.append, self.waited.append)
        box._lines = self.input
        kernel: Any = self.kernel
        self.task = asyncio.ensure_future(box.answer(kernel))

    async def answered(self, count: int = 1) -> list[str]:
        await eventually(lambda: len(self.kernel.answers) == count)
        return self.kernel.answers


async def begun() -> Desk:
    return Desk()


@pytest.fixture
def desk(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Desk]:
    made = jp_asyncio_loop.run_until_complete(begun())
    yield made
    made.task.cancel()
    jp_asyncio_loop.run_until_complete(asyncio.wait([made.task]))


async def test_a_line_that_was_sent_before_is_the_answer_and_nobody_is_waited_for(desk: Desk) -> None:
    desk.input.feed_data(b"ada\nnext\n")
    desk.kernel.ask("name? ")
    assert await desk.answered() == ["ada"]
    assert desk.shown == ["name? ", "ada\n"]
    assert desk.waited == []
    desk.kernel.ask()
    assert await desk.answered(2) == ["ada", "next"]


async def test_a_question_that_waits_is_told_and_taken_back_when_it_is_answered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AT_ONCE_SECONDS", 0.0)
    desk.kernel.ask("name? ")
    await eventually(lambda: desk.waited)
    assert desk.waited == [Question("name? ", secret=False)]
    desk.input.feed_data(b"ada\n")
    assert await desk.answered() == ["ada"]
    assert desk.waited == [Question("name? ", secret=False), None]


async def test_a_secret_is_answered_and_never_shown(desk: Desk) -> None:
    desk.input.feed_data(b"hunter2\n")
    desk.kernel.ask("password: ", password=True)
    assert await desk.answered() == ["hunter2"]
    assert "hunter2" not in "".join(desk.shown)


async def test_the_end_of_the_input_is_told_to_each_who_asks(desk: Desk) -> None:
    desk.input.feed_data(b"rest without an end")
    desk.input.feed_eof()
    for _ in range(3):
        desk.kernel.ask()
    assert await desk.answered(3) == ["rest without an end", END, END]


@pytest.mark.parametrize(
    ("sent", "answer"),
    [(b"\n", ""), (b"a\r\n", "a"), (b" a \n", " a "), ("für\n".encode(), "für"), (b"caf\xe9\n", "caf�"), (b"\0\n", "\0")],
)
async def test_a_line_is_taken_as_it_was_typed(desk: Desk, sent: bytes, answer: str) -> None:
    desk.input.feed_data(sent)
    desk.kernel.ask()
    assert await desk.answered() == [answer]


async def test_a_line_without_end_comes_in_pieces_and_fills_no_memory(desk: Desk) -> None:
    desk.input.feed_data(b"x" * 200 + b"\nshort\n")
    for _ in range(6):
        desk.kernel.ask()
    await eventually(lambda: "short" in desk.kernel.answers)
    answers = desk.kernel.answers
    assert "".join(answers[: answers.index("short")]) == "x" * 200


async def test_other_messages_are_no_questions(desk: Desk) -> None:
    desk.input.feed_data(b"ada\n")
    desk.kernel.asked.put_nowait({"msg_type": "comm_open"})
    desk.kernel.asked.put_nowait({})
    desk.kernel.asked.put_nowait({"msg_type": "input_request"})
    assert await desk.answered() == ["ada"]
    assert desk.shown == ["", "ada\n"]


async def test_a_question_that_nobody_waits_for_takes_no_line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AT_ONCE_SECONDS", 0.0)
    desk.kernel.ask("name? ")
    await eventually(lambda: desk.waited)
    desk.task.cancel()
    await asyncio.wait([desk.task])
    desk.input.feed_data(b"for the next\n")
    assert await desk.input.readline() == b"for the next\n"
