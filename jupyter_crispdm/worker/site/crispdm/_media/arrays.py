"""Values of other libraries as arrays of numpy, which is there where they are."""

from __future__ import annotations

from typing import Any


def as_array(kind: str, value: Any) -> Any:
    """A tensor of torch, TensorFlow or JAX, an array, or nested lists, as an array of numbers. Raises TypeError."""
    try:
        import numpy
    except ImportError:
        raise TypeError(f"crispdm.{kind}: numbers in rows need numpy, which is not installed here") from None
    if callable(getattr(value, "detach", None)):  # torch: from its graph, from the GPU, to a type that numpy has
        value = value.detach().cpu()
        value = value.float() if value.is_floating_point() else value
    if not isinstance(value, numpy.ndarray) and callable(getattr(value, "numpy", None)):
        value = value.numpy()
    array = numpy.asarray(value)
    if array.dtype.kind not in "biuf":
        name = type(value).__name__
        raise TypeError(f"crispdm.{kind}: expected numbers, not {name} of {str(array.dtype)[:60]}")
    return array


def is_array(value: Any) -> bool:
    """Whether a value is an array or a tensor of some library."""
    return hasattr(value, "dtype") and hasattr(value, "shape")
