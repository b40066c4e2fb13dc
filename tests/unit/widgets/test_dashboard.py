"""The Python side of a dashboard: what is made when, for whom, and what a client may set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ipywidgets import HTML, IntSlider, Widget
from traitlets import TraitError

from jupyter_crispdm.widgets import Dashboard, Page, dashboard
from jupyter_crispdm.widgets.visitor import Visitor

Meet = Callable[[str], None]


class Workshop:
    """Makes pages, and remembers which were made."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.broken: set[str] = set()

    def page(self, name: str) -> Callable[[], Widget]:
        def make() -> Widget:
            self.made.append(name)
            if name in self.broken:
                raise ValueError(f"{name} is broken")
            return IntSlider(description=name)

        return make


@pytest.fixture
def shop() -> Workshop:
    return Workshop()


@pytest.fixture
def meet(monkeypatch: pytest.MonkeyPatch) -> Meet:
    """Says who looks from now on."""

    def come(role: str) -> None:
        monkeypatch.setattr(dashboard, "ask_visitor", lambda: Visitor("Ann", role))

    come("analyst")
    monkeypatch.delenv("QUERY_STRING", raising=False)
    return come


@pytest.fixture
def three(shop: Workshop, meet: Meet) -> Callable[..., Dashboard]:
    """A dashboard of two pages for all and one for those who code, without extras."""
    pages = {
        "Data": shop.page("Data"),
        "Models": {"Train": shop.page("Train"), "Secret": Page(shop.page("Secret"), roles=("analyst", "admin"))},
    }
    return lambda **options: Dashboard(pages, title="Digits", **{"extras": (), **options})


def menu(made: Dashboard, field: str = "slug") -> list[Any]:
    return [entry[field] for entry in made.menu]


@pytest.mark.proves("dashboard.menu", "widgets.dashboard")
def test_the_menu_has_the_pages_in_order_with_group_icon_and_mark(shop: Workshop, meet: Meet) -> None:
    made = Dashboard({"A": shop.page("A"), "G": {"B": Page(shop.page("B"), icon="train")}}, extras=())
    made.mark("B", "running")
    assert made.menu == [
        {"slug": "a", "name": "A", "icon": "", "group": "", "state": "", "built": True, "trouble": ""},
        {"slug": "b", "name": "B", "icon": "train", "group": "G", "state": "running", "built": False, "trouble": ""},
    ]
    made.mark("B", "")
    assert menu(made, "state") == ["", ""]
    with pytest.raises(ValueError, match="The state of a page"):
        made.mark("A", "sleepy")
    with pytest.raises(ValueError, match="There is no page 'C'"):
        made.mark("C", "done")


@pytest.mark.proves("dashboard.pages")
def test_a_page_is_made_at_its_first_visit_and_kept(shop: Workshop, three: Callable[..., Dashboard]) -> None:
    made = three()
    assert (made.page, shop.made) == ("data", ["Data"])
    first = made.children_by_page["data"]
    assert made.go("Train")
    made.set_state({"page": "data"})
    made.set_state({"page": "train"})
    assert shop.made == ["Data", "Train"]
    assert made.children_by_page["data"] is first
    assert menu(made, "built") == [True, True, False]


