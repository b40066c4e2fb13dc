"""Metrics and logs against the least that the machine allows, floor and product taking turns in one run.

Run: python -m benchmarks.bench_tracking
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

import numpy as np

import jupyter_crispdm.worker
from jupyter_crispdm.tracking import RunReader, read_run, tail_lines
from jupyter_crispdm.tracking.sources import RECORD

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


def reading(folder: Path, rows: int, names: int, rounds: int) -> None:
    run = folder / f"read{rows}-{names}"
    (run / "metrics").mkdir(parents=True)
    records = np.zeros(rows, RECORD)
    records["name"] = np.arange(rows) % names
    records["step"] = np.arange(rows) // names
    records["value"] = np.random.default_rng(1).normal(size=rows).cumsum()
    records["time"] = np.arange(rows)
    path = run / "metrics" / "1-0.bin"
    records.tofile(path)
    path.with_suffix(".names").write_text("".join(f'"m{number}"\n' for number in range(names)))
    del records

    def chart() -> None:
        reader = RunReader(run)
        reader.since(0, 2000)
        reader.close()

    floor = best(lambda: np.fromfile(path, RECORD), rounds)
    whole, drawn = best(lambda: read_run(run), rounds), best(chart, rounds)
    label = f"{rows:.0e} rows, {names} names"
    print(
        f"{label:26} {whole * 1e3:8.2f} ms   np.fromfile {floor * 1e3:6.2f} ms   x{whole / floor:.2f}"
        f"   2,000 points a series, cold reader: {drawn * 1e3:.2f} ms"
    )
    shutil.rmtree(run)


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
            reading(folder, 1_000_000, names, 15)
        reading(folder, 10_000_000, 1, 3)
        log_tail(folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
