"""From the bytes of a log to the points of its series."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Iterator

import msgspec

from jupyter_crispdm.tracking.points import Point

from . import bars, objects, tables
from .lines import LONGEST, Line, LineCutter
from .memory import Memory, Once, Shown
from .numbers import split
from .placing import Place, Placing
from .plans import Plans
from .rules import RuleSet
from .shapes import Plan, heading_section

_STATE_BYTES = 64 << 10
_LONGEST_PLAIN = 2000
_MOST_ONCE = 20
_MOST_MISSES = 20
_LONGEST_NAME = 256
_MOST_SERIES = 500
_ROUNDED = 1e-3
_RUNNING = "running"
_MOST_KNOWN = 4096
_UNKNOWN = Plan()


class LogParser:
    """Finds the series that a program prints. It opens nothing; its memory is bounded, its time by what it is fed.

    A line that says where the training is sets the step; others take the newest step, or are counted. What only looks
    like a metric is left alone: settings, times, sizes, versions, paths, tables of data.

    Examples
    --------
    >>> list(LogParser().feed(b"epoch 3: loss 0.2, val_loss 0.3\\n", 0.0))
    [Point(name='loss', step=3, value=0.2, time=0.0), Point(name='val_loss', step=3, value=0.3, time=0.0)]
    """

    def __init__(self, rules: RuleSet | None = None) -> None:
        self.rules = rules or RuleSet()
        self.templates = self.rules.templates()
        self._cutter = LineCutter()
        self._plans = Plans()
        self._known: dict[tuple[str, ...], Plan | None] = {}
        self._is_simple = self.rules.automatic and not self.templates
        self._begin(Memory())

    def feed(self, data: bytes, time: float) -> Iterator[Point]:
        """What the next bytes say; `time` is when they were read."""
        return iter([point for line in self._cutter.feed(data) for point in self.read(line, time)])

    def finish(self, time: float) -> Iterator[Point]:
        """What the last line says, which no break ends."""
        return iter([point for line in self._cutter.finish() for point in self.read(line, time)])

    def state(self) -> bytes:
        """All that has to be remembered, at most 64 KiB of JSON."""
        self._memory.rest = base64.b64encode(self._cutter.rest).decode()
        self._memory.skipping = self._cutter.skipping
        state = msgspec.json.encode(self._memory)
        while len(state) > _STATE_BYTES and self._memory.shown:  # very long names: the oldest are forgotten
            for name in list(self._memory.shown)[: 1 + len(self._memory.shown) // 4]:
                del self._memory.shown[name]
            state = msgspec.json.encode(self._memory)
        return state

    def restore(self, state: bytes) -> None:
        """Go on from a state. Raises ValueError for what is none."""
        try:
            memory = msgspec.json.decode(state, type=Memory)
            rest = base64.b64decode(memory.rest, validate=True)
        except (msgspec.DecodeError, UnicodeDecodeError, binascii.Error) as error:
            raise ValueError(f"This is no state of a log's reader: {error}") from None
        self._begin(memory)
        self._cutter.rest, self._cutter.skipping = rest[-LONGEST:], memory.skipping

    def read(self, line: Line, time: float) -> list[Point]:
        """What one line says."""
        text, memory = line.text, self._memory
        is_plain = self._is_simple and text[:1] != "{" and "%|" not in text and len(text) <= _LONGEST_PLAIN
        if not is_plain or memory.columns or memory.block is not None:
            return self._thought(line, time)
        texts, numbers = split(text)
        plan = self._known.get(texts, _UNKNOWN)
        if plan is _UNKNOWN:
            return self._thought(line, time)
        if plan is None:
            memory.section = ""
            return []
        memory.drawn = memory.drawn and plan.epoch < 0 and plan.step < 0
        return self._by_plan(plan, numbers, line, time)

    def _thought(self, line: Line, time: float) -> list[Point]:
        """What a line says of a shape that was not seen before, or of which the shape alone does not tell."""
        text = " ".join(line.text.split())
        if not text:
            return []
        if self.templates and (points := self._by_rule(text, time)) is not None:
            return points
        if not self.rules.automatic:
            return []
        if text[0] == "{" and text[-1] == "}" and '"' in text and (said := objects.said(text)) is not None:
            return self._tell(said.values, self._placing.stated(said.step, said.epoch), time)
        if len(text) > _LONGEST_PLAIN:
            return []
        if "%|" in text or "it [" in text:
            bar = bars.tqdm_bar(text)
            if bar is not None:
                return [
                    *self._bar(bar, line.final, time),
                    *(self.read(Line(bar.rest, line.final), time) if bar.rest else ()),
                ]
        return self._plain(text, line, time)

    def _begin(self, memory: Memory) -> None:
        self._memory = memory
        self._placing = Placing(memory)

    def _by_rule(self, text: str, time: float) -> list[Point] | None:
        for template in self.templates:
            match = template.match(text)
            if match is not None:
                return self._tell(match.values, self._placing.stated(match.step, match.epoch), time)
        return None

    def _plain(self, text: str, line: Line, time: float) -> list[Point]:
        memory = self._memory
        if memory.columns:
            bar = bars.thin_bar(text) if "━" in text else None
            points = self._bar_row(bar, time) if bar is not None else self._row(text, time)
            if points is not None:
                return points
        if text[0] in "|│┃" and (points := self._pair_row(text, time)) is not None:
            return points
        if memory.block is not None and tables.is_rule(text):
            return self._end_block(time)
        is_drawn = "━" in text or "[=" in text or "█" in text
        if is_drawn:
            text = bars.undrawn(text)
        texts, numbers = split(text)
        plan = self._plans.of(texts)
        if plan is None:
            if not numbers:
                self._heading(text, line.text)
            else:
                memory.section = ""
                if not is_drawn and text[0] not in "|│┃":
                    self._note(line.text, None)
            return []
        if not is_drawn:
            self._note(line.text, plan)
        has_place = plan.epoch >= 0 or plan.step >= 0
        memory.drawn = is_drawn or (memory.drawn and not has_place)
        return self._by_plan(plan, numbers, line, time)

    def _note(self, text: str, plan: Plan | None) -> None:
        """Lines of this shape are read by this plan, whatever their numbers are, without looking at them again."""
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[split(text).texts] = plan

    def _by_plan(self, plan: Plan, numbers: list[str], line: Line, time: float) -> list[Point]:
        if not plan.values:
            self._placing.head(plan, numbers)
            return []
        memory = self._memory
        has_place = plan.epoch >= 0 or plan.step >= 0
        section = memory.section or ("" if has_place else memory.evaluated)
        values = self._plans.values(plan, numbers, "" if plan.section else section)
        if plan.unsure:
            return self._twice(values, time)
        if plan.keras:
            fits = any(name.startswith("val_") or name == "learning_rate" for name in values)
            final = line.final and (plan.total >= 0 or fits)
            return self._keras(values, self._placing.keras(plan, numbers, final, fits), final, time)
        place = self._placing.of(plan, numbers, is_dict=line.text.lstrip().startswith("{"))
        return [] if place is None else self._tell(values, place, time, steady=memory.drawn)

    def _bar(self, bar: bars.Bar, final: bool, time: float) -> list[Point]:
        if self._memory.columns and (points := self._bar_row(bar, time)) is not None:
            return points
        texts, numbers = split(bar.line)
        plan = self._plans.of(texts)
        if plan is None or not plan.values:
            self._placing.note_bar(bar.done, bar.total)
            return []
        place = self._placing.of(plan, numbers, label=bar.label)
        is_end = final and bar.done == bar.total
        values = self._plans.values(plan, numbers, "")
        return [] if place is None else self._tell(values, place, time, steady=not is_end)

    def _keras(self, values: dict[str, float], place: Place | None, final: bool, time: float) -> list[Point]:
        """Keras shows means over the epoch so far: they count at its end, and are series of their own until then."""
        if place is None:
            return []
        if final:
            return self._tell(values, place, time)
        return self._tell({f"{_RUNNING}/{name}": value for name, value in values.items()}, place, time)

    def _row(self, text: str, time: float) -> list[Point] | None:
        memory = self._memory
        row = tables.row_of(text, memory.columns)
        if row is None:
            memory.misses += not tables.is_rule(text)
            if memory.misses > _MOST_MISSES:
                memory.columns = []
            return None
        memory.misses = 0
        has_place = row.step is not None or row.epoch is not None
        place = self._placing.stated(row.step, row.epoch) if has_place else self._placing.now()._replace(loose=False)
        return self._tell(row.values, place, time)

    def _bar_row(self, bar: bars.Bar, time: float) -> list[Point] | None:
        """Ultralytics: a row that is drawn anew until its epoch is over, or a heading with a bar behind it."""
        if (columns := tables.columns_of(bar.label)) is not None:
            self._memory.columns, self._memory.misses = columns, 0
            return []
        row = tables.row_of(bar.label, self._memory.columns)
        if row is None:
            return None
        is_over = bar.done == bar.total
        return self._tell(row.values, self._placing.stated(row.step, row.epoch), time) if is_over else []

    def _pair_row(self, text: str, time: float) -> list[Point] | None:
        """A row of Stable Baselines' block, which has sections, or of Lightning's, which says what it is."""
        if "Test metric" in text or "Validate metric" in text:
            self._memory.block = {}
            return []
        pair = tables.pair_of(text)
        if pair is None:
            return None
        name, value = pair
        if value is None and name.endswith("/"):
            self._memory.block, self._memory.section = self._memory.block or {}, name[:-1]
        elif value is not None and self._memory.block is not None and len(self._memory.block) < _MOST_SERIES:
            self._memory.block[f"{self._memory.section}/{name}" if self._memory.section else name] = value
        return []

    def _end_block(self, time: float) -> list[Point]:
        block, self._memory.block, self._memory.section = self._memory.block or {}, None, ""
        if not block:
            self._memory.block = {} if self._memory.block is not None else None
            return []
        step = block.get("time/total_timesteps")
        place = (
            self._placing.stated(int(step), None) if step is not None and math.isfinite(step) else self._placing.now()
        )
        return self._tell({name: value for name, value in block.items() if not name.startswith("time/")}, place, time)

    def _heading(self, text: str, raw: str) -> None:
        memory = self._memory
        columns = tables.columns_of(raw) if len(text) > 8 else None
        if columns is not None:
            memory.columns, memory.misses = columns, 0
        elif not tables.is_rule(text):
            memory.section = heading_section(text) or ""

    def _twice(self, values: dict[str, float], time: float) -> list[Point]:
        """What could be anything counts when it is said a second time, with other values."""
        once, key = self._memory.once, "\0".join(values)
        before = once.pop(key, None)
        if before is None or before.values == values:
            if len(once) >= _MOST_ONCE:
                once.pop(next(iter(once)))
            once[key] = Once(values, time)
            return []
        if not math.isnan(before.time):
            first = self._tell(before.values, self._placing.now(), before.time)
            once[key] = Once({}, math.nan)
            return [*first, *self._tell(values, self._placing.now(), time)]
        once[key] = Once({}, math.nan)
        return self._tell(values, self._placing.now(), time)

    def _tell(self, values: dict[str, float], place: Place, time: float, *, steady: bool = False) -> list[Point]:
        """The points at a place. `steady`: a value that is the same as before is still that one, as a bar shows it."""
        points: list[Point] = []
        shown = self._memory.shown
        step, finds_step, fit = place.step, place.loose, place.fit
        for name, value in values.items():
            if fit > 1 or place.section:
                name = place.named(name, shown)
            last = shown.get(name)
            if last is None:
                if len(shown) >= _MOST_SERIES or len(name) > _LONGEST_NAME:
                    continue
                last = shown[name] = Shown(None, None, fit, self.rules.ignores(name))
            elif (steady or last.step == place.step) and _is_old(last, place.step, value, steady):
                continue
            if last.ignored:
                continue
            if finds_step:
                step = self._placing.step_for(name, place, last)
            last.step, last.value, last.fit = step, value if value - value == 0 else None, fit
            points.append(Point(name, step, value, time))
        if points and place.tells_epoch:
            points += self._epoch(place, time)
        return points

    def _epoch(self, place: Place, time: float) -> list[Point]:
        name = place.named("epoch", self._memory.shown)
        last = self._memory.shown.get(name)
        if place.epoch is None or (last is not None and (last.value or 0.0) >= place.epoch):
            return []
        ignored = self.rules.ignores(name) if last is None else last.ignored
        self._memory.shown[name] = Shown(place.step, place.epoch, place.fit, ignored)
        if ignored:
            return []
        return [Point(name, place.step, place.epoch, time)]


def _is_old(last: Shown, step: int | None, value: float, steady: bool) -> bool:
    """Whether a value was told before: as it stands, or at the same step with other decimals."""
    if last.value is None or value != value:
        return last.value is None and value != value and (steady or (step is not None and last.step == step))
    if steady and last.value == value:
        return True
    is_same_step = step is not None and last.step == step
    return is_same_step and abs(last.value - value) <= _ROUNDED * max(abs(value), abs(last.value))
