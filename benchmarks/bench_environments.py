"""300 environments, listed cold: milliseconds, processes started, and how that compares with a bare walk.

python benchmarks/bench_environments.py [--environments 300] [--real 20] [--repeat 7]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from jupyter_crispdm.environments.discovery import Surroundings
from jupyter_crispdm.environments.manager import EnvironmentManager

LARGE = "large"
_STARTS = {"subprocess.Popen", "os.system", "os.exec", "os.fork", "os.posix_spawn"}


def make_environments(holder: Path, count: int, real: int) -> None:
    """`real` environments by uv, with a package directory each; copies of their metadata for the rest."""
    uv = shutil.which("uv") or str(Path(sys.executable).parent / "uv")
    python = os.path.realpath(sys.executable)
    for number in range(count):
        prefix = holder / f"environment{number:03}"
        if number < real:
            subprocess.run([uv, "venv", "--quiet", "--python", python, str(prefix)], check=True)
        else:
            shutil.copytree(holder / f"environment{number % real:03}", prefix, symlinks=True)
        site = next(prefix.glob("lib/*/site-packages"))
        if number % 3 == 0:
            (site / "ipykernel").mkdir(exist_ok=True)
        if number >= real and number % 2:
            make_conda(prefix)


def make_conda(prefix: Path) -> None:
    """Turn a copy into a conda prefix with 200 records."""
    (prefix / "pyvenv.cfg").unlink()
    (prefix / "conda-meta").mkdir()
    for number in range(200):
        (prefix / "conda-meta" / f"package{number}-1.{number}-h1_0.json").touch()
    (prefix / "conda-meta" / "python-3.11.9-h955ad1f_0.json").touch()


def bare_walk(holder: Path) -> int:
    """The least that any finder must do: list the holder, then each environment and its two directories."""
    seen = 0
    for entry in os.scandir(holder):
        for inner in os.scandir(entry.path):
            seen += 1
            if inner.name in ("bin", "conda-meta"):
                seen += sum(1 for _ in os.scandir(inner.path))
    return seen


def timed(function: Callable[[], Any], repeat: int, clock: Callable[[], float] = time.perf_counter) -> float:
    """The median of several runs, in milliseconds."""
    runs = []
    for _ in range(repeat):
        began = clock()
        function()
        runs.append((clock() - began) * 1e3)
    return statistics.median(runs)


def make_large(holder: Path) -> None:
    """An environment with 600 packages, as conda makes it."""
    prefix = holder / LARGE
    shutil.copytree(holder / "environment000", prefix, symlinks=True)
    make_conda(prefix)
    site = next(prefix.glob("lib/*/site-packages"))
    for number in range(600):
        info = site / f"package_{number}-1.{number}.dist-info"
        info.mkdir()
        (info / "INSTALLER").write_text("pip\n")


def list_packages(manager: EnvironmentManager, key: str) -> None:
    """List the packages of one environment."""
    asyncio.run(manager.packages(key))


def packages_cold(around: Surroundings, folder: Path, repeat: int) -> float:
    """Milliseconds to list the packages of the largest environment when nothing of it is remembered."""
    runs = []
    for _ in range(repeat):
        manager = EnvironmentManager(folder, folder / "data", around=around)
        asyncio.run(manager.all())
        runs.append(timed(partial(list_packages, manager, LARGE), 1))
    return statistics.median(runs)


def measure(folder: Path, repeat: int) -> dict[str, float]:
    """Cold (nothing remembered, no kernel specification written), again after that, and the bare walk."""
    holder = folder / "holder"
    around = Surroundings(home=str(folder), root=str(folder), paths=(str(holder),), environ={"PATH": ""})
    started: list[str] = []
    sys.addaudithook(lambda event, _: started.append(event) if event in _STARTS else None)

    def cold() -> EnvironmentManager:
        data = Path(tempfile.mkdtemp(dir=folder))
        manager = EnvironmentManager(folder, data, around=around)
        count = len(asyncio.run(manager.all()))
        assert count > 1, count
        return manager

    result = {"cold_ms": timed(cold, repeat)}
    result["cold_cpu_ms"] = timed(cold, repeat, time.process_time)
    manager = cold()
    result["again_ms"] = timed(lambda: asyncio.run(manager._update()), repeat)
    result["bare_walk_ms"] = timed(lambda: bare_walk(holder), repeat)
    environments = asyncio.run(manager.all())
    result["environments"] = len(environments)
    result["packages_ms"] = timed(lambda: asyncio.run(manager.packages("server")), repeat)
    result["packages_cold_ms"] = packages_cold(around, folder, repeat)
    result["packages_slowest_ms"] = max(
        min(timed(partial(list_packages, manager, one.id), 1) for _ in range(3)) for one in environments
    )
    result["having_package_ms"] = timed(lambda: asyncio.run(manager.having(environments, "torch>=2")), repeat)
    result["difference_ms"] = timed(lambda: asyncio.run(manager.difference("server", LARGE)), repeat)
    result["export_ms"] = timed(lambda: asyncio.run(manager.export(LARGE)), repeat)
    result["processes"] = len(started)
    result["ratio_to_bare_walk"] = result["cold_ms"] / result["bare_walk_ms"]
    return {name: round(value, 2) for name, value in result.items()}


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environments", type=int, default=300)
    parser.add_argument("--real", type=int, default=20)
    parser.add_argument("--repeat", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        holder = Path(folder) / "holder"
        make_environments(holder, options.environments - 1, options.real)
        make_large(holder)
        print(json.dumps(measure(Path(folder), options.repeat)))


if __name__ == "__main__":
    main()
