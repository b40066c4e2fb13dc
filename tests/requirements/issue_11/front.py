"""The front of the inference server: the short way of a request to a model, and what it is let in by."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 11: serving",
        Requirement(
            "serving.short-way",
            "A plain request to a model is answered without a task or a timer; by the same rules as every other.",
        ),
        Requirement(
            "serving.deadline",
            "A request may say by when it is wanted, by its parameter or a header; later it is a 504.",
        ),
        Requirement("serving.client-left", "What a client that leaves has asked for is dropped, and its slot is free."),
        Requirement("serving.triton-client", "NVIDIA's `tritonclient[http]` finds, asks and understands this service."),
        Requirement(
            "serving.grpc",
            "The Open Inference Protocol is answered by gRPC, too, where that is asked for: within the same limits, "
            "with the same meanings.",
            names=("serve --grpc-port", "setting serving_grpc_port"),
        ),
        Requirement("serving.trace", "A `traceparent` goes on to the worker and the log, and is answered."),
        Requirement(
            "serving.tokens",
            "Several tokens may be given out for the service, each with a rate of its own.",
        ),
        Requirement("serving.cors", "Pages of other sites may ask only where their exact origin was named."),
        Requirement(
            "serving.prometheus",
            "Requests, errors, times, queue, batches and what is under way are told by model and version.",
        ),
    ),
)
