"""Letting a deployed model write, in a notebook or dashboard."""

from __future__ import annotations

from typing import Any, ClassVar

from traitlets import Dict, Float, Int, TraitError, Unicode, validate

from .base import CrispdmWidget

_LONGEST_PROMPT = 20_000
_LONGEST_ANSWER = 100_000
_LONGEST_NAME = 200
_MOST_TOKENS = 16_384
_ENDINGS = ("stop", "length", "stopped", "error", "")
_TEXTS = ("prompt", "text", "ending", "error")


class StreamText(CrispdmWidget):
    """A prompt, and the text of a deployed model as it grows; it can be stopped.

    `model` is the one that is chosen; empty takes the first that writes. `answer` is the last text, once it is written:
    {"prompt", "text", "ending", "error"}, where the ending is `stop`, `length`, `stopped` or `error`. The values come
    from the browser. In a dashboard they are there again at the next visit.
    """

    kept_traits: ClassVar[tuple[str, ...]] = ("prompt", "model", "max_tokens", "temperature", "answer")

    _view_name = Unicode("StreamTextView").tag(sync=True)
    title = Unicode("", help="What stands above it; empty for a title of its own.").tag(sync=True)
    prompt = Unicode("", help="What the model goes on from; at most 20,000 characters.").tag(sync=True)
    model = Unicode("", help="The model that writes; empty for the first one.").tag(sync=True)
    max_tokens = Int(400, help="After how many tokens it ends, from 1 to 16,384. Default: 400.").tag(sync=True)
    temperature = Float(0.7, help="How boldly it writes, from 0 to 2. Default: 0.7.").tag(sync=True)
    answer: Dict[str, Any] = Dict(help="The last text, and how it ended; empty for none.").tag(sync=True)

    def __init__(self, prompt: str = "", **values: Any) -> None:
        super().__init__(prompt=prompt, **values)

    @validate("prompt", "model")
    def _is_short(self, proposal: dict[str, Any]) -> str:
        value: str = proposal["value"]
        name, most = proposal["trait"].name, _LONGEST_PROMPT if proposal["trait"].name == "prompt" else _LONGEST_NAME
        if len(value) > most:
            raise TraitError(f"'{name}' has at most {most:,} characters.")
        return value

    @validate("max_tokens", "temperature")
    def _is_within(self, proposal: dict[str, Any]) -> float:
        value: float = proposal["value"]
        name = proposal["trait"].name
        least, most = (1, _MOST_TOKENS) if name == "max_tokens" else (0, 2)
        if not least <= value <= most:
            raise TraitError(f"'{name}' must be from {least} to {most:,}.")
        return value

    @validate("answer")
    def _is_an_answer(self, proposal: dict[str, Any]) -> dict[str, Any]:
        value: dict[str, Any] = proposal["value"]
        if not value:
            return {}
        if set(value) != set(_TEXTS) or not all(isinstance(value[name], str) for name in _TEXTS):
            raise TraitError("'answer' must have the texts " + ", ".join(_TEXTS) + ".")
        if value["ending"] not in _ENDINGS or sum(map(len, value.values())) > _LONGEST_ANSWER:
            raise TraitError(f"'answer' has at most {_LONGEST_ANSWER:,} characters, and an ending that there is.")
        return value
