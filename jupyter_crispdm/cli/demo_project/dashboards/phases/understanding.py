"""Phase 2: what the data are."""

from __future__ import annotations

from ipywidgets import Image, IntSlider, Widget

from jupyter_crispdm.widgets import FileBrowser

from . import parts, project

_MOST_SHOWN = 12


def page() -> Widget:
    """The pictures, how often each digit is on them, and the files."""
    pictures = project.pictures()
    if not pictures:
        return parts.words("There are no pictures yet: the demo draws them in a moment. Come back then.")
    counts = project.digits_by_class()
    chart = parts.Chart(project.CLASSES, [counts[label] for label in project.CLASSES], "digits")
    shown = parts.row()
    number = IntSlider(
        value=6, min=1, max=min(_MOST_SHOWN, len(pictures)), description="Pictures", style=parts.LABELS,
        layout=parts.WIDE,
    )

    def draw(_: object = None) -> None:
        shown.children = [_picture(path) for path in pictures[: number.value]]

    number.observe(draw, "value")
    draw()
    said = f"{len(pictures)} held-out pictures with {sum(counts.values())} digits, which no model is trained on."
    files = FileBrowser(path="pictures")
    return parts.column(
        parts.words(said), number, shown, parts.heading("How often each digit is there"), chart.figure,
        parts.heading("Files"), files,
    )


def _picture(path: project.Path) -> Widget:
    written = ", ".join(str(digit["label"]) for digit in project.truth().get(path.name, []))
    return parts.captioned(Image(value=path.read_bytes(), format="png"), written or "nothing", "140px")
