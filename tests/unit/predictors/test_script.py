"""A registered script is at work in the worker: its steps, its streams, and what it does wrong."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from crispdm import predictors
from crispdm.algorithms._tensors import Refusal

WHOLE = '''
from dataclasses import dataclass
from pathlib import Path

@dataclass
class Setting:
    factor: float

class Model:
    signature = {"inputs": [{"name": "x", "datatype": "FP32", "shape": [-1]}], "outputs": []}
    batch = 8

    def load(self, path, metadata):
        self.setting = Setting(float(Path(path).read_text()))
        self.classes = metadata["classes"]
        self.ended = []

    def preprocess(self, inputs):
        return inputs["x"] + 1

    def predict(self, x):
        return x * self.setting.factor

    def postprocess(self, x):
        return {"y": x.tolist(), "names": ["a"] * len(x)}

    def stream(self, parameters):
        try:
            for word in parameters["text"].split():
                yield word if word != "2" else {"number": 2}
        finally:
            self.ended.append(True)
'''


def header(path: Path, script: str, **more: Any) -> dict[str, Any]:
    (path / "script.py").write_text(script)
    (path / "model.bin").write_text("3")
    told = {"format": "script", "path": str(path / "model.bin"), "script": str(path / "script.py"), "metadata": {}}
    return {**told, "metadata": {"classes": ["a", "b"]}, **more}


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    sys.modules.pop("_crispdm_script", None)


@pytest.mark.proves("serving.script")
def test_a_script_preprocesses_predicts_and_postprocesses(tmp_path: Path) -> None:
    told = header(tmp_path, WHOLE)
    assert predictors.runs_anything(told)
    predictors.ready(told)
    predictor = predictors.load(told)
    answer = predictor.infer({"x": np.array([1, 2], np.float32)})
    assert answer["y"].tolist() == [6, 9]
    assert answer["names"].tolist() == ["a", "a"]
    assert (predictor.classes, predictor.batch) == (["a", "b"], 8)
    assert predictor.signature["inputs"][0]["name"] == "x"
    with pytest.raises(Refusal, match="'x' is missing"):
        predictor.infer({})
    predictor.warm_up()


@pytest.mark.proves("serving.script")
def test_a_script_streams_and_is_closed_when_its_caller_leaves(tmp_path: Path) -> None:
    predictor = predictors.load(header(tmp_path, WHOLE))
    assert list(predictor.stream({"text": "one 2 three"})) == [{"text": "one"}, {"number": 2}, {"text": "three"}]
    left = predictor.stream({"text": "one 2 three"})
    next(left)
    left.close()
    assert predictor._program.ended == [True, True]


def test_a_script_may_be_the_model_itself(tmp_path: Path) -> None:
    script = '''
class Rule:
    @classmethod
    def load(cls, path, metadata):
        return cls()
    def predict(self, inputs):
        return inputs["x"] > 2
'''
    told = header(tmp_path, script)
    told.update(path=told.pop("script"), metadata={})
    assert predictors.load(told).infer({"x": np.array([1, 3])})["output"].tolist() == [False, True]
    assert not hasattr(predictors.load(told), "stream")


def test_a_script_answers_pictures_where_it_can(tmp_path: Path) -> None:
    script = '''
class Model:
    def load(self, path, metadata): pass
    def predict(self, inputs): return inputs
    def predict_images(self, images, options):
        return ({"results": {"class_name": []}, "image": image} for image in images)
    def work(self, options, shapes):
        if options: raise ValueError("'options' must be empty.")
        return [1.5] * len(shapes)
'''
    predictor = predictors.load(header(tmp_path, script))
    picture = np.zeros((2, 2, 3), np.uint8)
    assert predictor.predict([picture], {}) == [{"results": {"class_name": []}, "image": picture}]
    assert predictor.work({}, [picture.shape]) == [1]
    with pytest.raises(ValueError, match="'options'"):
        predictor.work({"x": 1}, [])


@pytest.mark.proves("serving.script-faults")
@pytest.mark.parametrize(
    ("body", "error", "message"),
    [
        ("return None", TypeError, "'output': None|'output' is NoneType"),
        ("return {}", TypeError, "it is empty"),
        ("return {1: [2]}", TypeError, "1 is int64"),
        ("return {'y': object()}", TypeError, "'y' is object"),
        ("return {'y': [[1], [2, 3]]}", ValueError, "inhomogeneous"),
        ("return {'y': 1j}", TypeError, "'y' is complex128"),
        ("raise ValueError('the text is too short')", ValueError, "^the text is too short$"),
        ("raise KeyError('weight')", KeyError, "weight"),
    ],
)
def test_a_script_that_answers_nonsense_is_told(
    body: str, error: type[Exception], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = f"class Model:\n  def load(self, path, metadata): pass\n  def predict(self, inputs):\n    {body}\n"
    predictor = predictors.load(header(tmp_path, script))
    with pytest.raises(error, match=message):
        predictor.infer({"x": np.zeros(1)})
    log = capsys.readouterr().err
    assert ("script.py\", line 4, in predict" in log) == (error is KeyError)


@pytest.mark.proves("serving.script-faults")
@pytest.mark.parametrize(
    ("script", "error", "message"),
    [
        ("", ValueError, "needs one class .* has none"),
        ("def load(path, metadata): pass", ValueError, "has none"),
        ("class A:\n  def predict(self, x): pass", ValueError, "has none"),
        ("from collections import OrderedDict\nx = OrderedDict", ValueError, "has none"),
        ("class A:\n  load = predict = print\nclass B(A): pass", ValueError, "of A, B none is called Model"),
        ("class A:\n  load = predict = staticmethod(lambda *a: None)", ValueError, "returned nothing"),
        ("import no_such_thing", ModuleNotFoundError, "no_such_thing"),
        ("class A(", SyntaxError, "never closed"),
        ("class A:\n  def load(self, *a): raise OSError('no weights')\n  predict = load", OSError, "no weights"),
    ],
)
def test_a_script_that_cannot_be_loaded_is_told(
    script: str, error: type[Exception], message: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=message):
        predictors.load(header(tmp_path, script))


def test_a_stream_of_something_else_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = "class Model:\n  load = predict = lambda *a: None\n  def stream(self, parameters):\n    yield 3\n"
    with pytest.raises(TypeError, match="must yield texts or objects, not int"):
        list(predictors.load(header(tmp_path, script)).stream({}))
    assert "The script failed in 'stream'" in capsys.readouterr().err


def test_a_script_of_the_same_name_is_another_one(tmp_path: Path) -> None:
    one = predictors.load(header(tmp_path, WHOLE))
    (tmp_path / "other").mkdir()
    predictors.load(header(tmp_path / "other", "class Model:\n  load = predict = lambda *a: [5]\n"))
    assert one.infer({"x": np.array([0], np.float32)})["y"].tolist() == [3]


def test_the_script_of_the_docs_does_what_they_say(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs/users/formats.md").read_text()
    (script,) = re.findall(r"```python\n(from pathlib.*?)```", page, re.DOTALL)
    predictor = predictors.load(header(tmp_path, script))
    answer = predictor.infer({"x": np.array([[1, 2, 3, 4]], np.float32)})
    assert answer["sum"].tolist() == [10]
    assert predictor.batch == 32
    assert [piece["text"] for piece in predictor.stream({})] == ["one ", "two"]


@pytest.mark.parametrize(
    ("said", "registered", "classes"),
    [
        ("numpy.array(['cat', 'dog'])", ["a"], ["cat", "dog"]),
        ("numpy.array([3])", ["a"], ["3"]),
        ("numpy.array([])", ["a"], ["a"]),
        ("(1, 2)", [], ["1", "2"]),
        ("None", ["a", "b"], ["a", "b"]),
        ("None", None, []),
    ],
)
def test_a_script_names_its_classes_as_it_has_them(
    said: str, registered: Any, classes: list[str], tmp_path: Path
) -> None:
    """Those of scikit-learn's estimators are arrays."""
    script = (
        "import numpy\nclass Model:\n  def load(self, path, metadata):\n"
        f"    self.classes = {said}\n  def predict(self, inputs): return inputs\n"
    )
    assert predictors.load(header(tmp_path, script, metadata={"classes": registered})).classes == classes


