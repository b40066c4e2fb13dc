"""A chat in two browsers: rooms, messages, who writes, a topic that both write."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support import eventually_sync
from tests.ui.axe import severe
from tests.ui.server import Workbench
from tests.ui.shared.conftest import Open

HTML = "<img src=x onerror=\"document.title='broken'\"><b>bold</b>"


def say(page: Page, text: str) -> None:
    """Write a message and send it."""
    page.get_by_label("Message", exact=True).fill(text)
    page.get_by_label("Message", exact=True).press("Enter")


@pytest.mark.proves("shared.chat", "shared.chat-text")
def test_what_one_says_the_other_reads_as_text(both: Open) -> None:
    pair = both("chat")
    expect(pair.viewer.get_by_text("Nothing was said here yet.", exact=True)).to_be_visible()
    say(pair.analyst, "Hello, all")
    expect(pair.viewer.get_by_text("Hello, all", exact=True)).to_be_visible()
    say(pair.viewer, HTML)
    message = pair.analyst.locator(".crispdm-Chat-text", has_text="onerror")
    expect(message).to_have_text(HTML)
    assert pair.analyst.title() != "broken"
    expect(pair.analyst.locator(".crispdm-Chat-head strong")).to_have_text(["analyst", "viewer"])
    assert severe(pair.analyst, [".crispdm-Chat", ".crispdm-Presence"]) == []


@pytest.mark.proves("shared.chat-rooms", "shared.chat-unread")
def test_a_room_is_made_by_one_and_marked_for_the_other(both: Open) -> None:
    pair = both("chat")
    pair.analyst.get_by_label("Name of a new room").fill("Größe")
    pair.analyst.get_by_role("button", name="Add").click()
    expect(pair.analyst.get_by_role("heading", name="Größe")).to_be_visible()
    room = pair.viewer.get_by_role("button", name="Größe")
    expect(room).to_be_visible()
    mark = room.get_by_role("img", name="unread")
    expect(mark).to_have_count(0)
    say(pair.analyst, "in another room")
    expect(mark).to_be_visible()
    expect(pair.viewer.get_by_text("in another room", exact=True)).to_have_count(0)
    room.click()
    expect(pair.viewer.get_by_text("in another room", exact=True)).to_be_visible()
    expect(mark).to_have_count(0)


@pytest.mark.proves("shared.chat-typing", "shared.presence")
def test_who_is_here_and_who_writes_is_told(both: Open) -> None:
    pair = both("chat")
    expect(pair.viewer.locator(".crispdm-Presence-name", has_text="analyst")).to_be_visible()
    expect(pair.viewer.locator(".crispdm-Presence-place").first).to_have_text("Chat")

    def is_seen_to_write() -> bool:
        pair.analyst.get_by_label("Message", exact=True).press("x")  # who pauses writes no more
        return pair.viewer.get_by_text("analyst is writing…").is_visible()

    eventually_sync(is_seen_to_write)
    pair.analyst.get_by_label("Message", exact=True).fill("")
    expect(pair.viewer.get_by_text("analyst is writing…")).to_have_count(0)


@pytest.mark.proves("shared.chat-topic")
def test_a_topic_is_written_by_both(both: Open) -> None:
    pair = both("chat")
    topics = [page.get_by_label("Topic") for page in (pair.analyst, pair.viewer)]
    for topic in topics:
        expect(topic).to_be_editable()
    topics[0].fill("Scans")
    expect(topics[1]).to_have_value("Scans")
    topics[1].press("End")
    topics[1].press_sequentially(" of November")
    topics[0].press("Home")
    topics[0].press_sequentially("The ")
    for topic in topics:
        expect(topic).to_have_value("The Scans of November")
    topics[0].fill("")
    expect(topics[1]).to_have_value("")


@pytest.mark.proves("shared.chat-many")
def test_a_thousand_messages_are_there_and_few_are_drawn(both: Open, shared: Workbench) -> None:
    lines = [
        {"id": f"m{at}", "by": ("bo", "cy")[at % 2], "time": "2026-11-28T10:00:00Z", "text": f"line {at}"}
        for at in range(1000)
    ]
    with shared.api as api:
        api.post("state/chat:room:general/append", json={"values": lines}).raise_for_status()
    pair = both("chat")
    expect(pair.viewer.get_by_text("line 999", exact=True)).to_be_visible()
    assert pair.viewer.locator(".crispdm-Chat-row").count() < 100
    pair.viewer.locator(".crispdm-Chat-scroller").evaluate("node => { node.scrollTop = 0; }")
    expect(pair.viewer.get_by_text("line 0", exact=True)).to_be_visible()
    say(pair.analyst, "one more")
    expect(pair.analyst.get_by_text("one more", exact=True)).to_be_visible()
    expect(pair.viewer.get_by_text("line 5", exact=True)).to_be_visible()
