"""What a kernel that waits is told, and how much memory is free."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any, cast

import pytest

from jupyter_crispdm.auth.jupyter.kernels import warm
from jupyter_crispdm.auth.jupyter.kernels.warm import Ready, WarmKernels, free_memory

BEFORE = {"KEPT": "as it is", "CHANGED": "old", "DROPPED": "gone soon"}


class Kernel:
    """Runs what it is sent in a dictionary, as a kernel does in its own; silent or not."""

    def __init__(self, status: str = "ok") -> None:
        self.names: dict[str, Any] = {}
        self.sent: list[dict[str, Any]] = []
        self._status = status
        self._others = [{"parent_header": {"msg_id": "of somebody else"}, "content": {"status": "error"}}]

    def execute(self, code: str, **options: Any) -> str:
        self.sent.append(options)
        exec(code, self.names)
        return "asked"

    async def get_shell_msg(self) -> dict[str, Any]:
        if self._others:
            return self._others.pop()
        if self._status == "never":
            await asyncio.Event().wait()
        return {"parent_header": {"msg_id": "asked"}, "content": {"status": self._status, "ename": "OSError"}}

    def start_channels(self) -> None:
        pass

    async def wait_for_ready(self, timeout: float) -> None:
        pass

    def stop_channels(self) -> None:
        self.sent.append({"stopped": True})


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment and a folder that the test may change."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "environ", {**BEFORE, "OWN": "kernel's"})
    (tmp_path / "ünd so").mkdir()
    return tmp_path / "ünd so"


@pytest.mark.proves("warm.told")
async def test_it_has_the_environment_that_it_would_have_been_started_with(place: Path) -> None:
    kernel = Kernel()
    odd = "a'\"\\\n%s ?b !c \udcff \x00"
    await Ready("k", BEFORE, kernel).tell({"KEPT": "as it is", "CHANGED": "new", "ADDED": odd}, str(place))
    now = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    assert now == {"KEPT": "as it is", "CHANGED": "new", "ADDED": odd, "OWN": "kernel's"}
    assert Path.cwd() == place
    assert set(kernel.names) == {"__builtins__"}, "nothing of ours is left"
    assert kernel.sent == [{"silent": True, "store_history": False, "allow_stdin": False}]


@pytest.mark.proves("warm.replaced")
@pytest.mark.parametrize("status", ["error", "aborted"])
async def test_one_that_cannot_is_found_out(place: Path, status: str) -> None:
    with pytest.raises(RuntimeError, match="OSError"):
        await Ready("k", BEFORE, Kernel(status)).tell({}, str(place))


@pytest.mark.proves("warm.replaced")
async def test_one_that_says_nothing_is_not_waited_for(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm, "_TELL_SECONDS", 0.05)
    with pytest.raises(asyncio.TimeoutError):
        await Ready("k", BEFORE, Kernel("never")).tell({}, str(place))


class Manager:
    """As much of the kernels' manager as the pool asks for; its kernel is ended while it imports."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel, self.kernels = kernel, set[str]()

    def new_kernel_id(self) -> str:
        return "k"

    async def start_unowned(self, kernel_id: str, environ: dict[str, str]) -> None:
        self.kernels.add(kernel_id)

    def get_kernel(self, kernel_id: str) -> Manager:
        if kernel_id not in self.kernels:
            raise KeyError(kernel_id)
        return self

    def client(self) -> Kernel:
        self.kernels.clear()
        return self.kernel

    def __contains__(self, kernel_id: str) -> bool:
        return kernel_id in self.kernels


async def test_one_that_is_ended_before_it_is_ready_is_talked_to_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its sockets stayed open."""
    monkeypatch.setattr(warm, "_IMPORTS", "")
    kernel = Kernel()
    pool = WarmKernels(cast(Any, Manager(kernel)))
    with pytest.raises(KeyError):
        await pool._start()
    assert kernel.sent[-1] == {"stopped": True}
    assert (pool.ready, len(pool)) == ([], 0)


def test_what_is_imported_leaves_out_what_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def imports(name: str) -> None:
        asked.append(name)
        raise ImportError(name)

    exec(warm._IMPORTS, {"__builtins__": {"__import__": imports, "Exception": Exception}})
    assert tuple(asked) == warm.MODULES


@pytest.mark.proves("warm.counted")
@pytest.mark.parametrize(("most", "used", "free"), [("3000", "1000", 2000), ("max", "1000", None), ("", "", None)])
def test_a_containers_limit_is_heeded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: str, used: str, free: int | None
) -> None:
    files = (tmp_path / "memory.max", tmp_path / "memory.current")
    for file, text in zip(files, (most, used), strict=True):
        file.write_text(f"{text}\n")
    monkeypatch.setattr(warm, "_LIMITS", files)
    assert free_memory() == free if free else free_memory() > 10_000