def test_a_signature_of_the_script_comes_before_the_registered_one_and_is_looked_at(tmp_path: Path) -> None:
    script = (
        "class Model:\n  signature = {}\n  def load(self, path, metadata): self.signature = metadata['signature']\n"
        "  def predict(self, inputs): return {name: array * 2 for name, array in inputs.items()}\n"
    )
    wide = {"inputs": [{"name": "x", "datatype": "FP32", "shape": [-1, 2]}]}
    narrow = {"inputs": [{"name": "x", "datatype": "FP32", "shape": [-1]}]}
    own = predictors.load(header(tmp_path, script, metadata={"signature": narrow}, signature=wide))
    assert own.signature["inputs"][0]["shape"] == [-1]
    assert own.infer({"x": np.array([1, np.nan])})["x"].dtype == np.float32, "NaN says that a value is not known"
    for array in (np.zeros((1, 2)), np.array(["a"], object), np.zeros(0)):
        with pytest.raises(Refusal) as refused:
            own.infer({"x": array})
        assert refused.value.field == "x"
    assert predictors.load(header(tmp_path, script, metadata={"signature": None}, signature=wide)).signature["inputs"]
    with pytest.raises(ValueError, match=r"'signature\.inputs' must be a list"):
        predictors.load(header(tmp_path, script, metadata={"signature": {"inputs": 3}}))
