"""A script as a scientist writes it, without the training: it makes a network that writes letters, and registers it.

It is so large that a long text takes half a minute: somebody must have the time to stop it.
"""

import crispdm
import torch
from crispdm.algorithms import textrnn

CONFIG = {"alphabet": "\n abcdefghijklmnopqrstuvwxyz", "width": 512, "depth": 3}

torch.manual_seed(1)
torch.save(textrnn.build(CONFIG).state_dict(), "text.pt")
crispdm.model(
    "text.pt", name="scribbler", format="torch", task="text-generation", algorithm="textrnn", dataset="noise",
    config=CONFIG,
)  # fmt: skip
print("registered", flush=True)
