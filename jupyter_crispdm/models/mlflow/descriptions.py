"""The `MLmodel` of a folder: YAML that anybody may have written, as typed as the registry needs it."""

from __future__ import annotations

from typing import Any

import msgspec
import yaml

from jupyter_crispdm.base.errors import Unprocessable

MOST_BYTES = 256 * 1024
_MOST_COLUMNS = 10_000
_DATATYPES = {
    "boolean": "BOOL", "integer": "INT32", "long": "INT64", "float": "FP32", "double": "FP64", "string": "BYTES",
    "binary": "BYTES", "datetime": "BYTES", "object": "BYTES", "str": "BYTES", "bool": "BOOL", "float16": "FP16",
    "float32": "FP32", "float64": "FP64", "int8": "INT8", "int16": "INT16", "int32": "INT32", "int64": "INT64",
    "uint8": "UINT8", "uint16": "UINT16", "uint32": "UINT32", "uint64": "UINT64",
}  # fmt: skip


class Signature(msgspec.Struct):
    """What goes in and out, each as JSON in a text."""

    inputs: str | None = None
    outputs: str | None = None


class Example(msgspec.Struct):
    """Where an example of the input lies."""

    artifact_path: str | None = None


class Description(msgspec.Struct):
    """As much of an MLmodel as the registry needs."""

    flavors: dict[str, dict[str, Any]]
    mlflow_version: str | None = None
    run_id: str | None = None
    signature: Signature | None = None
    saved_input_example_info: Example | None = None


class _Plain(yaml.SafeLoader):
    """A loader that knows no references, by which a few lines become gigabytes."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Go on with a node. Raises YAMLError for a reference, ValueError for half a letter."""
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("references are not read")
        node = super().compose_node(parent, index)
        if isinstance(node, yaml.ScalarNode):
            node.value.encode()  # half a letter can be written by its number, and nothing can be said with it
        return node


def read_description(text: bytes) -> Description:
    """What an MLmodel says. Raises Unprocessable."""
    try:
        content = yaml.load(text.decode(), Loader=_Plain)
        return msgspec.convert(content, Description)
    except (yaml.YAMLError, ValueError, RecursionError, msgspec.ValidationError, OverflowError) as error:
        raise Unprocessable(f"The MLmodel cannot be read: {str(error)[:200]}") from None


def signature_of(told: Signature | None) -> dict[str, Any]:
    """Inputs and outputs as the Open Inference Protocol names them; empty where MLflow was told none."""
    if told is None:
        return {}
    sides = {"inputs": _columns(told.inputs, "input"), "outputs": _columns(told.outputs, "output")}
    return {side: columns for side, columns in sides.items() if columns}


def _columns(text: str | None, unnamed: str) -> list[dict[str, Any]]:
    if not text:
        return []
    try:
        told = msgspec.json.decode(text, type=list[dict[str, Any]])[:_MOST_COLUMNS]
        return [_column(item, f"{unnamed}-{number}") for number, item in enumerate(told)]
    except (msgspec.MsgspecError, RecursionError, TypeError, ValueError, AttributeError) as error:
        raise Unprocessable(f"The signature in the MLmodel cannot be read: {str(error)[:200]}") from None


def _column(item: dict[str, Any], unnamed: str) -> dict[str, Any]:
    name = str(item.get("name") or unnamed)[:200]
    tensor = item.get("tensor-spec")
    if tensor is None:
        return {"name": name, "datatype": _DATATYPES.get(str(item.get("type")), ""), "shape": [-1]}
    shape = [int(side) for side in tensor["shape"][:64]] if isinstance(tensor, dict) and "shape" in tensor else [-1]
    return {"name": name, "datatype": _DATATYPES.get(str(tensor.get("dtype")), ""), "shape": shape}
