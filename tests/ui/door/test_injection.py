"""Text that is not ours stays text: of the address, of a notebook's outputs, title and metadata."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.support import eventually_sync
from tests.ui.conftest import Enter
from tests.ui.server import Workbench
from tests.ui.visit import Visit

SCRIPT = "\"'></title><script>window.ran = 1</script><img src=x onerror='window.ran = 1'>"
STRICT = "(Content Security Policy|Failed to load resource|about:blank)"
NAME = "a'\"><img src=x onerror='window.ran = 1'>"
ARGUMENTS = ("theme", "template", "token", "x", "classic-tree", "next", "out", "reset", "clone", "file-browser-path")
ADDRESSES = (
    "/voila/render/dashboards/pleasant.ipynb",
    "/voila/tree",
    "/crispdm/",
    "/crispdm/licence",
    "/lab",
    "/login",
    "/view/mine.html",
    "/nothing-here",
    "/",
)


def code(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}


def markdown(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": source, "metadata": {"tags": [SCRIPT]}}


HOSTILE = [
    markdown(f"{SCRIPT} <a id='first' href='javascript:window.ran = 1'>link</a>"),
    code(
        "from IPython.display import HTML, Javascript, display\n"
        f"display(HTML('''{SCRIPT} <a id='second' href='javascript:window.ran = 1'>link</a>'''))\n"
        "display(Javascript('window.ran = 1'))\n"
        "display(HTML('<script src=\"/files/evil.js\"></script>'))\n"
        f"print('''{SCRIPT}''')"
    ),
    code("print('the last cell')"),
]
PLEASANT = [
    markdown("# Energy\n\n$E = mc^2$"),
    code(
        "import bqplot.pyplot as plt\nfrom ipywidgets import IntSlider, Label, VBox\n"
        "slider, label = IntSlider(), Label('nothing yet')\n"
        "slider.observe(lambda change: setattr(label, 'value', f'now {change.new}'), 'value')\n"
        "figure = plt.figure()\nplt.plot([1, 2], [1, 2])\nVBox([slider, label, figure])"
    ),
]


@pytest.fixture(scope="module")
def notebooks(workbench: Workbench) -> Iterator[None]:
    """A hostile and a pleasant dashboard, and a script of a user."""
    place = workbench.root / "dashboards"
    evil = {"title": SCRIPT, "voila": {"theme": SCRIPT, "template": "../.."}, "language_info": {"name": SCRIPT}}
    made = {f"{NAME}.ipynb": (HOSTILE, evil), "hostile.ipynb": (HOSTILE, evil), "pleasant.ipynb": (PLEASANT, {})}
    for name, (cells, metadata) in made.items():
        text = json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4})
        (place / name).write_text(text)
    (workbench.root / "evil.js").write_text("window.ran = 1")
    yield
    for name in made:
        (place / name).unlink()


def ran(page: Page) -> Any:
    return page.evaluate("window.ran")


@pytest.mark.proves("injection.address", "door.theme-argument", "tests.route-by-role")
@pytest.mark.parametrize("address", ADDRESSES)
def test_no_argument_of_an_address_gets_into_a_page(enter: Enter, notebooks: None, address: str) -> None:
    visit = enter("admin")
    visit.forgive.append("status of 40[04]")
    for argument in ARGUMENTS:
        for url in (f"{address}?{argument}={quote(SCRIPT)}", f"{address}?{quote(SCRIPT)}&{argument}"):
            answer = visit.context.request.get(url, max_redirects=0)
            assert answer.status in (200, 302, 400, 404), url
            assert "<script>window.ran" not in answer.text(), url
    # all at once, in a page that would run it
    query = "&".join(f"{argument}={quote(SCRIPT)}" for argument in ARGUMENTS)
    visit.page.goto(f"{address}?{query}")
    assert ran(visit.page) is None


@pytest.mark.proves("injection.address")
def test_an_admin_who_follows_a_prepared_link_starts_nothing(
    enter: Enter, workbench: Workbench, notebooks: None
) -> None:
    visit = enter("admin")
    visit.forgive.append("status of 400")
    before = len(workbench.running_jobs())
    text = "\"><script>fetch('/crispdm/api/jobs', {method: 'POST', body: '{}'}); window.ran = 1</script>"
    response = visit.page.goto(f"/voila/render/dashboards/pleasant.ipynb?theme={quote(text)}")
    assert response is not None
    assert response.status == 400
    expect(visit.page.get_by_role("alert")).to_contain_text("'light' or 'dark'")
    expect(visit.page.get_by_role("link", name="JupyterLab")).to_be_visible()
    assert ran(visit.page) is None
    assert len(workbench.running_jobs()) == before


@pytest.mark.proves("injection.csp")
def test_scripts_handlers_and_links_in_a_dashboard_do_not_run(enter: Enter, notebooks: None) -> None:
    visit = enter("viewer")
    visit.forgive.append(STRICT)
    page = visit.page
    page.goto("/voila/render/dashboards/hostile.ipynb")
    expect(page.get_by_text("the last cell")).to_be_visible()
    for link in ("first", "second"):
        page.locator(f"#{link}").dispatch_event("click")
    page.evaluate("() => { const i = new Image(); i.setAttribute('onerror', 'window.ran = 1'); i.src = '/nothing'; }")
    for kind in ("inline script", "event handler", "JavaScript URL"):
        eventually_sync(partial(complains, visit, kind))
    assert ran(page) is None


def complains(visit: Visit, kind: str) -> bool:
    """Whether the page has said that it refused something of this kind."""
    visit.page.evaluate("0")  # lets what was said be heard
    return any(kind in text for text in visit.complaints)


@pytest.mark.proves("names.html", "injection.address")
def test_a_dashboards_name_is_text_in_every_page(enter: Enter, notebooks: None) -> None:
    visit = enter("viewer")
    page = visit.page
    page.goto("/crispdm/")
    page.get_by_role("link").filter(has_text=NAME).click()
    expect(page.get_by_text("the last cell")).to_be_visible()
    assert ran(page) is None
    visit.forgive.append(STRICT)


def test_widgets_plots_and_formulas_work_and_break_no_rule(enter: Enter, notebooks: None) -> None:
    visit = enter("viewer")
    visit.forgive.append("about:blank|ERR_FAILED")  # MathJax's font that is none
    page = visit.page
    page.goto("/voila/render/dashboards/pleasant.ipynb")
    expect(page.locator("path.line").first).to_be_visible()
    expect(page.locator(".MathJax").first).to_be_visible()
    slider = page.locator(".jupyter-widgets .noUi-handle").first
    slider.press("ArrowRight")
    expect(page.get_by_text("now 1", exact=True)).to_be_visible()
    assert not [text for text in visit.complaints if "Content Security Policy" in text]


@pytest.mark.proves("files.sandbox")
def test_html_of_a_user_opened_in_a_tab_stays_in_its_sandbox(enter: Enter, workbench: Workbench) -> None:
    (workbench.root / "mine.html").write_text("<script>document.title = document.cookie || origin</script>")
    (workbench.root / "mine.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>top.ran=1</script></svg>")
    visit = enter("analyst")
    visit.forgive.append("cookie|sandbox")
    for name in ("mine.html", "mine.svg"):
        response = visit.page.goto(f"/files/{name}", referer=f"{workbench.url}/lab")
        assert response is not None
        policy = response.headers["content-security-policy"]
        assert "sandbox allow-scripts" in policy
        assert "allow-same-origin" not in policy
