"""The road through Lab: run a file as a job, watch it, talk to it, stop it, and find it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support import eventually_sync

from .conftest import Enter
from .server import Workbench

NAME = "U-Net on handwriting"


@pytest.fixture(autouse=True)
def idle(workbench: Workbench) -> Iterator[None]:
    """No test sees the jobs of another."""
    workbench.clear()
    yield
    workbench.stop_jobs()


def test_run_watch_talk_and_stop(enter: Enter, workbench: Workbench, shot: Callable[[Page, str], None]) -> None:
    lab = enter("analyst").open_lab()
    lab.run_as_job("training.py", NAME, "vision")
    expect(lab.row(NAME).get_by_role("img", name="Running")).to_be_visible()
    expect(lab.lines.filter(has_text=f"in {workbench.root}/vision/.venv")).to_have_count(1)

    expect(lab.lines.filter(has_text="step 00001 loss")).to_have_count(1)
    loss = lab.job.locator(".crispdm-Chart", has_text="loss")
    expect(loss.locator("canvas")).to_be_visible()
    before = drawn(loss)
    lab.page.wait_for_function(
        "([canvas, before]) => canvas.toDataURL() !== before",
        arg=[loss.locator("canvas").element_handle(), before],
    )

    lab.say("are you there?")
    expect(lab.lines.filter(has_text="heard: are you there?")).to_have_count(1)

    lab.tab("Parameters")
    expect(lab.job.get_by_role("row", name="network unet")).to_be_visible()
    lab.tab("Overview")

    lab.job.get_by_role("button", name="Stop", exact=True).click()
    expect(lab.dialog).to_contain_text(NAME)
    lab.dialog.get_by_role("button", name="Stop job").click()
    expect(lab.status).to_contain_text("Stopped")
    expect(lab.row(NAME).get_by_role("img", name="Stopped")).to_be_visible()
    expect(lab.job.get_by_label("Input for the job")).to_have_count(0)


def test_a_reload_brings_the_job_page_back(enter: Enter, workbench: Workbench) -> None:
    visit = enter("analyst")
    lab = visit.open_lab()
    lab.run_as_job("training.py", NAME, "vision")
    expect(lab.lines.first).to_be_visible()
    lab.tab("Log")
    [job] = workbench.running_jobs()
    visit.wait_for_workspace(lambda saved: job["id"] in saved and '"tab":"log"' in saved)
    lab.page.reload()
    expect(lab.job.get_by_role("heading", name=NAME)).to_be_visible()
    expect(lab.job.get_by_role("tab", name="Log")).to_have_attribute("aria-selected", "true")
    expect(lab.lines.filter(has_text="loss").first).to_be_visible()


def test_a_wrong_choice_is_said_beside_its_field(enter: Enter) -> None:
    visit = enter("analyst")
    visit.forgive.append("400|422")
    lab = visit.open_lab()
    lab.show_files()
    lab.page.locator(".jp-DirListing-item", has_text="training.py").click(button="right")
    lab.page.get_by_role("menuitem", name="Run as Job…").click()
    lab.dialog.get_by_label("Working directory").fill("../outside")
    lab.dialog.get_by_role("button", name="Run job").click()
    field = lab.dialog.get_by_label("Working directory")
    expect(field).to_have_attribute("aria-invalid", "true")
    lab.dialog.get_by_role("button", name="Cancel").click()
    expect(lab.dialog).to_have_count(0)


def test_the_page_survives_the_servers_death(enter: Enter, workbench: Workbench) -> None:
    visit = enter("analyst")
    visit.forgive.append("")  # Lab's own parts say much about a server that is gone
    lab = visit.open_lab()
    lab.run_as_job("training.py", NAME, "vision")
    lab.tab("Log")
    expect(lab.lines.filter(has_text="step 00005")).to_have_count(1)
    lost = lab.dialog.filter(has_text="Server Connection Error")  # Lab's own word
    lab.page.add_locator_handler(lost, lambda dialog: dialog.get_by_role("button", name="Close").click())
    [job] = workbench.running_jobs()

    workbench.kill()
    expect(lab.banner).to_be_visible(timeout=5_000)
    log = workbench.data / "jobs" / job["id"] / "output.log"
    size = log.stat().st_size
    eventually_sync(lambda: log.stat().st_size > size + 100)
    workbench.start()
    expect(lab.banner).to_be_hidden()
    lab.say("still there?")
    expect(lab.lines.filter(has_text="heard: still there?")).to_have_count(1)
    lab.say("end")
    expect(lab.status).to_contain_text("Succeeded")
    expect(lab.lines.filter(has_text="all done")).to_have_count(1)
    assert lab.log() == log.read_text().splitlines()


def drawn(chart: Locator) -> str:
    """The picture on the canvas."""
    return str(chart.locator("canvas").evaluate("canvas => canvas.toDataURL()"))
