"""A script as a scientist writes it, without the training: it makes a network that writes letters, and registers it."""

import crispdm
import torch
from crispdm.algorithms import textrnn

CONFIG = {"alphabet": "\n abcdefghijklmnopqrstuvwxyz", "width": 16}

torch.manual_seed(1)
torch.save(textrnn.build(CONFIG).state_dict(), "text.pt")
crispdm.model(
    "text.pt", name="scribbler", format="torch", task="text-generation", algorithm="textrnn", dataset="noise",
    config=CONFIG,
)  # fmt: skip
print("registered", flush=True)
