from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from crispdm.algorithms import textrnn
from crispdm.algorithms._generation import Generation
from torch import Tensor

ALPHABET = "\n abc"
CONFIG = {"alphabet": ALPHABET, "width": 8}


def predictor(config: dict[str, Any] | None = None) -> textrnn.Predictor:
    return textrnn.Predictor(textrnn.build(config or CONFIG))


class Circle(textrnn.TextRNN):
    """Goes round through its alphabet, and is quite sure of it."""

    def forward(self, characters: Tensor, memory: textrnn.Memory = None) -> tuple[Tensor, Tensor]:
        following = (characters + 1) % len(self.alphabet)
        return torch.nn.functional.one_hot(following, len(self.alphabet)).float() * 50, torch.zeros(1)


def circle() -> textrnn.Predictor:
    return textrnn.Predictor(Circle(textrnn.Config.parse(CONFIG)))


def written(source: textrnn.Predictor, **parameters: Any) -> str:
    return "".join(piece["text"] for piece in source.stream(parameters))


@pytest.mark.proves("text.model")
def test_a_model_goes_on_with_a_prompt_character_by_character() -> None:
    pieces = list(circle().stream({"prompt": " a", "max_tokens": 3}))
    assert [piece["text"] for piece in pieces] == ["b", "c", "\n", ""]
    assert pieces[-1]["finish_reason"] == "length"
    assert pieces[-1]["usage"] == {"prompt_tokens": 2, "completion_tokens": 3}


def test_it_ends_before_a_stop() -> None:
    pieces = list(circle().stream({"prompt": "", "max_tokens": 100, "stop": ["bc"]}))
    assert "".join(piece["text"] for piece in pieces) == " a"
    assert pieces[-1]["finish_reason"] == "stop"
    assert pieces[-1]["usage"]["completion_tokens"] == 4


def test_without_a_prompt_it_begins_as_after_a_line() -> None:
    assert written(circle(), max_tokens=2) == " a"
    assert written(circle(), prompt="é€", max_tokens=2) == " a", "characters that it does not know are left out"


def test_a_long_prompt_is_read_in_parts_between_which_others_may_work() -> None:
    pieces = list(circle().stream({"prompt": "a" * 1000, "max_tokens": 1}))
    assert [piece["text"] for piece in pieces] == ["", "", "", "b", ""]
    assert pieces[-1]["usage"]["prompt_tokens"] == 1000


def test_a_long_prompt_means_the_same_in_parts_as_at_once() -> None:
    torch.manual_seed(3)
    network = textrnn.build(CONFIG).eval()
    text = textrnn.encode("\n" + "abc " * 150, ALPHABET)
    with torch.inference_mode():
        whole = network(torch.tensor([text]))[0][0, -1]
    reader, memory = textrnn.Predictor(network), None
    for start in range(0, len(text), 256):
        parts, memory = reader._read(text[start : start + 256], memory)
    torch.testing.assert_close(parts, whole)


@pytest.mark.proves("text.model")
def test_a_seed_brings_the_same_text_again_and_another_another() -> None:
    model = predictor()
    first = written(model, seed=1, max_tokens=200)
    assert written(model, seed=1, max_tokens=200) == first
    assert written(model, seed=2, max_tokens=200) != first
    assert written(model, max_tokens=200) != written(model, max_tokens=200), "without a seed it is never the same"


@pytest.mark.proves("text.resumed")
@pytest.mark.parametrize("cut", [0, 1, 100, 299, 300])
def test_a_text_that_was_broken_off_goes_on_as_if_it_had_not_been(cut: int) -> None:
    model, chosen = predictor(), {"prompt": "ab", "seed": 4, "max_tokens": 300}
    whole = written(model, **chosen)
    rest = list(model.stream({**chosen, "written": whole[:cut]}))
    assert whole[:cut] + "".join(piece["text"] for piece in rest) == whole
    assert rest[-1]["usage"] == {"prompt_tokens": 2, "completion_tokens": 300}


