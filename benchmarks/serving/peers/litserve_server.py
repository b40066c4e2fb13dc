"""LitServe with its defaults, on one worker."""

# mypy: ignore-errors
# It runs in an environment of its own.

import sys

import litserve
import torch
from network import predict


class Api(litserve.LitAPI):
    """The network in LitServe."""

    def setup(self, device):
        """Nothing more to make."""

    def decode_request(self, request):
        """Read."""
        tensor = request["inputs"][0]
        return torch.tensor(tensor["data"]).reshape(tensor["shape"])

    def predict(self, x):
        """Predict."""
        return predict(x)

    def encode_response(self, output):
        """Answer."""
        return {"outputs": [{"name": "outputs", "shape": list(output.shape), "data": output.flatten().tolist()}]}


if __name__ == "__main__":
    litserve.LitServer(Api(), accelerator="cpu").run(
        host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False, log_level="error"
    )
