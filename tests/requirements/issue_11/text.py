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
    ),
)
