"""Runs a notebook as a job: ``python -m jupyter_crispdm.jobs.notebooks.run [options] NOTEBOOK``.

This runs in the server's interpreter, as a job of its own; the cells run in a kernel of the chosen
environment. The notebook is saved below ``artifacts/`` as its outputs come, whatever then happens.
"""

from __future__ import annotations

import argparse
import asyncio
import atexit
import io
import json
import os
import signal
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from .notebookfile import choose, language_of
from .client import Interrupted, NotebookRun, say
from .ending import NotebookEnded, death
from .parameters import NotSayable


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
        return cls(dict(spec["job"]["job"]["parameters"]), submission.get("cells"), submission.get("from_cell"))


class TakingManager(AsyncKernelManager):
    """Its clients take up whatever comes: with ZeroMQ's limit of 1,000 messages, outputs of a quick cell are lost."""

    def client(self, **kwargs: Any) -> AsyncKernelClient:  # type: ignore[override]
        """A client of the kernel."""
        context = zmq.asyncio.Context()
        context.rcvhwm = 0
        return super().client(context=context, **kwargs)


def kernel_manager(kernel: str, folder: str) -> AsyncKernelManager:
    """The manager of a kernel, with sockets in `folder`, which nobody else on the machine can reach."""
    sockets = os.path.join(folder, "kernel")
    return TakingManager(kernel_name=kernel, kernel_spec_manager=kernel_specs(), transport="ipc", ip=sockets)


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
    """Run a notebook as the submission of the job in `directory` wishes; answer the exit code."""
    try:
        content = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
        wishes = Wishes.of(directory)
        chosen = choose(content, wishes.parameters, wishes.cells, wishes.from_cell)
        manager = kernel_manager(kernel_for(content, kernel), folder)
    except NotSayable as error:
        return _fail(str(error))
    except NoSuchKernel as error:
        language = language_of(content.metadata)
        return _fail(f"The notebook is in {language} and needs the kernel '{error.name}', which is not installed.")
    except (
        OSError,
        ValueError,
        LookupError,
        AttributeError,
        TypeError,
        nbformat.ValidationError,
    ) as error:  # whatever a file can hold
        return _fail(f"The notebook '{notebook.name}' cannot be read: {error}")
    saved = directory / "artifacts" / notebook.name
    resources = {"metadata": {"path": str(cwd)}}
    client = NotebookRun(content, chosen, saved, _recorder().progress, _tell, km=manager, resources=resources)
    client.save()
    try:
        return await _execute(client, cwd)
    finally:
        atexit.unregister(client._cleanup_kernel)  # nbclient leaves it where a kernel did not come up
        client.save()


async def _execute(client: NotebookRun, cwd: Path) -> int:
    try:
        await client.async_execute(cwd=str(cwd), cleanup_kc=True)
    except NotebookEnded as end:
        return _end(client.where, end)
    except CellExecutionError as error:  # its traceback was shown as it happened
        return _fail(f"{client.where} failed: {error.ename}: {error.evalue}")
    except DeadKernelError:
        return _fail(f"{client.where} failed: {death(client.kernel_status)}.")
    except (Interrupted, asyncio.CancelledError):
        say(f"Interrupted in {client.where}.")
        return 128 + signal.SIGINT
    except (RuntimeError, OSError) as error:  # of jupyter_client, when a kernel does not come up
        return _fail(f"{client.where} failed: {error}")
    return 0


def main() -> int:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m jupyter_crispdm.jobs.notebooks.run", description="Run a notebook.")
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--cwd", type=Path, required=True)
    parser.add_argument("--kernel", required=True)
    options = parser.parse_args()
    directory = Path(os.environ["CRISPDM_RUN_DIR"])
    for stream in (sys.stdout, sys.stderr):  # what a kernel prints need not be text that can be encoded
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    with tempfile.TemporaryDirectory(prefix="crispdm-") as folder, suppress(KeyboardInterrupt):
        return asyncio.run(run(options.notebook, options.cwd, directory, options.kernel, folder))
    return 128 + signal.SIGINT


def _recorder() -> Any:
    import crispdm  # on PYTHONPATH in every job

    return crispdm


def _end(where: str, end: NotebookEnded) -> int:
    """A cell ended the run: say so; later cells do not run."""
    if end.code == 0:
        say(f"{where} ended the run.")
        return 0
    return _fail(end.text or f"{where} ended the run with exit code {end.code}.", end.code)


def _fail(message: str, code: int = 1) -> int:
    """Say why, in the log and to the server, which shows it as the job's reason."""
    say(message)
    _tell("failure", {"message": (message.splitlines() or [""])[0]})
    return code


def _tell(kind: str, fields: dict[str, Any]) -> None:
    from crispdm._events import write_event

    with suppress(OSError):  # a full disk: the log says it, if it still can
        write_event(kind, fields)


if __name__ == "__main__":
    sys.exit(main())
