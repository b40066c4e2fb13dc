"""Metrics and logs against the least that the machine allows, floor and product taking turns in one run.

Run: python -m benchmarks.bench_tracking [--short]
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import jupyter_crispdm.worker
from jupyter_crispdm.tracking import read_run, tail_lines

from .tracking.live import bytes_a_point, freshness
from .tracking.long import long_run
from .tracking.many import many_runs

SITE = Path(jupyter_crispdm.worker.__file__).parent / "site"
ROUNDS = 200
CALLS = 1000
KILLS = 50


def best(action: Callable[[], object], rounds: int) -> float:
    """The shortest of several processor times, in seconds: what the action takes when nobody disturbs it."""
    times = []
    for _ in range(rounds):
        begin = time.process_time()
        action()
        times.append(time.process_time() - begin)
    return min(times)


def writing(folder: Path) -> None:
    sys.path.insert(0, str(SITE))
    os.environ["CRISPDM_RUN_DIR"] = str(folder / "run")
    import crispdm

    descriptor = os.open(folder / "floor", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    ten = {f"m{number}": 0.5 for number in range(10)}

    def bare(size: int) -> Callable[[], None]:
        data = b"x" * size

        def run() -> None:
            for _ in range(CALLS):
                os.write(descriptor, data)

        return run

    def given() -> None:
        for step in range(CALLS):
            crispdm.log({"loss": 0.5}, step=step)

    def counted() -> None:
        for _ in range(CALLS):
            crispdm.log(accuracy=0.5)

    def of_ten() -> None:
        for step in range(CALLS):
            crispdm.log(ten, step=step)

    cases = [
        ("log({'loss': x}, step=n)", given, 28),
        ("log(loss=x)", counted, 28),
        ("log of 10", of_ten, 280),
    ]
    for name, action, size in cases:
        action()
        floor, ours = best(bare(size), ROUNDS), best(action, ROUNDS)
        times = f"{ours / CALLS * 1e6:8.2f} us   os.write {floor / CALLS * 1e6:6.2f} us"
        print(f"{name:26} {times}   x{ours / floor:.2f}")
    os.close(descriptor)


def size_of_1e5(folder: Path) -> None:
    run_program(folder / "size", "for n in range(100_000): crispdm.log(loss=0.5)")
    size = sum(file.stat().st_size for file in (folder / "size").rglob("*") if file.is_file())
    print(f"{'1e5 scalars':26} {size / 1e6:8.4f} MB")


def killed(folder: Path) -> None:
    program = "import os\nfor n in range(2000): crispdm.log({'loss': n}, step=n)\nos.kill(os.getpid(), 9)"
    lost = 0
    for number in range(KILLS):
        code = run_program(folder / f"killed{number}", program)
        assert code == -signal.SIGKILL
        lost += 2000 - len(read_run(folder / f"killed{number}")["loss"])
    print(f"{'lost after kill -9':26} {lost:8d} of {KILLS * 2000}, {KILLS} times")


def run_program(run: Path, program: str) -> int:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SITE), "CRISPDM_RUN_DIR": str(run)}
    return subprocess.run([sys.executable, "-c", "import crispdm\n" + program], env=environment).returncode


def log_tail(folder: Path) -> None:
    log = folder / "log"
    with log.open("w") as file:
        for number in range(1_000_000):
            file.write(f"{number:08} " + "x" * 101 + "\n")

    def readlines() -> None:
        with log.open() as file:
            file.readlines()[-1000:]

    ours, floor = best(lambda: tail_lines(log, 1000), 30), best(readlines, 2)
    size = log.stat().st_size / 1e6
    print(f"last 1,000 lines of {size:.0f} MB {ours * 1e3:6.2f} ms   readlines {floor * 1e3:.0f} ms")


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; best of many rounds")
        writing(folder)
        size_of_1e5(folder)
        killed(folder)
        for names in (1, 10):
            long_run(folder, 1_000_000, names, 15)
            long_run(folder, 10_000_000, names, 3)
        freshness(folder)
        bytes_a_point(folder)
        log_tail(folder)
        if "--short" not in sys.argv:  # it takes minutes, and 6 GB of disk
            many_runs(folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