def test_a_stop_of_which_the_beginning_waited_is_found_after_a_cut() -> None:
    assert written(circle(), written=" a", max_tokens=100, stop=["bc"]) == ""


def test_texts_that_are_written_by_turns_do_not_mix() -> None:
    model = predictor()
    alone = [written(model, seed=seed, max_tokens=50) for seed in (1, 2)]
    both = [model.stream({"seed": seed, "max_tokens": 50}) for seed in (1, 2)]
    pairs = list(zip(*both, strict=True))
    assert ["".join(piece["text"] for piece in pieces) for pieces in zip(*pairs, strict=True)] == alone


def test_nothing_of_torch_is_changed_while_a_text_waits() -> None:
    writing = predictor().stream({})
    next(writing)
    assert not torch.is_inference_mode_enabled()


def asked(**parameters: Any) -> Generation:
    return Generation.parse(parameters)


def chosen(likely: Tensor, **parameters: Any) -> set[int]:
    generator = torch.Generator().manual_seed(0)
    return {textrnn.choose(likely, asked(**parameters), generator) for _ in range(200)}


def test_the_colder_the_likelier() -> None:
    likely = torch.tensor([1.0, 2.0, 1.5])
    assert chosen(likely, temperature=0) == {1}
    assert chosen(likely, temperature=0.01) == {1}
    assert chosen(likely, temperature=2) == {0, 1, 2}


def test_only_the_likeliest_are_drawn() -> None:
    likely = torch.log(torch.tensor([0.1, 0.5, 0.4]))
    assert chosen(likely, top_k=1) == {1}
    assert chosen(likely, top_k=2) == {1, 2}
    assert chosen(likely, top_p=0.49) == {1}
    assert chosen(likely, top_p=0.6) == {1, 2}
    assert chosen(likely, top_p=0.0) == {1}
    assert chosen(likely, top_k=99) == {0, 1, 2}


@pytest.mark.proves("text.limits")
def test_what_cannot_be_followed_is_refused_before_anything_is_written() -> None:
    with pytest.raises(ValueError, match="'max_tokens'"):
        predictor().stream({"max_tokens": 0})


def test_it_answers_no_tensors_and_says_how_to_ask() -> None:
    with pytest.raises(ValueError, match="generate"):
        predictor().infer({"prompt": np.array(["a"])})


def test_it_can_be_warmed_up() -> None:
    predictor().warm_up()


def test_a_model_is_weights_and_a_configuration(tmp_path: Path) -> None:
    network, path = textrnn.build(CONFIG), tmp_path / "text.pt"
    torch.save(network.state_dict(), path)
    loaded = textrnn.load(path, {"config": CONFIG})
    assert written(loaded, seed=5) == written(textrnn.Predictor(network), seed=5)


@pytest.mark.proves("text.model")
@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({}, "config.alphabet"),
        ({"alphabet": "\n"}, "config.alphabet"),
        ({"alphabet": "\naa"}, "config.alphabet"),
        ({"alphabet": ["\n", "a"]}, "config.alphabet"),
        ({"alphabet": "abc"}, "newline"),
        ({"alphabet": ALPHABET, "width": 4}, "config.width"),
        ({"alphabet": ALPHABET, "width": 10**9}, "config.width"),
        ({"alphabet": ALPHABET, "depth": "2"}, "config.depth"),
        ({"alphabet": ALPHABET, "heads": 2}, "heads"),
    ],
)
def test_a_configuration_that_makes_no_network_is_refused(config: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        textrnn.build(config)


def test_weights_of_another_size_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.pt"
    torch.save(textrnn.build(CONFIG).state_dict(), path)
    with pytest.raises(ValueError, match="must have shape"):
        textrnn.load(path, {"config": {**CONFIG, "width": 16}})


def test_a_file_without_its_configuration_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"metadata\.config"):
        textrnn.load(tmp_path / "text.pt", {})
