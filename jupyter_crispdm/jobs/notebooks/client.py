"""Executing the chosen cells in a kernel, and saving what they show as it comes."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import nbformat.v4
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_core.utils import ensure_async
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete, CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from jupyter_crispdm.base.files.atomic import write_atomic
from jupyter_crispdm.base.errors import StorageFull
from jupyter_crispdm.tracking.progress import ProgressFinder

from .box import InputBox, Question
from .ending import ending, system_exit
from .outputs import WIDGETS, CapturingWidget, OutputKeeper

_OWN_INTERRUPT_SECONDS = 2.0
_SOURCE_LENGTH = 80
_START_SECONDS = 300
_LATE_OUTPUT_SECONDS = 60
_SAVE_SECONDS = 1.0
_SAVING_SHARE = 0.05
"""Of the time: a large notebook is saved less often."""

_DROP_NOTHING = (
    "(lambda thread: thread.schedule(lambda: setattr(thread.socket, 'sndhwm', 0)))"
    "(__import__('IPython').get_ipython().kernel.iopub_thread)"
)
"""For ipykernel, which loses outputs when it shows more than 1,000 before they are read."""


class Interrupted(Exception):
    """Somebody asked the job to stop."""


class NotebookRun(NotebookClient):
    """Executes the chosen cells, and says what happens as it happens."""

    def __init__(
        self,
        notebook: NotebookNode,
        chosen: list[NotebookNode],
        saved: Path,
        report: Callable[..., None],
        tell: Callable[[str, dict[str, Any]], None],
        **options: Any,
    ) -> None:
        super().__init__(
            notebook,
            timeout=None,
            startup_timeout=_START_SECONDS,
            iopub_timeout=_LATE_OUTPUT_SECONDS,
            coalesce_streams=False,
            **options,
        )
        self.keeper = OutputKeeper()
        self.widget_registry = WIDGETS
        self._places = {id(cell): place for place, cell in enumerate(chosen, 1)}
        self._saved = saved
        self._report, self._tell = report, tell
        self.kernel_status: int | None = None
        """What a kernel that died left behind: its exit code, or less than 0 for a signal."""
        self._place = 0
        self._cell: NotebookNode | None = None
        self._finder = ProgressFinder()
        self._box = InputBox(self._show_input, self._say_what_is_asked)
        self._changed = self._unsaid = True
        self._interrupted = False
        self._computing = False
        self._interrupting: asyncio.Task[None] | None = None

    @property
    def where(self) -> str:
        """The cell that runs, or ran last."""
        return f"cell {self._place} of {len(self._places)}" if self._place else "the start of the kernel"

    def save(self) -> None:
        """Write the notebook as it is, whole. A disk that is full is said once; the cells go on."""
        self.keeper.settle()
        self._changed = False
        try:
            text: str = nbformat.v4.writes(self.nb)  # type: ignore[no-untyped-call]
            write_atomic(self._saved, text.encode("utf-8", "replace"), 0o600)
        except (OSError, StorageFull) as error:
            self._changed = True
            self._complain(f"The executed notebook cannot be saved: {error}")

    @asynccontextmanager
    async def async_setup_kernel(self, **options: Any) -> AsyncIterator[None]:
        """Start the kernel. Signals then stop the cells, not the kernel at once, so that nothing of them is lost."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        async with super().async_setup_kernel(**options):
            loop.add_signal_handler(signal.SIGINT, self._interrupt, task)
            loop.add_signal_handler(signal.SIGTERM, self._end, task)
            assert isinstance(self.kc, AsyncKernelClient)
            self.kc.allow_stdin = True
            if self.km is not None and self.km.ipykernel:
                self.kc.execute(_DROP_NOTHING, silent=True, store_history=False, allow_stdin=False)
            helpers = [asyncio.create_task(self._box.answer(self.kc)), asyncio.create_task(self._keep_saving())]
            try:
                yield
            finally:
                for helper in helpers:
                    helper.cancel()
                with suppress(Exception):  # a widget's state is a kernel's word
                    self.set_widgets_metadata()

    async def async_execute_cell(self, cell: NotebookNode, cell_index: int, *args: Any, **options: Any) -> NotebookNode:
        """Run a cell, if it is one of those chosen. Raises Interrupted, NotebookEnded."""
        if id(cell) not in self._places:
            return cell
        self._begin(cell)
        try:
            done = await super().async_execute_cell(cell, cell_index, *args, **options)
        except (CellExecutionError, DeadKernelError) as error:
            if self._interrupted:
                raise Interrupted from error
            await self._ask_status()
            raise
        finally:
            self._computing = False
            self._tell_widgets()
            self.save()
        self._report(self._place, len(self._places), self.where)
        if self._interrupted:
            raise Interrupted
        return done

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Take up what a kernel tells; what it tells wrongly is left out."""
        try:
            return super().process_message(msg, cell, cell_index)
        except CellExecutionComplete:
            raise
        except Exception as error:
            self._complain(f"{self.where}: the kernel sent an output that cannot be read ({error!r}).")
        return None

    def output(self, outs: list[NotebookNode], msg: dict[str, Any], display_id: Any, cell_index: int) -> None:
        """Show the text of an output in the log, at once, and keep it."""
        kind, content = msg["msg_type"], msg["content"]
        if kind == "error" and content.get("ename") == "SystemExit":  # the end of the run, which is told in words
            if system_exit(str(content.get("evalue", ""))).code == 0:
                return
        else:
            _print(kind, content)
        if kind == "stream":
            self._look_for_progress(str(content["text"]))
        self._changed = True
        hooks = self.output_hook_stack[msg["parent_header"].get("msg_id")]
        if hooks:
            hooks[-1].output(outs, msg, display_id, cell_index)
            return
        if self.clear_before_next_output:
            self.clear_before_next_output = False
            self.keeper.clear(outs)
        self.keeper.add(outs, msg, display_id)

    def clear_output(self, outs: list[NotebookNode], msg: dict[str, Any], cell_index: int) -> None:
        """Forget what a cell has shown, now or when something new comes."""
        hooks = self.output_hook_stack[msg["parent_header"].get("msg_id")]
        self._changed = True
        if hooks:
            hooks[-1].clear_output(outs, msg, cell_index)
        elif msg["content"].get("wait"):
            self.clear_before_next_output = True
        else:
            self.keeper.clear(outs)

    def _update_display_id(self, display_id: str, msg: dict[str, Any]) -> None:
        self._changed = True
        self.keeper.update(display_id, msg["content"])

    async def _check_raise_for_error(
        self, cell: NotebookNode, cell_index: int, exec_reply: dict[str, Any] | None
    ) -> None:
        end = ending(exec_reply)
        if end is not None and "raises-exception" not in cell.metadata.get("tags", []):
            raise end
        await super()._check_raise_for_error(cell, cell_index, exec_reply)

    async def _ask_status(self) -> None:
        """See what the kernel's process left behind, while it is known."""
        provisioner = None if self.km is None else self.km.provisioner
        self.kernel_status = None if provisioner is None else await provisioner.poll()

    def _begin(self, cell: NotebookNode) -> None:
        self._place, self._cell = self._places[id(cell)], cell
        self._computing = True
        self._finder = ProgressFinder()
        first = next(line.strip() for line in cell.source.splitlines() if line.strip())
        say(f"{self.where}: {first[:_SOURCE_LENGTH]}")
        self._report(self._place - 1, len(self._places), self.where)

    def _look_for_progress(self, text: str) -> None:
        """A bar that a cell prints tells how far the cell is."""
        found = self._finder.feed(text)
        if found is not None and found.total:
            message = f"{self.where}: {found.message}".rstrip(": ")
            self._report(self._place - 1 + min(1.0, found.done / found.total), len(self._places), message)

    def _show_input(self, text: str) -> None:
        """A question, or its answer, in the log and in the cell that asked."""
        _print("stream", {"text": text})
        if self._cell is not None:
            self._changed = True
            self.keeper.write(self._cell.outputs, "stdout", text)

    def _say_what_is_asked(self, question: Question | None) -> None:
        """Tell that somebody is waited for, with the progress and as an event of its own."""
        words = "" if question is None else f" waits for input: {question.prompt.strip()}".rstrip(": ")
        self._report(max(0, self._place - 1), len(self._places), f"{self.where}{words}")
        self._tell("input", {} if question is None else {"prompt": question.prompt, "secret": question.secret})

    def _tell_widgets(self) -> None:
        for widget in self.comm_objects.values():
            if isinstance(widget, CapturingWidget):
                widget.tell_kernel()

    async def _keep_saving(self) -> None:
        """Save what has come, so that nothing is lost that was shown, however the job ends."""
        pause = _SAVE_SECONDS
        while True:
            await asyncio.sleep(pause)
            if self._changed:
                start = time.monotonic()
                self.save()
                pause = max(_SAVE_SECONDS, (time.monotonic() - start) / _SAVING_SHARE)

    def _interrupt(self, task: asyncio.Task[Any]) -> None:
        self._interrupted = True
        if not self._computing:
            task.cancel()
        elif self._interrupting is None:
            self._interrupting = asyncio.get_running_loop().create_task(self._interrupt_kernel())

    def _end(self, task: asyncio.Task[Any]) -> None:
        self._interrupted = True
        task.cancel()

    async def _interrupt_kernel(self) -> None:
        """Whoever signals a job signals the kernel as well; one that takes messages only is told here."""
        await asyncio.sleep(_OWN_INTERRUPT_SECONDS)
        kernel = self.km
        spec = None if kernel is None else kernel.kernel_spec
        if self._computing and kernel is not None and spec is not None and spec.interrupt_mode == "message":
            await ensure_async(kernel.interrupt_kernel())

    def _complain(self, text: str) -> None:
        if self._unsaid:
            self._unsaid = False
            say(text)


def say(text: str) -> None:
    """Say something in the log that no cell said."""
    print(f"[crispdm] {text}", flush=True)


def _print(kind: str, content: dict[str, Any]) -> None:
    if kind == "stream":
        sys.stdout.write(str(content["text"]))
    elif kind == "error":
        sys.stdout.write("\n".join(map(str, content["traceback"])) + "\n")
    elif kind in ("execute_result", "display_data") and "text/plain" in content["data"]:
        sys.stdout.write(f"{content['data']['text/plain']}\n")
    sys.stdout.flush()
