"""What the pages know of the project: where its files lie, and what is written on the held-out pictures."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path

from ipywidgets import FloatSlider

from jupyter_crispdm import connect
from jupyter_crispdm.base.errors import CrispdmError
from jupyter_crispdm.client import Client
from jupyter_crispdm.serving.types import Deployment

from . import parts

__all__ = ["CLASSES", "MODEL", "PICTURES", "Client", "CrispdmError", "Deployment", "client", "goal"]

FOLDER = Path(__file__).resolve().parents[2]
PICTURES = FOLDER / "pictures"
MODEL = "unet_digits"
CLASSES = [str(digit) for digit in range(10)]
DEMO = "demo"
"""The tag of the trainings that the demo itself started."""

goal = FloatSlider(
    value=0.85, min=0.5, max=1, step=0.01, readout_format=".0%", description="Digits to find", layout=parts.WIDE,
    style=parts.LABELS,
)
"""The share of digits that must be found and rightly named; what is chosen on one page holds on all."""


@cache
def client() -> Client:
    """The server, asked as whoever looks at the page."""
    return connect()


def training_environment() -> str:
    """The environment of the demo's own training: it has all that its programs import."""
    mine = (job for job in client().jobs.list() if DEMO in job.tags)
    return next((job.environment for job in mine), "server")


def pictures() -> list[Path]:
    """The held-out pictures; none before the demo has drawn them."""
    return sorted(PICTURES.glob("*.png"))


def truth() -> dict[str, list[dict[str, object]]]:
    """What is written on each held-out picture."""
    file = PICTURES / "truth.json"
    return json.loads(file.read_text()) if file.is_file() else {}


def digits_by_class() -> dict[str, int]:
    """How often each digit is on the held-out pictures."""
    found = Counter(str(digit["label"]) for digits in truth().values() for digit in digits)
    return {label: found[label] for label in CLASSES}
