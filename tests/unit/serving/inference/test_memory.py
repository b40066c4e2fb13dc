"""Memory that comes and goes with bodies, in a process of its own: what is set holds for the whole of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import resource
from jupyter_crispdm.serving.inference.memory import reuse_memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(50):
        b"x" * (1 << 20)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

assert reuse_memory()
faults()
print(faults())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="another C library")
def test_pages_of_a_body_are_those_of_the_one_before() -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60)
    assert int(run.stdout) < 50 * 256
