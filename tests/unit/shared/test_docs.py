"""The examples that users are shown: they run, one after another, and what they say of themselves is true."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import jupyter_crispdm
from tests.unit.shared.fakes import FakeServer

PAGE = Path(__file__).parents[3] / "docs/users/shared-state.md"
EXAMPLE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
SAID = re.compile(r"^(?P<code>[^#\n]+?)\s+# (?P<value>True|\(3, 4\)|'[^']*'|\d+)(?:: .*)?$", re.MULTILINE)


@pytest.mark.proves("state.client-docs")
def test_the_examples_do_what_they_say(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jupyter_crispdm, "server_state", server.session(), raising=False)
    names: dict[str, object] = {}
    examples = EXAMPLE.findall(PAGE.read_text())
    assert len(examples) > 8
    said = 0
    for example in examples:
        for statement in ast.parse(example).body:
            source = ast.get_source_segment(example, statement) or ""
            exec(compile(ast.Module([statement], []), str(PAGE), "exec"), names)
            for line in SAID.finditer(example):
                if line["code"].strip() == source and "increment" not in source:
                    assert eval(source, names) == ast.literal_eval(line["value"]), source
                    said += 1
    assert said >= 4
