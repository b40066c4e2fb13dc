"""A server as ``jupyter crispdm lab`` configures it, with folders of people, secrets beside them, and links between."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.auth.conftest import as_user, browser, jp_server_config, people

__all__ = ["as_user", "browser", "jp_server_config", "people", "root"]

SECRET = "what nobody may see"


@pytest.fixture
def root(jp_root_dir: Path) -> Path:
    """The root directory: homes of two people, a shared folder, a private one, and links that lead to it."""
    for folder in ("people/viewer/sub", "people/viewer2", "data/scans", "private", "dashboards"):
        (jp_root_dir / folder).mkdir(parents=True)
    (jp_root_dir / "people/viewer/mine.txt").write_text("mine")
    (jp_root_dir / "people/viewer/sub/deep.txt").write_text("deep")
    (jp_root_dir / "people/viewer/.hidden").write_text(SECRET)
    (jp_root_dir / "people/viewer2/theirs.txt").write_text(SECRET)
    (jp_root_dir / "data/table.csv").write_text("a,b\n1,2\n")
    (jp_root_dir / "private/secret.txt").write_text(SECRET)
    (jp_root_dir / "top.txt").write_text(SECRET)
    (jp_root_dir / "people/viewer/link").symlink_to(jp_root_dir / "private")
    (jp_root_dir / "people/viewer/filelink.txt").symlink_to(jp_root_dir / "private/secret.txt")
    (jp_root_dir / "data/link").symlink_to(jp_root_dir / "private")
    (jp_root_dir / "data/broken").symlink_to("nowhere")
    return jp_root_dir
