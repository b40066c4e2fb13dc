"""What the first walk found."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 7: green everywhere",
        Requirement("tests.no-clock", "No unit test depends on how fast a machine is."),
    ),
    *of(
        "issue 7: a door that opens",
        Requirement(
            "door.theme-argument",
            "Arguments that Voila and Lab read from the address are on a list, and others are dropped or refused.",
        ),
        Requirement("door.error-pages", "Error pages are ours, in our look, and ask nobody."),
        Requirement(
            "files.opened-in-one-place",
            "Files that a program may change are opened in one place, without links, blocking or limits of size.",
        ),
        Requirement(
            "files.modes",
            "The data directory and its records are private, whatever the umask; jobs and kernels have the user's own.",
        ),
        Requirement("limits.before-body", "Limits by role and route hold before a body is read."),
        Requirement(
            "limits.strangers",
            "Refused logins cost strangers more than us: over-long passwords, addresses and audit rows are bounded.",
        ),
        Requirement("limits.frames", "A socket has a budget of frames, and a viewer's frame a limit of size."),
        Requirement(
            "secrets.one-list",
            "One list says which variables travel; the server's environment is closed to its own account.",
        ),
        Requirement("secrets.runtime-token", "The token in the runtime file is an analyst's, not an admin's."),
        Requirement("jobs.shown", "A viewer sees shared jobs only, without command, places or notebooks."),
        Requirement(
            "serving.config-of-address",
            "A client's configuration holds for its own address, or with a token for its holders.",
        ),
        Requirement(
            "door.closed-lists",
            "Routes, arguments, settings and variables that are not on a list are closed.",
        ),
        Requirement("numbers.odd", "Odd numbers in queries, headers and shapes are a 400 that names the field."),
        Requirement("models.hidden-pickle", "A pickle that hides its imports is refused at registration."),
        Requirement("environments.by-url", "A package named by address needs an admin's setting."),
    ),
    *of(
        "issue 7: one bad thing",
        Requirement("lists.one-job", "What one job reports does not spoil the list of jobs."),
        Requirement("jobs.listed-on-full-disk", "Jobs are listed and deleted where nothing can be written."),
        Requirement(
            "tasks.background",
            "Background work is started in one place, begins anew after a failure, and is told by doctor and health.",
        ),
        Requirement("tasks.listeners", "A listener's mistake spoils nothing for others."),
        Requirement("jobs.accepted-stop", "A stop that was accepted is done, in whatever order things happen."),
        Requirement("serving.healthy-worker", "No worker is killed for the length of its queue."),
        Requirement("serving.bounded-work", "The work of one request is bounded, with a clear 413."),
    ),
    *of(
        "issue 7: other projects' bug reports",
        Requirement("jobs.reopened-output", "A program that opens its output anew erases nothing of its log."),
        Requirement("jobs.results-no-progress", "Counts of results are no progress."),
        Requirement("cli.signals", "A job ended by a signal is the code that a shell gives."),
        Requirement("jobs.large-parameters", "Large parameters of a script do not vanish."),
        Requirement("notebooks.long-line", "One long line or thousands of outputs do not hang a notebook."),
        Requirement("notebooks.exit", "An exit in a notebook means what Python makes of it."),
        Requirement("notebooks.input", "A notebook's input and passwords come from the box."),
        Requirement(
            "kernels.foreign-specs",
            "A stale or foreign kernel specification makes nothing ready and hides nothing.",
        ),
        Requirement(
            "environments.moved",
            "An environment that moved or whose base is gone is broken, and its scripts do not become the server's.",
        ),
        Requirement("environments.inherited", "The server's own conda variables leak into no other environment."),
        Requirement(
            "serving.windows-zips",
            "Zips of Windows, readmes in zips, byte order marks and data addresses with parameters are read.",
        ),
        Requirement("serving.all-pictures", "All pictures of a request are answered, also the seventeenth."),
        Requirement(
            "serving.config-refused",
            "A configuration that cannot be followed is refused when it is sent, with its field.",
        ),
    ),
    *of(
        "issue 7: what a new user sees",
        Requirement("demo.signs-of-life", "The install, the demo and its training give signs of life."),
        Requirement("demo.lab-open", "The demo opens Lab on the running job and prints its link."),
        Requirement("jobs.names", "A job is named by what runs."),
        Requirement("jobs.owner", "A program's job belongs to its person, with the program named."),
        Requirement("jobs.reasons", "A failed job tells the exception's last line."),
        Requirement("jobs.waits-for-input", "A job that waits for input says so."),
        Requirement(
            "ui.job-page",
            "The job page is two lines and a log; tabs count what is there; a preview is reused.",
        ),
        Requirement("ui.log-search", "A log is searched as one types, with a count."),
        Requirement("ui.columns", "Columns fit their content, are chosen, and none is off the screen."),
        Requirement(
            "ui.run-form",
            "The form of a run has the notebook's parameters with their defaults and the file's name.",
        ),
        Requirement("ui.withdraw-asks", "Withdraw asks before a live model goes, and Delete is never the default."),
        Requirement("ui.dashboard-theme", "A dashboard follows the theme, says who looks, and leads home and out."),
        Requirement(
            "ui.predict-says",
            "PredictForm says that nothing is deployed, clears the old answer and names the bad picture.",
        ),
        Requirement("ui.readable", "Pages are readable in light and dark, and no colour of a log is lost."),
        Requirement("ui.keyboard", "Lists, tabs and forms are used with the keyboard alone."),
    ),
    *of(
        "issue 7: done when",
        Requirement(
            "tests.route-by-role",
            "The table of routes and roles, every argument of every page and the policy of content are walked by "
            "tests.",
        ),
        Requirement(
            "floods.health",
            "Health stays within ten times quiet beside each flood and beside a job that holds its files.",
            elsewhere="benchmarks/bench_floods.py",
        ),
        Requirement(
            "tests.odd-machines",
            "The tests pass with PYENV_VERSION pinned, beside a demo, on one core and beside a load.",
            elsewhere="by hand",
        ),
    ),
)
