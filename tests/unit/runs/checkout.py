"""A git checkout to train in."""

from __future__ import annotations

import subprocess
from pathlib import Path

_WHO = ("-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false")


def git(folder: Path, *words: str) -> None:
    """Have git do something there."""
    subprocess.run(["git", *_WHO, *words], cwd=folder, check=True, capture_output=True)


def made(folder: Path) -> Path:
    """A checkout with a commit of two files, data that git ignores, and nothing else."""
    (folder / "net").mkdir(parents=True)
    (folder / "train.py").write_text("print('train')\n")
    (folder / "net" / "unet.py").write_text("depth = 3\n")
    (folder / ".gitignore").write_text("*.csv\ndata/\n")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    (folder / "digits.csv").write_text("1,2,3\n")
    (folder / "data").mkdir()
    (folder / "data" / "more.csv").write_text("4\n")
    return folder
