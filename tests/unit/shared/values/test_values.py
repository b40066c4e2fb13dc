"""Values travel as JSON, Arrow, PNG and plain bytes, come back as they were, and do no harm when others wrote them."""

from __future__ import annotations

import pickle
import struct
import tracemalloc
import zlib
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from jupyter_crispdm.shared.values import NotShareable, Unreadable, pack, unpack
from jupyter_crispdm.shared.values.flat import is_compressed
from tests.examples import examples

ARROW = "application/vnd.apache.arrow.stream"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
)  # fmt: skip


def trip(value: Any) -> Any:
    packed = pack(value)
    return packed.json if packed.content is None else unpack(packed.content, packed.type, packed.meta)


def stream(table: pa.Table, **options: Any) -> bytes:
    file = pa.BufferOutputStream()
    with pa.ipc.new_stream(file, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as out:
        out.write_table(table)
    return file.getvalue().to_pybytes()  # type: ignore[no-any-return]


def refused(content: bytes, kind: str, type: str = ARROW, **meta: Any) -> str:
    with pytest.raises(Unreadable) as caught:
        unpack(content, type, {"kind": kind, **meta})
    return str(caught.value)


@given(JSON)
def test_json_comes_back_as_it_was(value: Any) -> None:
    assert trip(value) == value


def test_numpys_numbers_and_tuples_are_json() -> None:
    assert trip({"a": (np.float32(0.5), np.int64(3), np.bool_(True), np.array(7))}) == {"a": [0.5, 3, True, 7]}
    assert type(trip(np.float64(1))) is float


@pytest.mark.proves("state.client-values")
@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({1, 2}, "of the type set"),
        (object(), "of the type object"),
        ({"a": [float("inf")]}, r"\['a'\]\[0\] is inf"),
        ({3: 4}, "the key 3"),
        (2**64, "more than 64 bits"),
        ("\ud800", "no Unicode"),
        ({"\ud800": 1}, "no Unicode"),
        ([np.arange(3)], "a key of its own"),
        (lambda: 1, "of the type function"),
    ],
)
def test_what_json_does_not_have_is_refused_by_name(value: Any, why: str) -> None:
    with pytest.raises(NotShareable, match=why):
        pack(value)


def test_what_holds_itself_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(NotShareable, match="deep"):
        pack(endless)


@pytest.mark.proves("state.client-values")
@pytest.mark.parametrize(
    "array",
    [
        np.arange(24, dtype="<i2").reshape(2, 3, 4), np.array([1.5, np.nan, np.inf]), np.array([[1 + 2j]]),
        np.array(["a", "bcd"]), np.array([b"x", b"yz"]), np.zeros((0, 3)), np.arange(10)[::-2].reshape(5, 1),
        np.array(["2026-11-29", "NaT"], dtype="M8[ns]"), np.array([True, False]), np.arange(3, dtype=">f4"),
    ],
    ids=lambda array: array.dtype.str,
)  # fmt: skip
def test_an_array_comes_back_as_it_was_and_may_be_written_to(array: Any) -> None:
    found = trip(array)
    assert (found.dtype, found.shape) == (array.dtype, array.shape)
    assert np.array_equal(found, array, equal_nan=array.dtype.kind in "fcM")
    assert found.flags.writeable


@pytest.mark.parametrize("array", [np.array([{}, []], dtype=object), np.zeros(2, dtype=[("a", "i4")])])
def test_an_array_of_python_objects_is_refused(array: Any) -> None:
    with pytest.raises(NotShareable, match="cannot be shared"):
        pack(array)


@pytest.mark.proves("state.client-values")
def test_frames_series_and_tables_come_back_as_they_were() -> None:
    frame = pd.DataFrame(
        {"n": [1, 2], "t": ["x", None], "d": pd.to_datetime(["2020", None]), "c": pd.Categorical(["u", "v"])},
        index=["r", "s"],
    )
    pd.testing.assert_frame_equal(trip(frame), frame)
    pd.testing.assert_frame_equal(trip(frame[["n", "d"]][:0]), frame[["n", "d"]][:0])
    for series in (pd.Series([1.0, 2.0]), pd.Series(["a"], name="b", index=[7])):
        pd.testing.assert_series_equal(trip(series), series)
    table = pa.table({"a": [[1], [2, 3]]})
    assert trip(table).equals(table)


@pytest.mark.parametrize("frame", [pd.DataFrame({"a": [object()]}), pd.DataFrame({"a": [{1: 2}, 3]})])
def test_a_frame_of_python_objects_is_refused(frame: Any) -> None:
    with pytest.raises(NotShareable, match="dataframe"):
        pack(frame)


def test_a_table_of_a_kind_that_others_would_refuse_is_refused() -> None:
    with pytest.raises(NotShareable, match="'r'"):
        pack(pa.table({"r": pa.array([{"a": 1}])}))


@pytest.mark.proves("state.client-values")
@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA", "I;16"])
def test_a_picture_comes_back_as_it_was(mode: str) -> None:
    picture = Image.new(mode, (3, 2), 1 if mode in ("1", "L", "I;16") else (1, 2, 3, 4)[: len(mode)])
    found = trip(picture)
    assert (found.mode, found.size, found.tobytes()) == (mode, (3, 2), picture.tobytes())


