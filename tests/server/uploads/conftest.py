"""A plain server with uploads, and a program that sends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.files.uploads.handlers import UploadRoutes
from jupyter_crispdm.files.uploads.manager import UploadManager

from .sender import Sender


@pytest.fixture
def box(jp_root_dir: Path) -> Path:
    """A folder to upload into."""
    folder = jp_root_dir / "box"
    folder.mkdir()
    return folder


@pytest.fixture
def sender(
    crispdm: CrispdmApp, box: Path, http_server_client: Any, jp_base_url: str, jp_http_port: int,
    jp_auth_header: dict[str, str],
) -> Sender:  # fmt: skip
    """A program with the server's token."""
    return Sender(http_server_client, jp_base_url, jp_http_port, jp_auth_header)


@pytest.fixture
def uploads(crispdm: CrispdmApp) -> UploadManager:
    """The uploads of the server under test."""
    [routes] = [group for group in crispdm.house.groups() if isinstance(group, UploadRoutes)]
    return routes._uploads
