"""A notebook as it is to be run: checked, its cells chosen, its parameters put in.

Parameters follow papermill's convention: a cell tagged ``injected-parameters`` after the one tagged
``parameters``.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import msgspec
import nbformat
from nbformat import NotebookNode

from jupyter_crispdm.base.errors import Unprocessable

from .parameters import NotSayable, assignments
from ..types import Submission

_ALWAYS = frozenset({"parameters", "injected-parameters", "setup"})


def check_notebook(path: Path, submission: Submission) -> None:
    """Refuse what is no notebook, a cell that is not there, and parameters in a language that we cannot write.

    Raises Unprocessable. A notebook of format 3 runs as well, but only as it is.
    """
    notebook = _peek(path)
    if submission.from_cell is None and not submission.parameters and isinstance(notebook.get("worksheets"), list):
        return
    if not isinstance(notebook.get("cells"), list):
        raise Unprocessable(f"'{path.name[:100]}' is not a notebook of format 4.", field="notebook")
    count = len(notebook["cells"])
    if submission.from_cell is not None and submission.from_cell >= count:
        message = f"'from_cell' must be less than {count}: the notebook has so many cells."
        raise Unprocessable(message, field="from_cell")
    if submission.parameters:
        try:
            assignments(language_of(notebook.get("metadata")), submission.parameters)
        except NotSayable as error:
            raise Unprocessable(f"'parameters': {error}", field="parameters") from error


def language_of(metadata: Any) -> str:
    """The language that a notebook says it is written in."""
    if not isinstance(metadata, dict):
        return "python"
    for part, key in (("kernelspec", "language"), ("language_info", "name")):
        section = metadata.get(part)
        language = section.get(key) if isinstance(section, dict) else None
        if isinstance(language, str) and language:
            return language
    return "python"


def inject(notebook: NotebookNode, parameters: dict[str, Any]) -> None:
    """Put a cell that sets the parameters after the cell tagged ``parameters``, or first."""
    for cell in [cell for cell in notebook.cells if "injected-parameters" in tags_of(cell)]:
        notebook.cells.remove(cell)
    if not parameters:
        return
    source = assignments(language_of(notebook.metadata), parameters)
    cell = nbformat.v4.new_code_cell(source, metadata={"tags": ["injected-parameters"]})  # type: ignore[no-untyped-call]
    tagged = [index for index, cell in enumerate(notebook.cells) if "parameters" in tags_of(cell)]
    notebook.cells.insert(tagged[0] + 1 if tagged else 0, cell)


def choose(
    notebook: NotebookNode, parameters: dict[str, Any], cells: Collection[str] | None, from_cell: int | None
) -> list[NotebookNode]:
    """Put in the parameters, and `cells` in place of the notebook's own; answer the cells that are to be run.

    Those before `from_cell` are not run, but for tagged ones, and keep the outputs that they have.
    """
    _complete(notebook)
    if cells is not None:
        notebook.cells = [nbformat.v4.new_code_cell(source) for source in cells]  # type: ignore[no-untyped-call]
    left_out = [cell for cell in notebook.cells[: from_cell or 0] if not _ALWAYS.intersection(tags_of(cell))]
    if parameters or from_cell is None:
        inject(notebook, parameters)
    skipped = {id(cell) for cell in left_out}
    chosen = [cell for cell in notebook.cells if id(cell) not in skipped and _runs(cell)]
    for cell in chosen:
        cell.outputs, cell.execution_count = [], None
    return chosen


def _complete(notebook: NotebookNode) -> None:
    """Add what every notebook must have: nbformat reads what lacks it, and fails to write it."""
    notebook.setdefault("metadata", nbformat.from_dict({}))  # type: ignore[no-untyped-call]
    for cell in notebook.cells:
        for field, empty in (("cell_type", "raw"), ("metadata", {}), ("source", "")):
            cell.setdefault(field, nbformat.from_dict(empty))  # type: ignore[no-untyped-call]


def tags_of(cell: NotebookNode) -> list[str]:
    """The tags of a cell."""
    metadata = cell.get("metadata")
    tags = metadata.get("tags", []) if isinstance(metadata, dict) else []
    return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []


def _runs(cell: NotebookNode) -> bool:
    return bool(cell.cell_type == "code" and cell.source.strip())


def _peek(path: Path) -> dict[str, Any]:
    try:
        content = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError, RecursionError) as error:
        raise Unprocessable(f"'{path.name[:100]}' cannot be read: {error}", field="notebook") from error
    if not isinstance(content, dict):
        raise Unprocessable(f"'{path.name[:100]}' is not a notebook of format 4.", field="notebook")
    return content
