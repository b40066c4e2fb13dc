"""Between the service and a model's process: who waits, who goes together, who is given up."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = of(
    "issue 11: the engine",
    Requirement("engine.batch", "Whatever waits when a worker is free is its next batch; never slower than without."),
    Requirement("engine.batch-cut", "Only requests of one kind go together, and each gets exactly its own rows."),
    Requirement("engine.one-bad", "A batch that fails is tried one by one: a bad request spoils no other."),
    Requirement("engine.deadly", "A request that has ended the model's process twice is not tried a third time."),
    Requirement("engine.waits-for-a-worker", "Who asks while a worker starts, or starts again, waits and is answered."),
    Requirement("engine.deadline", "A request whose time is over leaves the line and is answered 504."),
    Requirement("engine.cancel", "Work of a client that left is not begun."),
    Requirement("engine.frames", "A frame of absurd length or no sense ends the connection; no memory is set aside."),
    Requirement("engine.threads", "Workers share the cores that they may use, and threads that wait take none."),
    Requirement("engine.any-python", "A model's process runs in each Python from 3.8, with its library alone."),
    Requirement("engine.streams-turns", "Streams and requests share a process by turns, a piece each."),
    Requirement("engine.streams-backpressure", "A reader who is slow holds the work: few pieces are made ahead."),
    Requirement("engine.streams-cancel", "A stream that nobody reads ends within one piece, and its place is free."),
)
