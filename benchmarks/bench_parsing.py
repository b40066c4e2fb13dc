"""What finding metrics in logs costs: microseconds of processor time a line, and of a core at 1,000 lines a second.

Lines of several kinds, 20,000 of each, and the recorded output of real libraries, each repeated as a long training
would do it. In processor time: what else the machine does counts for nothing.

Run: python -m benchmarks.bench_parsing
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from jupyter_crispdm.tracking.parsers import LogParser
from jupyter_crispdm.tracking.parsers.lines import LineCutter

LINES = 20_000
PIECE_BYTES = 1 << 14
MOST_MICROSECONDS = 10.0
RECORDED = Path(__file__).parent.parent / "tests" / "unit" / "tracking" / "parsers" / "recorded"
KINDS: dict[str, Callable[[int], str]] = {
    "names and numbers": lambda n: f"epoch {n // 100} step {n} loss {1 / (n + 1):.4f} acc {n / 1000:.3f} lr 1.0e-03\n",
    "key=value": lambda n: f"step={n} loss={1 / (n + 1):.5f} val_loss={2 / (n + 1):.5f}\n",
    "XGBoost": lambda n: (
        f"[{n}]\ttrain-logloss:{1 / (n + 1):.5f}\ttrain-auc:0.9{n}\ttest-logloss:0.4{n}\ttest-auc:0.9{n}\n"
    ),
    "Hugging Face": lambda n: (
        f"{{'loss': {1 / (n + 1):.4f}, 'grad_norm': 1.{n}, 'learning_rate': 5e-05, 'epoch': {n / 100}}}\n"
    ),
    "JSON": lambda n: f'{{"step": {n}, "loss": {1 / (n + 1):.6f}, "acc": 0.5, "lr": 0.001}}\n',
    "tqdm": lambda n: (
        f"\rEpoch {n // 1000}:  {n % 100}%|█████     | {n % 1000}/1000 [00:0{n % 9}<00:10, 9.1it/s, loss={n}.5]"
    ),
    "a server's log": lambda n: (
        f"2026-11-29 12:{n % 60:02}:{n % 59:02},{n % 1000:03} INFO app: request {n} took {n % 50} ms\n"
    ),
    "text": lambda n: f"Compiling part {chr(97 + n % 26)}{chr(97 + n // 26 % 26)} of the program\n",
}


def microseconds(log: bytes, lines: int) -> float:
    """Of processor time a line, the best of three."""
    best = float("inf")
    for _ in range(3):
        parser = LogParser()
        began = time.process_time()
        for start in range(0, len(log), PIECE_BYTES):
            list(parser.feed(log[start : start + PIECE_BYTES], 0.0))
        best = min(best, time.process_time() - began)
    return best / lines * 1e6


def main() -> int:
    """Print the figures; 1 when the mean is over the limit."""
    costs = [(kind, microseconds("".join(map(line, range(LINES))).encode(), LINES)) for kind, line in KINDS.items()]
    for path in sorted(RECORDED.rglob("*.log")):
        log = path.read_bytes() + b"\n"
        times = max(1, LINES // max(1, len(LineCutter().feed(log))))
        lines = len(LineCutter().feed(log * times))
        costs.append((path.relative_to(RECORDED).as_posix(), microseconds(log * times, lines)))
    for kind, cost in costs:
        print(f"{kind:36} {cost:6.2f} µs a line")
    mean = sum(cost for _, cost in costs) / len(costs)
    print(f"{'mean':36} {mean:6.2f} µs a line, at most {MOST_MICROSECONDS}")
    print(f"{'of a core at 1,000 lines a second':36} {mean / 10:6.2f} %")
    return int(mean > MOST_MICROSECONDS)


if __name__ == "__main__":
    sys.exit(main())
