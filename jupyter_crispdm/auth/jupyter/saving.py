"""Files that people save in Lab keep the umask that the server was started with."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import Any

from jupyter_crispdm.base.files.modes import PRIVATE, users_umask


def keep_users_umask(contents: Any) -> None:
    """Give new files and folders of a contents manager the mode that the user's umask gives, where it has hooks."""
    if hasattr(contents, "register_pre_save_hook") and hasattr(contents, "register_post_save_hook"):
        saved = _Saved()
        contents.register_pre_save_hook(saved.before)
        contents.register_post_save_hook(saved.after)


class _Saved:
    """Which of the paths that are being saved are new."""

    def __init__(self) -> None:
        self._new: set[str] = set()

    def before(self, *, model: Any, path: str, contents_manager: Any, **_: Any) -> None:
        os_path = contents_manager._get_os_path(path)
        if not os.path.lexists(os_path):
            self._new.add(os_path)

    def after(self, *, os_path: str, model: Any, contents_manager: Any, **_: Any) -> None:
        if os_path not in self._new:
            return
        self._new.discard(os_path)
        with suppress(OSError):
            mode = stat.S_IMODE(os.lstat(os_path).st_mode)
            asked = 0o777 if os.path.isdir(os_path) else 0o666
            os.chmod(os_path, mode | (asked & PRIVATE & ~users_umask()))
