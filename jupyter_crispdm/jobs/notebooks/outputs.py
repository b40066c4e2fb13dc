"""What the cells of a notebook have shown, as the notebook keeps it."""

from __future__ import annotations

import json
from typing import Any
from weakref import WeakValueDictionary

from nbclient.output_widget import OutputWidget
from nbformat import NotebookNode, from_dict
from nbformat.v4 import output_from_msg

from .text import StreamText

MOST_BYTES = 100 * 1024 * 1024
Outputs = list[NotebookNode]


class OutputKeeper:
    """Puts messages into lists of outputs: text that follows on text of the same stream continues it.

    All lists together are kept to a size that a browser can still open; the log has everything.
    """

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._full = False
        self._sizes: dict[int, int] = {}
        self._texts: dict[int, tuple[NotebookNode, StreamText]] = {}  # by their list: its last output, if it is text
        self._shown: WeakValueDictionary[str, NotebookNode] = WeakValueDictionary()

    def add(self, outputs: Outputs, message: dict[str, Any], display_id: str | None = None) -> None:
        """Take up an output. Raises ValueError for a message that is none, and what a malformed one leads to."""
        content = message["content"]
        if message["msg_type"] == "stream":
            self.write(outputs, str(content["name"]), str(content["text"]))
            return
        output: NotebookNode = output_from_msg(message)  # type: ignore[no-untyped-call]
        if not self._fits(outputs, _size(output)):
            return
        self._close(outputs)
        outputs.append(output)
        self._sizes[id(outputs)] = self._sizes.get(id(outputs), 0) + _size(output)
        if display_id and "data" in output:
            self._share(display_id, output)

    def write(self, outputs: Outputs, name: str, text: str) -> None:
        """Add text to a stream."""
        if not self._fits(outputs, len(text)):
            return
        node, known = self._texts.get(id(outputs), (None, None))
        if node is None or known is None or node["name"] != name:
            self._close(outputs)
            node, known = from_dict({"output_type": "stream", "name": name, "text": ""}), StreamText()  # type: ignore[no-untyped-call]
            outputs.append(node)
            self._texts[id(outputs)] = node, known
        known.feed(text)

    def clear(self, outputs: Outputs) -> None:
        """Forget what a list holds."""
        self._texts.pop(id(outputs), None)
        self._sizes.pop(id(outputs), None)
        outputs.clear()

    def update(self, display_id: str, content: dict[str, Any]) -> None:
        """Show something else in place of what was shown under an id."""
        data = self._shown.get(display_id)
        if data is not None:
            data.clear()
            data.update(from_dict(content["data"]))  # type: ignore[no-untyped-call]

    def settle(self) -> None:
        """Bring the texts of all outputs up to date."""
        for node, text in self._texts.values():
            node["text"] = text.value

    def _share(self, display_id: str, output: NotebookNode) -> None:
        """All outputs under an id are one content, so that an update costs the same however many there are."""
        output["data"] = self._shown.setdefault(display_id, output["data"])

    def _close(self, outputs: Outputs) -> None:
        if id(outputs) in self._texts:
            node, text = self._texts.pop(id(outputs))
            node["text"] = text.value
            self._sizes[id(outputs)] = self._sizes.get(id(outputs), 0) + text.length

    def _fits(self, outputs: Outputs, size: int) -> bool:
        held = sum(self._sizes.values()) + sum(text.length for _, text in self._texts.values())
        if held + size <= self._most:
            return True
        if not self._full:
            self._full = True
            note = f"[crispdm] The notebook keeps {self._most >> 20} MiB of outputs. What came later is in the log.\n"
            outputs.append(from_dict({"output_type": "stream", "name": "stderr", "text": note}))  # type: ignore[no-untyped-call]
        return False


class CapturingWidget(OutputWidget):
    """An Output widget, which takes over what is shown while it is active.

    nbclient sends all that a widget holds back to the kernel with each single output. The kernel reads it only
    after the cell, so it is sent once then.
    """

    _stale = False

    def sync_state(self) -> None:
        """Note that the kernel is to be told."""
        self._stale = True

    def output(self, outs: Outputs, msg: dict[str, Any], display_id: str | None, cell_index: int) -> None:
        """Keep an output here rather than in the cell."""
        self.parent_header = msg["parent_header"]
        if self.clear_before_next_output:
            self.clear_before_next_output = False
            self.executor.keeper.clear(self.outputs)
        self.executor.keeper.add(self.outputs, msg, display_id)
        self._stale = True

    def clear_output(self, outs: Outputs, msg: dict[str, Any], cell_index: int) -> None:
        """Forget what is kept here, now or when something new comes."""
        self.parent_header = msg["parent_header"]
        if msg["content"].get("wait"):
            self.clear_before_next_output = True
        else:
            self.executor.keeper.clear(self.outputs)
            self._stale = True

    def tell_kernel(self) -> None:
        """Send the kernel what is kept here, if that has changed."""
        if self._stale:
            self._stale = False
            self.executor.keeper.settle()
            self.executor.widget_state[self.comm_id]["outputs"] = self.outputs
            super().sync_state()


WIDGETS = {"@jupyter-widgets/output": {"OutputModel": CapturingWidget}}


def _size(output: NotebookNode) -> int:
    parts = [*output.get("data", {}).values(), *output.get("traceback", [])]
    return sum(len(part) if isinstance(part, str) else len(json.dumps(part)) for part in parts)
