"""The datatypes are the same on both sides of the border: in the inference server, and in the model's environment."""

from __future__ import annotations

import numpy as np
import pytest
from crispdm.algorithms._tensors import KINDS

from jupyter_crispdm.serving.inference.tensors import CODES, SIZES


def test_both_sides_know_the_same_datatypes() -> None:
    assert {*CODES, "BYTES"} == set(KINDS)


@pytest.mark.parametrize("datatype", CODES)
def test_a_number_means_the_same_and_is_as_long_on_both_sides(datatype: str) -> None:
    here, there = np.dtype(f"<{CODES[datatype]}"), np.dtype(KINDS[datatype])
    assert (here, here.itemsize) == (there.newbyteorder("<"), SIZES[datatype])
    assert np.array([1, 0], here).tobytes() == np.array([1, 0], there).tobytes()
