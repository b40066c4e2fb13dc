"""What the headers of a request to a model say."""

from __future__ import annotations

import pytest

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.serving.inference.protocols.terms import Terms, own_span, read_terms, response_headers

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


def test_most_requests_say_nothing() -> None:
    assert read_terms(dict[str, str]().get) is Terms.PLAIN


@pytest.mark.proves("serving.deadline")
@pytest.mark.parametrize(
    ("text", "seconds"),
    [("500m", 0.5), ("2S", 2.0), ("1M", 60.0), ("1H", 3600.0), ("250000u", 0.25), ("10000000n", 0.01)],
)
def test_a_deadline_as_grpc_writes_it(text: str, seconds: float) -> None:
    assert read_terms({"grpc-timeout": text}.get).timeout == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("grpc-timeout", "soon"), ("grpc-timeout", "5"), ("grpc-timeout", "-5S"), ("grpc-timeout", "123456789S"),
        ("grpc-timeout", "5s"), ("grpc-timeout", ""),
        ("inference-header-content-length", "x"), ("inference-header-content-length", "-1"),
        ("inference-header-content-length", "1" * 19), ("inference-header-content-length", "²"),
    ],
)  # fmt: skip
def test_what_is_no_term_is_a_400_that_names_its_header(name: str, text: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read_terms({name: text}.get)
    assert str(caught.value.details["field"]).lower() == name


@pytest.mark.proves("serving.trace")
def test_a_trace_goes_on_with_a_span_of_ours() -> None:
    version, trace, span, flags = own_span(PARENT).split("-")
    assert (version, trace, flags) == ("00", TRACE, "01")
    assert len(span) == 16
    assert span != "b7ad6b7169203331"
    assert own_span(PARENT) != own_span(PARENT)
    assert own_span(f"cc-{TRACE}-b7ad6b7169203331-03-what-comes-later")[:3] == "00-"  # as if of ours
    assert own_span(f"00-{TRACE}-b7ad6b7169203331-fe")[-2:] == "00"


@pytest.mark.proves("serving.trace")
@pytest.mark.parametrize(
    "parent",
    [
        None, "", "rubbish", f"ff-{TRACE}-b7ad6b7169203331-01", f"00-{'0' * 32}-b7ad6b7169203331-01",
        f"00-{TRACE}-{'0' * 16}-01", PARENT.upper(), PARENT + "-more",
        f"00-{TRACE}-b7ad6b7169203331", PARENT + "\r\nx: y",
    ],
)  # fmt: skip
def test_what_is_no_trace_is_passed_over(parent: str | None) -> None:
    assert own_span(parent) == ""


def test_the_answer_says_what_it_is() -> None:
    assert response_headers(Terms.PLAIN, None) == {"content-type": "application/json"}
    assert response_headers(Terms(trace=PARENT), 12) == {
        "content-type": "application/octet-stream", "inference-header-content-length": "12", "traceresponse": PARENT,
    }  # fmt: skip
