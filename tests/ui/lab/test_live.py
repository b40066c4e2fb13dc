"""Live facts in the real Lab: a log that is cut, views that nobody sees, a server that stands still."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.support import eventually_sync
from tests.ui.conftest import Enter
from tests.ui.server import LOG_LIMIT, Workbench

TALK = """
for line in iter(input, "end"):
    count = int(line)
    for number in range(count):
        print(f"{count}: {number:06} " + "x" * 90)
    print("said", count, flush=True)
print("all said")
"""


@pytest.fixture(autouse=True)
def talker(workbench: Workbench) -> Iterator[None]:
    """A program that says as many lines as it is told; no test sees the jobs of another."""
    workbench.clear()
    (workbench.root / "talker.py").write_text(TALK)
    yield
    workbench.stop_jobs()


class Frames:
    """What a page sends on its live socket, as long as it is listened to."""

    def __init__(self, page: Page) -> None:
        self.sent: list[dict[str, object]] = []
        self._page = page
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        if "crispdm/api/live" in socket.url:
            socket.on("framesent", self._note)

    def _note(self, text: str | bytes) -> None:
        self.sent.append(json.loads(text))

    def about(self, topic: str) -> list[str]:
        """What was asked about a topic, in order."""
        self._page.evaluate("0")  # lets what was sent be heard
        asked = [(word, frame[word]) for frame in self.sent for word in ("subscribe", "unsubscribe") if word in frame]
        return [word for word, name in asked if name == topic]


@pytest.mark.proves("machine.log-cap", "live.log-at-limit")
def test_a_log_that_reached_its_limit_goes_on(enter: Enter, workbench: Workbench) -> None:
    lab = enter("analyst").open_lab()
    lab.run_as_job("talker.py", "talk", "vision")
    lab.say("10")
    expect(lab.lines.filter(has_text="said 10")).to_have_count(1)
    many = 3 * LOG_LIMIT // 100
    lab.say(str(many))
    expect(lab.lines.filter(has_text=f"said {many}")).to_have_count(1)
    [job] = workbench.running_jobs()
    log = workbench.data / "jobs" / job["id"] / "output.log"
    eventually_sync(lambda: log.stat().st_size <= LOG_LIMIT, 60)
    lab.say("7")  # its bytes have smaller numbers than those that were read before
    expect(lab.lines.filter(has_text="said 7")).to_have_count(1)
    expect(lab.lines.filter(has_text="7: 000006")).to_have_count(1)
    lab.say("end")
    expect(lab.status).to_contain_text("Succeeded")
    expect(lab.lines.filter(has_text="all said")).to_have_count(1)


@pytest.mark.proves("live.coordinator")
def test_a_log_that_nobody_sees_is_not_followed_and_is_whole_when_somebody_looks(
    enter: Enter, workbench: Workbench
) -> None:
    visit = enter("analyst")
    frames = Frames(visit.page)
    lab = visit.open_lab()
    lab.run_as_job("talker.py", "talk", "vision")
    lab.say("3")
    expect(lab.lines.filter(has_text="said 3")).to_have_count(1)
    [job] = workbench.running_jobs()
    topic = f"jobs/{job['id']}/log"
    assert frames.about(topic) == ["subscribe"]

    lab.page.locator(".lm-TabBar-tab").filter(has_text="Launcher").click()
    expect(lab.job).to_have_count(0)
    eventually_sync(lambda: frames.about(topic)[-1] == "unsubscribe", 60)
    with workbench.api as api:
        api.post(f"jobs/{job['id']}/input", json={"text": "5\n"}).raise_for_status()
    log = workbench.data / "jobs" / job["id"] / "output.log"
    eventually_sync(lambda: "said 5" in log.read_text(), 60)

    lab.page.locator(".lm-TabBar-tab[data-job-page]").click()
    expect(lab.lines.filter(has_text="said 5")).to_have_count(1)
    assert frames.about(topic) == ["subscribe", "unsubscribe", "subscribe"]
    lab.say("end")
    expect(lab.lines.filter(has_text="all said")).to_have_count(1)
    eventually_sync(lambda: lab.log() == log.read_text().splitlines())


@pytest.mark.proves("live.heartbeat")
def test_a_server_that_stands_still_is_seen_and_nothing_is_missed(enter: Enter, workbench: Workbench) -> None:
    visit = enter("analyst")
    visit.forgive.append("")  # Lab's own parts say much about a server that is gone
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    lab = visit.open_lab()
    lab.run_as_job("talker.py", "talk", "vision")
    lab.tab("Log")
    lab.say("3")
    expect(lab.lines.filter(has_text="said 3")).to_have_count(1)
    [job] = workbench.running_jobs()
    with workbench.frozen():
        expect(lab.banner).to_be_visible()
    expect(lab.banner).to_be_hidden()
    lab.say("4")
    expect(lab.lines.filter(has_text="said 4")).to_have_count(1)
    lab.say("end")
    expect(lab.lines.filter(has_text="all said")).to_have_count(1)
    log = workbench.data / "jobs" / job["id"] / "output.log"
    eventually_sync(lambda: lab.log() == log.read_text().splitlines())
    assert [url for url in asked if url.endswith("/crispdm/api/health")] == []
