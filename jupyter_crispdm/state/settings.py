"""The settings of shared values."""

from __future__ import annotations

from traitlets import HasTraits, Int, Unicode

_MIB = 1024 * 1024


class StateSettings(HasTraits):
    """Where shared values are kept, and how much of them."""

    state_url = Unicode(
        "", config=True,
        help="Where shared values and locks are kept: redis://… (rediss://…, unix://…), shared by several servers, or "
        "empty: the database, for this server alone. A Redis must evict nothing (maxmemory-policy noeviction) and "
        "should append each write to its disk; a content may have 64 MiB there. Default: empty.",
    )
    state_keys = Int(
        10_000, allow_none=True, min=1, config=True,
        help="How many shared values there may be. Default: 10000. None: no limit.",
    )
    state_value_bytes = Int(
        _MIB, min=1, max=8 * _MIB, config=True,
        help="Bytes of JSON that one shared value may have; larger things are contents. Default: 1 MiB.",
    )
    state_content_bytes = Int(
        256 * _MIB, allow_none=True, min=1, config=True,
        help="Bytes that the content of one shared value may have. Default: 256 MiB. None: no limit.",
    )
    state_text_bytes = Int(
        _MIB, min=1, max=8 * _MIB, config=True,
        help="Bytes that one shared text may have. What was deleted leaves traces: all that is kept of one has at most "
        "16 times as many. Default: 1 MiB.",
    )
    state_total_bytes = Int(
        4096 * _MIB, allow_none=True, min=1, config=True,
        help="Bytes that all shared values and their contents may have together. Default: 4 GiB. None: no limit.",
    )
    state_writes = Int(
        1000, allow_none=True, min=1, config=True,
        help="How many changes of shared values one caller may make a second; who makes more is slowed, and then "
        "refused with 429. Default: 1000 a second. None: no limit.",
    )
