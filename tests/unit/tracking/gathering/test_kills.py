"""A server that is killed while it gathers, again and again: each point is there once."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import World

_LINES = 400
_KILLS = 15
_GATHERS = """
import sys
from pathlib import Path
from jupyter_crispdm.tracking.gathering import gatherer, inputs
from jupyter_crispdm.tracking.gathering.gatherer import Gatherer, LogRules
from tests.unit.tracking.gathering.conftest import WordReader

inputs._PIECE_BYTES = 64
gatherer._CPU_SECONDS = 0.0
one = Gatherer(Path(sys.argv[1]), folder=Path(sys.argv[2]), started=0.0, rules=LogRules(WordReader))
count = 0
while one.gather():
    count += 1
    print(count, flush=True)
print("whole", flush=True)
"""


def start(world: World) -> subprocess.Popen[bytes]:
    arguments = [sys.executable, "-c", _GATHERS, str(world.run), str(world.folder)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=Path(__file__).parents[4])


@pytest.mark.proves("training.gathered-restart")
def test_killed_at_any_moment_no_point_is_lost_and_none_comes_twice(world: World) -> None:
    world.print("".join(f"loss {number}\n" for number in range(_LINES)))
    world.write("metrics.csv", "step,val\n" + "".join(f"{number},{number}\n" for number in range(_LINES)))
    chance = random.Random(0)
    for _ in range(_KILLS):
        with start(world) as process:
            assert process.stdout is not None
            for _ in range(chance.randrange(1, 12)):
                process.stdout.readline()
            process.send_signal(signal.SIGKILL)
    with start(world) as process:
        assert process.stdout is not None
        assert process.stdout.read().endswith(b"whole\n")
    assert world.rows("log") == [("loss", number, float(number)) for number in range(_LINES)]
    assert world.rows("table") == [("val", number, float(number)) for number in range(_LINES)]
