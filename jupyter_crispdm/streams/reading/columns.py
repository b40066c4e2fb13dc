"""Samples as they travel: a list for each column, the numbers of the samples first."""

from __future__ import annotations

from ..batch import SEQ, Samples
from ..types import Columns, Window


def columns_of(samples: Samples) -> Columns:
    """The columns; what is missing, or is no finite number, becomes null in JSON."""
    columns: Columns = {SEQ: samples.seq.tolist()}
    for name, column in samples.columns.items():
        columns[name] = [*column] if isinstance(column, list) else column.tolist()
    return columns


def window_of(samples: Samples, since: int, trouble: str = "") -> Window:
    """Samples as an answer; where there are none, whoever asks is still at `since`."""
    return Window(int(samples.seq[-1]) if len(samples) else since, columns_of(samples), trouble)
