"""A script as a scientist writes it, without the training: it makes a network and registers it."""

import crispdm
import torch
from crispdm.algorithms import unet

CLASSES = [str(digit) for digit in range(10)]
CONFIG = {"classes": CLASSES, "width": 4, "depth": 2}

torch.manual_seed(1)
torch.save(unet.build(CONFIG).state_dict(), "model.pt")
crispdm.model(
    "model.pt", name="unet_digits", format="torch", task="segmentation", classes=CLASSES,
    algorithm="unet", dataset="digits", config=CONFIG,
)  # fmt: skip
print("registered", flush=True)
