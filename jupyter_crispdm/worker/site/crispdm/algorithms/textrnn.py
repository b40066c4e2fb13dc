"""A small recurrent network that writes text, a character at a time.

It reads a prompt and goes on with it. All it remembers is a vector of fixed size, so that a character costs the same
however long the text is.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple, Union

import torch
from torch import Tensor, nn

from ._checkpoint import read_weights
from ._generation import SEEDS, Generation, StopWatch

START = "\n"
"""What stands before every text."""

READ_AT_ONCE = 256
"""Characters of a prompt that are read between two pieces, so that others need not wait long."""

STRIDE = 0x9E3779B97F4A7C15
"""Between the seeds of two places in a text: odd, so that no two of them meet."""

Memory = Optional[Tensor]


@dataclass(frozen=True)
class Config:
    """What the network is made of: the characters it knows, numbers it remembers by, layers."""

    alphabet: str
    width: int = 256
    depth: int = 1

    @classmethod
    def parse(cls, config: Mapping[str, Any]) -> Config:
        """Check a configuration that came with a model file; ValueError names what is wrong."""
        unknown = set(config) - {"alphabet", "width", "depth"}
        if unknown:
            raise ValueError("'config' has unknown keys: %s." % ", ".join(sorted(map(str, unknown))))
        alphabet = config.get("alphabet")
        if not isinstance(alphabet, str) or not 2 <= len(set(alphabet)) == len(alphabet) <= 1000:
            raise ValueError("'config.alphabet' must be a text of 2 to 1000 different characters.")
        if START not in alphabet:
            raise ValueError("'config.alphabet' must hold the newline: every text begins after one.")
        return cls(alphabet, _within(config, "width", 8, 1024, 256), _within(config, "depth", 1, 4, 1))


def _within(config: Mapping[str, Any], key: str, least: int, most: int, default: int) -> int:
    value = config.get(key, default)
    if not isinstance(value, int) or not least <= value <= most:
        raise ValueError("'config.%s' must be a whole number from %d to %d, not %r." % (key, least, most, value))
    return value


class TextRNN(nn.Module):
    """Says after each character which one comes next."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.alphabet = config.alphabet
        self.known = nn.Embedding(len(config.alphabet), config.width)
        self.memory = nn.GRU(config.width, config.width, config.depth, batch_first=True)
        self.next = nn.Linear(config.width, len(config.alphabet))

    def forward(self, characters: Tensor, memory: Memory = None) -> Tuple[Tensor, Tensor]:
        """Read numbers of characters [N, T]; return how likely each is next [N, T, alphabet], and what to remember."""
        read, memory = self.memory(self.known(characters), memory)
        return self.next(read), memory


def build(config: Mapping[str, Any]) -> TextRNN:
    """Make the untrained network of a configuration {"alphabet": "…", "width": 256, "depth": 1}."""
    return TextRNN(Config.parse(config))


def encode(text: str, alphabet: str) -> List[int]:
    """Return the numbers of a text's characters; those that the alphabet has not are left out."""
    number = {character: index for index, character in enumerate(alphabet)}
    return [number[character] for character in text if character in number]


