"""What an application is told, by a file or on a command line."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from jupyter_crispdm.serving.ray import app
from jupyter_crispdm.serving.ray.arguments import Arguments, read_arguments

LEAST = {"data_dir": "/shared/crispdm", "model": "iris@champion"}


def test_what_is_not_said_has_a_default() -> None:
    found = read_arguments(LEAST)
    assert found == Arguments(data_dir="/shared/crispdm", model="iris@champion")
    assert (found.reference.name, found.reference.alias, found.replicas, found.token_file) == (
        "iris", "champion", 1, None,
    )  # fmt: skip


def test_a_command_line_gives_numbers_as_text() -> None:
    found = read_arguments({**LEAST, "replicas": "2", "cpus": "0.5", "batch": "64"})
    assert (found.replicas, found.cpus, found.batch) == (2, 0.5, 64)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"model": ""}, "model"),
        ({"model": "iris@"}, "alias"),
        ({"model": "iris/new"}, "NAME/VERSION"),
        ({"data_dir": "shared"}, "'data_dir' must be an absolute path"),
        ({"token_file": "token"}, "'token_file' must be an absolute path"),
        ({"environment_paths": ["/a", "b"]}, r"'environment_paths\[1\]' must be an absolute path"),
        ({"replicas": 0}, r"\$\.replicas"),
        ({"replicas": "two"}, r"\$\.replicas"),
        ({"batch": 5000}, r"\$\.batch"),
        ({"cpus": -1}, r"\$\.cpus"),
        ({"token": "a secret of many letters"}, "`token`.*There are: data_dir"),
    ],
)
def test_what_cannot_be_followed_is_named(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read_arguments({**LEAST, **wrong})


def test_what_is_needed_must_be_there() -> None:
    with pytest.raises(ValueError, match="`data_dir`"):
        app({"model": "iris"})


def test_nothing_else_imports_ray() -> None:
    code = (
        "import sys, jupyter_crispdm.serving.ray.replica, jupyter_crispdm.serving.ray as served; assert served.app;"
        "print([name for name in sys.modules if name.partition('.')[0] == 'ray'])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=240, check=True)
    assert run.stdout.strip() == "[]"
