"""Control groups in a made-up /proc and /sys: which group is taken, and what is written into it."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_crispdm.worker.processes.cgroup import Place, make_group, memory_places

LIMIT = 123_000_000


class Machine:
    """A machine with one hierarchy of control groups, whose version 2 kernel counts memory below `own`."""

    def __init__(self, path: Path) -> None:
        self.proc = path / "proc"
        self.mount = path / "cgroup"
        (self.proc / "self").mkdir(parents=True)

    def version2(self, own: str, root: str = "/") -> None:
        mountinfo = f"24 1 0:21 {root} {self.mount} rw,nosuid - cgroup2 cgroup2 rw\n"
        self._write(mountinfo, f"0::{own}\n")

    def version1(self, own: str) -> None:
        mountinfo = (
            f"31 1 0:28 / {self.mount}/cpu rw - cgroup cgroup rw,cpu\n"
            f"32 1 0:29 / {self.mount} rw,relatime - cgroup cgroup rw,memory\n"
        )
        self._write(mountinfo, f"9:cpu:/\n8:memory:{own}\n0::/\n")

    def group(self, path: str, controllers: str, subtree: str) -> Path:
        folder = self.mount / path
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cgroup.controllers").write_text(controllers)
        (folder / "cgroup.subtree_control").write_text(subtree)
        return folder

    def made(self) -> dict[str, dict[str, str]]:
        """The files of each group of ours."""
        found = sorted(self.mount.rglob("crispdm-*"))
        return {
            str(folder.relative_to(self.mount).parent): {file.name: file.read_text() for file in folder.iterdir()}
            for folder in found
        }

    def _write(self, mountinfo: str, own: str) -> None:
        (self.proc / "self" / "mountinfo").write_text(mountinfo)
        (self.proc / "self" / "cgroup").write_text(own)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.proves("jobs.memory-limit")
def test_version_2_makes_a_group_beside_ours_that_ends_as_a_whole(machine: Machine) -> None:
    machine.version2("/user/app/server")
    machine.group("user/app", "cpu memory", "cpu memory")
    machine.group("user/app/server", "cpu memory", "")
    (machine.mount / "user/app/server/cgroup.subtree_control").chmod(0)
    (machine.mount / "user/app/server/cgroup.controllers").unlink()
    group = make_group(LIMIT, str(machine.proc))
    assert group is not None
    group.enter()
    settings = {"memory.max": str(LIMIT), "memory.swap.max": "0", "memory.oom.group": "1", "cgroup.procs": "0"}
    assert machine.made() == {"user/app": settings}


def test_version_2_asks_for_the_memory_controller_where_it_is_delegated(machine: Machine) -> None:
    machine.version2("/")
    machine.group("", "memory", "")
    assert make_group(LIMIT, str(machine.proc)) is not None
    assert (machine.mount / "cgroup.subtree_control").read_text() == "+memory"


def test_kills_are_read_from_the_group(machine: Machine) -> None:
    machine.version2("/")
    machine.group("", "memory", "memory")
    group = make_group(LIMIT, str(machine.proc))
    assert group is not None
    assert group.kills() == 0
    folder = next(machine.mount.glob("crispdm-*"))
    (folder / "memory.events").write_text("low 0\noom 3\noom_kill 2\noom_group_kill 1\n")
    assert group.kills() == 2
    assert not group.holds(1)


def test_version_1_makes_a_group_below_ours(machine: Machine) -> None:
    machine.version1("/jobs")
    machine.group("jobs", "", "")
    assert make_group(LIMIT, str(machine.proc)) is not None
    settings = {"memory.limit_in_bytes": str(LIMIT), "memory.memsw.limit_in_bytes": str(LIMIT)}
    assert machine.made() == {"jobs": settings}


def test_no_controller_no_group(machine: Machine) -> None:
    machine.version2("/a")
    machine.group("", "cpu", "cpu")
    machine.group("a", "cpu", "")
    assert make_group(LIMIT, str(machine.proc)) is None
    assert machine.made() == {}


def test_a_place_that_cannot_be_written_gives_no_group(machine: Machine) -> None:
    machine.version1("/gone")
    assert make_group(LIMIT, str(machine.proc)) is None


def test_without_proc_there_is_no_place(tmp_path: Path) -> None:
    assert list(memory_places(str(tmp_path))) == []
    assert make_group(LIMIT, str(tmp_path)) is None


def test_in_a_container_the_mount_may_show_a_part_only(machine: Machine) -> None:
    machine.version2("/docker/abc/inner", root="/docker/abc")
    assert list(memory_places(str(machine.proc))) == [Place(2, str(machine.mount), "inner")]
    machine.version2("/elsewhere", root="/docker/abc")
    assert list(memory_places(str(machine.proc))) == [Place(2, str(machine.mount), "")]


def test_groups_of_supervisors_that_are_gone_are_swept(machine: Machine) -> None:
    machine.version1("/")
    machine.mount.mkdir()
    (machine.mount / "crispdm-999999999-5").mkdir()
    (machine.mount / "crispdm-model").mkdir()
    assert make_group(LIMIT, str(machine.proc)) is not None
    assert not (machine.mount / "crispdm-999999999-5").exists()
    assert (machine.mount / "crispdm-model").exists()