def test_a_picture_that_no_png_holds_is_refused() -> None:
    with pytest.raises(NotShareable, match="mode F"):
        pack(Image.new("F", (2, 2)))
    with pytest.raises(NotShareable, match="pixels"):
        pack(Image.new("1", (10_000, 10_000)))


@pytest.mark.parametrize("value", [b"", b"\0\xff", bytearray(b"a"), memoryview(b"ab")])
def test_bytes_come_back_as_bytes(value: Any) -> None:
    assert trip(value) == bytes(value)


@pytest.mark.parametrize(
    ("type", "meta"),
    [("image/jpeg", {}), ("text/html", {"kind": "array"}), (ARROW, {"kind": ["?"]}), (ARROW, {"kind": 3})],
)
def test_what_says_nothing_of_itself_stays_bytes(type: str, meta: dict[str, Any]) -> None:
    assert unpack(b"123", type, meta) == b"123"


# -- what others wrote


class Bomb:
    """What pickle would run."""

    def __reduce__(self) -> Any:
        return pytest.fail, ("it ran",)


@pytest.mark.proves("state.client-hostile")
@pytest.mark.parametrize("kind", ["array", "dataframe", "series", "table", "picture"])
@pytest.mark.parametrize("content", [pickle.dumps(Bomb()), b"", b"\xff" * 100, b"\x80\x05K\x01."])
def test_nothing_is_run_and_what_is_none_is_said(kind: str, content: bytes) -> None:
    type = {"array": "application/octet-stream", "picture": "image/png"}.get(kind, ARROW)
    assert "that can be read" in refused(content, kind, type, dtype="|O", shape=[1])


@pytest.mark.proves("state.client-hostile")
@pytest.mark.parametrize(
    ("dtype", "shape"),
    [
        ("O", [1]), ("|O8", [1]), ("V8", [1]), ("i4,f4", [1]), ("<f8", [10**12]), ("<f8", [-1, -1]), ("<f8", [2.0]),
        ("<f8", "1"), ("<f8", [True]), ("<f8", [1] * 40), ("<U0", [10**12]), (3, [1]), (None, None),
        ("<f8", [2**40, 2**40, 0]), ("<f8", [0]),
    ],
)  # fmt: skip
def test_an_array_that_lies_about_itself_is_refused(dtype: Any, shape: Any) -> None:
    refused(b"12345678", "array", "application/octet-stream", dtype=dtype, shape=shape)


@pytest.mark.proves("state.client-hostile")
@pytest.mark.parametrize(
    "table",
    [
        pa.table({"n": pa.nulls(10**9)}),
        pa.table({"r": pa.RunEndEncodedArray.from_arrays(pa.array([10**9], pa.int32()), pa.array([1]))}),
        pa.table({"s": pa.array([{}] * 1000, pa.struct([]))}),
        pa.table({"v": pa.array(["x" * 1000], pa.string_view())}),
        pa.table({"l": pa.array([[1]], pa.list_view(pa.int64()))}),
    ],
    ids=["nulls", "runs", "structs", "views", "list views"],
)
def test_a_table_that_would_grow_far_beyond_its_bytes_is_refused(table: pa.Table) -> None:
    content = stream(table)
    tracemalloc.start()
    refused(content, "dataframe")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**24


@pytest.mark.proves("state.client-hostile")
@pytest.mark.parametrize("codec", ["zstd", "lz4"])
def test_compressed_tables_are_refused_before_they_are_unpacked(codec: str) -> None:
    zeros = pa.table({"a": pa.array(np.zeros(100_000))})
    assert "compressed" in refused(stream(zeros, compression=codec), "table")
    words = pa.table({"a": pa.array(["word" * 100] * 3).dictionary_encode()})
    assert "compressed" in refused(stream(words, compression=codec), "dataframe")
    assert unpack(stream(words), ARROW, {"kind": "table"}).num_rows == 3


@pytest.mark.proves("state.client-hostile")
def test_a_picture_of_a_few_bytes_and_a_billion_pixels_is_refused() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(b"\0" * 1000)), chunk(b"IEND", b"")
    refused(b"\x89PNG\r\n\x1a\n" + b"".join(parts), "picture", "image/png")
    assert "that can be read" in refused(b"GIF89a" + b"\0" * 20, "picture", "image/png")


def test_a_series_of_two_columns_is_none() -> None:
    assert "2 columns" in refused(stream(pa.table({"a": [1], "b": [2]})), "series")


@settings(max_examples=examples(150))
@given(st.data())
def test_a_table_with_bytes_changed_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    content = bytearray(stream(pa.table({"a": [1, 2, 3], "t": ["x", "yy", None], "l": [[1], [], None]})))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    for kind in ("dataframe", "table"):
        try:
            unpack(bytes(content), ARROW, {"kind": kind})
        except Unreadable:
            continue


@pytest.mark.parametrize("message", [b"", b"\0" * 3, b"\xff" * 16, b"\x04\0\0\0"])
def test_what_is_no_message_is_said(message: bytes) -> None:
    with pytest.raises(ValueError, match="no message"):
        is_compressed(message)


def test_a_package_that_is_not_here_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str, package: str) -> Any:
        raise ModuleNotFoundError("No module named 'pyarrow'")

    monkeypatch.setattr("jupyter_crispdm.shared.values.packing.import_module", gone)
    assert "lacks a package" in refused(b"", "dataframe")
