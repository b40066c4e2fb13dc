from __future__ import annotations

from typing import Any

import pytest

from jupyter_crispdm.jobs.notebooks.outputs import OutputKeeper, Outputs


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"msg_type": "stream", "header": {"msg_type": "stream"}, "content": {"name": name, "text": text}}


def display(text: str) -> dict[str, Any]:
    content = {"data": {"text/plain": text}, "metadata": {}}
    return {"msg_type": "display_data", "header": {"msg_type": "display_data"}, "content": content}


def texts(outputs: Outputs) -> list[str]:
    return [output["text"] if "text" in output else output["data"]["text/plain"] for output in outputs]


def test_text_of_one_stream_is_put_together_until_something_else_comes() -> None:
    keeper, outputs = OutputKeeper(), Outputs()
    for message in (stream("a"), stream("b\n"), stream("!", "stderr"), stream("c"), display("d"), stream("e")):
        keeper.add(outputs, message)
    keeper.settle()
    assert texts(outputs) == ["ab\n", "!", "c", "d", "e"]


def test_what_was_cleared_does_not_come_back_nor_count() -> None:
    keeper, outputs = OutputKeeper(most=100), Outputs()
    for _ in range(1000):
        keeper.add(outputs, stream("x" * 30))
        keeper.add(outputs, display("y" * 30))
        keeper.clear(outputs)
    keeper.add(outputs, stream("end"))
    keeper.settle()
    assert texts(outputs) == ["end"]


def test_a_bar_that_is_drawn_anew_counts_once() -> None:
    keeper, outputs = OutputKeeper(most=100), Outputs()
    for percent in range(10_000):
        keeper.add(outputs, stream(f"\r{percent:>9}%"))
    keeper.settle()
    assert texts(outputs) == ["     9999%"]


def test_too_much_is_left_to_the_log_and_said_once() -> None:
    keeper, outputs = OutputKeeper(most=2 << 20), Outputs()
    for _ in range(5):
        keeper.add(outputs, display("x" * (1 << 20)))
        keeper.add(outputs, stream("y" * (1 << 20)))
    keeper.settle()
    assert len(outputs) == 3
    assert outputs[2]["text"].startswith("[crispdm] The notebook keeps 2 MiB of outputs.")


def test_outputs_under_one_id_are_updated_together_and_forgotten_with_their_cell() -> None:
    keeper, first, second = OutputKeeper(), Outputs(), Outputs()
    keeper.add(first, display("a"), "id")
    keeper.add(second, display("b"), "id")
    keeper.update("id", {"data": {"text/plain": "c"}})
    keeper.update("unknown", {"data": {"text/plain": "d"}})
    assert texts(first + second) == ["c", "c"]


@pytest.mark.parametrize("content", [{}, {"name": "stdout"}, {"data": 3}])
def test_a_message_that_is_none_is_refused(content: dict[str, Any]) -> None:
    with pytest.raises((KeyError, ValueError, TypeError, AttributeError)):
        OutputKeeper().add([], {"msg_type": "stream", "header": {"msg_type": "stream"}, "content": content})
