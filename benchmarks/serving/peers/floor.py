"""The floor: bare ASGI on uvicorn with the model inline, JSON by msgspec, bytes as they are."""

# mypy: ignore-errors
# It runs in an environment of its own.

import socket
import sys

import msgspec
import torch
import uvicorn
from network import SHAPE, predict


class Tensor(msgspec.Struct):
    """An input."""

    name: str
    shape: list[int]
    datatype: str
    data: list[float]


class Asked(msgspec.Struct):
    """A request."""

    inputs: list[Tensor]


decoder, encoder = msgspec.json.Decoder(Asked), msgspec.json.Encoder()
JSON, BYTES = (b"content-type", b"application/json"), (b"content-type", b"application/octet-stream")


async def app(scope, receive, send):
    """Read, predict, answer."""
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body += message["body"]
        more = message["more_body"]
    if BYTES in scope["headers"]:
        output = predict(torch.frombuffer(bytearray(body), dtype=torch.float32).reshape(SHAPE))
        told, kind = output.numpy().tobytes(), BYTES
    else:
        tensor = decoder.decode(body).inputs[0]
        output = predict(torch.tensor(tensor.data).reshape(tensor.shape))
        outputs = [{"name": "outputs", "datatype": "FP32", "shape": output.shape, "data": output.flatten().tolist()}]
        told, kind = encoder.encode({"model_name": "bench", "outputs": outputs}), JSON
    headers = [kind, (b"content-length", str(len(told)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": told})


listening = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024)
config = uvicorn.Config(app, loop="uvloop", http="httptools", access_log=False, log_config=None)
uvicorn.Server(config).run([listening])
