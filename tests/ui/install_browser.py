"""Makes sure that there is a Chromium for the tests: one on the PATH, Playwright's own, or the system's package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WAYS: Sequence[Sequence[Sequence[str]]] = (
    [[sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]],
    [[sys.executable, "-m", "playwright", "install", "chromium"]],
    [["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]],
)


def playwrights_own() -> str | None:
    """The path of the browser that Playwright would start, when it is there and starts."""
    from playwright.sync_api import Error, sync_playwright

    try:
        with sync_playwright() as playwright:
            path = playwright.chromium.executable_path
            playwright.chromium.launch(args=["--no-sandbox"]).close()
            return path
    except Error:
        return None


def find_browser() -> str | None:
    """The path of a Chromium, or None."""
    named = os.environ.get("CRISPDM_CHROMIUM")
    if named:
        return named
    return next(filter(None, map(shutil.which, NAMES)), None) or playwrights_own()


def main() -> int:
    """Install one if there is none."""
    for commands in WAYS:
        if find_browser():
            return 0
        for command in commands:
            if shutil.which(command[0]) and subprocess.run(command, check=False, timeout=1200).returncode != 0:
                break
    if find_browser():
        return 0
    print("No Chromium could be installed. Install one, or set CRISPDM_CHROMIUM to its path.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
