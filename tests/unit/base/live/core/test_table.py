"""Tables: whatever is lost on the way, whoever is slow, the rows of the reader become those of the table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.live.core.message import Message
from jupyter_crispdm.base.live.core.table import Table
from jupyter_crispdm.base.wire import encode

from .network import Connection, Frame, doubled

FIRST = 1000


def put(table: Table, row: str, value: int) -> None:
    table.tell(row, {"row": {"id": row, "value": value}})


def remove(table: Table, row: str) -> None:
    table.tell(row, {"deleted": row})


def after(table: Table, cursor: int) -> list[Frame]:
    """All that a reader at a cursor is told."""
    frames = []
    while (message := table.after(cursor)) is not None:
        assert message.seq > cursor
        cursor = message.seq
        frames.append(Frame.of(message))
    return frames


def test_each_change_follows_once() -> None:
    table = Table("jobs", FIRST)
    put(table, "a", 1)
    put(table, "b", 1)
    assert [frame.data["row"]["id"] for frame in after(table, FIRST)] == ["a", "b"]
    assert after(table, FIRST + 2) == []
    remove(table, "a")
    assert after(table, FIRST + 2) == [Frame(FIRST + 3, None, {"deleted": "a"})]


@pytest.mark.proves("live.tables")
def test_what_was_superseded_is_skipped() -> None:
    table = Table("jobs", FIRST)
    put(table, "a", 1)
    for value in range(100):
        put(table, "b", value)
    put(table, "a", 2)
    put(table, "c", 1)
    remove(table, "c")
    frames = after(table, FIRST)
    assert [frame.data for frame in frames] == [
        {"row": {"id": "b", "value": 99}}, {"row": {"id": "a", "value": 2}}, {"deleted": "c"},
    ]  # fmt: skip
    assert [frame.seq for frame in frames] == [FIRST + 101, FIRST + 102, FIRST + 104]


@pytest.mark.parametrize("cursor", [None, 1, FIRST - 1, FIRST + 100])
def test_a_number_from_another_life_of_the_server_is_not_served(cursor: int | None) -> None:
    table = Table("jobs", FIRST)
    put(table, "a", 1)
    assert not table.serves(cursor)
    assert table.serves(FIRST)
    assert table.serves(FIRST + 1)


def test_who_was_away_too_long_is_not_served() -> None:
    table = Table("jobs", FIRST, keep=10)
    for value in range(100):
        put(table, "a", value)
    assert table.serves(FIRST), "it was one row, whatever happened to it"
    for row in range(10):
        put(table, f"row {row}", 1)
    assert not table.serves(FIRST)
    assert table.serves(FIRST + 100)


def test_the_whole_after_a_gap_is_encoded_once() -> None:
    encoded: list[Any] = []

    def counted(fact: Any) -> bytes:
        encoded.append(fact)
        return encode(fact)

    whole = Table("jobs", FIRST, encode=counted).whole(FIRST, {"rows": []})
    assert Frame.of(whole.after_gap()).data == {"rows": [], "gap": True}
    assert Frame.of(whole).data == {"rows": []}
    assert len(encoded) == 1


def test_memory_stays_flat_however_much_is_told() -> None:
    table, sizes = Table("jobs", FIRST, keep=100), []
    for number in range(20_000):
        row = f"row {number % 250}"
        remove(table, row) if number % 7 == 0 else put(table, row, number)
        message = table.after(table.newest - 1)
        assert message is not None
        assert message.frame
        if number % 1000 == 999:
            sizes.append(table.size)
    assert max(sizes) < 400 * 200, "kept facts, and as many superseded ones at most"
    assert max(sizes) < 1.5 * sizes[0]


@dataclass
class Server:
    """A table and the truth behind it."""

    life: int = FIRST
    keep: int = 4
    truth: dict[str, int] = field(default_factory=dict)
    changes: int = 0

    def __post_init__(self) -> None:
        self.table = Table("t", self.life, keep=self.keep)

    def change(self, row: str) -> None:
        self.changes += 1
        self.truth[row] = self.changes
        put(self.table, row, self.changes)

    def remove(self, row: str) -> None:
        if self.truth.pop(row, None) is not None:
            remove(self.table, row)

    def restart(self) -> None:
        self.life += 10_000
        self.table = Table("t", self.life, keep=self.keep)

    def next(self, cursor: int | None) -> Message | None:
        if cursor is None or not self.table.serves(cursor):
            whole = self.table.whole(self.table.newest, {"rows": self.truth.copy()})
            return whole if cursor is None else whole.after_gap()
        return self.table.after(cursor)


@dataclass
class Client:
    """The client's side: the rows, and the cursor to go on from."""

    rows: dict[str, int] = field(default_factory=dict)
    cursor: int | None = None

    def receive(self, frame: Frame) -> None:
        data = frame.data
        self.cursor = frame.seq
        if "rows" in data:
            self.rows = dict(data["rows"])
        elif "row" in data:
            assert data["row"]["value"] >= self.rows.get(data["row"]["id"], 0), "never older than before"
            self.rows[data["row"]["id"]] = data["row"]["value"]
        else:
            self.rows.pop(data["deleted"], None)


ROWS = st.sampled_from("abcdefgh")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("change"), ROWS), st.tuples(st.just("remove"), ROWS),
        st.tuples(st.sampled_from(["send", "arrive", "cut", "restart"]), st.integers(0, 4)),
    ),
    max_size=80,
)  # fmt: skip


@pytest.mark.proves("live.core", "live.tables")
@given(steps=STEPS)
def test_whatever_is_lost_on_the_way_the_rows_become_the_same(steps: list[tuple[str, Any]]) -> None:
    server, client, connection = Server(), Client(), Connection()
    sent: int | None = None
    for kind, what in [*steps, ("cut", 0), ("send", 99), ("arrive", 99)]:
        if kind == "change":
            server.change(what)
        elif kind == "remove":
            server.remove(what)
        elif kind == "send":
            for _ in range(what):
                message = server.next(sent)
                if message is None:
                    break
                connection.send(message)
                sent = message.seq
        elif kind == "arrive":
            for frame in connection.arrive(what):
                client.receive(frame)
        else:
            if kind == "restart":
                server.restart()
            connection, sent = Connection(), client.cursor
    assert client.rows == server.truth


@pytest.mark.proves("live.core")
@given(steps=STEPS, again=st.lists(st.integers(0, 20), max_size=5))
def test_frames_that_come_twice_or_late_do_no_harm(steps: list[tuple[str, Any]], again: list[int]) -> None:
    """A client drops what bears no newer number than it has: an old connection may still bring something."""
    server, client = Server(keep=100), Client()
    cursor: int | None = None
    frames: list[Frame] = []
    for kind, what in [*steps, ("send", 99)]:
        if kind == "change":
            server.change(what)
        elif kind == "remove":
            server.remove(what)
        elif kind == "send":
            while (message := server.next(cursor)) is not None:
                cursor = message.seq
                frames.append(Frame.of(message))
    for frame in doubled(frames, again):
        if client.cursor is None or frame.seq > client.cursor:
            client.receive(frame)
    assert client.rows == server.truth
