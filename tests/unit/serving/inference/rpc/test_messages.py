"""The table of messages says what the protocol's own definition says."""

from __future__ import annotations

from typing import Any

import pytest
from tritonclient.grpc import service_pb2

from jupyter_crispdm.serving.inference.rpc.messages import MESSAGES, SERVICE, TABLE


def fields(descriptor: Any) -> dict[str, tuple[Any, ...]]:
    return {
        field.name: (
            field.number,
            field.type,
            field.is_repeated,
            field.message_type and field.message_type.full_name,
            field.containing_oneof and field.containing_oneof.name,
        )
        for field in descriptor.fields
    }


@pytest.mark.proves("serving.grpc")
@pytest.mark.parametrize("name", sorted(TABLE))
def test_each_message_has_the_fields_of_the_one_that_others_generated(name: str) -> None:
    theirs: Any = service_pb2
    for part in name.split("."):
        theirs = getattr(theirs, part)
    assert MESSAGES[name].DESCRIPTOR.full_name == theirs.DESCRIPTOR.full_name
    assert fields(MESSAGES[name].DESCRIPTOR) == fields(theirs.DESCRIPTOR)
    for entry in theirs.DESCRIPTOR.nested_types:
        if entry.GetOptions().map_entry:
            [ours] = [one for one in MESSAGES[name].DESCRIPTOR.nested_types if one.name == entry.name]
            assert ours.GetOptions().map_entry
            assert fields(ours) == fields(entry)


@pytest.mark.proves("serving.grpc")
def test_the_service_has_their_name() -> None:
    assert service_pb2.DESCRIPTOR.services_by_name["GRPCInferenceService"].full_name == SERVICE
