"""Serving beside its peers, the server on one core and its clients on another: what is promised, and whether it holds.

Run: python -m benchmarks.bench_serving [--seconds S] [--only ours,floor,…] [--peers DIRECTORY]

S is a network for rows (20 → 64 → 3) in JSON, M one that names pictures (1 × 3 × 64 × 64), L one that segments them
(1 × 3 × 256 × 256). The floor is bare ASGI on uvicorn with the model inline. Ours runs M and L by onnxruntime. Peers
live in an environment of their own, which is made at the first run; one that cannot be installed is left out, and
said.
"""

from __future__ import annotations

import argparse
import json
import os
import struct
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from .serving.load import Asked, Result, load
from .serving.models import MODELS, SITE, Model, make, spec
from .serving.process import Served, served

HERE = Path(__file__).parent / "serving" / "peers"
PEERS = ("mlserver", "litserve", "flask", "waitress", "uvicorn", "torch", "pillow")
CONNECTIONS = (1, 8, 32)
PORT = 8620
_LOGS = {"ours unbatched": "ours", "waitress": "flask_waitress", "litserve": "litserve_server"}
CORES = ("0", "1") if (os.cpu_count() or 1) > 1 else (None, None)


@dataclass(frozen=True)
class Bench:
    """Where and how long is measured."""

    directory: Path
    peers: Path
    seconds: float

    def environ(self, model: Model) -> dict[str, str]:
        """What a peer finds in its environment."""
        path = os.pathsep.join([str(SITE), str(HERE), os.environ.get("PYTHONPATH", "")])
        named = {"BENCH_DIRECTORY": str(self.directory), "BENCH_MODEL": model.name}
        return {**os.environ, **named, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}


    def last_words(self, name: str) -> str:
        """What a server said last."""
        log = self.directory / f"{_LOGS.get(name, name)}.log"
        return log.read_text()[-500:] if log.exists() else ""


@dataclass
class Row:
    """What was measured of one server with one kind of request."""

    results: dict[int, Result] = field(default_factory=dict)
    front: float = 0.0
    """Microseconds of processor time of a request at the most connections."""

    worker: float = 0.0
    memory: float = 0.0
    first: float = 0.0

    def rate(self, connections: int = 32) -> float:
        """Answers a second."""
        return self.results[connections].rate


Rows = dict[tuple[str, str], Row]


def numbers(model: Model) -> list[float]:
    """What is sent: numbers as a sensor or a picture would have them."""
    return [((7 * place) % 256) / 255 for place in range(model.numbers)]


def v2(model: Model, path: str) -> Asked:
    """A request in the Open Inference Protocol."""
    tensor = {"name": model.input, "shape": model.shape, "datatype": "FP32", "data": numbers(model)}
    return Asked(path, {"Content-Type": "application/json"}, msgspec.json.encode({"inputs": [tensor]}))


def raw(model: Model, path: str) -> Asked:
    """The numbers as bytes, as a program of one's own would take them."""
    return Asked(path, {"Content-Type": "application/octet-stream"}, packed(model))


def binary(model: Model, path: str) -> Asked:
    """The numbers as bytes, in the Open Inference Protocol's extension."""
    tensor = {
        "name": model.input, "shape": model.shape, "datatype": "FP32",
        "parameters": {"binary_data_size": 4 * model.numbers},
    }  # fmt: skip
    text = msgspec.json.encode({"inputs": [tensor], "parameters": {"binary_data_output": True}})
    return Asked(path, {"Inference-Header-Content-Length": str(len(text))}, text + packed(model))


def packed(model: Model) -> bytes:
    """The numbers as bytes."""
    return struct.pack(f"<{model.numbers}f", *numbers(model))


@contextmanager
def ours(bench: Bench, model: Model, asked: Asked, batch: int = 32) -> Iterator[Served]:
    """The inference server."""
    with tempfile.TemporaryDirectory(dir=bench.directory) as home:
        (Path(home) / "deployments").mkdir()
        deployment = msgspec.json.encode(spec(model, bench.directory, batch))
        (Path(home) / "deployments" / f"{model.name}.json").write_bytes(deployment)
        command = [sys.executable, "-m", "jupyter_crispdm.serving", "--directory", home, "--port", str(PORT)]
        with served(command, PORT, asked, CORES[0], os.environ, bench.directory / "ours.log") as one:
            yield one


