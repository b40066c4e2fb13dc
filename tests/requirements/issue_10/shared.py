"""What people share in a page: a chat, a whiteboard, texts, who is here; and the notebooks that show it."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = of(
    "issue 10: shared pages",
    Requirement("shared.counter", "Two browsers press one button: both see the sum, and who pressed last."),
    Requirement("shared.analysis", "One slider moves everybody's plot."),
    Requirement("shared.model", "All sessions ask one deployed model, and see the latest answers and who asked."),
    Requirement("shared.chat", "What is said in a room, all who open it read.", names=("widgets.Chat",)),
    Requirement("shared.chat-rooms", "Whoever names a room makes it; all see it."),
    Requirement("shared.chat-unread", "A room bears a mark while somebody else said something that was not read."),
    Requirement("shared.chat-typing", "Who writes in a room is told while they do."),
    Requirement("shared.chat-topic", "The topic of a room is written by several at once."),
    Requirement("shared.chat-text", "Names and messages are shown as text, whatever they hold."),
    Requirement("shared.chat-many", "A thousand messages of a room stay; those that can be seen are drawn."),
    Requirement(
        "shared.whiteboard", "Others see a stroke while it grows, and the pointer that draws it.",
        names=("widgets.Whiteboard",),
    ),
    Requirement("shared.whiteboard-undo", "Everybody takes back their own strokes, and nobody else's."),
    Requirement("shared.whiteboard-clear", "A board is cleared for all after a question, and leaves nothing behind."),
    Requirement("shared.whiteboard-many", "A piece of a stroke costs the same on a board of 5,000 strokes."),
    Requirement("shared.whiteboard-foreign", "What others wrote into a board and is no mark is left out."),
    Requirement("shared.whiteboard-png", "A board is saved as a picture on white."),
    Requirement("shared.text", "A text is written by several at once, and begins once.", names=("widgets.SharedText",)),
    Requirement("shared.phases", "Goal, criteria and notes of the demo's project are everybody's."),
    Requirement("shared.presence", "Who is here is shown with the page they are on.", names=("widgets.Presence",)),
    Requirement("shared.follow", "A click follows a colleague's page and scroll, until Escape or one's own scroll."),
    Requirement("shared.cards", "The example notebooks have cards on the home page, with pictures."),
)  # fmt: skip
