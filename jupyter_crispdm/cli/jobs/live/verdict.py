"""What curves say, by the same rules as the server: apart, since it needs numpy."""

from __future__ import annotations

import numpy as np

from jupyter_crispdm.tracking.diagnosis.digest import Digest
from jupyter_crispdm.tracking.diagnosis.judge import diagnose
from jupyter_crispdm.tracking.types import Series

from .points import Curves


def verdict(curves: Curves) -> tuple[str, str]:
    """The verdict, and its reason."""
    digests: dict[str, Digest] = {}
    for name, points in curves.items():
        time, step, value = (np.array(column) for column in zip(*points, strict=True))
        digests[name] = digest = Digest()
        digest.add(Series(step.astype(np.int64), value.astype(np.float64), time.astype(np.float64)))
    said = diagnose(digests)
    return said.verdict.value, said.reason
