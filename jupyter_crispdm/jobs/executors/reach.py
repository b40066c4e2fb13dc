"""Asking many job directories in one go, when any of them may be bad or lie on a disk that hangs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.base.files.disk import Disk, shared_disk
from jupyter_crispdm.base.tasks import spawn

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class Reach:
    """Asks directories, all in one thread while they answer. One that does not is set aside until it does.

    What goes wrong in one of them is logged, once until it goes well, and concerns none of the others.
    """

    def __init__(self, disk: Disk = shared_disk) -> None:
        self._disk = disk
        self._silent: dict[Path, asyncio.Task[Any]] = {}
        self._troubled: set[Path] = set()

    async def ask(
        self, questions: Mapping[Path, Callable[[], _T]], enough: Callable[[], bool] = lambda: False
    ) -> dict[Path, _T]:
        """The answers, until it is `enough`; without those of directories that cannot be asked now."""
        asked = {path: question for path, question in questions.items() if path not in self._silent}
        if not asked:
            return {}
        try:
            return await self._disk.run(self, self._all, asked, enough)
        except Unavailable:  # one hangs; which one shows when each is asked by itself
            answers = await asyncio.gather(*(self._alone(*question) for question in asked.items()))
        return {path: answer for one in answers for path, answer in one.items()}

    def note(self, path: Path, error: Exception | None) -> None:
        """Log what went wrong with a directory, unless that is said already."""
        if error is None:
            self._troubled.discard(path)
        elif path not in self._troubled:
            self._troubled.add(path)
            _log.error("Job %s could not be looked at; trying again.", path.name, exc_info=error)

    def close(self) -> None:
        """Wait for no directory any more."""
        for task in self._silent.values():
            task.cancel()
        self._silent.clear()

    @property
    def silent(self) -> list[Path]:
        """The directories that do not answer."""
        return list(self._silent)

    def _all(self, asked: Mapping[Path, Callable[[], _T]], enough: Callable[[], bool]) -> dict[Path, _T]:
        answers: dict[Path, _T] = {}
        for path, question in asked.items():
            try:
                answers[path] = question()
            except Exception as error:
                self.note(path, error)
            else:
                self.note(path, None)
            if enough():
                break
        return answers

    async def _alone(self, path: Path, question: Callable[[], _T]) -> dict[Path, _T]:
        try:
            return await self._disk.run(path, self._all, {path: question}, lambda: False)
        except Unavailable:
            _log.error("The disk with the files of job %s does not answer.", path.name)
            if path not in self._silent:
                self._silent[path] = spawn(f"disk of job {path.name}", self._await_answer(path, question))
        return {}

    async def _await_answer(self, path: Path, question: Callable[[], Any]) -> None:
        try:
            while True:
                try:
                    await self._disk.run(path, self._all, {path: question}, lambda: False)
                except Unavailable:
                    await asyncio.sleep(self._disk.patience)
                else:
                    return
        finally:
            self._silent.pop(path, None)
