"""Stands in for the package of predictors; all there is is the architecture `fake`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crispdm import algorithms


def ready(header: Mapping[str, Any]) -> None:
    algorithms.get(header["algorithm"])


def runs_anything(header: Mapping[str, Any]) -> bool:
    return False


def load(header: Mapping[str, Any]) -> Any:
    return algorithms.get(header["algorithm"]).load(header["path"], header["metadata"])
