"""Looks like a training, and goes on until it is told: each line of input is answered, "end" ends it.

It says little: a page draws the last lines of a log only, and each must stand there until somebody has looked.
"""

import math
import selectors
import sys

import crispdm

LINE_EVERY = 20
"""Steps of a tenth of a second."""


def main() -> None:
    lines = selectors.DefaultSelector()
    lines.register(sys.stdin, selectors.EVENT_READ)
    print("in", sys.prefix, flush=True)
    crispdm.params({"rate": 0.01, "batch": 32, "network": "unet"})
    for step in range(100_000):
        loss = math.exp(-step / 60) + 0.02 * math.sin(step)
        crispdm.log({"train/loss": loss, "val/loss": 1.2 * loss + 0.05, "accuracy": 1 - loss}, step=step)
        crispdm.progress(step % 100, 100, f"epoch {step // 100 + 1}")
        if step % LINE_EVERY == 0:
            print(f"step {step:05} loss {loss:.4f}", flush=True)
        if lines.select(timeout=0.1):
            said = sys.stdin.readline().strip()
            print(f"heard: {said}", flush=True)
            if said == "end":
                break
    print("all done", flush=True)


if __name__ == "__main__":
    main()
