"""The pages of a kernel that has ended are told at once."""

from __future__ import annotations

import pytest

from jupyter_crispdm.auth.jupyter.kernels.socket import CrispdmKernelWebsocket


class Page:
    """The connection of a page, as it stands among the open ones."""

    def __init__(self, kernel_id: str, is_gone: bool = False) -> None:
        self.kernel_id, self.is_gone = kernel_id, is_gone
        self.channels = {"iopub": object()}
        self.told: list[str] = []

    def _send_status_message(self, status: str) -> None:
        if self.is_gone:
            raise RuntimeError("the socket is closed")
        self.told.append(status)


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[Page]:
    open_ones = [Page("k1", is_gone=True), Page("k1"), Page("k2"), Page("k1")]
    open_ones[3].channels = {}
    monkeypatch.setattr(CrispdmKernelWebsocket, "_open_sockets", open_ones)
    return open_ones


@pytest.mark.proves("desk.banner")
def test_every_page_of_a_kernel_hears_of_its_end_and_no_other(pages: list[Page]) -> None:
    CrispdmKernelWebsocket.tell_end("k1")
    assert [page.told for page in pages] == [[], ["dead"], [], []]


@pytest.mark.proves("desk.banner")
def test_the_end_of_a_kernel_that_nobody_looks_at_is_told_to_nobody(pages: list[Page]) -> None:
    CrispdmKernelWebsocket.tell_end("k3")
    assert all(not page.told for page in pages)
