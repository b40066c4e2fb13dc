"""What a new room needs: a folder of its own, and one line in one list."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from jupyter_crispdm.base.errors import BadRequest, Forbidden
from jupyter_crispdm.client import Client, connect
from jupyter_crispdm.client.live import LiveMessage
from tests.server.toyroom.conftest import ROOT, House
from tests.server.toyroom.types import NewNote, Notes
from tests.server.toyroom.widget import Wall

FOLDER = Path(__file__).parent
ROOM = ["types.py", "room.py", "commands.py", "toy.py", "widget.py"]


def first(client: Client, topic: str, since: int | None = None) -> LiveMessage:
    return next(iter(client.live.follow(topic, since, seconds=60)))


def write(client: Client, text: str) -> None:
    client.transport.request("POST", "notes", body=NewNote(text=text))


def test_its_setting_and_its_verbs(client: Client) -> None:
    assert client.transport.ask("notes", Notes).notes[0] == "come in"
    write(client, "hello")
    assert client.transport.ask("notes", Notes).notes[-1] == "hello"


def test_a_bad_body_is_refused_by_its_field(client: Client) -> None:
    with pytest.raises(BadRequest, match="text"):
        client.transport.request("POST", "notes", body={"text": 3})


def test_its_topic_of_a_value_tells_the_newest_whole(client: Client) -> None:
    before = first(client, "notes")
    write(client, "a value")
    after = first(client, "notes", before.seq)
    assert after.data["notes"] == [*before.data["notes"], "a value"]


def test_its_topic_of_rows_tells_the_row_that_changed(client: Client) -> None:
    write(client, "a row")
    before = first(client, "notes/authors")
    [(author, count)] = before.data["authors"].items()
    write(client, "the same row")
    assert first(client, "notes/authors", before.seq).data == {"author": [author, count + 1]}


def test_its_topic_of_a_log_goes_on_from_a_cursor(client: Client) -> None:
    write(client, "a line")
    before = first(client, "notes/history")
    assert before.data["text"].endswith("a line\n")
    write(client, "one line more")
    assert first(client, "notes/history", before.seq).data["text"] == "one line more\n"


def test_its_roles_hold(house: House, client: Client) -> None:
    secret = house.say("token", "create", "reader", "--scope", "read").strip()
    with connect(client.url, secret) as reader:
        assert reader.transport.ask("notes", Notes).notes
        with pytest.raises(Forbidden):
            write(reader, "not allowed")


def test_the_documents_tell_of_it(client: Client) -> None:
    document = client.transport.ask("openapi.json", dict[str, Any])
    assert set(document["paths"]["/crispdm/api/notes"]) >= {"get", "post"}
    assert {name: topic["kind"] for name, topic in document["x-topics"].items() if name.startswith("notes")} == {
        "notes": "value", "notes/authors": "table", "notes/history": "log",
    }  # fmt: skip


def test_its_word_on_the_command_line(house: House) -> None:
    assert "write on the wall" in house.say("--help")
    assert house.say("toy", "from the shell").splitlines()[-1] == "from the shell"
    assert house.say("toy").splitlines()[0] == "come in"


def test_its_widget_finds_its_view() -> None:
    assert Wall(controls=True).get_state()["_view_name"] == "NotesView"
    with pytest.raises(TypeError, match="Wall has no option 'colour'"):
        Wall(colour="red")


@pytest.mark.proves("rooms.toy")
def test_it_is_small_and_named_nowhere_else() -> None:
    lines = [line for name in ROOM for line in (FOLDER / name).read_text().splitlines() if _is_code(line)]
    assert len(lines) <= 62, "a room needs little"
    others = [*ROOT.glob("jupyter_crispdm/**/*.py"), ROOT / "pyproject.toml"]
    assert [path for path in others if "toyroom" in path.read_text()] == []


def _is_code(line: str) -> bool:
    return bool(line.strip()) and not line.startswith(("from ", "import ")) and '"""' not in line


def test_the_page_for_developers_shows_this_room() -> None:
    page = (ROOT / "docs/developers/rooms.md").read_text()
    shown = re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    room = "".join((FOLDER / name).read_text() for name in ROOM)
    assert len(shown) == 7
    assert [block for block in shown if block not in room and indent(block, "    ") not in room] == []
