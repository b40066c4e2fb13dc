"""Text over real connections, from a real network in its own process."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import msgspec
import openai
import pytest

from jupyter_crispdm.streaming import Event
from tests.support import eventually, eventually_sync

from .conftest import RunningServer
from .inside import inside
from .writing import MODEL, asked, read, text_of, writing

LENGTH = 10_000
CUTS = 50


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with writing(tmp_path_factory.mktemp("writing")) as found:
        eventually_sync(lambda: found.status("w").state == "ready")
        yield found


@pytest.fixture
def client(server: RunningServer) -> httpx.Client:
    return server.client


@pytest.fixture
def theirs(server: RunningServer) -> Iterator[openai.OpenAI]:
    """OpenAI's own client."""
    with openai.OpenAI(base_url=str(server.client.base_url.join("/v1")), api_key="none", max_retries=0) as client:
        yield client


@pytest.mark.proves("text.generate", "serving.generate")
def test_a_text_comes_whole_and_the_same_with_the_same_seed(client: httpx.Client) -> None:
    address = f"/v2/models/{MODEL}/generate"
    first = client.post(address, json=asked(max_tokens=50)).raise_for_status().json()
    assert len(first["text_output"]) == 50
    assert first["details"] == {"finish_reason": "length", "prompt_tokens": 4, "completion_tokens": 50}
    assert client.post(f"/v2/models/{MODEL}/versions/1/generate", json=asked(max_tokens=50)).json() == first
    assert client.post(address, json=asked(max_tokens=50, seed=8)).json() != first


@pytest.mark.proves("text.generate-stream", "serving.generate")
def test_a_stream_says_what_the_whole_says(client: httpx.Client) -> None:
    events = read(client, asked(max_tokens=50))
    assert len(events) == 51
    whole = client.post(f"/v2/models/{MODEL}/generate", json=asked(max_tokens=50)).json()
    assert text_of(events) == whole["text_output"]
    assert msgspec.json.decode(events[-1].data)["details"]["finish_reason"] == "length"


