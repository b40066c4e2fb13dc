"""Teach a small recurrent network to write like Python's own manual, a character at a time.

    python train_text.py --seconds 90

The text it reads comes with every Python. As a job it also takes its parameters. Ctrl-C (or "Stop" in the panel) ends
it well: what was learned so far is kept.
"""

from __future__ import annotations

import argparse
import math
import os
import re
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # read when torch is imported: leave waiting cores to others

print("Loading PyTorch …", flush=True)

import choices
import crispdm
import torch
from crispdm.algorithms import textrnn
from torch import Tensor, nn
from torch.nn import functional

NAME, DATASET = "python_manual", "manual"
RARE = 20
"""Characters that are there less often are left out: there is too little to learn of them."""

HELD_OUT = 0.03
OPENING = "The "
TABLE = re.compile(r"^\s*[|+].*$", re.MULTILINE)
INDENT = re.compile(r"(?<=\S) {2,}|^ {4,}", re.MULTILINE)
NO_WORDS = re.compile(r"[=\-~*^]{4,}")


class Clock:
    """How much of a run is over: of its time, or of its steps; all of it when somebody asked it to end."""

    def __init__(self, seconds: float, steps: int) -> None:
        self._began, self._seconds, self._steps = time.monotonic(), seconds, steps
        self._stopped = False
        signal.signal(signal.SIGINT, self._stop)

    def share(self, step: int) -> float:
        """What is over after so many steps, from 0 to 1."""
        over = max((time.monotonic() - self._began) / self._seconds, step / self._steps if self._steps else 0.0)
        return 1.0 if self._stopped else min(1.0, over)

    def _stop(self, *_: object) -> None:
        self._stopped = True


def manual() -> str:
    """Return Python's manual as plain paragraphs: without tables, underlines and deep indents."""
    from pydoc_data.topics import topics

    text = "\n\n".join(topics.values())
    for pattern, instead in ((TABLE, ""), (NO_WORDS, ""), (INDENT, " "), (re.compile(r"\n{3,}"), "\n\n")):
        text = pattern.sub(instead, text)
    return text


def alphabet_of(text: str) -> str:
    """Return the characters that are common enough to be learned."""
    counts = Counter(text)
    return "".join(sorted(character for character, count in counts.items() if count >= RARE))


def windows(data: Tensor, count: int, length: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Cut pieces out of a text for ever: what is read, and what comes next after each character of it."""
    while True:
        starts = torch.randint(0, len(data) - length, (count,)).tolist()
        pieces = torch.stack([data[start : start + length + 1] for start in starts])
        yield pieces[:, :-1], pieces[:, 1:]


def loss_of(network: textrnn.TextRNN, read: Tensor, truth: Tensor) -> Tensor:
    """Return how surprising each next character is on average, in nats."""
    likely, _ = network(read)
    return functional.cross_entropy(likely.flatten(0, 1), truth.flatten())


def train(network: textrnn.TextRNN, data: Tensor, given: argparse.Namespace, clock: Clock) -> int:
    """Learn until the run is over; return the number of steps."""
    held_out = int(len(data) * HELD_OUT)
    pieces = windows(data[held_out:], given.batch, given.length)
    unseen = next(windows(data[:held_out], 32, given.length))
    optimizer = torch.optim.AdamW(network.parameters(), lr=given.lr)
    over, told, step = 0.0, 0.0, 0
    while over < 1:
        step += 1
        rate = given.lr * min(1.0, step / 20) * max(0.02, (1 + math.cos(math.pi * over)) / 2)
        loss = learn(network, optimizer, rate, *next(pieces))
        over = clock.share(step)
        crispdm.log({"loss": loss, "learning_rate": rate}, step=step)
        crispdm.progress(round(over * 100), 100, f"step {step}, loss {loss:.2f}")
        if over - told >= 1 / given.samples:
            told = over
            tell(network, step, loss, unseen)
    return step


def learn(
    network: textrnn.TextRNN, optimizer: torch.optim.Optimizer, rate: float, read: Tensor, truth: Tensor
) -> float:
    """Take one step and return the loss."""
    for group in optimizer.param_groups:
        group["lr"] = rate
    loss = loss_of(network, read, truth)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    return loss.item()


@torch.no_grad()
def tell(network: textrnn.TextRNN, step: int, loss: float, unseen: tuple[Tensor, Tensor]) -> None:
    """Measure on text that is not learned from, and show how the network writes now."""
    surprise = float(loss_of(network, *unseen))
    crispdm.log({"val_loss": surprise}, step=step)
    print(f"step {step}: loss {loss:.2f}, held out {surprise:.2f}\n    {sample(network)}", flush=True)


def sample(network: textrnn.TextRNN) -> str:
    """Return a line that the network writes."""
    asked = {"prompt": OPENING, "max_tokens": 120, "temperature": 0.6, "seed": 1}
    written = "".join(piece["text"] for piece in textrnn.Predictor(network).stream(asked))
    network.train()
    return " ".join((OPENING + written).split())


def finish(network: textrnn.TextRNN, alphabet: str, given: argparse.Namespace, step: int) -> None:
    """Hand the model over."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{NAME}.pt")
        torch.save(network.state_dict(), path)
        crispdm.model(
            path,
            name=NAME,
            format="torch",
            task="text-generation",
            algorithm="textrnn",
            dataset=DATASET,
            config=config_of(given, alphabet),
            signature=textrnn.Predictor.signature,
            steps=step,
        )


def config_of(given: argparse.Namespace, alphabet: str) -> dict[str, object]:
    """Return what the network is built from, here and where it is served."""
    return {"alphabet": alphabet, "width": given.width, "depth": given.depth}


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Teach a small network to write like Python's manual.")
    add, within = parser.add_argument, choices.within
    add("--seconds", type=within(float, 0.1, 86_400), default=90, help="how long to learn (default: %(default)s)")
    add("--steps", type=within(int, 0, 10_000_000), default=0, help="steps at most; 0: while there is time")
    add("--batch", type=within(int, 2, 256), default=32, help="pieces of text a step (default: %(default)s)")
    add("--length", type=within(int, 8, 1024), default=96, help="characters of a piece (default: %(default)s)")
    add("--lr", type=within(float, 1e-6, 1), default=4e-3, help="highest learning rate (default: %(default)s)")
    add("--width", type=within(int, 8, 1024), default=192, help="numbers to remember by (default: %(default)s)")
    add("--depth", type=within(int, 1, 4), default=1, help="layers (default: %(default)s)")
    add("--samples", type=within(int, 1, 1000), default=10, help="samples to show (default: %(default)s)")
    add("--threads", type=within(int, 0, 256), default=0, help="CPU threads; 0: as many as torch likes")
    add("--seed", type=within(int, 0, 2**31), default=1)
    return choices.parse(parser, argv)


def main(argv: Sequence[str] | None = None) -> None:
    """Train, show, hand over."""
    given, started = parse(argv), time.monotonic()
    torch.manual_seed(given.seed)
    if given.threads:
        torch.set_num_threads(given.threads)
    crispdm.params(vars(given))
    text = manual()
    alphabet = alphabet_of(text)
    network = textrnn.build(config_of(given, alphabet)).train()
    print(f"Reading {len(text):,} characters, {len(alphabet)} different ones, for {given.seconds:g} s.", flush=True)
    step = train(network, torch.tensor(textrnn.encode(text, alphabet)), given, Clock(given.seconds, given.steps))
    finish(network, alphabet, given, step)
    print(f"{step} steps, {time.monotonic() - started:.0f} s. It writes:\n    {sample(network)}")


if __name__ == "__main__":
    main()
