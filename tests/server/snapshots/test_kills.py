"""A process that saves is killed at its steps on the disk and from outside: what is there is the old or the new one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.snapshots.generations import Desk
from tests.server.snapshots.killing import Judge, generations, live_and_die

STEPS = range(1, 106, 7)
ANSWERED = (1, 3, 8, 2, 13)


@pytest.mark.proves("snapshots.kills", "snapshots.whole", "snapshots.files")
async def test_each_page_is_the_old_or_the_new_one_and_revisions_never_go_back(tmp_path: Path) -> None:
    judge = Judge()
    with generations(tmp_path) as mother:
        for steps in STEPS:
            live_and_die(mother, judge, steps, 0)
        for answered in ANSWERED:
            live_and_die(mother, judge, 0, answered)
        live_and_die(mother, judge, 1, 0)
    desk = Desk(tmp_path)
    judge.look([*await desk.found(), await desk.kept()])
    assert judge.old
    assert judge.new
    desk.keeper.sweep()
    await desk.pages.forget("ada")
    await desk.works.remove("ada", "home", "kept")
    assert [path for path in desk.folder.rglob("*") if path.is_file()] == []
    desk.database.close_sync()
