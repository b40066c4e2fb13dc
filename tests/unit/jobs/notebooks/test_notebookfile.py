from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.jobs.notebooks.notebookfile import check_notebook, choose, inject, language_of
from jupyter_crispdm.jobs.types import Submission


def code(source: str, *tags: str) -> Any:
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})  # type: ignore[no-untyped-call]


def book(*cells: Any, language: str = "python") -> Any:
    metadata = {"kernelspec": {"name": "k", "language": language, "display_name": "K"}}
    return nbformat.v4.new_notebook(cells=list(cells), metadata=metadata)  # type: ignore[no-untyped-call]


def sources(cells: Any) -> list[str]:
    return [cell.source for cell in cells]


def test_parameters_replace_those_of_an_earlier_run() -> None:
    notebook = book(code("x = 1", "parameters"), code("y = 1"))
    inject(notebook, {"x": 2})
    inject(notebook, {"x": 3, "on": True, "none": None, "text": "a'b", "list": [1, {"k": 2.5}]})
    assert len(notebook.cells) == 3
    values: dict[str, Any] = {}
    exec(notebook.cells[1].source, values)
    assert (values["x"], values["on"], values["none"], values["text"]) == (3, True, None, "a'b")
    assert values["list"] == [1, {"k": 2.5}]


def test_without_a_tagged_cell_parameters_come_first() -> None:
    notebook = book(code("y = 1"))
    inject(notebook, {"x": 2})
    assert "x = 2" in notebook.cells[0].source
    inject(notebook, {})
    assert len(notebook.cells) == 1


def test_parameters_are_written_in_the_notebook_s_language() -> None:
    notebook = book(code("y <- 1"), language="R")
    inject(notebook, {"x": True})
    assert notebook.cells[0].source == "# Parameters\nx <- TRUE"


def test_all_code_cells_run_and_begin_without_outputs() -> None:
    notebook = book(code("a"), nbformat.v4.new_markdown_cell("b"), code("  "), code("c"))  # type: ignore[no-untyped-call]
    notebook.cells[0].outputs = [nbformat.v4.new_output("stream", text="old")]  # type: ignore[no-untyped-call]
    assert sources(choose(notebook, {}, None, None)) == ["a", "c"]
    assert notebook.cells[0].outputs == []


def test_cells_in_place_of_the_notebook_s_own() -> None:
    notebook = book(code("a"), code("b"))
    assert sources(choose(notebook, {"x": 1}, ["one", "", "two"], None)) == ["# Parameters\nx = 1", "one", "two"]
    assert notebook.metadata["kernelspec"]["name"] == "k"
    nbformat.validate(notebook)


def test_from_a_cell_on_what_prepares_runs_and_what_ran_is_kept() -> None:
    cells = code("import x", "setup"), code("slow"), code("p = 1", "parameters"), code("p = 2", "injected-parameters")
    notebook = book(*cells, code("from here"), code("on"))
    for cell in notebook.cells:
        cell.outputs = [nbformat.v4.new_output("stream", text="old")]  # type: ignore[no-untyped-call]
    chosen = choose(notebook, {}, None, 4)
    assert sources(chosen) == ["import x", "p = 1", "p = 2", "from here", "on"]
    assert [bool(cell.outputs) for cell in notebook.cells] == [False, True, False, False, False, False]


def test_from_a_cell_on_with_new_parameters() -> None:
    notebook = book(code("p = 1", "parameters"), code("p = 2", "injected-parameters"), code("slow"), code("from here"))
    assert sources(choose(notebook, {"p": 3}, None, 3)) == ["p = 1", "# Parameters\np = 3", "from here"]
    notebook = book(code("slow"), code("from here"))
    assert sources(choose(notebook, {"p": 3}, None, 1)) == ["# Parameters\np = 3", "from here"]


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({}, "python"),
        (None, "python"),
        ({"kernelspec": 3, "language_info": {"name": "R"}}, "R"),
        ({"kernelspec": {"language": "julia"}, "language_info": {"name": "R"}}, "julia"),
    ],
)
def test_the_language(metadata: Any, language: str) -> None:
    assert language_of(metadata) == language


def test_a_cell_must_be_there(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    nbformat.write(book(code("a"), code("b")), path)  # type: ignore[no-untyped-call]
    check_notebook(path, Submission(notebook="a.ipynb", from_cell=1))
    with pytest.raises(Unprocessable, match="less than 2") as caught:
        check_notebook(path, Submission(notebook="a.ipynb", from_cell=2))
    assert caught.value.details == {"field": "from_cell"}


def test_parameters_must_be_sayable(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    nbformat.write(book(code("a"), language="cobol"), path)  # type: ignore[no-untyped-call]
    check_notebook(path, Submission(notebook="a.ipynb"))
    with pytest.raises(Unprocessable, match="cobol"):
        check_notebook(path, Submission(notebook="a.ipynb", parameters={"x": 1}))


@pytest.mark.parametrize("content", ["", "[]", '{"cells": 3}', "{" * 100, '{"worksheets": []}', "[" * 100_000, "\xff"])
def test_what_is_no_notebook_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(content, "latin-1")
    with pytest.raises(Unprocessable):
        check_notebook(path, Submission(notebook="a.ipynb", from_cell=0))


def test_a_notebook_of_a_program_may_hold_anything(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"cells": [], "metadata": {"kernelspec": {"language": ["x"]}}}))
    check_notebook(path, Submission(notebook="a.ipynb", parameters={"x": 1}))
