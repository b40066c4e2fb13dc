"""Runs a notebook as a job: ``python -m jupyter_crispdm.jobs.notebook [options] NOTEBOOK``.

This runs in the server's interpreter, as a job of its own; the cells run in a kernel of the chosen
environment. The notebook is saved below ``artifacts/`` after every cell, whatever then happens.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_async
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from jupyter_crispdm.tracking.progress import ProgressFinder

from .notebookfile import choose, language_of
from .parameters import NotSayable

_OWN_INTERRUPT_SECONDS = 2.0
_SOURCE_LENGTH = 80


class Interrupted(Exception):
    """Somebody asked the job to stop."""


@dataclass(frozen=True)
class Wishes:
    """What the submission says of the cells."""

    parameters: dict[str, Any]
    cells: list[str] | None = None
    from_cell: int | None = None

    @classmethod
    def of(cls, directory: Path) -> Wishes:
        """Those of the job in `directory`."""
        spec = json.loads((directory / "spec.json").read_text())
        submission = spec.get("submission") or {}
        return cls(
            dict(spec["job"]["job"]["parameters"]), submission.get("cells"), submission.get("from_cell")
        )


class NotebookRun(NotebookClient):
    """Executes the chosen cells, and says what happens as it happens."""

    def __init__(
        self,
        notebook: NotebookNode,
        chosen: list[NotebookNode],
        saved: Path,
        report: Callable[..., None],
        **options: Any,
    ) -> None:
        super().__init__(notebook, timeout=None, allow_errors=False, coalesce_streams=True, **options)
        self._places = {id(cell): place for place, cell in enumerate(chosen, 1)}
        self._saved = saved
        self._report = report
        self._place = 0
        self._finder = ProgressFinder()
        self._interrupted = False
        self._computing = False
        self._interrupting: asyncio.Task[None] | None = None

    @property
    def where(self) -> str:
        """The cell that runs, or ran last."""
        return f"cell {self._place} of {len(self._places)}" if self._place else "the start of the kernel"

    def save(self) -> None:
        """Write the notebook as it is, whole."""
        new = self._saved.with_name(f".{self._saved.name}.new")
        nbformat.write(self.nb, new)  # type: ignore[no-untyped-call]
        os.replace(new, self._saved)

    @asynccontextmanager
    async def async_setup_kernel(self, **options: Any) -> AsyncIterator[None]:
        """Start the kernel. Signals then stop the cells, not the kernel at once, so that nothing of them is lost."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        async with super().async_setup_kernel(**options):
            loop.add_signal_handler(signal.SIGINT, self._interrupt, task)
            loop.add_signal_handler(signal.SIGTERM, self._end, task)
            yield

    async def async_execute_cell(self, cell: NotebookNode, cell_index: int, *args: Any, **options: Any) -> NotebookNode:
        """Run a cell, if it is one of those chosen. Raises Interrupted."""
        if id(cell) not in self._places:
            return cell
        self._begin(cell)
        try:
            done = await super().async_execute_cell(cell, cell_index, *args, **options)
        except (CellExecutionError, DeadKernelError) as error:
            if self._interrupted:
                raise Interrupted from error
            raise
        finally:
            self._computing = False
            self.save()
        self._report(self._place, len(self._places), self.where)
        if self._interrupted:
            raise Interrupted
        return done

    def output(self, outs: list[NotebookNode], msg: dict[str, Any], display_id: Any, cell_index: int) -> Any:
        """Show the text of an output in the log, at once."""
        _print(msg["msg_type"], msg["content"])
        if msg["msg_type"] == "stream":
            self._look_for_progress(msg["content"]["text"])
        return super().output(outs, msg, display_id, cell_index)

    def _begin(self, cell: NotebookNode) -> None:
        self._place = self._places[id(cell)]
        self._computing = True
        self._finder = ProgressFinder()
        first = next(line.strip() for line in cell.source.splitlines() if line.strip())
        _say(f"{self.where}: {first[:_SOURCE_LENGTH]}")
        self._report(self._place - 1, len(self._places), self.where)

    def _look_for_progress(self, text: str) -> None:
        """A bar that a cell prints tells how far the cell is."""
        found = self._finder.feed(text)
        if found is not None and found.total:
            message = f"{self.where}: {found.message}".rstrip(": ")
            self._report(self._place - 1 + min(1.0, found.done / found.total), len(self._places), message)

    def _interrupt(self, task: asyncio.Task[Any]) -> None:
        self._interrupted = True
        if not self._computing:
            task.cancel()
        elif self._interrupting is None:
            self._interrupting = asyncio.get_running_loop().create_task(self._interrupt_kernel())

    def _end(self, task: asyncio.Task[Any]) -> None:
        self._interrupted = True
        task.cancel()

    async def _interrupt_kernel(self) -> None:
        """Whoever signals a job signals the kernel as well; one that takes messages only is told here."""
        await asyncio.sleep(_OWN_INTERRUPT_SECONDS)
        kernel = self.km
        spec = None if kernel is None else kernel.kernel_spec
        if self._computing and kernel is not None and spec is not None and spec.interrupt_mode == "message":
            await ensure_async(kernel.interrupt_kernel())


