"""Takes a picture of every view in every state: `make states`. Look at those that changed before you commit them.

The states are those of tests/frontend/states. With arguments only the views that they name are taken anew.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from io import BytesIO
from itertools import groupby
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.ui.conftest import FLAGS
from tests.ui.install_browser import find_browser
from tests.ui.states import State, StatesPage, bundle

PICTURES = Path(__file__).parents[1] / "docs/developers/states"
COLOURS = 96
INTRODUCTION = """# The views in all their states

Made by `make states` from `tests/frontend/states`, which the tests hold to what they say. Somebody looks at the
pictures before they are committed: is everything aligned, readable, whole, and said in plain words?
"""


def take(page: StatesPage, state: State) -> None:
    """Write the picture of one state, with as few colours as do it no harm."""
    page.show(state)
    shot = page.page.locator("#frame").screenshot()
    with Image.open(BytesIO(shot)) as image:
        few = image.convert("RGB").quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(PICTURES / state.picture, optimize=True)
    print(state.picture, flush=True)


def write_index(states: Iterable[State]) -> None:
    """Write the page that shows all pictures."""
    parts = [INTRODUCTION]
    for view, scenes in groupby(states, lambda state: state.view):
        parts.append(f"\n## {view}\n")
        parts.extend(f"\n**{one.scene}**\n\n![{view}, {one.scene}]({one.picture})\n" for one in scenes)
    (PICTURES / "README.md").write_text("".join(parts))


def main(names: list[str]) -> int:
    """Take them, and remove those of states that are there no more."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        bundle(Path(folder))
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(FLAGS))
        pages = {scheme: StatesPage(browser, Path(folder), scheme) for scheme in ("light", "dark")}
        states = pages["light"].states()
        for state in states:
            if not names or state.view in names:
                take(pages[state.scheme], state)
        errors = [error for page in pages.values() for error in page.errors]
        browser.close()
    for left in {path.name for path in PICTURES.glob("*.png")} - {state.picture for state in states}:
        (PICTURES / left).unlink()
    write_index(states)
    print("\n".join(errors), end="")
    return 1 if errors else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
