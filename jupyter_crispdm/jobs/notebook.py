"""Runs a notebook as a job: ``python -m jupyter_crispdm.jobs.notebook [options] NOTEBOOK``.

This runs in the server's interpreter, as a job of its own; the cells run in a kernel of the chosen
environment. Parameters follow papermill's convention: a cell tagged ``injected-parameters`` after the one
tagged ``parameters``. The notebook is saved below ``artifacts/`` after every cell, whatever then happens.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode


class NotebookRun(NotebookClient):
    """Executes the cells, and says what happens as it happens."""

    def __init__(self, notebook: NotebookNode, saved: Path, report: Any, **options: Any) -> None:
        super().__init__(notebook, timeout=None, allow_errors=False, **options)
        self._saved = saved
        self._report = report
        self._total = sum(1 for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip())
        self._done = 0
        self.on_cell_execute = self._begin
        self.on_cell_executed = self._end

    def save(self) -> None:
        """Write the notebook as it is, whole."""
        new = self._saved.with_name(f".{self._saved.name}.new")
        nbformat.write(self.nb, new)  # type: ignore[no-untyped-call]
        os.replace(new, self._saved)

    def output(self, outs: list[NotebookNode], msg: dict[str, Any], display_id: Any, cell_index: int) -> Any:
        """Show the text of an output in the log, at once."""
        _print(msg["msg_type"], msg["content"])
        return super().output(outs, msg, display_id, cell_index)

    def _begin(self, cell: NotebookNode, cell_index: int) -> None:
        self._report.progress(self._done, self._total, f"cell {cell_index + 1}")

    def _end(self, cell: NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:
        self._done += 1
        self.save()
        self._report.progress(self._done, self._total, f"cell {cell_index + 1}")


def inject(notebook: NotebookNode, parameters: dict[str, Any]) -> None:
    """Put a cell that sets the parameters after the cell tagged ``parameters``, or first."""
    old = [cell for cell in notebook.cells if "injected-parameters" in _tags(cell)]
    for cell in old:
        notebook.cells.remove(cell)
    if not parameters:
        return
    lines = ["# Parameters", *(f"{name} = {value!r}" for name, value in parameters.items())]
    cell = nbformat.v4.new_code_cell("\n".join(lines), metadata={"tags": ["injected-parameters"]})  # type: ignore[no-untyped-call]
    tagged = [index for index, cell in enumerate(notebook.cells) if "parameters" in _tags(cell)]
    notebook.cells.insert(tagged[0] + 1 if tagged else 0, cell)


def kernel_manager(kernel: str, folder: str) -> AsyncKernelManager:
    """The manager of a kernel, with sockets in `folder`, which nobody else on the machine can reach."""
    return AsyncKernelManager(kernel_name=kernel, transport="ipc", ip=os.path.join(folder, "kernel"))


async def run(notebook: Path, cwd: Path, directory: Path, manager: AsyncKernelManager) -> int:
    """Run a notebook with the parameters of the job in `directory`; 0 when all cells ran."""
    content = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    inject(content, _parameters(directory))
    saved = directory / "artifacts" / notebook.name
    client = NotebookRun(content, saved, _recorder(), km=manager, resources={"metadata": {"path": str(cwd)}})
    client.save()
    try:
        await client.async_execute(cwd=str(cwd), cleanup_kc=True)
    except CellExecutionError:  # its text was shown as it happened
        return 1
    except DeadKernelError:
        print("The kernel died.", file=sys.stderr)
        return 1
    finally:
        client.save()
    return 0


def main() -> int:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m jupyter_crispdm.jobs.notebook", description="Run a notebook.")
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--cwd", type=Path, required=True)
    parser.add_argument("--kernel", required=True)
    options = parser.parse_args()
    directory = Path(os.environ["CRISPDM_RUN_DIR"])
    with tempfile.TemporaryDirectory(prefix="crispdm-") as folder:
        manager = kernel_manager(options.kernel, folder)
        return asyncio.run(run(options.notebook, options.cwd, directory, manager))


def _parameters(directory: Path) -> dict[str, Any]:
    parameters = json.loads((directory / "spec.json").read_text())["job"]["job"]["parameters"]
    return dict(parameters)


def _recorder() -> Any:
    import crispdm  # on PYTHONPATH in every job

    return crispdm


def _tags(cell: NotebookNode) -> list[str]:
    tags = cell.metadata.get("tags", [])
    return list(tags) if isinstance(tags, list) else []


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
