"""The settings of streams."""

from __future__ import annotations

from traitlets import Float, HasTraits, Int

from jupyter_crispdm.base.rooms.traits import TextList

_GIB = 1024**3


class StreamSettings(HasTraits):
    """What streams may use, and how long their samples are kept."""

    stream_secrets = TextList(
        config=True,
        help="Names of environment variables of the server that sources of streams may name as password_env. Whoever "
        "may make streams may send these passwords to a host of their choice. Default: none.",
    )
    max_streams = Int(
        100, allow_none=True, min=1, config=True, help="How many streams there may be. Default: 100. None: no limit."
    )
    keep_streams_days = Float(
        None, allow_none=True, min=0, config=True,
        help="After how many days samples of streams are deleted, where a stream does not say so itself. "
        "Default: None, never.",
    )
    keep_stream_bytes = Int(
        10 * _GIB, allow_none=True, min=1_000_000, config=True,
        help="Bytes that one stream may keep; above it the oldest samples go. A stream may ask for less. "
        "Default: 10 GiB. None: no limit.",
    )
    stream_silence_seconds = Float(
        10.0, min=1, config=True,
        help="After how many seconds without a sample a stream is said to be silent. Default: 10.",
    )
    stream_trial_seconds = Float(
        5.0, min=1, max=60, config=True,
        help="How long the test of a source waits for its first messages, in seconds. Default: 5.",
    )
