"""The states of the views (tests/frontend/states) on a page of their own, in Lab's real colours, without a server."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import jupyterlab
from playwright.sync_api import Browser, Page

from .visit import PATIENCE

PROJECT = Path(__file__).parents[2]
SOURCES = PROJECT / "tests/frontend/states"
THEMES = Path(jupyterlab.__file__).parent / "themes/@jupyterlab"
ESBUILD = PROJECT / "node_modules/.bin/esbuild"
NOW = "2026-11-21T12:00:00Z"
Scheme = Literal["light", "dark"]
HTML = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>States</title>
<link rel="stylesheet" href="style.css"><link rel="stylesheet" href="{scheme}.css"></head>
<body class="jp-ThemedContainer" data-jp-theme-light="{is_light}" data-jp-theme-name="JupyterLab {name}">
<div id="frame" class="crispdm-View"></div><script src="page.js"></script></body></html>
"""


@dataclass(frozen=True)
class State:
    """One view in one state; width and height in pixels."""

    view: str
    scene: str
    picture: str
    width: int
    height: int

    @property
    def scheme(self) -> Scheme:
        """The theme that it is looked at in."""
        return "dark" if self.scene == "dark" else "light"


def bundle(folder: Path) -> None:
    """Write the page of all states into a folder, once in each theme."""
    build(SOURCES / "page.ts", folder / "page.js", "--define:process.env.NODE_ENV='production'", "--loader:.svg=text")
    build(SOURCES / "page.css", folder / "style.css", *(f"--loader:.{kind}=dataurl" for kind in ("svg", "png", "gif")))
    for scheme in ("light", "dark"):
        theme = THEMES / f"theme-{scheme}-extension/index.css"
        (folder / f"{scheme}.css").write_text(theme.read_text())
        html = HTML.format(scheme=scheme, is_light=str(scheme == "light").lower(), name=scheme.title())
        (folder / f"{scheme}.html").write_text(html)


def build(source: Path, target: Path, *options: str) -> None:
    """Bundle one file and what it imports."""
    command = [str(ESBUILD), str(source), f"--outfile={target}", "--bundle", "--log-level=error"]
    subprocess.run([*command, *options], check=True, cwd=PROJECT)


class StatesPage:
    """A page in one theme that shows one state after another."""

    def __init__(self, browser: Browser, folder: Path, scheme: Scheme) -> None:
        context = browser.new_context(
            color_scheme=scheme, locale="en-GB", timezone_id="UTC", reduced_motion="reduce",
            viewport={"width": 1200, "height": 800},
        )  # fmt: skip
        context.set_default_timeout(PATIENCE)
        self.page: Page = context.new_page()
        self.page.clock.set_fixed_time(NOW)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto((folder / f"{scheme}.html").as_uri())

    def states(self) -> list[State]:
        """All states that there are."""
        return [State(**one) for one in self.page.evaluate("window.listStates()")]

    def show(self, state: State) -> None:
        """Show a state, and wait until it is drawn."""
        self.page.evaluate("([view, scene]) => window.showState(view, scene)", [state.view, state.scene])

    def close(self) -> None:
        """Close the page."""
        self.page.context.close()
