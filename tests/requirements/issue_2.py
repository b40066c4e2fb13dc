"""The house and the main road."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 2",
        Requirement(
            "house.fresh-clone",
            "`make demo` and `make test` do all their set-up in a fresh clone, with no Node on the machine.",
            elsewhere="by hand",
        ),
        Requirement(
            "house.installed",
            "After `pip install` of the wheel alone the lab and server extensions say enabled and OK.",
        ),
        Requirement(
            "house.kill-in-training",
            "After kill -9 of the server in mid-training the job is the same, with every line, metric and its "
            "exit code.",
        ),
        Requirement(
            "house.browser",
            "Tests drive the real Lab and the real Voila page: run, watch and stop a job; a viewer is refused all "
            "else.",
        ),
        Requirement(
            "house.article-client",
            "A program that follows the article alone gets classes, scores and boxes of a picture.",
        ),
        Requirement(
            "house.accuracy",
            "The demo measures its model on held-out scenes and prints accuracy and mean IoU.",
        ),
        Requirement(
            "house.layers",
            "Rooms import only downwards, the browser side keeps to its folders, and every type is checked.",
            elsewhere="make lint",
        ),
        Requirement("house.generated", "What is generated and committed is what would be generated now."),
        Requirement("house.docs", "Links, commands and code in the docs can be followed, run and read."),
        Requirement("house.demo-data", "No scanned digit is in two splits, and masks agree with their boxes."),
        Requirement("house.pages-ask-nobody", "No page asks another host."),
        Requirement("house.torch", "No server process imports torch."),
    ),
)
