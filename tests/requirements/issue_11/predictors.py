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
        Requirement(
            "models.tabular",
            "An estimator of scikit-learn answers rows, or named columns, with labels and how likely they are.",
        ),
        Requirement(
            "models.tabular-faults",
            "Unknown columns and categories, missing values, other lengths and types are told by the column's name.",
        ),
        Requirement("models.trusted-types", "A skops file builds types that skops or the registry trusts, no other."),
        Requirement("models.pickle-allowed", "A pickle is read only where an admin allowed it for this model."),
        Requirement("models.onnx", "A graph of ONNX answers as onnxruntime does, and says itself what it takes."),
        Requirement("models.torchscript", "A TorchScript answers as torch does, by its signature or a method."),
        Requirement("models.exported", "A program of torch.export answers as torch does, and says what it takes."),
        Requirement("models.of-mlflow", "A pipeline that MLflow wrote is registered, deployed and answers as there."),
        Requirement("streams.scored-by-model", "A deployed tabular model scores a stream and raises alarms."),
        Requirement(
            "serving.onnxruntime",
            "A network of ours runs by onnxruntime where that is asked for and says the same as torch.",
        ),
        Requirement("serving.formats", "Each format is asked over HTTP and answers as its own library does."),
        Requirement(
            "models.third-party",
            "A model file that somebody else's package ships answers as it does there, its state kept by the client.",
        ),
        Requirement("models.no-state-between-callers", "A model that remembers is told to forget before each request."),
        Requirement(
            "serving.script", "A registered script preprocesses, predicts, postprocesses and streams for its model."
        ),
        Requirement(
            "serving.script-faults",
            "A script that cannot be loaded, raises or answers nonsense is told, with its traceback in the log.",
        ),
        Requirement(
            "models.image-classification",
            "Any model that scores pictures as a tensor names the pictures of the four calls.",
        ),
    ),
)
