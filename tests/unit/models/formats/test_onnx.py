"""ONNX files: what they hold is found out without onnx, and nothing is read from beside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.models.formats import inspect
from jupyter_crispdm.models.formats.protobuf import Damaged, Reader
from jupyter_crispdm.models.types import ModelFormat

from .writing import field, graph, number, onnx, tensor

EXTERNAL = tensor(raw=None) + field(13, field(1, "location") + field(2, "../../etc/passwd")) + field(14, 1)


def look(path: Path, data: bytes) -> dict[str, object]:
    path.write_bytes(data)
    return inspect(path, ModelFormat.onnx).signature


@pytest.mark.proves("models.looked-into")
def test_a_graph_says_what_goes_in_and_out(tmp_path: Path) -> None:
    assert look(tmp_path / "m", onnx(tensor())) == {
        "inputs": [{"name": "x", "datatype": "FP32", "shape": [-1, 3]}],
        "outputs": [{"name": "y", "datatype": "INT64", "shape": [2]}],
    }


def test_weights_that_are_listed_as_inputs_are_none(tmp_path: Path) -> None:
    told = look(tmp_path / "m", onnx(tensor("x")))
    assert told["inputs"] == []


def test_a_model_that_others_wrote_is_read_as_its_own_runtime_reads_it(tmp_path: Path) -> None:
    runtime = pytest.importorskip("onnxruntime")
    for name in ("mul_1.onnx", "sigmoid.onnx", "logreg_iris.onnx"):
        file = Path(runtime.__file__).parent / "datasets" / name
        told = look(tmp_path / name, file.read_bytes())
        session = runtime.InferenceSession(file)
        for side, theirs in (("inputs", session.get_inputs()), ("outputs", session.get_outputs())):
            ours = told[side]
            assert isinstance(ours, list)
            assert [item["name"] for item in ours] == [item.name for item in theirs]
            tensors = [item for item in theirs if item.type.startswith("tensor")]
            shapes = [[n if isinstance(n, int) else -1 for n in item.shape] for item in tensors]
            assert [item["shape"] for item in ours if item["datatype"]] == shapes


WHERE = {
    "in the graph": onnx(EXTERNAL),
    "in a constant": onnx(nodes=(field(4, "Constant") + field(5, field(1, "value") + field(5, EXTERNAL)),)),
    "in a branch": onnx(nodes=(field(4, "If") + field(5, field(6, graph(EXTERNAL))),)),
    "in a list of graphs": onnx(nodes=(field(5, field(11, graph(EXTERNAL))),)),
    "in a sparse tensor": field(1, 8) + field(7, graph() + field(15, field(1, EXTERNAL))),
    "in a function": onnx() + field(25, field(7, field(5, field(10, EXTERNAL)))),
}


@pytest.mark.proves("models.looked-into")
@pytest.mark.parametrize("where", WHERE)
def test_tensors_in_other_files_are_refused_wherever_they_are_named(tmp_path: Path, where: str) -> None:
    with pytest.raises(Unprocessable, match="in other files"):
        look(tmp_path / "m", WHERE[where])


BOMBS = {
    "no numbers at all": tensor(dims=(10**9, 10**9), raw=None),
    "few numbers": tensor(dims=(10**9,), raw=b"\0" * 8),
    "few typed numbers": tensor(dims=(1000,), raw=None) + field(4, b"\0" * 16),
    "many dimensions": tensor(dims=(2,) * 100),
    "very many packed dimensions": tensor(dims=(), raw=None) + field(1, b"\x01" * 1000),
}


@pytest.mark.proves("models.bombs")
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_tensor_is_no_more_than_the_file_holds(tmp_path: Path, bomb: str) -> None:
    with pytest.raises(Unprocessable):
        look(tmp_path / "m", onnx(BOMBS[bomb]))


def test_weights_that_are_nan_are_refused(tmp_path: Path) -> None:
    nan = np.array([1, np.nan], "<f4").tobytes()
    with pytest.raises(Unprocessable, match="NaN"):
        look(tmp_path / "m", onnx(tensor(raw=nan)))


def test_graphs_in_graphs_end_somewhere(tmp_path: Path) -> None:
    inner = graph()
    for _ in range(40):
        inner = graph(nodes=(field(5, field(6, inner)),))
    with pytest.raises(Unprocessable, match="too deep"):
        look(tmp_path / "m", field(1, 8) + field(7, inner))


@pytest.mark.parametrize(
    "data",
    [
        b"\x08", b"\x08\x07", b"\x00\x00",
        b"\x3a\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", field(1, 8), field(7, graph()),
        field(1, 0) + field(7, graph()), onnx() + field(7, graph()), b"\x0b\x08\x07", b"PK\x03\x04" + b"\0" * 40,
    ],
)  # fmt: skip
def test_what_is_no_model_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Unprocessable, match="no ONNX model"):
        look(tmp_path / "m", data)


@pytest.mark.proves("models.looked-into")
def test_a_file_that_is_cut_anywhere_or_has_a_wrong_byte_is_refused_or_read(tmp_path: Path) -> None:
    whole = onnx(tensor(), nodes=(field(1, "x") + field(4, "Relu") + field(5, field(5, tensor("c"))),))
    refused = 0
    for at in range(len(whole)):
        for data in (whole[:at], whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]):
            try:
                (tmp_path / "m").write_bytes(data)
                inspect(tmp_path / "m", ModelFormat.onnx)
            except Unprocessable:
                refused += 1
    assert refused > len(whole)


def test_the_number_of_fields_is_bounded() -> None:
    data = memoryview(field(1, 1) * 100)
    assert len(list(Reader(data).fields(0, len(data)))) == 100
    with pytest.raises(Damaged, match="too many"):
        list(Reader(data, most=99).fields(0, len(data)))


def test_numbers_may_be_packed() -> None:
    data = memoryview(field(1, number(1) + number(300)) + field(1, 5))
    reader = Reader(data)
    assert [n for item in reader.fields(0, len(data)) for n in reader.numbers(item)] == [1, 300, 5]
