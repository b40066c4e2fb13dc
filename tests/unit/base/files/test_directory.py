"""A data directory belongs to one server."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_crispdm.base.files.directory import DirectoryInUse, DirectoryLock


@pytest.mark.proves("machine.two-servers")
def test_a_directory_that_another_server_holds_is_refused_until_it_lets_go(tmp_path: Path) -> None:
    first = DirectoryLock(tmp_path)
    told = rf"in use by another server \(process {os.getpid()}\).*data_dir=DIRECTORY"
    with pytest.raises(DirectoryInUse, match=told):
        DirectoryLock(tmp_path)
    first.release()
    DirectoryLock(tmp_path).release()
