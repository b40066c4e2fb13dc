"""Files: a list of ten thousand, a zip on its way, a look into a large table; beside what Jupyter and zipfile do.

Both sides run in this process, on the same files, in turns; the best of some rounds is told.

Run: python -m benchmarks.bench_files
"""

from __future__ import annotations

import asyncio
import io
import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow
import pyarrow.parquet
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.wire import encode
from jupyter_crispdm.files.folders import Folders, Person
from jupyter_crispdm.files.showing.archive import pieces
from jupyter_crispdm.files.showing.listing import listing
from jupyter_crispdm.files.showing.looking import Looker
from jupyter_crispdm.files.types import Order, SortBy

FILES = 10_000
ZIPPED = 64 * 1024 * 1024
ROWS = 2_000_000
ANNA = Person("anna", Role.VIEWER)


def best(work: Callable[[], Any], rounds: int = 3) -> float:
    """The shortest of some rounds, in milliseconds."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return min(took)


def lists(root: Path, folders: Folders) -> None:
    (root / "data/many").mkdir()
    for number in range(FILES):
        (root / "data/many" / f"scan {number}.png").touch()
    stock: Any = AsyncLargeFileManager(root_dir=str(root))
    ours = best(lambda: encode(listing(folders, ANNA, "data/many", SortBy.NAME, Order.ASCENDING)))
    theirs = best(lambda: asyncio.run(stock.get("data/many")), 1)
    print(f"list of {FILES:,} files: {ours:8.0f} ms; Jupyter's contents manager {theirs:8.0f} ms")


def zips(root: Path, folders: Folders) -> None:
    (root / "data/zipped").mkdir()
    (root / "data/zipped/numbers.csv").write_text("12.5,13.25,0.001\n" * (ZIPPED // 17))
    (root / "data/zipped/noise.png").write_bytes(os.urandom(ZIPPED))
    places = [folders.look(ANNA, "data/zipped")]
    largest = max(len(piece) for piece in pieces(places))
    ours = best(lambda: sum(len(piece) for piece in pieces(places)))

    def whole() -> None:
        with zipfile.ZipFile(io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
            for path in (root / "data/zipped").iterdir():
                archive.write(path)

    print(f"zip of {2 * ZIPPED >> 20} MiB: {ours:8.0f} ms, at most {largest >> 10} KiB held; zipfile, all in memory "
          f"{best(whole, 1):8.0f} ms")


def tables(root: Path, folders: Folders) -> None:
    path = root / "data/large.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"n": range(ROWS), "t": ["text"] * ROWS}), path)
    place, looker = folders.look(ANNA, "data/large.parquet"), Looker()
    ours = best(lambda: asyncio.run(looker.table(ANNA, place, 50)))
    print(f"first rows of {ROWS:,}: {ours:8.0f} ms, in a process of its own")


def main() -> None:
    with TemporaryDirectory() as name:
        root = Path(name).resolve()
        (root / "data").mkdir()
        folders = Folders(root, "people/{user}", {"data": "read"})
        for measure in (lists, zips, tables):
            measure(root, folders)


if __name__ == "__main__":
    main()
