"""The cell of a dashboard of several pages, which the page tests open."""

from collections.abc import Callable

from IPython.display import display
from ipywidgets import HTML, IntSlider, Label, VBox, Widget

from jupyter_crispdm.widgets import Dashboard, EnvironmentPicker, Page

made: list[str] = []


def page(name: str) -> Callable[[], Widget]:
    def make() -> Widget:
        made.append(name)
        return VBox([IntSlider(description=name), Label(f"the page {name}")])

    return make


def breaks_twice() -> Widget:
    made.append("breaks")
    if made.count("breaks") < 3:
        raise ValueError("pictures.csv is not there")
    return Label("the page that was broken")


def counts(dashboard: Dashboard) -> Widget:
    """Which pages were made."""
    made.append("counts")
    label = Label(" ".join(made))
    dashboard.observe(lambda _: setattr(label, "value", " ".join(made)), "children_by_page")
    return VBox([label, EnvironmentPicker("server")])


desk = Dashboard(
    {
        "Business understanding": Page(page("business"), icon="goal", slug="business"),
        "Data": {
            "数据 <b>understanding</b>": Page(page("data"), icon="data", slug="data"),
            "A preparation whose name is far longer than its place in the menu": Page(breaks_twice, slug="prepare"),
        },
        "Secret": Page(page("secret"), roles=("analyst", "admin")),
        "Admins": Page(page("admins"), roles=("admin",)),
        "Counts": Page(counts, icon="ui-components:folder"),
        "Text": HTML("<p>at last</p>"),
    },
    title="Handwriting",
    autosave=False,  # each test begins at the beginning
)
desk.mark("Business understanding", "done")
desk.mark("data", "running")
display(desk)  # type: ignore[no-untyped-call]
