"""Phase 1: what is wanted, and how one will know that it was reached."""

from __future__ import annotations

from ipywidgets import Textarea, Widget

from . import parts, project

_GOAL = (
    "A service photographs sheets with handwritten numbers. The numbers are wanted: where is each digit, and which one "
    "is it? A person should have to look only at what the model leaves out."
)
_CRITERIA = "Measured on handwriting that the model never saw.\nAt most one false find in a picture."


def page() -> Widget:
    """The goal, the criteria and notes."""
    area = parts.Layout(width="100%", max_width="760px", height="110px")
    goal = Textarea(value=_GOAL, description="Goal", layout=area, style=parts.LABELS)
    criteria = Textarea(value=_CRITERIA, description="Other criteria", layout=area, style=parts.LABELS)
    notes = Textarea(placeholder="What was decided, and why", description="Notes", layout=area, style=parts.LABELS)
    said = parts.words("The goal in figures: found and rightly named, of all digits on the held-out pictures.")
    return parts.column(goal, project.goal, said, criteria, notes)
