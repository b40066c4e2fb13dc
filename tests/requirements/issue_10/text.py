"""Text that several people write at once, and who is here."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 10: shared text",
        Requirement(
            "state.text",
            "What several people write into one text at once is merged, and all have the same in the end.",
            names=(
                "GET state/{key}/text", "POST state/{key}/text", "DELETE state/{key}/text", "topic state/{key}/text",
            ),
        ),
        Requirement("state.text-kept", "A text is there again after a restart; what was answered is never lost."),
        Requirement(
            "state.text-shortened",
            "Many updates are kept as one, and whoever follows goes on with the same text.",
        ),
        Requirement("state.text-servers", "Servers that share a Redis share its texts, also while all write in one."),
        Requirement(
            "state.text-limits",
            "Texts have limits; an update that is broken or too large changes nothing, and says why.",
            names=("setting state_text_bytes",),
        ),
        Requirement(
            "state.text-guarded",
            "Who cannot read a value is never told of its text: not once it has ended, nor where they follow it.",
        ),
        Requirement(
            "state.text-cut",
            "Nothing that is written is lost where updates are dropped, doubled or delayed, nor over a cut.",
        ),
    ),
    *of(
        "issue 10: presence",
        Requirement(
            "presence.here",
            "Who is here, on which page, is told to all; who says nothing for 15 seconds is gone.",
            names=("GET presence", "PUT presence/{session}", "DELETE presence/{session}", "topic presence"),
        ),
        Requirement("presence.own", "Nobody speaks for somebody else's page."),
        Requirement("presence.elsewhere", "Viewers are not told of pages that they cannot open."),
        Requirement("presence.bounded", "What a page says of itself has limits, and each person a budget."),
        Requirement(
            "presence.pages",
            "Dashboards and Lab say by themselves where they are, and say goodbye.",
        ),
        Requirement(
            "presence.follow",
            "Who follows a colleague is brought to their page, their tab and where they scroll.",
        ),
    ),
)
