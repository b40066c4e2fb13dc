"""A training that is over at once: `curve.py NAME VALUE` logs one curve that ends at VALUE, without VALUE none."""

import sys

import crispdm

name, values = sys.argv[1], [float(text) for text in sys.argv[2:]]
for value in values:
    for step in range(20):
        crispdm.log({"train/loss": value + 19 - step, "val/loss": 2 * value, name: value}, step=step)
print(f"this is the log of {name}", flush=True)
