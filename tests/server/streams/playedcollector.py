"""A collector that a test plays: some samples a second, an alarm now and then, and a status.

Run as ``python playedcollector.py DIRECTORY`` by the server, in place of the real one. `rate` and `seed` come from the
stream's source: with a seed, sample number `seed` raises an alarm and the one five later clears it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np

from jupyter_crispdm.streams.batch import Batch
from jupyter_crispdm.streams.recording.layout import segment_path
from jupyter_crispdm.streams.recording.reading import Recording
from jupyter_crispdm.streams.recording.wal import Wal


def main() -> None:
    directory = Path(sys.argv[1])
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    seq = Recording(directory).last
    wal = Wal(segment_path(directory, 1))
    while True:
        spec = json.loads((directory / "stream.json").read_text())
        seq += 1
        now = time.time()
        values = {"time": np.array([now]), "value": np.array([float(seq)]), "probability": np.array([0.1])}
        wal.append(Batch(seq, values))
        if seq == spec["source"]["seed"]:
            tell(directory, "raised", seq, now)
        if spec["source"]["seed"] and seq == spec["source"]["seed"] + 5:
            tell(directory, "cleared", seq, now)
        status = {"pid": os.getpid(), "seq": seq, "received": seq, "rate": spec["source"]["rate"], "lag": 0.0,
                  "time": now, "updated": now}  # fmt: skip
        (directory / "status.new").write_text(json.dumps(status))
        os.replace(directory / "status.new", directory / "status.json")
        time.sleep(1 / spec["source"]["rate"])


def tell(directory: Path, kind: str, seq: int, now: float) -> None:
    line = {"id": "a1", "kind": kind, "seq": seq, "time": now, "value": float(seq), "detector": "alert",
            "message": "played"}  # fmt: skip
    with (directory / "alarms.jsonl").open("a") as file:
        file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