@pytest.mark.proves("dashboard.pages")
def test_the_page_of_the_address_is_made_first(
    shop: Workshop, three: Callable[..., Dashboard], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUERY_STRING", "theme=dark&page=train")
    assert three().page == "train"
    assert shop.made == ["Train"]


@pytest.mark.proves("dashboard.pages")
@pytest.mark.parametrize("query", ["page=nope", "page=", "page", "", "page=%00", "page=data%2F..", "&&=&"])
def test_an_address_that_names_no_page_leads_to_the_first(
    three: Callable[..., Dashboard], monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    monkeypatch.setenv("QUERY_STRING", query)
    assert three().page == "data"


@pytest.mark.proves("dashboard.trouble")
def test_a_page_that_cannot_be_made_says_why_and_keeps_nobody_from_the_others(
    shop: Workshop, three: Callable[..., Dashboard]
) -> None:
    shop.broken.add("Data")
    made = three()
    trouble = menu(made, "trouble")[0]
    assert trouble.startswith("ValueError: Data is broken (line ")
    assert trouble.endswith(" of make)")
    assert made.children_by_page == {}
    made.set_state({"page": "train"})
    assert list(made.children_by_page) == ["train"]


@pytest.mark.proves("dashboard.trouble")
def test_a_page_is_made_again_when_somebody_asks(shop: Workshop, three: Callable[..., Dashboard]) -> None:
    shop.broken.add("Data")
    made = three()
    made._handle_custom_msg({"build": "data"}, [])
    assert menu(made, "trouble")[0] != ""
    shop.broken.clear()
    made._handle_custom_msg({"build": "data"}, [])
    assert (menu(made, "trouble")[0], menu(made, "built")[0]) == ("", True)
    made._handle_custom_msg({"build": "data"}, [])
    assert shop.made == ["Data"] * 3


@pytest.mark.proves("dashboard.trouble")
def test_a_viewer_is_not_told_what_a_program_says(shop: Workshop, three: Callable[..., Dashboard], meet: Meet) -> None:
    meet("viewer")
    shop.broken.add("Data")
    assert menu(three(), "trouble")[0].startswith("Try again.")


def test_a_page_that_leads_to_another_while_it_is_made_is_made_once(meet: Meet) -> None:
    calls: list[str] = []

    def first(board: Dashboard) -> Widget:
        calls.append("first")
        board.go("Second")
        board.go("First")
        return HTML()

    made = Dashboard({"First": first, "Second": HTML()}, extras=())
    assert calls == ["first"]
    assert menu(made, "built") == [True, True]


@pytest.mark.proves("dashboard.roles")
def test_a_page_for_other_roles_is_neither_shown_nor_made(
    shop: Workshop, three: Callable[..., Dashboard], meet: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet("viewer")
    monkeypatch.setenv("QUERY_STRING", "page=secret")
    made = three()
    assert (made.page, menu(made)) == ("data", ["data", "train"])
    assert made.visitor == {"name": "Ann", "role": "viewer"}
    assert not made.go("Secret")
    made.set_state({"page": "secret"})
    made._handle_custom_msg({"build": "secret"}, [])
    with pytest.raises(TraitError):
        made.page = "secret"
    made.mark("Secret", "running")
    assert (made.page, menu(made), shop.made) == ("data", ["data", "train"], ["Data"])
    assert "Secret" not in str(made.get_state())


@pytest.mark.proves("dashboard.roles")
def test_a_role_that_was_lowered_meanwhile_makes_no_page_more(
    shop: Workshop, three: Callable[..., Dashboard], meet: Meet
) -> None:
    made = three()
    assert menu(made) == ["data", "train", "secret"]
    meet("viewer")
    made.set_state({"page": "secret"})
    assert (made.page, menu(made), shop.made) == ("data", ["data", "train"], ["Data"])


def test_a_dashboard_without_a_page_for_the_visitor_is_empty(shop: Workshop, meet: Meet) -> None:
    meet("viewer")
    made = Dashboard({"Secret": Page(shop.page("Secret"), roles=("admin",))}, extras=())
    assert (made.page, made.menu, shop.made) == ("", [], [])


HOSTILE: list[dict[str, Any]] = [
    {"menu": [{"slug": "secret"}]},
    {"visitor": {"name": "x", "role": "admin"}},
    {"children_by_page": {"data": "IPY_MODEL_x"}},
    {"extras": ["notebook"]},
    {"title": "<script>"},
    {"saved": {"a": 1}},
    {"snapshot": {"page": "other"}},
    {"height": 9},
    {"layout": "IPY_MODEL_x"},
    {"_view_name": "Other"},
    {"unknown": 1},
    {"page": "secret"},
    {"page": ["data"]},
    {"page": None},
    {"page": ""},
    {"page": "data" * 100_000},
]


@pytest.mark.proves("dashboard.hostile", "door.widget-values")
@pytest.mark.parametrize("values", HOSTILE, ids=lambda values: next(iter(values)))
def test_nothing_but_the_page_is_taken_from_a_client(
    three: Callable[..., Dashboard], meet: Meet, values: dict[str, Any]
) -> None:
    meet("viewer")
    made = three()
    before, sent = made.get_state(), list[Any]()
    made.send_state = sent.append
    made.set_state(values)
    assert made.get_state() == before
    assert sent == ([list(values)] if set(values) <= set(made.keys) else [])


@pytest.mark.proves("dashboard.hostile")
def test_a_page_is_taken_also_beside_what_is_refused(three: Callable[..., Dashboard]) -> None:
    made = three()
    made.set_state({"page": "train", "title": "x"})
    assert (made.page, made.title) == ("train", "Digits")


@pytest.mark.proves("dashboard.hostile")
@pytest.mark.parametrize("content", [None, 3, [], {}, {"build": 3}, {"build": "nope"}, {"build": ["data"]}])
def test_a_message_that_means_nothing_does_nothing(
    shop: Workshop, three: Callable[..., Dashboard], content: Any
) -> None:
    made = three()
    made._handle_custom_msg(content, [])
    assert shop.made == ["Data"]


@pytest.mark.proves("dashboard.extras")
def test_extras_stand_behind_the_authors_pages_and_can_be_left_out(shop: Workshop, meet: Meet) -> None:
    pages = {"Data": shop.page("Data")}
    every = Dashboard(pages)
    assert menu(every)[0] == "data"
    assert menu(every)[-4:] == ["jobs", "models", "ask", "notebook"]
    assert every.extras[-5:] == ["jobs", "models", "ask", "notebook", "licence"]
    some = Dashboard(pages, extras=("ask",))
    assert (menu(some), some.extras) == (["data", "ask"], ["ask"])
    assert Dashboard(pages, extras=()).extras == []
    with pytest.raises(ValueError, match="There is no extra 'chat'"):
        Dashboard(pages, extras=("chat",))


@pytest.mark.proves("dashboard.extras")
def test_an_authors_page_stands_in_place_of_the_extra_of_its_name(shop: Workshop, meet: Meet) -> None:
    made = Dashboard({"Jobs": shop.page("Jobs")}, extras=("jobs", "models"))
    assert (menu(made), made.extras, shop.made) == (["jobs", "models"], ["models"], ["Jobs"])


@pytest.mark.proves("dashboard.extras")
@pytest.mark.parametrize(("role", "controls"), [("viewer", False), ("analyst", True)])
def test_what_extras_offer_follows_the_role(shop: Workshop, meet: Meet, role: str, controls: bool) -> None:
    meet(role)
    made = Dashboard({"Data": shop.page("Data")})
    assert ("notebook" in menu(made)) is controls
    assert made.go("Jobs")
    assert made.go("Models")
    assert made.go("Ask the model")
    table = made.children_by_page["jobs"].children[0]
    assert (table.controls, made.children_by_page["models"].controls) == (controls, controls)
    assert all(entry["trouble"] == "" for entry in made.menu)


def test_an_option_that_there_is_not_is_refused(shop: Workshop, meet: Meet) -> None:
    with pytest.raises(TypeError, match="Dashboard has no option 'heigth'"):
        Dashboard({"Data": shop.page("Data")}, heigth=3)
