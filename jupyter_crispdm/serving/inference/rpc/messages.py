"""The messages of the Open Inference Protocol, version 2, made from a table instead of generated code.

They live in a pool of their own: a program that has a client of this protocol has the same names in protobuf's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

PACKAGE = "inference"
SERVICE = f"{PACKAGE}.GRPCInferenceService"
_TENSOR = {"name": "1 string", "datatype": "2 string", "shape": "3 int64 *"}
_CARRIED = {**_TENSOR, "parameters": "4 InferParameter map", "contents": "5 InferTensorContents"}
_CHANGED = {"repository_name": "1 string", "model_name": "2 string", "parameters": "3 ModelRepositoryParameter map"}

TABLE: Mapping[str, Mapping[str, str]] = {
    "ServerLiveRequest": {},
    "ServerLiveResponse": {"live": "1 bool"},
    "ServerReadyRequest": {},
    "ServerReadyResponse": {"ready": "1 bool"},
    "ModelReadyRequest": {"name": "1 string", "version": "2 string"},
    "ModelReadyResponse": {"ready": "1 bool"},
    "ServerMetadataRequest": {},
    "ServerMetadataResponse": {"name": "1 string", "version": "2 string", "extensions": "3 string *"},
    "ModelMetadataRequest": {"name": "1 string", "version": "2 string"},
    "ModelMetadataResponse": {
        "name": "1 string",
        "versions": "2 string *",
        "platform": "3 string",
        "inputs": "4 ModelMetadataResponse.TensorMetadata *",
        "outputs": "5 ModelMetadataResponse.TensorMetadata *",
    },
    "ModelMetadataResponse.TensorMetadata": _TENSOR,
    "InferParameter": {
        "bool_param": "1 bool |",
        "int64_param": "2 int64 |",
        "string_param": "3 string |",
        "double_param": "4 double |",
        "uint64_param": "5 uint64 |",
    },
    "InferTensorContents": {
        "bool_contents": "1 bool *",
        "int_contents": "2 int32 *",
        "int64_contents": "3 int64 *",
        "uint_contents": "4 uint32 *",
        "uint64_contents": "5 uint64 *",
        "fp32_contents": "6 float *",
        "fp64_contents": "7 double *",
        "bytes_contents": "8 bytes *",
    },
    "ModelInferRequest": {
        "model_name": "1 string",
        "model_version": "2 string",
        "id": "3 string",
        "parameters": "4 InferParameter map",
        "inputs": "5 ModelInferRequest.InferInputTensor *",
        "outputs": "6 ModelInferRequest.InferRequestedOutputTensor *",
        "raw_input_contents": "7 bytes *",
    },
    "ModelInferRequest.InferInputTensor": _CARRIED,
    "ModelInferRequest.InferRequestedOutputTensor": {"name": "1 string", "parameters": "2 InferParameter map"},
    "ModelInferResponse": {
        "model_name": "1 string",
        "model_version": "2 string",
        "id": "3 string",
        "parameters": "4 InferParameter map",
        "outputs": "5 ModelInferResponse.InferOutputTensor *",
        "raw_output_contents": "6 bytes *",
    },
    "ModelInferResponse.InferOutputTensor": _CARRIED,
    "RepositoryIndexRequest": {"repository_name": "1 string", "ready": "2 bool"},
    "RepositoryIndexResponse": {"models": "1 RepositoryIndexResponse.ModelIndex *"},
    "RepositoryIndexResponse.ModelIndex": {
        "name": "1 string",
        "version": "2 string",
        "state": "3 string",
        "reason": "4 string",
    },
    "ModelRepositoryParameter": {
        "bool_param": "1 bool |",
        "int64_param": "2 int64 |",
        "string_param": "3 string |",
        "bytes_param": "4 bytes |",
    },
    "RepositoryModelLoadRequest": _CHANGED,
    "RepositoryModelLoadResponse": {},
    "RepositoryModelUnloadRequest": _CHANGED,
    "RepositoryModelUnloadResponse": {},
}
"""The fields of each message: number, type, and `*` for many, `map` for one by name, `|` for one of those marked so."""


def _file() -> FileDescriptorProto:
    file = FileDescriptorProto(name="crispdm/open_inference.proto", package=PACKAGE, syntax="proto3")
    made: dict[str, DescriptorProto] = {}
    for name, fields in TABLE.items():
        outer, _, own = name.rpartition(".")
        made[name] = message = (made[outer].nested_type if outer else file.message_type).add(name=own or name)
        for field, told in fields.items():
            _add(message, name, field, *told.split())
    return file


def _add(message: DescriptorProto, full: str, name: str, number: str, kind: str, many: str = "") -> None:
    field = message.field.add(name=name, number=int(number))
    field.label = FieldDescriptorProto.LABEL_REPEATED if many in ("*", "map") else FieldDescriptorProto.LABEL_OPTIONAL
    if many == "|":
        if not message.oneof_decl:
            message.oneof_decl.add(name="parameter_choice")
        field.oneof_index = 0
    if many == "map":
        entry = message.nested_type.add(name=f"{name.capitalize()}Entry")
        entry.options.map_entry = True
        _add(entry, "", "key", "1", "string")
        _add(entry, "", "value", "2", kind)
        kind = f"{full}.{entry.name}"
    if kind.islower():
        field.type = getattr(FieldDescriptorProto, f"TYPE_{kind.upper()}")
    else:
        field.type, field.type_name = FieldDescriptorProto.TYPE_MESSAGE, f".{PACKAGE}.{kind}"


def _classes() -> dict[str, Any]:
    pool = DescriptorPool()
    pool.Add(_file())
    return {name: GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.{name}")) for name in TABLE}


MESSAGES: Mapping[str, Any] = _classes()
"""The class of each message."""
