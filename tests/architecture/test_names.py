"""No method takes the name of a type that its own class then cannot write."""

from __future__ import annotations

import ast

from tests.architecture.source import PACKAGE, modules

TYPES = {"list", "dict", "set", "tuple", "type", "int", "str", "bytes", "float", "bool", "object"}
CLIENT = "client/"
TYPED = (CLIENT, "shared/")
"""Here `client.jobs.list()` is what people type, as they type `server_state.set(…)`."""


def test_no_method_is_named_as_a_type_but_those_that_people_type() -> None:
    shadowing = {
        f"{path}: {method.name}"
        for path, module in modules(PACKAGE)
        if not path.startswith(TYPED)
        for node in ast.walk(module) if isinstance(node, ast.ClassDef)
        for method in node.body if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
        if method.name in TYPES
    }
    assert shadowing == set()


def test_no_alias_stands_for_a_bare_list() -> None:
    aliases = {
        f"{path}: {ast.unparse(node)}"
        for path, module in modules(PACKAGE)
        for node in module.body if isinstance(node, ast.Assign)
        if ast.unparse(node.value) in {"list", "builtins.list"}
        or (path.startswith(CLIENT) and ast.unparse(node.value).startswith("list["))
    }
    assert aliases == set()
