"""The pages of a dashboard: names for the address, groups, and what a page may be."""

from __future__ import annotations

import functools
from typing import Any

import pytest
from ipywidgets import HTML, IntSlider, VBox

from jupyter_crispdm.widgets import Page
from jupyter_crispdm.widgets.pages import entries_of, found


def nothing() -> HTML:
    return HTML()


def slugs(pages: dict[str, Any]) -> list[str]:
    return [entry.slug for entry in entries_of(pages)]


@pytest.mark.proves("dashboard.address")
@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Data", "data"),
        ("Business understanding", "business-understanding"),
        ("Évaluation & Prüfung", "evaluation-prufung"),
        ("  <b>1</b>  ", "b-1-b"),
        ("数据", "page"),
        ("a" * 200, "a" * 60),
        ("../../etc", "etc"),
    ],
)
def test_the_slug_of_a_page_is_plain_whatever_its_name(name: str, slug: str) -> None:
    assert slugs({name: nothing}) == [slug]


@pytest.mark.proves("dashboard.address")
def test_no_two_pages_have_one_slug() -> None:
    assert slugs({"数据": nothing, "模型": nothing, "A": nothing, "a": nothing, "G": {"A": nothing}}) == [
        "page", "page-2", "a", "a-2", "a-3",
    ]  # fmt: skip


@pytest.mark.proves("dashboard.address")
def test_an_author_may_choose_the_slug() -> None:
    assert slugs({"数据": Page(nothing, slug="data"), "Data": nothing}) == ["data", "data-2"]
    for bad in ("A", "a/b", "-a", "a" * 61, "ä"):
        with pytest.raises(ValueError, match="slug"):
            Page(nothing, slug=bad)


@pytest.mark.proves("dashboard.menu")
def test_groups_hold_pages_in_their_order() -> None:
    pages = {"A": nothing, "G": {"B": nothing, "H": {"C": nothing}}, "D": nothing}
    assert [(entry.group, entry.name) for entry in entries_of(pages)] == [
        ("", "A"), ("G", "B"), ("G › H", "C"), ("", "D"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["", "   ", 3, None])
def test_a_page_without_a_name_is_refused(name: Any) -> None:
    with pytest.raises(ValueError, match="has a name"):
        entries_of({name: nothing})


@pytest.mark.parametrize("content", [None, 3, "text", [nothing]])
def test_what_is_no_page_is_refused(content: Any) -> None:
    with pytest.raises(TypeError, match="A page is a widget or a function"):
        entries_of({"A": content})


@pytest.mark.parametrize("roles", [("owner",), "viewer", ("viewer", "root")])
def test_roles_that_there_are_not_are_refused(roles: Any) -> None:
    with pytest.raises(ValueError, match="viewer, analyst, admin"):
        Page(nothing, roles=roles)


def test_a_page_is_found_by_slug_name_and_group() -> None:
    entries = entries_of({"Data": nothing, "G": {"Data": nothing, "Train": nothing}})
    assert [found(entries, name).slug for name in ("Data", "data-2", "G/Data", "Train", "train")] == [
        "data", "data-2", "data-2", "train", "train",
    ]  # fmt: skip
    with pytest.raises(ValueError, match=r"There is no page 'Nope'\. There are: Data, Data, Train"):
        found(entries, "Nope")


@pytest.mark.proves("dashboard.pages")
def test_a_page_is_a_widget_or_what_a_function_makes() -> None:
    dashboard, slider = VBox(), IntSlider()
    assert Page(slider).make(dashboard) is slider
    assert Page(lambda: slider).make(dashboard) is slider
    assert Page(lambda board: board).make(dashboard) is dashboard
    assert Page(lambda board=slider: board).make(dashboard) is slider
    assert Page(functools.partial(lambda a, b: a, slider)).make(dashboard) is slider
    assert isinstance(Page(IntSlider).make(dashboard), IntSlider)
    box = Page(lambda: [slider, slider]).make(dashboard)
    assert isinstance(box, VBox)
    assert list(box.children) == [slider, slider]


@pytest.mark.parametrize("made", [None, 3, "<b>", [3]])
def test_a_function_that_makes_no_widget_is_told_so(made: Any) -> None:
    with pytest.raises(TypeError, match="must return a widget"):
        Page(lambda: made).make(VBox())
