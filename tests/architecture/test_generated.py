"""What is generated and committed is what would be generated now."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import jupyter_crispdm

ROOT = Path(__file__).parents[2]


@pytest.mark.proves("house.generated")
@pytest.mark.parametrize("name", ["openapi.json", "settings.md", "commands.md", "requirements.md"])
def test_the_reference_is_up_to_date(name: str) -> None:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs/reference/generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    committed = (ROOT / "docs/reference" / name).read_bytes()
    assert generate.FILES[name]() == committed, "run: make api"


@pytest.mark.proves("house.generated")
def test_the_browsers_types_are_up_to_date(tmp_path: Path) -> None:
    made = tmp_path / "generated.ts"
    script = shlex.split(json.loads((ROOT / "package.json").read_text())["scripts"]["api"])
    command = [str(ROOT / "node_modules/.bin" / script[0]), *script[1:-1], str(made)]
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # node is one of ours
    environ = {**os.environ, "PATH": programs}
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT, timeout=120, env=environ)
    assert made.read_text() == (ROOT / "src/api/generated.ts").read_text(), "run: make api"


def test_the_changelog_knows_this_version() -> None:
    assert f"## {jupyter_crispdm.__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_no_room_is_missing_on_the_map() -> None:
    page = (ROOT / "docs/architecture.md").read_text()
    rooms = [path.parent.name for path in (ROOT / "jupyter_crispdm").glob("*/__init__.py")]
    assert [room for room in rooms if not re.search(rf"`{room}/`", page)] == []
