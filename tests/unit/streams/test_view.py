from __future__ import annotations

import pytest

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.streams.limits import Limits
from jupyter_crispdm.streams.types import SimulatedSource, Stream, StreamsFact, StreamState
from jupyter_crispdm.streams.view import ShownStreams, narrowed, require_shown


def stream(id: str, shared: bool = True) -> Stream:
    return Stream(
        id=id, name=id, source=SimulatedSource(), state=StreamState.running, directory="/data/x", job="j",
        shared=shared, created=utc(1),
    )  # fmt: skip


@pytest.mark.proves("streams.viewers")
def test_viewers_see_shared_streams_without_how_they_are_collected() -> None:
    seen = narrowed(require_shown(stream("a")))
    assert (seen.source, seen.directory, seen.job, seen.name) == (None, "", None, "a")
    with pytest.raises(NotFound):
        require_shown(stream("b", shared=False))


@pytest.mark.proves("streams.viewers")
def test_viewers_are_told_of_shared_streams_only_and_of_one_that_is_shared_no_more_that_it_is_gone() -> None:
    shown = ShownStreams()
    first = shown.narrow(StreamsFact(streams=[stream("a"), stream("b", shared=False)]))
    assert first == StreamsFact(streams=[narrowed(stream("a"))])
    assert shown.narrow(StreamsFact(stream=stream("b", shared=False))) is None
    assert shown.narrow(StreamsFact(deleted="b")) is None
    assert shown.narrow(StreamsFact(stream=stream("b"))) == StreamsFact(stream=narrowed(stream("b")))
    assert shown.narrow(StreamsFact(stream=stream("b", shared=False))) == StreamsFact(deleted="b")
    assert shown.narrow(StreamsFact(stream=stream("b", shared=False))) is None
    assert shown.narrow(StreamsFact(deleted="a")) == StreamsFact(deleted="a")


def test_of_two_limits_the_smaller_holds() -> None:
    limits = Limits(days=7.0, bytes=100)
    assert [limits.days_of(wanted) for wanted in (None, 30.0, 1.0)] == [7.0, 7.0, 1.0]
    assert [limits.bytes_of(wanted) for wanted in (None, 500, 50)] == [100, 100, 50]
    assert Limits().days_of(None) is None