@contextmanager
def unbatched(bench: Bench, model: Model, asked: Asked) -> Iterator[Served]:
    """The inference server, with one row at a time."""
    with ours(bench, model, asked, 1) as one:
        yield one


def peer(program: str) -> Callable[[Bench, Model, Asked], object]:
    """A peer that is a program of its own."""

    @contextmanager
    def started(bench: Bench, model: Model, asked: Asked) -> Iterator[Served]:
        python = sys.executable if program == "floor" else str(bench.peers / "bin" / "python")
        command = [python, str(HERE / f"{program}.py"), str(PORT)]
        with served(command, PORT, asked, CORES[0], bench.environ(model), bench.directory / f"{program}.log") as one:
            yield one

    return started


@contextmanager
def mlserver(bench: Bench, model: Model, asked: Asked) -> Iterator[Served]:
    """MLServer with a runtime of its own, in its own process."""
    with tempfile.TemporaryDirectory(dir=bench.directory) as home:
        general = {"host": "127.0.0.1", "http_port": PORT, "grpc_port": PORT + 1, "metrics_port": PORT + 2,
                   "parallel_workers": 0, "debug": False}  # fmt: skip
        (Path(home) / "settings.json").write_text(json.dumps(general))
        named = {"name": "bench", "implementation": "mlserver_runtime.Runtime"}
        (Path(home) / "model-settings.json").write_text(json.dumps(named))
        command = [str(bench.peers / "bin" / "mlserver"), "start", home]
        with served(command, PORT, asked, CORES[0], bench.environ(model), bench.directory / "mlserver.log") as one:
            yield one


Server = Callable[[Bench, Model, Asked], object]
SERVERS: dict[str, Server] = {
    "ours": ours,
    "ours unbatched": unbatched,
    "floor": peer("floor"),
    "waitress": peer("flask_waitress"),
    "mlserver": mlserver,
    "litserve": peer("litserve_server"),
}
Ask = Callable[[Model, str], Asked]
_OURS = "/v2/models/{}/infer"
_PATHS = {"floor": "/infer", "waitress": "/infer", "mlserver": "/v2/models/bench/infer", "litserve": "/predict"}
KINDS: dict[str, tuple[str, Mapping[str, Ask]]] = {
    "S JSON": ("S", dict.fromkeys(SERVERS, v2)),
    "M binary": ("M", {"ours": binary, "ours unbatched": binary, "floor": raw, "waitress": raw}),
    "M JSON": ("M", {"ours": v2, "floor": v2, "waitress": v2, "mlserver": v2, "litserve": v2}),
    "L binary": ("L", {"ours": binary, "ours unbatched": binary, "floor": raw, "waitress": raw}),
}


def measure(bench: Bench, kind: str, name: str) -> Row:
    """One server with one kind of request, at every number of connections."""
    which, asks = KINDS[kind]
    model, row = MODELS[which], Row()
    asked = asks[name](model, _PATHS.get(name, _OURS.format(model.name)))
    with SERVERS[name](bench, model, asked) as one:  # type: ignore[attr-defined]
        row.first = one.first
        load(one.port, asked, 8, 1.0, CORES[1])  # what is done only once is done
        for connections in CONNECTIONS:
            front, worker = one.cpu()
            row.results[connections] = result = load(one.port, asked, connections, bench.seconds, CORES[1])
            after = one.cpu()
            row.front, row.worker = (1e6 * (end - start) / max(1, result.count)
                                     for start, end in zip((front, worker), after, strict=True))  # fmt: skip
        row.memory = one.memory()
    return row


def show(kind: str, name: str, row: Row) -> None:
    """Print what was measured."""
    rates = " / ".join(f"{row.rate(connections):,.0f}" for connections in CONNECTIONS)
    last, failed = row.results[32], sum(result.failed for result in row.results.values())
    told = f"p50 {last.p50:7.2f}  p99 {last.p99:7.2f} ms  CPU {row.front:6.0f} + {row.worker:6.0f} µs"
    more = f"  {failed} FAILED" if failed else ""
    print(f"{kind:9} {name:17} {rates:>24} req/s  {told}  {row.memory:4.0f} MB  {row.first:4.1f} s{more}", flush=True)