class Predictor:
    """A trained network."""

    classes: List[str] = []
    batch = 1
    signature: Dict[str, List[Dict[str, Any]]] = {
        "inputs": [
            {"name": "prompt", "datatype": "BYTES", "shape": [1]},
            {"name": "written", "datatype": "BYTES", "shape": [1]},
            {"name": "max_tokens", "datatype": "INT32", "shape": [1]},
            {"name": "temperature", "datatype": "FP32", "shape": [1]},
            {"name": "top_k", "datatype": "INT32", "shape": [1]},
            {"name": "top_p", "datatype": "FP32", "shape": [1]},
            {"name": "stop", "datatype": "BYTES", "shape": [-1]},
            {"name": "seed", "datatype": "INT64", "shape": [1]},
        ],
        "outputs": [{"name": "text", "datatype": "BYTES", "shape": [1]}],
    }

    def __init__(self, network: TextRNN) -> None:
        self._network = network.eval()
        self._alphabet = network.alphabet

    def infer(self, inputs: Mapping[str, Any]) -> Dict[str, Any]:
        """Refuse: text comes by `stream`."""
        raise ValueError("This model writes text: ask for it by 'generate', or as OpenAI's clients do.")

    def warm_up(self) -> None:
        """Read and write a little."""
        for _ in self.stream({"prompt": START, "max_tokens": 2}):
            pass

    def stream(self, parameters: Mapping[str, Any]) -> Iterator[Dict[str, Any]]:
        """Write on from a prompt: {"text": …} for each character; the last one says how and after how many it ended.

        Beside the prompt: `max_tokens`, `temperature` (0: always the likeliest), `top_k` and `top_p` (only the
        likeliest), `stop` (strings before which it ends), `seed`. What was `written` after the prompt before, when it
        was broken off, is gone on from; with a seed as if it had not been. ValueError for what cannot be followed.
        """
        return self._write(Generation.parse(parameters))

    def _write(self, asked: Generation) -> Iterator[Dict[str, Any]]:
        prompt, before = encode(START + asked.prompt, self._alphabet), encode(asked.written, self._alphabet)
        watch, written, memory, read = StopWatch(asked.stop), len(before), None, prompt + before
        dice = Dice(asked.seed)
        for start in range(0, len(read), READ_AT_ONCE):
            likely, memory = self._read(read[start : start + READ_AT_ONCE], memory)
            if start + READ_AT_ONCE < len(read):
                yield {"text": ""}
        while written < asked.max_tokens and not watch.stopped:
            character = choose(likely, asked, dice.at(written))
            written += 1
            yield {"text": watch.take(self._alphabet[character])}
            if written < asked.max_tokens and not watch.stopped:
                likely, memory = self._read([character], memory)
        yield {
            "text": watch.rest(),
            "finish_reason": "stop" if watch.stopped else "length",
            "usage": {"prompt_tokens": len(prompt) - 1, "completion_tokens": written},
        }

    @torch.inference_mode()
    def _read(self, characters: List[int], memory: Memory) -> Tuple[Tensor, Tensor]:
        """Return how likely each character is after these, and what to remember."""
        likely, memory = self._network(torch.tensor([characters]), memory)
        return likely[0, -1], memory


class Dice:
    """Chance that is the same again at a place of a text, whatever was drawn before it."""

    def __init__(self, seed: Optional[int]) -> None:
        self._seed = secrets.randbelow(SEEDS) if seed is None else seed
        self._generator = torch.Generator()

    def at(self, place: int) -> torch.Generator:
        """Return what to draw with at a place."""
        return self._generator.manual_seed((self._seed + place * STRIDE) % SEEDS)


def choose(likely: Tensor, asked: Generation, generator: torch.Generator) -> int:
    """Draw the next character."""
    if asked.temperature == 0:
        return int(likely.argmax())
    chances = torch.softmax((likely / asked.temperature).double(), 0)
    if asked.top_k or asked.top_p < 1:
        chances = _likeliest(chances, asked.top_k or len(chances), asked.top_p)
    return int(torch.multinomial(chances, 1, generator=generator))


def _likeliest(chances: Tensor, count: int, share: float) -> Tensor:
    """Keep the `count` likeliest, and of them those that make up a `share` of all; at least one."""
    ordered, places = chances.sort(descending=True)
    before = ordered.cumsum(0) - ordered
    kept = (before < share) & (torch.arange(len(ordered)) < count)
    kept[0] = True
    return torch.zeros_like(chances).scatter(0, places[kept], ordered[kept])


def load(path: Union[str, Path], metadata: Mapping[str, Any]) -> Predictor:
    """Load a model file written by `torch.save(network.state_dict(), path)`; ValueError when it is not one."""
    config = metadata.get("config")
    if not isinstance(config, Mapping):
        raise ValueError("'metadata.config' must be the configuration that the network was built from.")
    network = build(config)
    network.load_state_dict(read_weights(Path(path), network.state_dict()))
    return Predictor(network)
