"""The words of jobs on the command line."""

from __future__ import annotations

from jupyter_crispdm.base.rooms.commands import Command

COMMANDS = [
    Command("run", "submit a job", "jupyter_crispdm.cli.jobs.run", takes_command=True),
    Command("rerun", "submit a job once more, with changes", "jupyter_crispdm.cli.jobs.rerun"),
    Command("jobs", "list the jobs", "jupyter_crispdm.cli.jobs.jobs"),
    Command("top", "watch runs in the terminal, without a server", "jupyter_crispdm.cli.jobs.top"),
    Command("logs", "print a job's log", "jupyter_crispdm.cli.jobs.logs"),
    Command("stop", "stop jobs", "jupyter_crispdm.cli.jobs.stop"),
    Command("send", "send text to a job's standard input", "jupyter_crispdm.cli.jobs.send"),
]
