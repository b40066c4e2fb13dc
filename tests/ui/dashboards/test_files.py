"""The file browser for somebody without Lab, in a real dashboard: files made, named, sent, thrown away, chosen."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image
from playwright.sync_api import Locator, Route, expect

from tests.support import eventually_sync
from tests.ui.axe import severe
from tests.ui.conftest import Enter
from tests.ui.server import Workbench
from tests.ui.visit import Visit

ADDRESS = "/voila/render/dashboards/files.ipynb"
MANY = 10_000
PIECE = 8 * 2**20
_CELL = """
from ipywidgets import HTML, VBox
from jupyter_crispdm.widgets import FileBrowser
files, said = FileBrowser(pick="file", height=560), HTML("<p class='said'>nothing</p>")
files.observe(lambda change: setattr(said, "value", f"<p class='said'>{change['new']}</p>"), "value")
VBox([files, said])
"""


@pytest.fixture(scope="module", autouse=True)
def notebook(workbench: Workbench) -> Iterator[None]:
    """A dashboard with a file browser."""
    cell = {"cell_type": "code", "source": _CELL, "metadata": dict[str, str](), "outputs": list[str]()}
    made = {"cells": [{**cell, "execution_count": None}], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    path = workbench.root / "dashboards/files.ipynb"
    path.write_text(json.dumps(made))
    yield
    path.unlink()


@pytest.fixture
def home(workbench: Workbench) -> Iterator[Path]:
    """The folder of the viewer, empty, and a shared one with a table in it."""
    folder, shared = workbench.root / "people/viewer", workbench.root / "data"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shared.mkdir(exist_ok=True)
    (shared / "labels.csv").write_text("picture,digit\na.png,7\nb.png,4\n")
    yield folder
    shutil.rmtree(folder.parent)
    shutil.rmtree(shared)


class Files:
    """The file browser in a page."""

    def __init__(self, visit: Visit) -> None:
        self.visit, page = visit, visit.page
        self.page = page
        self.all = page.locator(".crispdm-FileBrowser")
        self.list = page.get_by_role("grid", name="Files")
        self.tree = page.get_by_role("tree", name="Folders")
        self.uploads = page.get_by_role("region", name="Uploads")
        self.said = page.locator(".said")

    def open(self) -> Files:
        self.page.goto(ADDRESS)
        expect(self.button("New folder")).to_be_visible()
        return self

    def row(self, name: str) -> Locator:
        return self.list.locator(f'.crispdm-FileRow[data-path$="/{name}"]')

    def button(self, name: str) -> Locator:
        return self.all.get_by_role("button", name=name, exact=True)

    def names(self) -> list[str]:
        return [text or "" for text in self.list.locator(".crispdm-FileRow .crispdm-FileName").all_text_contents()]

    def type_name(self, label: str, name: str) -> None:
        field = self.all.get_by_label(label)
        field.fill(name)
        field.press("Enter")

    def send(self, *files: Path) -> None:
        self.all.get_by_label("Upload", exact=True).and_(self.page.locator("input")).set_input_files(list(files))


@pytest.fixture
def files(enter: Enter, home: Path) -> Callable[..., Files]:
    """Opens the file browser for the viewer."""
    return lambda **how: Files(enter("viewer", **how)).open()


@pytest.mark.proves("widgets.file-browser", "files.explorer", "filebrowser.trash", "filebrowser.keyboard")
def test_folders_and_files_are_made_named_thrown_away_and_brought_back(
    files: Callable[..., Files], home: Path
) -> None:  # fmt: skip
    page = files()
    page.visit.forgive.append(r"404 .*files/preview")  # a look into a file that got another name in the meantime
    expect(page.all.get_by_text("This folder is empty.")).to_be_visible()
    page.button("New folder").click()
    page.type_name("Name of the new folder", "扫描 scans")
    expect(page.row("扫描 scans")).to_be_focused()
    page.button("New file").click()
    page.type_name("Name of the new file", "notes.txt")
    expect(page.row("notes.txt")).to_be_visible()
    assert (home / "扫描 scans").is_dir()
    assert (home / "notes.txt").read_bytes() == b""

    page.row("notes.txt").click()
    page.row("notes.txt").press("F2")
    page.type_name("New name of notes.txt", "diary.txt")
    expect(page.row("diary.txt")).to_be_focused()

    page.page.keyboard.press("Control+x")
    page.row("扫描 scans").dblclick()
    page.list.press("Control+v")
    expect(page.row("diary.txt")).to_be_visible()
    assert (home / "扫描 scans/diary.txt").is_file()
    page.page.keyboard.press("Backspace")

    page.row("扫描 scans").press("Delete")
    expect(page.all.get_by_text("“扫描 scans” is in the trash.")).to_be_visible()
    assert list(home.glob("扫*")) == []
    page.button("Undo").click()
    expect(page.row("扫描 scans")).to_be_visible()
    page.row("扫描 scans").press("Delete")
    page.button("Trash").click()
    page.button("Restore 扫描 scans").click()
    expect(page.all.get_by_text("The trash is empty.")).to_be_visible()
    page.button("Trash").click()
    expect(page.row("扫描 scans")).to_be_visible()
    assert (home / "扫描 scans/diary.txt").is_file()


@pytest.mark.proves("filebrowser.pick", "filebrowser.read-only", "filebrowser.fresh")
def test_a_form_hears_what_was_chosen_in_a_folder_that_is_only_read(files: Callable[..., Files], home: Path) -> None:
    page = files()
    page.tree.get_by_role("treeitem", name="data").click()
    expect(page.all.get_by_text("Read only")).to_be_visible()
    expect(page.button("New folder")).to_have_count(0)
    page.row("labels.csv").click()
    preview = page.all.get_by_role("complementary", name="Preview")
    expect(preview.get_by_role("cell", name="b.png")).to_be_visible()
    page.button("Choose “labels.csv”").click()
    expect(page.said).to_have_text("data/labels.csv")

    Image.new("RGB", (60, 40), "teal").save(home / "seen.png")
    page.tree.get_by_role("treeitem", name="My files").click()
    page.row("seen.png").click()
    picture = preview.get_by_role("img", name="seen.png")
    expect(picture).to_be_visible()
    eventually_sync(lambda: picture.evaluate("image => image.naturalWidth") == 60)
    (home / "later.txt").write_text("a colleague's")
    page.page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.row("later.txt")).to_be_visible()

    with page.page.expect_download() as download:
        page.all.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "seen.png"


@pytest.mark.proves("filebrowser.resume", "filebrowser.uploads", "files.transfer")
def test_an_upload_goes_on_after_the_line_was_cut_and_after_the_page_was_loaded_anew(
    files: Callable[..., Files], home: Path, tmp_path: Path
) -> None:  # fmt: skip
    large = tmp_path / "large.bin"
    large.write_bytes(os.urandom(3 * PIECE + 12345))
    page = files()
    pieces: list[str] = []

    def second_is_cut(route: Route) -> None:
        pieces.append(route.request.headers["upload-offset"])
        if len(pieces) == 2:
            route.abort("connectionreset")
        elif len(pieces) == 4:
            return  # it stays on its way until the page goes
        else:
            route.continue_()

    page.page.route("**/files/uploads/*", lambda route: (
        second_is_cut(route) if route.request.method == "PATCH" else route.continue_()
    ))  # fmt: skip
    page.send(large)
    eventually_sync(lambda: page.page.evaluate("1") and len(pieces) == 4)  # asking the page lets it go on
    assert pieces == ["0", str(PIECE), str(PIECE), str(2 * PIECE)]

    page.open()
    page.page.unroute_all()
    page.visit.forgive = ["ERR_CONNECTION_RESET"]
    expect(page.uploads.get_by_text("interrupted")).to_be_visible()
    offsets: list[str | None] = []
    page.page.on(
        "request", lambda one: offsets.append(one.headers.get("upload-offset")) if one.method == "PATCH" else None
    )
    page.uploads.get_by_label("Choose large.bin again").set_input_files(large)
    expect(page.row("large.bin")).to_be_visible()
    expect(page.uploads.get_by_text("done")).to_be_visible()
    assert offsets == [str(2 * PIECE), str(3 * PIECE)]
    assert (home / "large.bin").read_bytes() == large.read_bytes()


@pytest.mark.proves("filebrowser.conflicts")
def test_where_names_are_taken_it_is_asked_once(files: Callable[..., Files], home: Path, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (home / name).write_text("old")
        (tmp_path / name).write_text("new")
    (tmp_path / "c.txt").write_text("new")
    page = files()
    page.send(*(tmp_path / name for name in ("a.txt", "b.txt", "c.txt")))
    question = page.all.get_by_role("alertdialog", name="Names are taken")
    expect(question).to_contain_text("2 of these names are already here: a.txt, b.txt")
    question.get_by_role("button", name="Keep both").click()
    expect(page.uploads.get_by_text("3 files uploaded", exact=True)).to_be_visible()
    expect(page.list.locator(".crispdm-FileRow")).to_have_count(5)
    assert sorted(path.read_text() for path in home.iterdir()) == ["new", "new", "new", "old", "old"]
    page.send(tmp_path / "a.txt")
    question.get_by_role("button", name="Replace").click()
    expect(page.uploads.get_by_text("4 files uploaded", exact=True)).to_be_visible()
    assert (home / "a.txt").read_text() == "new"


@pytest.mark.proves("filebrowser.uploads")
def test_a_whole_folder_is_sent_and_fetched_as_a_zip(files: Callable[..., Files], home: Path, tmp_path: Path) -> None:
    scans = tmp_path / "scans 扫描"
    for name in ("train/a.png", "train/b.png", "labels.csv"):
        (scans / name).parent.mkdir(parents=True, exist_ok=True)
        (scans / name).write_text(name)
    page = files()
    page.all.get_by_label("Upload folder").and_(page.page.locator("input")).set_input_files(scans)
    expect(page.uploads.get_by_text("3 files uploaded", exact=True)).to_be_visible()
    assert (home / "scans 扫描/train/b.png").read_text() == "train/b.png"
    page.button("Clear").click()
    expect(page.uploads).to_have_count(0)

    page.row("scans 扫描").click()
    with page.page.expect_download() as download:
        page.all.get_by_role("link", name="Download as a zip").click()
    with ZipFile(download.value.path()) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    assert names == {"scans 扫描/train/a.png", "scans 扫描/train/b.png", "scans 扫描/labels.csv"}


@pytest.mark.proves("filebrowser.many")
def test_ten_thousand_files_are_scrolled_and_walked(files: Callable[..., Files], home: Path) -> None:
    for number in range(MANY):
        (home / f"scan {number}.png").touch()
    page = files()
    expect(page.row("scan 0.png")).to_be_visible()
    expect(page.list).to_have_attribute("aria-rowcount", str(MANY + 1))
    page.row("scan 0.png").click()
    page.page.keyboard.press("End")
    expect(page.row(f"scan {MANY - 1}.png")).to_be_focused()
    assert page.list.locator(".crispdm-FileRow").count() < 100
    frames = page.list.evaluate(_SCROLL)
    assert max(frames["rows"]) < 100
    page.page.keyboard.press("Control+a")
    expect(page.all.get_by_text(f"{MANY} marked")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_browser_can_be_used_with_other_senses_and_in_little_room(
    files: Callable[..., Files], home: Path, scheme: str
) -> None:  # fmt: skip
    (home / "a folder with a name that is far longer than any list of files has room for").mkdir()
    (home / "中文数据.csv").write_text("x,y\n1,2\n")
    page = files(scheme=scheme)
    page.row("中文数据.csv").click()
    expect(page.all.get_by_role("cell", name="2")).to_be_visible()
    assert severe(page.page, [".crispdm-FileBrowser"]) == []
    page.page.set_viewport_size({"width": 800, "height": 800})
    expect(page.tree).to_have_count(0)
    page.button("Folders").click()
    expect(page.tree).to_be_visible()
    page.tree.get_by_role("treeitem", name="My files").click()
    expect(page.tree).to_have_count(0)
    eventually_sync(lambda: page.all.evaluate("all => all.scrollWidth <= all.clientWidth"))


_SCROLL = """
async list => {
  const rows = [], times = [];
  let before = performance.now();
  for (let step = 0; step < 60; step++) {
    list.scrollTop = step * 4000 % list.scrollHeight;
    await new Promise(requestAnimationFrame);
    rows.push(list.querySelectorAll('.crispdm-FileRow').length);
    times.push(performance.now() - before);
    before = performance.now();
  }
  return { rows, times };
}
"""
