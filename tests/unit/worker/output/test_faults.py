"""Which lines of a log tell of an error, and which only look as if they did."""

from __future__ import annotations

import pytest

from jupyter_crispdm.worker.output.faults import WORDS, kind_of

ERRORS = [
    "ValueError: the shapes differ",
    "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB",
    "[rank1]: RuntimeError: Expected all tensors to be on the same device",
    "KeyboardInterrupt: stopped by hand",
    "2026-11-29 12:00:00,123 ERROR trainer: the checkpoint is gone",
    "12:00:00 | CRITICAL | main:run:12 - no space left",
    "[ERROR] data set not found",
    "ERROR: Could not find a version that satisfies the requirement torhc",
    "main.c:4:5: error: expected ';' before 'return'",
    "panic: runtime error: index out of range [5] with length 3",
    "thread 'main' panicked at src/main.rs:2:5:",
    "Segmentation fault (core dumped)",
    "train.sh: line 3: 4242 Killed",
    "bash: line 1: pyhton: command not found",
    "fatal: not a git repository (or any of the parent directories): .git",
    "Error: object 'x' not found",
]
NONE = [
    "error: 0.1234",
    "test error: 0.05, accuracy: 0.98",
    "error: 0.12, loss: 0.3",
    "val_error=0.2 train_error=0.1",
    "mean absolute error 0.25",
    "ERROR: 0.02",
    "ERROR = 0.5",
    "epoch 3: 0 errors",
    "0 failed, 12 passed, no errors",
    "Error: nan",
    "RootMeanSquaredError: 0.213",
    "MeanAbsoluteError: 1.5e-3 | loss: 0.2",
    "UserWarning: the error is ignored",
    "the exception proves the rule",
    "",
]


@pytest.mark.parametrize("line", ERRORS)
def test_an_error(line: str) -> None:
    assert kind_of(line) == "error"
    assert any(word in line.encode() for word in WORDS)


@pytest.mark.parametrize("line", NONE)
def test_what_only_looks_like_one(line: str) -> None:
    assert kind_of(line) is None


@pytest.mark.parametrize("before", ["", "[rank0]: ", "  + Exception Group "])
def test_a_traceback(before: str) -> None:
    assert kind_of(f"{before}Traceback (most recent call last):") == "traceback"


@pytest.mark.parametrize("line", ["x" * 10**6, "error " * 10**5, "a: " * 10**5 + "error: b", "[" * 10**5, " " * 10**5])
def test_a_long_line_costs_no_more_than_its_beginning(line: str) -> None:
    assert kind_of(line) == kind_of(line[:2000])
