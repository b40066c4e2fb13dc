"""What a program may be told: on its command line, or as the parameters of the job that runs it.

A viewer chooses the parameters of a published script, so each is checked like anything that comes from outside.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

import crispdm


def within(kind: type[int] | type[float], least: float, most: float) -> Callable[[str], float]:
    """Read a number from `least` to `most`; argparse tells of any other."""

    def read(text: str) -> float:
        number = kind(text)
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"must be from {least} to {most}, not {number}")
        return number

    read.__name__ = "number" if kind is float else "whole number"
    return read


def parse(parser: argparse.ArgumentParser, argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; what is not said there the job's parameters say."""
    chosen = [f"--{name.replace('_', '-')}={value}" for name, value in crispdm.parameters().items()]
    given = argparse.Namespace()
    parser.parse_args(chosen, given)
    return parser.parse_args(argv, given)
