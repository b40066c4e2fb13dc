"""A runtime for MLServer; the settings beside it are written by the benchmark."""

# mypy: ignore-errors
# It runs in an environment of its own.

from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse


class Runtime(MLModel):
    """The network in MLServer."""

    async def load(self) -> bool:
        """Make the network."""
        import network
        import torch

        self._predict, self._tensor = network.predict, torch.from_numpy
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        """Read, predict, answer."""
        output = self._predict(self._tensor(NumpyCodec.decode_input(payload.inputs[0])))
        return InferenceResponse(model_name=self.name, outputs=[NumpyCodec.encode_output("outputs", output.numpy())])
