"""Signatures that were registered with a model, read with care."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

from crispdm.algorithms._tensors import KINDS, tensor


def parse(given: Any) -> Dict[str, List[Dict[str, Any]]]:
    """Return "inputs" and "outputs" as they were registered, empty where they were not; ValueError for odd ones."""
    if not isinstance(given, Mapping):
        raise ValueError("'signature' must be an object with 'inputs' and 'outputs'.")
    return {side: [_tensor(side, one) for one in given.get(side) or ()] for side in ("inputs", "outputs")}


def _tensor(side: str, given: Any) -> Dict[str, Any]:
    told = "'signature.%s' must be a list of objects with 'name', 'datatype' (%s) and 'shape'."
    if not isinstance(given, Mapping) or not isinstance(given.get("name"), str):
        raise ValueError(told % (side, ", ".join(KINDS)))
    shape = given.get("shape")
    if given.get("datatype") not in KINDS or not isinstance(shape, (list, tuple)) or len(shape) > 16:
        raise ValueError(told % (side, ", ".join(KINDS)))
    if not all(isinstance(length, int) and not isinstance(length, bool) and length >= -1 for length in shape):
        raise ValueError(told % (side, ", ".join(KINDS)))
    return tensor(given["name"], given["datatype"], shape)
