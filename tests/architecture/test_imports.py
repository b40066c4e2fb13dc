"""Which module needs which, beside what the contracts in pyproject.toml say."""

from __future__ import annotations

from graphlib import TopologicalSorter

import grimp


def test_no_module_needs_itself() -> None:
    graph = grimp.build_graph("jupyter_crispdm", exclude_type_checking_imports=True)
    needed = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    TopologicalSorter(needed).prepare()  # a circle is an error that names it
