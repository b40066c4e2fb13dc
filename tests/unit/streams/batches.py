"""Batches for tests, and a strategy that makes all kinds of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from jupyter_crispdm.streams.batch import Batch, Column


def batch(first: int = 1, rows: int = 3, **more: Sequence[float] | Sequence[str | None]) -> Batch:
    """Rows that one can tell from each other."""
    seq = np.arange(first, first + rows, dtype=np.float64)
    columns: dict[str, Column] = {"time": 1000 + seq, "value": seq / 7}
    for name, values in more.items():
        texts = any(isinstance(value, str) for value in values)
        columns[name] = list(values) if texts else np.array(values, np.float64)  # type: ignore[arg-type]
    return Batch(first, columns)


@st.composite
def batches(draw: st.DrawFn, most: int = 6) -> list[Batch]:
    """Some that follow each other, from any number on, with columns of both kinds."""
    first, found = draw(st.integers(1, 10**12)), []
    for rows in draw(st.lists(st.integers(1, 40), min_size=1, max_size=most)):
        number = st.floats(allow_nan=True, allow_infinity=True, width=64)
        columns: dict[str, Column] = {
            name: np.array(draw(st.lists(number, min_size=rows, max_size=rows)), np.float64)
            for name in ("time", *draw(st.sets(st.sampled_from(["value", "probability", "größe"]))))
        }
        if draw(st.booleans()):
            text = st.one_of(st.none(), st.text(max_size=8))
            columns["state"] = draw(st.lists(text, min_size=rows, max_size=rows))
        found.append(Batch(first, columns))
        first += rows
    return found
