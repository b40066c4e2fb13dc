"""Models that write text."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 11: text",
        Requirement("text.model", "A small language model is weights and an alphabet, and writes by the character."),
        Requirement("text.limits", "What is asked of a model that writes has limits; an error names the field."),
        Requirement("text.resumed", "A text that was cut goes on where it was, exactly once, however often it is cut."),
        Requirement(
            "text.training",
            "A job of the demo trains a model that writes in less than two minutes, on text that comes with Python.",
        ),
        Requirement(
            "text.generate", "A model that writes gives its whole text.",
            names=(
                "POST serving/v2/models/{model}/generate",
                "POST serving/v2/models/{model}/versions/{version}/generate",
            ),
        ),
        Requirement(
            "text.generate-stream", "A model that writes gives its text piece by piece, as events with ids.",
            names=(
                "POST serving/v2/models/{model}/generate_stream",
                "POST serving/v2/models/{model}/versions/{version}/generate_stream",
            ),
        ),
        Requirement(
            "text.refused",
            "What a model refuses is told by its status, what goes wrong in the middle by an event, never by silence.",
        ),
        Requirement("text.left", "A client that leaves ends the work within a piece, and its slot is free."),
        Requirement(
            "text.dashboard", "The dashboard Streaming shows each form of a stream as it arrives, to viewers too."
        ),
        Requirement(
            "text.openai-models", "OpenAI's client lists the models that write.",
            names=("GET serving/v1/models", "GET serving/v1/models/{model}"),
        ),
        Requirement(
            "text.openai-completions", "OpenAI's client completes texts.", names=("POST serving/v1/completions",)
        ),
        Requirement("text.openai-chat", "OpenAI's client holds a chat.", names=("POST serving/v1/chat/completions",)),
        Requirement("text.openai-errors", "Errors reach OpenAI's client as its own kinds of errors, with the field."),
    ),
)
