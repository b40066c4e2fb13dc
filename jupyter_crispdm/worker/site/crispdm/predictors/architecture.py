"""Weights, of torch.save or of safetensors, for one of the architectures of `crispdm.algorithms`."""

from __future__ import annotations

from typing import Any, Mapping

from crispdm import algorithms

from ._needed import needed


def ready(header: Mapping[str, Any]) -> None:
    """Import torch, the architecture, and onnxruntime where it is asked for."""
    needed("torch")
    algorithms.get(str(header.get("algorithm", "")))
    if header.get("metadata", {}).get("engine") == "onnxruntime":
        needed("onnxruntime")


def load(header: Mapping[str, Any]) -> Any:
    """Load weights into the architecture that the model names."""
    return algorithms.get(str(header.get("algorithm", ""))).load(header["path"], header["metadata"])