@pytest.mark.proves("text.resumed")
def test_ten_thousand_tokens_that_are_cut_fifty_times_arrive_exactly_once(client: httpx.Client) -> None:
    body, events, last, chance = asked(max_tokens=LENGTH), list[Event](), "", random.Random(3)
    cuts = 0
    while len(events) <= LENGTH:
        events += read(client, body, last, chance.randint(1, LENGTH // CUTS) if cuts < CUTS else LENGTH + 1)
        last, cuts = events[-1].id, cuts + 1
    assert cuts >= CUTS
    assert len({event.id for event in events}) == len(events) == LENGTH + 1
    text = text_of(events)
    assert len(text) == LENGTH
    assert text[:500] == text_of(read(client, asked(max_tokens=500)))


def spent(server: RunningServer) -> float:
    """Seconds of the processor that the model's process took, once it does nothing any more."""
    [process] = server.workers()
    seen = [-1.0]

    def rests() -> bool:
        seen.append(sum(process.cpu_times()[:2]))
        return seen[-1] == seen[-2]

    eventually_sync(rests, step=0.2)
    return seen[-1]


@pytest.mark.proves("text.left")
def test_a_client_that_leaves_frees_its_slot_and_the_model_stops(server: RunningServer, client: httpx.Client) -> None:
    """Twenty who leave long texts at their beginning cost the model's process less than one whole text, a short one."""
    begun = spent(server)
    client.post(f"/v2/models/{MODEL}/generate", json=asked(max_tokens=4_096)).raise_for_status()
    whole = spent(server)
    for _ in range(20):
        read(client, asked(max_tokens=16_384), most=2)
    assert spent(server) - whole < whole - begun, "twenty texts of 16,384 tokens were written on"
    assert client.post(f"/v2/models/{MODEL}/generate", json=asked(max_tokens=20)).status_code == 200


@pytest.mark.proves("text.left")
async def test_whoever_leaves_ends_the_work_and_nothing_more_is_written(tmp_path: Path) -> None:
    log = tmp_path / "written"
    async with inside(tmp_path) as server:
        pool = await server.deploy()
        client, body = server.client(), {"parameters": {"count": 10**9, "log": str(log)}}
        for _ in range(5):
            async with client.stream("POST", "/v2/models/lamp/generate_stream", json=body) as answer:
                async for _ in answer.aiter_raw():
                    break
            await eventually(lambda: pool.working == 0)
        written = log.read_text()
        await client.post("/v2/models/lamp/generate", json={"parameters": {"count": 3}})
        assert log.read_text() == written, "the process has done something else since, and nothing of those texts"


@pytest.mark.proves("text.left")
def test_several_write_at_once_by_turns(client: httpx.Client) -> None:
    with ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(lambda seed: text_of(read(client, asked(max_tokens=200, seed=seed))), [1, 2, 1, 2]))
    assert texts[0] == texts[2]
    assert texts[1] == texts[3]
    assert texts[0] != texts[1]


@pytest.mark.proves("text.refused", "text.limits")
@pytest.mark.parametrize(
    ("parameters", "field"),
    [({"max_tokens": 0}, "max_tokens"), ({"temperature": 9}, "temperature"), ({"stop": 7}, "stop")],
)
def test_what_the_model_refuses_is_told_before_the_stream_begins(
    client: httpx.Client, parameters: dict[str, int], field: str
) -> None:
    for call in ("generate", "generate_stream"):
        answer = client.post(f"/v2/models/{MODEL}/{call}", json=asked(**parameters))
        assert answer.status_code == 422
        assert answer.json()["details"]["field"] == field


@pytest.mark.proves("text.resumed")
def test_an_empty_id_begins_anew_and_a_wrong_one_is_refused(client: httpx.Client) -> None:
    address = f"/v2/models/{MODEL}/generate_stream"
    anew = client.post(address, json=asked(max_tokens=5), headers={"Last-Event-ID": ""})
    assert anew.text.count("text_output") == 6
    assert "id: \n" not in anew.text
    assert "id:\n" not in anew.text
    assert client.post(address, json=asked(), headers={"Last-Event-ID": "7"}).status_code == 400
    assert client.post(address, json=asked(), headers={"Last-Event-ID": f"{'0' * 16}-3"}).status_code == 410


@pytest.mark.proves("text.openai-models", "serving.openai")
def test_openais_client_lists_the_models(theirs: openai.OpenAI) -> None:
    assert [model.id for model in theirs.models.list()] == [MODEL]
    assert theirs.models.retrieve(MODEL).object == "model"


@pytest.mark.proves("text.openai-completions", "serving.openai")
def test_openais_client_completes_a_text(theirs: openai.OpenAI) -> None:
    whole = theirs.completions.create(model=MODEL, prompt="once", max_tokens=30, seed=7, user="me", n=1)
    assert len(whole.choices[0].text) == 30
    assert whole.choices[0].finish_reason == "length"
    assert whole.usage is not None
    assert (whole.usage.prompt_tokens, whole.usage.total_tokens) == (4, 34)
    pieces = theirs.completions.create(model=MODEL, prompt="once", max_tokens=30, seed=7, stream=True)
    assert "".join(piece.choices[0].text for piece in pieces) == whole.choices[0].text


@pytest.mark.proves("text.openai-chat", "serving.openai")
def test_openais_client_holds_a_chat(theirs: openai.OpenAI) -> None:
    said: list[openai.types.chat.ChatCompletionMessageParam] = [{"role": "user", "content": "once"}]
    whole = theirs.chat.completions.create(model=MODEL, messages=said, max_completion_tokens=30, seed=7)
    answer = whole.choices[0].message
    assert (answer.role, len(answer.content or "")) == ("assistant", 30)
    pieces = theirs.chat.completions.create(
        model=MODEL, messages=said, max_completion_tokens=30, seed=7, stream=True,
        stream_options={"include_usage": True},
    )  # fmt: skip
    chunks = list(pieces)
    assert "".join(piece.choices[0].delta.content or "" for piece in chunks if piece.choices) == answer.content
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 30
    assert [piece.choices[0].finish_reason for piece in chunks if piece.choices][-1] == "length"


def test_a_stop_ends_the_text_before_it(theirs: openai.OpenAI) -> None:
    free = theirs.completions.create(model=MODEL, prompt="once", max_tokens=60, seed=7).choices[0].text
    stop = free[20:22]
    held = theirs.completions.create(model=MODEL, prompt="once", max_tokens=60, seed=7, stop=stop).choices[0]
    assert held.finish_reason == "stop"
    assert held.text == free[: free.index(stop)]


@pytest.mark.proves("text.left", "serving.openai")
def test_openais_client_breaks_off_in_the_middle(theirs: openai.OpenAI, client: httpx.Client) -> None:
    for _ in range(3):
        stream = theirs.completions.create(model=MODEL, prompt="once", max_tokens=16_384, stream=True)
        for _ in zip(range(3), stream, strict=False):
            pass
        stream.close()
    assert client.post(f"/v2/models/{MODEL}/generate", json=asked(max_tokens=5)).status_code == 200


@pytest.mark.proves("text.openai-errors")
def test_errors_reach_openais_client_as_its_own_kinds(theirs: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as missing:
        theirs.completions.create(model="gpt-4o", prompt="once")
    assert missing.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError) as refused:
        theirs.completions.create(model=MODEL, prompt="once", temperature=9)
    assert refused.value.param == "temperature"
    with pytest.raises(openai.BadRequestError) as several:
        theirs.completions.create(model=MODEL, prompt="once", n=2)
    assert several.value.param == "n"
    with pytest.raises(openai.BadRequestError):
        theirs.completions.create(model=MODEL, prompt="once", max_tokens=0, stream=True)


@pytest.mark.proves("text.openai-errors")
def test_tensors_are_refused_with_a_word_on_how_to_ask(client: httpx.Client) -> None:
    body = {"inputs": [{"name": "prompt", "datatype": "FP32", "shape": [1], "data": [1]}]}
    answer = client.post(f"/v2/models/{MODEL}/infer", json=body)
    assert answer.status_code == 422
    assert "generate" in answer.json()["message"]


def test_the_model_tells_what_it_takes(client: httpx.Client) -> None:
    told = client.get(f"/v2/models/{MODEL}").json()
    assert [tensor["name"] for tensor in told["inputs"]][:3] == ["prompt", "written", "max_tokens"]
    assert Path(told["platform"]).name == "crispdm_textrnn"
