"""What a worker loads, and what answers for it."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 11: what answers",
        Requirement("models.mlp", "A network for rows of numbers is built, trained and served by its configuration."),
        Requirement("models.cnn", "A network that names pictures answers tensors and the pictures of the four calls."),
        Requirement("models.safetensors", "Weights by safetensors are served as those by torch, each tensor checked."),
        Requirement(
            "models.missing-library",
            "What a model's environment lacks is told in one sentence, with the command that installs it.",
        ),
        Requirement(
            "serving.quick-networks",
            "Convolutional networks answer with their normalization folded in and channels last, where the answer is "
            "the same.",
        ),
    ),
)