def targets(rows: Rows) -> Iterator[tuple[str, float, float, bool]]:
    """What is promised: name, what was found, what it should be, and whether more is better."""

    def ratio(kind: str, name: str, other: str, goal: float) -> Iterator[tuple[str, float, float, bool]]:
        if (kind, name) in rows and (kind, other) in rows:
            mine, theirs = rows[kind, name], rows[kind, other]
            by_cpu = (theirs.front + theirs.worker) / (mine.front + mine.worker)
            yield f"{kind} at 32: {name} ÷ {other} ({by_cpu:.2f} by CPU)", mine.rate() / theirs.rate(), goal, True

    for goals in (
        ("S JSON", "ours", "mlserver", 8.0), ("S JSON", "ours", "waitress", 5.0), ("S JSON", "ours", "floor", 1.0),
        ("M binary", "ours", "waitress", 2.0), ("M binary", "ours", "floor", 1.5), ("L binary", "ours", "floor", 1.4),
        *((kind, "ours", "ours unbatched", 1.0) for kind in ("S JSON", "M binary", "L binary")),
    ):  # fmt: skip
        yield from ratio(*goals)
    if ("S JSON", "ours") in rows and ("S JSON", "floor") in rows:
        mine, floor = rows["S JSON", "ours"], rows["S JSON", "floor"]
        yield f"S p99 at 32, ms (floor {floor.results[32].p99:.2f})", mine.results[32].p99, 3.0, False
        yield "S: CPU of the front beyond the floor's, µs", mine.front - floor.front, 20.0, False
        yield "first answer after the start, s", mine.first, 1.5, False
        yield "memory with torch, MB", mine.memory, 260.0, False


def install(directory: Path) -> str:
    """Make the peers' environment, and say what is in it."""
    python = directory / "bin" / "python"
    if not python.exists():
        venv.create(directory, with_pip=True)
        for name in PEERS:
            made = subprocess.run([str(python), "-m", "pip", "install", "-q", name], check=False)
            if made.returncode:
                print(f"{name} cannot be installed here, and is left out.")
    listed = subprocess.run([str(python), "-m", "pip", "list", "--format=json"], capture_output=True, check=True)
    versions = {item["name"].lower(): item["version"] for item in json.loads(listed.stdout)}
    return ", ".join(f"{name} {versions[name]}" for name in PEERS if name in versions)


def main() -> None:
    """Measure, and say what is met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--only", default="", help="servers, with commas between them")
    parser.add_argument("--kinds", default="", help="kinds of requests, with commas between them")
    parser.add_argument("--peers", type=Path, default=Path.home() / ".cache" / "crispdm-bench-peers")
    given = parser.parse_args()
    names = given.only.split(",") if given.only else list(SERVERS)
    kinds = given.kinds.split(",") if given.kinds else list(KINDS)
    if not {"ours", "ours unbatched", "floor"}.issuperset(names):
        print(f"Peers: {install(given.peers)}")
    rows: Rows = {}
    with tempfile.TemporaryDirectory() as home:
        make(Path(home))
        bench = Bench(Path(home), given.peers, given.seconds)
        print(f"{'':27} {'1 / 8 / 32 connections':>24}        at 32{'':21} front + worker")
        for kind in kinds:
            for name in names:
                if name in KINDS[kind][1]:
                    try:
                        rows[kind, name] = measure(bench, kind, name)
                    except (SystemExit, subprocess.SubprocessError) as error:
                        print(f"{kind:9} {name:17} not measured: {error} {bench.last_words(name)}")
                        continue
                    show(kind, name, rows[kind, name])
    for told, found, goal, more in targets(rows):
        met = found >= goal if more else found <= goal
        print(f"{'met   ' if met else 'MISSED'} {told}: {found:.2f} (goal {'≥' if more else '≤'} {goal:g})")


if __name__ == "__main__":
    main()
