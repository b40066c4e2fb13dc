"""Signatures that were registered with a model, read with care."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Sequence

from crispdm.algorithms._tensors import KINDS, tensor


def parse(given: Any) -> Dict[str, List[Dict[str, Any]]]:
    """Return "inputs" and "outputs" as they were registered, empty where they were not; ValueError for odd ones."""
    if not isinstance(given, Mapping):
        raise ValueError("'signature' must be an object with 'inputs' and 'outputs'.")
    return {side: [_tensor(side, one) for one in _listed(side, given.get(side))] for side in ("inputs", "outputs")}


def _listed(side: str, given: Any) -> Sequence[Any]:
    if given is not None and not isinstance(given, (list, tuple)):
        raise _odd(side)
    return given or ()


def _tensor(side: str, given: Any) -> Dict[str, Any]:
    if not isinstance(given, Mapping) or not isinstance(given.get("name"), str):
        raise _odd(side)
    shape = given.get("shape")
    if given.get("datatype") not in tuple(KINDS) or not isinstance(shape, (list, tuple)) or len(shape) > 16:
        raise _odd(side)
    if not all(isinstance(length, int) and not isinstance(length, bool) and length >= -1 for length in shape):
        raise _odd(side)
    return tensor(given["name"], given["datatype"], shape)


def _odd(side: str) -> ValueError:
    told = "'signature.%s' must be a list of objects with 'name', 'datatype' (%s) and 'shape'."
    return ValueError(told % (side, ", ".join(KINDS)))
