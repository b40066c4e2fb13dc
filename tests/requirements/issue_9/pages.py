"""Pages for people without Lab, what they choose there, and the kernels behind them."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 9: people without Lab",
        Requirement(
            "desk.published-jobs",
            "A viewer runs published scripts with parameters of their own, stops their own jobs, no more.",
            names=("setting published_scripts", "setting viewer_jobs"),
        ),
        Requirement("desk.reading-tokens", "A token whose scope is read changes nothing, whoever it belongs to."),
    ),
    *of(
        "issue 9: pages",
        Requirement(
            "desk.parameters",
            "Training code reads what its job was submitted with.",
            names=("crispdm.parameters",),
        ),
        Requirement("desk.fields", "What a visitor chose in any widget of a page is found, named and put back."),
        Requirement("desk.restore", "Values are in the widgets of a page before it is shown.", names=("widgets.Kept",)),
        Requirement(
            "desk.autosave",
            "A page is saved at each change, once a second at most, at page switch and when the tab goes.",
        ),
        Requirement("desk.tabs", "Of two tabs the newer wins per field, and the older is told and may take over."),
        Requirement("desk.misfits", "What no longer fits is left out and named, and the rest comes back."),
        Requirement(
            "desk.story",
            "Twelve widgets on three pages are back after the server or the kernel died, and on another computer.",
        ),
        Requirement("desk.kernel-gone", "What is chosen after the kernel died is kept too."),
        Requirement("desk.phases", "The demo's dashboard has the six phases as its pages, each with its real work."),
    ),
    *of(
        "issue 9: when something is gone",
        Requirement(
            "desk.restore-cost",
            "Putting fifty values back adds at most 100 ms to the making of a dashboard.",
            elsewhere="benchmarks/bench_restore.py",
        ),
        Requirement(
            "desk.banner", "A page says within 5 seconds that its server or its kernel is gone, in one sentence."
        ),
        Requirement(
            "desk.go-on",
            "One click makes the page anew with all that was saved; it does so by itself when nothing is lost by it.",
        ),
    ),
    *of(
        "issue 9: pages at the door",
        Requirement("desk.cards", "The home page shows each dashboard's title, description, picture and publisher."),
        Requirement(
            "desk.cards-hostile", "What notebooks say of themselves stays text; a broken one does not spoil the list."
        ),
        Requirement("desk.accessible", "axe-core finds nothing serious on the login page and the home page."),
        Requirement("desk.forget", "Log out and forget drops what was kept of the person for their next visit."),
        Requirement("desk.page-argument", "A dashboard's address names one of its pages, which its kernel is told."),
        Requirement(
            "desk.framing",
            "Our pages and Lab's are framed by this site only; a dashboard frames Lab, with every protection on, and "
            "whoever is refused in a tab is refused in a frame.",
        ),
    ),
    *of(
        "issue 9: kernels",
        Requirement("kernels.token-in-memory", "A kernel's token is in no file and no list; the audit log tells it."),
        Requirement(
            "kernels.token-role",
            "A kernel's token opens what its owner may at that moment, an analyst's work at most, and nothing once "
            "they are removed, have another password, or the token by which they came is revoked.",
        ),
        Requirement("warm.told", "A kernel that was ready knows its visitor as one that is started for them does."),
        Requirement("warm.once", "A kernel that was ready is given to one visitor, however many come at once."),
        Requirement("warm.hidden", "A kernel that waits has no owner and no token, and is in no list."),
        Requirement("warm.replaced", "A kernel that waits and dies is replaced; a visitor who meets it gets another."),
        Requirement("warm.counted", "Kernels that wait count, give way, and are kept only while memory is free."),
        Requirement(
            "settings.warm-kernels", "`warm_kernels` says how many kernels are kept ready.",
            names=("setting warm_kernels",),
        ),
        Requirement(
            "bench.warm", "A page with a kernel that was ready is there within 1 s beyond plain Voila's best.",
            elsewhere="benchmarks/bench_warm.py",
        ),
        Requirement("kernels.token-ends", "A kernel's token ends as its process ends: stopped, restarted or killed."),
    ),
    *of(
        "issue 9: pages",
        Requirement(
            "dashboard.menu",
            "The menu of a `Dashboard` has its pages in their order, in groups, with icons, a mark of how the work of "
            "each stands, and which one is shown.",
        ),
        Requirement(
            "dashboard.pages",
            "A page is a widget, or a function that makes one at the first visit; what it made is kept.",
            names=("widgets.Page",),
        ),
        Requirement(
            "dashboard.trouble",
            "A page that cannot be made says why to who codes, can be tried again, and keeps nobody from the others.",
        ),
        Requirement(
            "dashboard.address",
            "The page stands in the address: links, back and forward lead to it; in Lab no address is touched.",
        ),
        Requirement(
            "dashboard.switch",
            "Who goes back to a page that was made needs no kernel for it, and what is hidden follows nothing.",
        ),
        Requirement(
            "dashboard.roles",
            "A page for other roles is neither shown nor made, whatever link or value a client brings; who is not "
            "known has the least role.",
        ),
        Requirement(
            "dashboard.hostile",
            "From a client a dashboard takes the page alone, and of the pages those of its visitor's menu.",
        ),
        Requirement(
            "dashboard.keyboard",
            "The keyboard is enough: arrow keys in the menu, Enter, a way to skip it, and the focus at the heading.",
        ),
        Requirement(
            "dashboard.extras",
            "Beside its author's pages a dashboard offers jobs, models, asking a model, a notebook for those who code, "
            "the licence, and the way out; each can be left out.",
            names=("widgets.ModelTable", "widgets.NotebookFrame"),
        ),
        Requirement("dashboard.accessible", "axe-core finds nothing serious in a dashboard and its extras."),
        Requirement(
            "dashboard.one-application",
            "A dashboard fills its page under one bar, and down to 800 pixels its menu is behind a button.",
        ),
    ),
)
