"""What a model file holds, found out without loading it: is it what it says, how large, what would it build or run.

inspect (inspecting.py)       by format
├── weights.py                torch.save of a state dict; pickles.py follows its pickle, and executes none of it
├── tensors.py                safetensors
├── onnx.py                   a graph, read as protobuf (protobuf.py)
├── skops.py                  which types it would build
├── programs.py               TorchScript and torch.export
└── pickled.py                pickles: what they import, as far as that can be said
"""

from .inspecting import inspect, parse_format
from .seen import Seen

__all__ = ["Seen", "inspect", "parse_format"]
