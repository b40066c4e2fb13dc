"""Flask on waitress, as the article's author served: JSON by Flask, bytes as they are."""

# mypy: ignore-errors
# It runs in an environment of its own.

import sys

import torch
from flask import Flask, jsonify, request
from network import SHAPE, predict
from waitress import serve

app = Flask(__name__)


@app.post("/infer")
def infer():
    """Read, predict, answer."""
    if request.content_type == "application/octet-stream":
        output = predict(torch.frombuffer(bytearray(request.data), dtype=torch.float32).reshape(SHAPE))
        return output.numpy().tobytes(), {"content-type": "application/octet-stream"}
    tensor = request.get_json()["inputs"][0]
    output = predict(torch.tensor(tensor["data"]).reshape(tensor["shape"]))
    outputs = [{"name": "outputs", "shape": list(output.shape), "data": output.flatten().tolist()}]
    return jsonify({"model_name": "bench", "outputs": outputs})


serve(app, host="127.0.0.1", port=int(sys.argv[1]), threads=8)