def kernel_manager(kernel: str, folder: str) -> AsyncKernelManager:
    """The manager of a kernel, with sockets in `folder`, which nobody else on the machine can reach."""
    sockets = os.path.join(folder, "kernel")
    return AsyncKernelManager(kernel_name=kernel, kernel_spec_manager=kernel_specs(), transport="ipc", ip=sockets)


def kernel_specs() -> KernelSpecManager:
    """The kernels that are installed here, and those that lie in the activated environment: R's, say."""
    manager = KernelSpecManager()
    prefixes = [os.environ[name] for name in ("CONDA_PREFIX", "VIRTUAL_ENV") if os.environ.get(name)]
    own = [os.path.join(prefix, "share", "jupyter", "kernels") for prefix in prefixes]
    manager.kernel_dirs = [*manager.kernel_dirs, *own]
    return manager


def kernel_for(notebook: NotebookNode, python: str) -> str:
    """The environment's kernel for a notebook in Python, else the one that the notebook names. Raises NoSuchKernel."""
    if language_of(notebook.metadata).lower() in ("python", "ipython"):
        return python
    name = str(notebook.metadata.get("kernelspec", {}).get("name", ""))
    kernel_specs().get_kernel_spec(name)
    return name


async def run(notebook: Path, cwd: Path, directory: Path, kernel: str, folder: str) -> int:
    """Run a notebook as the submission of the job in `directory` wishes; 0 when all its cells ran."""
    content = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    wishes = Wishes.of(directory)
    try:
        chosen = choose(content, wishes.parameters, wishes.cells, wishes.from_cell)
        manager = kernel_manager(kernel_for(content, kernel), folder)
    except NotSayable as error:
        return _fail(str(error))
    except NoSuchKernel as error:
        language = language_of(content.metadata)
        return _fail(f"The notebook is in {language} and needs the kernel '{error.name}', which is not installed.")
    saved = directory / "artifacts" / notebook.name
    client = NotebookRun(
        content, chosen, saved, _recorder().progress, km=manager, resources={"metadata": {"path": str(cwd)}}
    )
    client.save()
    try:
        return await _execute(client, cwd)
    finally:
        client.save()


async def _execute(client: NotebookRun, cwd: Path) -> int:
    try:
        await client.async_execute(cwd=str(cwd), cleanup_kc=True)
    except CellExecutionError as error:  # its traceback was shown as it happened
        return _fail(f"{client.where} failed: {error.ename}: {error.evalue}")
    except DeadKernelError:
        return _fail(f"{client.where} failed: the kernel died.")
    except (Interrupted, asyncio.CancelledError):
        _say(f"Interrupted in {client.where}.")
        return 128 + signal.SIGINT
    return 0


def main() -> int:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m jupyter_crispdm.jobs.notebook", description="Run a notebook.")
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--cwd", type=Path, required=True)
    parser.add_argument("--kernel", required=True)
    options = parser.parse_args()
    directory = Path(os.environ["CRISPDM_RUN_DIR"])
    with tempfile.TemporaryDirectory(prefix="crispdm-") as folder, suppress(KeyboardInterrupt):
        return asyncio.run(run(options.notebook, options.cwd, directory, options.kernel, folder))
    return 128 + signal.SIGINT


def _recorder() -> Any:
    import crispdm  # on PYTHONPATH in every job

    return crispdm


def _fail(message: str) -> int:
    """Say why, in the log and to the server, which shows it as the job's reason."""
    from crispdm._events import write_event

    _say(message)
    write_event("failure", {"message": message.splitlines()[0]})
    return 1


def _say(text: str) -> None:
    print(f"[crispdm] {text}", flush=True)


def _print(kind: str, content: dict[str, Any]) -> None:
    if kind == "stream":
        sys.stdout.write(content["text"])
    elif kind == "error":
        sys.stdout.write("\n".join(content["traceback"]) + "\n")
    elif kind in ("execute_result", "display_data") and "text/plain" in content["data"]:
        sys.stdout.write(content["data"]["text/plain"] + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
