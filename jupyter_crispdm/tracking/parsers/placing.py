"""Where the training is when a line is printed: the step and the epoch that it names, or those of the lines before."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from .memory import Memory, Shown
from .numbers import finite, value_of, whole
from .shapes import Plan

_EVALUATE = "evaluate"
_MOST_COUNTED = 100


class Place(NamedTuple):
    """A step and an epoch, None where nobody knows; `fit` numbers the trainings in one log.

    A `section` is put in front of names. `loose`: the step is that of lines before.
    """

    step: int | None = None
    epoch: float | None = None
    fit: int = 1
    section: str = ""
    loose: bool = False

    def named(self, name: str, shown: Mapping[str, Shown]) -> str:
        """The name of a series here: one that an earlier training in the same log had too gets a number."""
        name = f"{self.section}/{name}" if self.section else name
        before = shown.get(name)
        return f"{name} ({self.fit})" if before is not None and before.fit < self.fit else name

    @property
    def tells_epoch(self) -> bool:
        """Whether the epoch is something else than the step."""
        return self.epoch is not None and self.step is not None and self.step != self.epoch


class Placing:
    """Finds the places; what it learns is in the memory."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def of(self, plan: Plan, numbers: list[str], *, label: str = "", is_dict: bool = False) -> Place | None:
        """The place of a line; None for one of an evaluation that goes on."""
        memory = self._memory
        epoch = finite(value_of(numbers[plan.epoch])) if plan.epoch >= 0 else None
        count = whole(numbers[plan.step]) if plan.step >= 0 else None
        total = whole(numbers[plan.total]) if plan.total >= 0 else None
        if epoch is not None and count is None:
            memory.evaluated = ""
        if count is None:
            return self._of_epoch(epoch, is_dict) if epoch is not None else self.now()
        memory.evaluated = plan.section if plan.is_evaluation else ""
        if plan.is_evaluation:
            is_last = total is not None and count >= total - 1
            return self.now(epoch) if is_last else None
        known = memory.epoch if epoch is None and total is not None and memory.is_open else epoch
        track = memory.track(_key(total is not None, plan.section, label), count, known, total)
        step = track.advance(count, total, known)
        memory.step, memory.fit = step, track.fit
        return Place(step, known, track.fit)

    def stated(self, step: int | None, epoch: float | None) -> Place:
        """The place of a line that says it in so many words."""
        epoch = epoch if epoch is None else finite(epoch)
        if step is not None:
            track = self._memory.track("stated", step, None)
            self._memory.step, self._memory.fit = track.advance(step, None, None), track.fit
            return Place(self._memory.step, epoch, track.fit)
        return self.now() if epoch is None else self._of_epoch(epoch, False)

    def now(self, epoch: float | None = None) -> Place:
        """The place of a line that does not say it."""
        memory = self._memory
        known = epoch if epoch is not None else memory.epoch
        if memory.step is not None:
            return Place(memory.step, known, memory.fit, loose=True)
        if known is not None and known == int(known):
            return Place(int(known), known, memory.fit, loose=True)
        return Place()

    def keras(self, plan: Plan, numbers: list[str], final: bool, fits: bool) -> Place | None:
        """The place of a line of Keras: at its end the epoch, before it the batch; outside of epochs it evaluates.

        `fits`: its values are those of a training, whatever was printed in between.
        """
        memory = self._memory
        count = whole(numbers[plan.step])
        total = whole(numbers[plan.total]) if plan.total >= 0 else count
        if count is None or total is None:
            return None
        if memory.epoch is None or not (memory.is_open or fits):
            is_over = final and count == total
            return self.now()._replace(section=_EVALUATE, loose=False) if is_over else None
        epoch = int(memory.epoch)
        if not final or (plan.total < 0 and not fits):
            return Place((epoch - 1) * total * (plan.total >= 0) + count, fit=memory.fit)
        if count < total:
            return None
        memory.is_open = False
        return Place(epoch, memory.epoch, memory.fit)

    def head(self, plan: Plan, numbers: list[str]) -> None:
        """A line says nothing but where the training is."""
        memory = self._memory
        if plan.step >= 0:
            self.stated(whole(numbers[plan.step]), None)
            return
        epoch = finite(value_of(numbers[plan.epoch]))
        if epoch is None or epoch != int(epoch):
            return
        if not plan.opens:
            memory.epoch = epoch
            return
        track = memory.track("headings", int(epoch), None)
        track.advance(int(epoch), None, None)
        memory.epoch, memory.is_open = epoch, True
        if memory.step is None:
            memory.fit = track.fit

    def note_bar(self, count: int, total: int | None) -> None:
        """A bar that says nothing but how far it is: the longest of them is that of the training."""
        bar = self._memory.bar
        if total is not None and (bar is None or total == bar[1] or (bar[0] == bar[1] and total > bar[1])):
            self._memory.bar = (count, total)

    def step_for(self, name: str, place: Place, last: Shown | None) -> int | None:
        """The step of a point; None: it is counted. A line that names no place, and comes twice at one, is counted."""
        memory = self._memory
        if not place.loose or place.step is None or memory.step is not None:
            return place.step
        if name in memory.counted:
            return None
        if last is not None and last.step == place.step and len(memory.counted) < _MOST_COUNTED:
            memory.counted.append(name)
            return None
        return place.step

    def _of_epoch(self, epoch: float, is_dict: bool) -> Place:
        memory = self._memory
        if is_dict:  # Hugging Face tells the epoch only, and draws the steps in a bar
            return Place(memory.bar[0], epoch) if memory.bar else Place(memory.step, epoch, memory.fit)
        if memory.step is not None and any(key.startswith("part") for key in memory.tracks):
            return Place(memory.step, epoch, memory.fit)
        if epoch != int(epoch):
            return Place(None, epoch)
        memory.epoch = epoch
        track = memory.track("epochs", int(epoch), None)
        track.advance(int(epoch), None, None)
        memory.fit = track.fit
        return Place(int(epoch), epoch, track.fit)


@lru_cache(maxsize=1024)
def _key(is_part: bool, section: str, label: str) -> str:
    """The name of a count: bars that differ in the numbers of their labels are one."""
    letters = "".join(character for character in label if character.isalpha())[:40]
    return f"{'part' if is_part else 'step'} {section} {letters}"
