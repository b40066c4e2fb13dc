"""What a training program reports while it runs. Standard library only, Python 3.8 and later.

    import crispdm

    rate = crispdm.parameters().get("rate", 0.01)  # what the job was submitted with
    crispdm.params({"rate": rate})
    for epoch in range(10):
        crispdm.log({"loss": loss, "accuracy": accuracy}, step=epoch)
        crispdm.progress(epoch + 1, 10, "training")
        crispdm.image("samples", batch[:8], step=epoch)  # also histogram, text, table, figure
    crispdm.artifact("confusion.png")
    crispdm.model("best.pt", name="unet_digits", task="segmentation", classes=["0", "1"])

In a job everything goes to the job's directory, anywhere else to `./crispdm-runs/<time>-<pid>/`.
What a call has written when it returns is safe from the death of the process. No call that
reports raises: what cannot be recorded (a full disk, a value that is no number) is said once on stderr, and the
training goes on.
"""

from ._artifacts import artifact, model
from ._continuing import fork, resume
from ._events import params, progress
from ._media import figure, histogram, image, table, text
from ._metrics import log
from ._run import parameters, run_dir

__all__ = [
    "artifact",
    "figure",
    "fork",
    "histogram",
    "image",
    "log",
    "model",
    "parameters",
    "params",
    "progress",
    "resume",
    "run_dir",
    "table",
    "text",
]
