"""The Python side of what people share: thin, and choosy about what a browser or a program puts into it."""

from __future__ import annotations

from typing import Any

import pytest
from traitlets import TraitError

from jupyter_crispdm.widgets import Chat, Presence, SharedText, Whiteboard
from jupyter_crispdm.widgets.keeping.fields import traits_of


def test_each_has_a_view() -> None:
    made = (Chat(), Whiteboard(), Presence(), SharedText("goal"))
    views = [widget.get_state()["_view_name"] for widget in made]
    assert views == ["ChatView", "WhiteboardView", "PresenceView", "SharedTextView"]


def test_a_chat_opens_a_room_and_keeps_which_one_was_chosen() -> None:
    chat = Chat("  Line 3 ")
    assert (chat.room, chat.height, traits_of(chat)) == ("Line 3", 480, ("room",))
    chat.set_state({"room": "Größe"})
    assert chat.room == "Größe"
    assert Chat().room == "General"


def test_a_board_is_known_by_its_name() -> None:
    board = Whiteboard("Ideas", title="Ideas for spring")
    assert (board.name, board.title) == ("Ideas", "Ideas for spring")
    assert traits_of(board) == ()


def test_a_shared_text_has_a_key_and_nothing_that_a_page_would_keep() -> None:
    text = SharedText("project:goal", description="Goal", start="Find every digit.")
    state = text.get_state()
    assert [state[name] for name in ("key", "description", "start", "rows")] == [
        "project:goal", "Goal", "Find every digit.", 4,
    ]  # fmt: skip
    assert traits_of(text) == ()


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\nb", "a\x00b"])
@pytest.mark.parametrize("kind", [Chat, Whiteboard])
def test_a_name_that_nobody_could_read_is_refused(kind: type[Chat | Whiteboard], name: str) -> None:
    with pytest.raises(TraitError, match="1 to 80"):
        kind(name)


@pytest.mark.parametrize("key", ["", "-x", "a/b", "../x", "ä", "x" * 129, "a b"])
def test_a_key_that_the_server_would_refuse_is_refused(key: str) -> None:
    with pytest.raises(TraitError, match="key"):
        SharedText(key)


@pytest.mark.parametrize("values", [{"room": "x" * 81}, {"room": 7}, {"room": "\ud800\n"}])
def test_what_a_browser_sends_as_a_room_is_a_name_too(values: dict[str, Any]) -> None:
    chat = Chat("General")
    with pytest.raises(TraitError):
        chat.set_state(values)
    assert chat.room == "General"
