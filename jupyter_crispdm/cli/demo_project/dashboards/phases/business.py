"""Phase 1: what is wanted, and how one will know that it was reached."""

from __future__ import annotations

from ipywidgets import Widget

from jupyter_crispdm.widgets import SharedText

from . import parts, project

_GOAL = (
    "A service photographs sheets with handwritten numbers. The numbers are wanted: where is each digit, and which one "
    "is it? A person should have to look only at what the model leaves out."
)
_CRITERIA = "Measured on handwriting that the model never saw.\nAt most one false find in a picture."


def page() -> Widget:
    """The goal, the criteria and notes: everybody who works on the project writes them together."""
    goal = SharedText("project:goal", description="Goal", start=_GOAL, layout=parts.WIDE)
    criteria = SharedText(
        "project:criteria", description="Other criteria", start=_CRITERIA, rows=3, layout=parts.WIDE
    )
    notes = SharedText(
        "project:notes", description="Notes", placeholder="What was decided, and why", rows=5, layout=parts.WIDE
    )
    said = parts.words("The goal in figures: found and rightly named, of all digits on the held-out pictures.")
    return parts.column(goal, project.goal, said, criteria, notes)
