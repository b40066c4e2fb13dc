"""Uploads: how fast, what they cost the server's processor, and how much of a file lies in its memory.

Three ways for the same bytes: our uploads in one piece, Jupyter's own contents API in pieces of 1 MiB as JupyterLab
sends them, and a plain copy on the disk that ends with fsync. Ours go twice: whole, and through a line that is cut
three times. The rounds take turns, so that what disturbs one disturbs all.

Run: python -m benchmarks.bench_uploads [MEGABYTES…]   (300 and 2000 unless it is said)
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from jupyter_crispdm.client.client import connect
from tests.server.uploads.line import Proxy, nothing
from tests.ui.server import TOKEN, Workbench

MIB = 1024 * 1024
ROUNDS = 3
HEADERS = {"Authorization": f"token {TOKEN}"}


@dataclass
class Cost:
    """What one way took: seconds, the server's processor seconds, and how much its memory grew at most."""

    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    grown: list[int] = field(default_factory=list)

    def line(self, name: str, size: int, floor: float) -> str:
        """The best round, in words."""
        seconds, grown = min(self.seconds), max(self.grown)
        processor = min(self.processor) / (size / 2**30)
        return (f"{name:34} {size / MIB / seconds:8.0f} MiB/s   x{seconds / floor:5.2f} of a copy   "
                f"processor {processor:6.2f} s/GiB   memory +{grown / MIB:5.1f} MiB")


class Watched:
    """The server process, looked at while something goes on."""

    def __init__(self, workbench: Workbench) -> None:
        assert workbench._process is not None
        self._process = psutil.Process(workbench._process.pid)

    @contextmanager
    def measure(self, cost: Cost) -> Iterator[None]:
        """Add to a cost."""
        before, most, done = self._process.memory_info().rss, [0], threading.Event()

        def look() -> None:
            while not done.wait(0.02):
                most[0] = max(most[0], self._process.memory_info().rss)

        watcher = threading.Thread(target=look)
        watcher.start()
        used, began = self._used(), time.perf_counter()
        yield
        cost.seconds.append(time.perf_counter() - began)
        cost.processor.append(self._used() - used)
        done.set()
        watcher.join()
        cost.grown.append(max(0, most[0] - before))

    def _used(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)


def copied(source: Path, target: Path) -> None:
    """The floor: what the disk itself takes."""
    with source.open("rb") as content, target.open("wb") as copy:
        shutil.copyfileobj(content, copy, MIB)
        copy.flush()
        os.fsync(copy.fileno())


def uploaded(port: int, source: Path, name: str) -> None:
    """Ours, in one piece."""
    said = f"filename {b64encode(name.encode()).decode()},path {b64encode(b'box').decode()},overwrite"
    tus = {**HEADERS, "Tus-Resumable": "1.0.0"}
    line = http.client.HTTPConnection("127.0.0.1", port, blocksize=MIB)
    length = source.stat().st_size
    line.request("POST", "/crispdm/api/files/uploads", headers={
        **tus, "Upload-Length": str(length), "Upload-Metadata": said})
    made = line.getresponse()
    made.read()
    with source.open("rb") as content:
        line.request("PATCH", made.headers["Location"], body=content, headers={
            **tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(length)})
    answer = line.getresponse()
    answer.read()
    assert answer.status == 204, answer.status
    line.close()


def by_contents(port: int, source: Path, name: str) -> None:
    """Jupyter's own way, as JupyterLab goes it."""
    line = http.client.HTTPConnection("127.0.0.1", port)
    with source.open("rb") as content:
        number, piece = 1, content.read(MIB)
        while piece:
            following = content.read(MIB)
            body = json.dumps({
                "type": "file", "format": "base64", "chunk": number if following else -1, "name": name,
                "path": f"box/{name}", "content": b64encode(piece).decode()})
            line.request("PUT", f"/api/contents/box/{name}", body=body, headers=HEADERS)
            answer = line.getresponse()
            answer.read()
            assert answer.status in (200, 201), answer.status
            number, piece = number + 1, following
    line.close()


def through_cuts(workbench: Workbench, source: Path, name: str) -> None:
    """Ours, by our own client, through a line that is cut three times."""
    size = source.stat().st_size
    proxy = Proxy(workbench.port, {size // 5: nothing, size // 2: nothing, size * 4 // 5: nothing})
    with connect(f"http://127.0.0.1:{proxy.port}/", TOKEN) as client:
        client.files.upload(source, to="box", name=name, overwrite=True)
    assert proxy.happened == 3
    proxy.close()


def same(one: Path, other: Path) -> bool:
    """Whether two files are equal, byte for byte."""
    return digest(one) == digest(other)


def digest(path: Path) -> bytes:
    """The sum of a file."""
    made = hashlib.sha256()
    with path.open("rb") as content:
        while piece := content.read(MIB):
            made.update(piece)
    return made.digest()


def measure(workbench: Workbench, folder: Path, size: int) -> None:
    """All ways for one size."""
    source, box = folder / "source", workbench.root / "box"
    with source.open("wb") as made:
        for _ in range(size // MIB):
            made.write(os.urandom(MIB))
    ways: dict[str, Callable[[], None]] = {
        "plain copy with fsync": lambda: copied(source, folder / "copy"),
        "upload": lambda: uploaded(workbench.port, source, "ours"),
        "upload through three cuts": lambda: through_cuts(workbench, source, "cut"),
        "Jupyter's contents, 1 MiB pieces": lambda: by_contents(workbench.port, source, "theirs"),
    }
    costs, server = {name: Cost() for name in ways}, Watched(workbench)
    for _ in range(ROUNDS if size <= 500 * MIB else 1):
        for name, way in ways.items():
            with server.measure(costs[name]):
                way()
    assert same(source, box / "ours")
    assert same(source, box / "cut")
    floor = min(costs["plain copy with fsync"].seconds)
    print(f"{size // MIB} MiB")
    for name, cost in costs.items():
        print("  " + cost.line(name, size, floor))
    for path in (source, folder / "copy", *box.iterdir()):
        path.unlink()


def main() -> None:
    """Print a table for each size."""
    sizes = [int(text) for text in sys.argv[1:]] or [300, 2000]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workbench = Workbench(folder / "bench")
        workbench.add_admin()
        (workbench.root / "box").mkdir()
        workbench.start()
        try:
            for size in sizes:
                measure(workbench, folder, size * MIB)
        finally:
            workbench.stop()


if __name__ == "__main__":
    main()
