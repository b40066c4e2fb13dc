from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.serving.inference.batching.pieces import pieces
from jupyter_crispdm.serving.inference.protocols.images import Sent
from jupyter_crispdm.serving.inference.settings import RequestLimits

LIMITS = RequestLimits(piece_images=4, piece_pixels=100, image_pixels=1000)


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40), st.integers(1, 300)), max_size=40))
def test_pieces_are_small_and_together_the_whole_in_order(pictures: list[tuple[int, int, int]]) -> None:
    sent = [Sent(b"%d" % index, height, width) for index, (height, width, _) in enumerate(pictures)]
    work = {item.data: cost for item, (_, _, cost) in zip(sent, pictures, strict=True)}
    cut = list(pieces(sent, list(work.values()), LIMITS))
    assert [item for piece in cut for item in piece] == sent
    for piece in cut:
        assert 1 <= len(piece) <= 4
        assert len(piece) == 1 or sum(work[item.data] for item in piece) <= 100
        assert len(piece) == 1 or sum(item.pixels for item in piece) <= 1000
