"""Progress read from logs: what real bars print, what only looks like it, and logs of every size."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.tracking.progress import (
    FIRST_BYTES,
    LogProgress,
    ProgressFinder,
)
from jupyter_crispdm.tracking.progress.line import sight
from tests.support import grows_evenly

DATA = Path(__file__).parent / "data"


def follow(text: str) -> list[LogProgress]:
    """What is found when a program's log is looked at after each of its lines."""
    finder = ProgressFinder()
    looks = (finder.feed(part) for part in re.split(r"(?=[\r\n])", text))
    return [found for found in looks if found is not None]


def recorded(name: str) -> list[LogProgress]:
    return follow((DATA / f"{name}.log").read_bytes().decode())


def never_back(found: list[LogProgress]) -> bool:
    return all(one.done <= following.done for one, following in pairwise(found))


@pytest.mark.proves("jobs.progress-of-any")
@pytest.mark.parametrize(
    ("name", "total", "message"),
    [
        ("tqdm", 100, "training"),
        ("tqdm-postfix", 100, ""),
        ("tqdm-ascii", 40, ""),
        ("tqdm-huggingface", 60, ""),
        ("tqdm-bytes", 500e6, "model.safetensors"),
        ("tqdm-epochs", 3, "Epoch 3/3"),
        ("tqdm-nested", 3, "epochs"),
        ("tqdm-nested-left", 3, "epochs"),
        ("keras", 3, "Epoch 3/3"),
        ("keras-terminal", 3, "Epoch 3/3"),
        ("keras-verbose2", 3, "Epoch 3/3"),
        ("keras2", 2, "Epoch 2/2"),
        ("keras2-terminal", 2, "Epoch 2/2"),
        ("rich", 100, "Training..."),
        ("rich-file", 100, "Training..."),
    ],
)
def test_bars_go_from_their_start_to_their_end(name: str, total: float, message: str) -> None:
    found = recorded(name)
    assert {one.total for one in found} == {total}
    assert never_back(found)
    assert found[0].done == 0 or name == "rich-file"
    assert found[-1] == LogProgress(total, total, message)


def test_nested_bars_become_one_number() -> None:
    assert LogProgress(0.45, 3, "epochs, batches") in recorded("tqdm-nested-left")


@pytest.mark.proves("jobs.progress-of-any")
def test_epochs_and_steps_become_one_number() -> None:
    assert [one.done for one in recorded("keras2")[:3]] == [0, 0.083, 0.25]


def test_a_bar_without_end_counts() -> None:
    found = recorded("tqdm-unknown")
    assert found[-1] == LogProgress(57, None, "reading")
    assert never_back(found)


def test_keras_without_known_steps_stays_at_its_epoch() -> None:
    assert set(recorded("keras-unknown")) == {LogProgress(0, 2, "Epoch 1/2")}


def test_an_evaluation_after_the_last_epoch_counts_by_itself() -> None:
    found = recorded("keras-evaluate")
    assert LogProgress(1, 1, "Epoch 1/1") in found
    assert found[-1] == LogProgress(30, 30)


@pytest.mark.proves("jobs.progress-of-any")
def test_lightning_shows_its_epoch_and_validation_goes_not_beyond() -> None:
    found = recorded("lightning")
    assert found[0] == LogProgress(0, 2, "Sanity Checking")
    assert found[-1] == LogProgress(30, 30, "Epoch 1")
    assert all(one.total is not None and one.done <= one.total for one in found)


def test_of_rows_drawn_together_the_first_unfinished_counts() -> None:
    found = recorded("rich-two")
    assert [one.done for one in found if one.message == "epochs"][-1] == 100
    assert {one.message for one in found if one.done not in (0, 100)} == {"epochs"}


def test_rich_counts_within_an_epoch_of_lightning() -> None:
    assert recorded("rich-count")[-1] == LogProgress(1, 9, "Epoch 0/9")


@pytest.mark.proves("jobs.progress-of-any")
@pytest.mark.parametrize(
    ("line", "done", "total"),
    [
        ("Step 12 of 40", 12, 40),
        ("step: 12/40 loss=0.3", 12, 40),
        ("2026-11-21 10:00:01,123 INFO Processing file 3/40: data/a.csv", 3, 40),
        ("[12/40] Building CXX object a.o", 12, 40),
        ("12/40", 12, 40),
        ("(3/8)", 3, 8),
        ("3 of 7 files copied", 3, 7),
        ("[ 42%] Linking CXX executable", 42, 100),
        ("42%", 42, 100),
        ("42.5 % done", 42.5, 100),
        ("Progress: 42%", 42, 100),
        ("downloading... 7%", 7, 100),
        ("tests/test_a.py ........                  [ 42%]", 42, 100),
        ("     50K .......... .......... .......... .......... ..........  12% 1.5M 2s", 12, 100),
        ("   ━━━━━━━━━━━━━━━ 12.3/45.6 MB 10.2 MB/s eta 0:00:04", 12.3, 45.6),
        ("[=====>              ]  25%", 25, 100),
        ("Train Epoch: 1 [640/60000 (1%)]\tLoss: 2.298", 640, 60000),
        ("Epoch: [2][ 10/391]\tTime 0.1 (0.2)\tLoss 1.2 (1.3)", 10, 391),
        ("Epoch [2/5], Step [300/600], Loss: 0.2", 1.5, 5),
        ("Epoch 2/5", 1, 5),
        ("Epoch 2/5 - loss: 0.3 - val_loss: 0.4", 2, 5),
        ("epoch 5 of 5: loss 0.1", 5, 5),
        ("      1/3      0.5G   1.2  2.3   12   640:  35%|███▌      | 35/100 [00:10<00:13, 4.2it/s]", 35, 100),
        ("train: 1.2k/10k [00:10<00:13, 4.2it/s]", None, None),
        ("train:  12%|█▏        | 1.20k/10.0k [00:10<00:13, 4.2it/s]", 1200, 10000),
    ],
)
def test_a_line_of_progress(line: str, done: float | None, total: float | None) -> None:
    found = ProgressFinder().feed(line + "\n")
    assert (found and found.done, found and found.total) == (done, total)


@pytest.mark.parametrize(
    "line",
    [
        "Test set: Average loss: 0.0555, Accuracy: 9832/10000 (98%)",
        "Accuracy: 98/100",
        "Accuracy of the network on the 10000 test images: 55 %",
        "12 of 20 tests passed",
        "3 of 4 files failed",
        "17 out of 20 images were correctly classified",
        "Precision 41/50 (82%)",
        "found 12/40 objects",
        "Top-1 hits: 640/1000 (64%)",
        "40/50 correct",
        "coverage: 87%",
        "val: accuracy 87% done",
        "[CV 5/5; 1/4] START C=0.1............................",
        "[CV] END ................................C=0.1; total time=   0.0s",
        "2026/11/21",
        "2026/11/21 10:00:00 started",
        "on 11/21/2026 it ran",
        "see data/12/40/x.png and a/b",
        "/srv/12/40",
        "network 10.0.0.0/24 is up",
        "loss: 0.5/1",
        "a cup and 1/2 of sugar",
        "accuracy: 3/10",
        "42% of the users left",
        "accuracy 42%",
        "val_acc: 93.2%",
        "CPU usage: 42% (3 of the cores)",
        "Step 41 of 40",
        "Step 0 of 0",
        "Step 12 of 40.5",
        "version 3/4-beta",
        "--- 11/21/2026 ---",
        "GET /api/1/2 200",
        "Best model so far was epoch 3/50",
        "{'loss': 0.5, 'epoch': 3.0}",
        "ratio 3 / 4",
        "https://example.org/1/2",
    ],
)
def test_a_line_that_only_looks_like_progress(line: str) -> None:
    assert ProgressFinder().feed(f"{line}\n") is None


def test_a_count_within_a_sentence_is_believed_when_it_goes_on() -> None:
    finder = ProgressFinder()
    assert finder.feed("trained learner 3/10 with depth 4\n") is None
    assert finder.feed("trained learner 4/10 with depth 4\n") == LogProgress(4, 10, "trained learner")
    assert finder.feed("took 5/10 of the memory\n") is None


def test_epochs_from_zero() -> None:
    def lines(last: int) -> str:
        return "".join(f"Epoch {epoch}/{last}\n" for epoch in range(10))

    assert [one.done for one in follow(lines(10))] == list(range(10))
    assert follow(lines(9))[-1] == LogProgress(9, 10, "Epoch 9/9")


def test_colours_do_not_hide_it() -> None:
    assert ProgressFinder().feed("\x1b[1;32mStep\x1b[0m \x1b[1m12\x1b[0m/40\n") == LogProgress(12, 40)


def test_the_last_number_of_a_line_still_being_written_is_not_believed() -> None:
    finder = ProgressFinder()
    assert finder.feed("Step 12 of 4", complete=False) is None
    assert finder.feed("Epoch 2/1", complete=False) is None
    assert finder.feed("\r 42%|████▏     | 42/100 [00:10<00:13", complete=False) == LogProgress(42, 100)


@given(st.text(alphabet=st.sampled_from("0123456789/%|[]=>.━█ \r\n\x1bA:ofstepochmitSE-"), max_size=3000))
def test_no_text_breaks_it(text: str) -> None:
    for found in follow(text):
        assert found.done >= 0
        assert found.total is None or found.done <= found.total > 0
        assert len(found.message) <= 120
        assert found.message.isprintable()


@given(st.text(max_size=300), st.booleans())
def test_no_line_breaks_it(line: str, complete: bool) -> None:
    sight(line, complete)


@given(st.lists(st.integers(1, 400), min_size=1, max_size=60))
def test_how_a_log_is_cut_into_looks_does_not_matter(cuts: list[int]) -> None:
    text = (DATA / "keras2.log").read_bytes().decode()
    finder, rest, last = ProgressFinder(), "", None
    for cut in [*cuts, len(text)]:
        piece, text = text[:cut], text[cut:]
        whole, _, rest = (rest + piece).rpartition("\n")
        last = finder.feed(whole) or last
        rest = "\n" + rest
    assert (finder.feed(rest) or last) == LogProgress(2, 2, "Epoch 2/2")


@pytest.mark.parametrize(
    "unit", ["9", "9/", " ", "=", "━", "\x1b[", "\x1b]", "1/2 ", "Epoch ", "9%|", "[9:99", "\n1/2 x"]
)
def test_a_line_takes_work_that_grows_no_faster_than_it(unit: str) -> None:
    def look(size: int) -> None:
        text = (unit * size)[:size]
        ProgressFinder().feed(text)
        for start in range(0, len(text), 1000):
            sight(text[start : start + 1000])

    assert grows_evenly(look, FIRST_BYTES // 16)


RESULTS = [
    "Test set: Average loss: 0.0543, Accuracy: 9832/10000 (98%)",
    "[CV 5/5; 1/4] START C=1, kernel=rbf...............",
    "Precision: 45/50 (90%)",
    "correct 8/10 (80%)",
    "found 3/4 (75%)",
    "matched 30/40 (75%) keypoints",
    "Top-1: 75/100 (75%)",
    "Coverage: 80/100 (80%)",
    "Dropped rows 10/100 (10%)",
    "======== 12 passed, 3 failed in 0.5s 12/15 (80%) ========",
    "mix 3/4 cup of flour",
    "on 3/12 we met",
    "aspect ratio 16/9",
    "wrote data/3/12",
]


@pytest.mark.proves("jobs.results-no-progress")
@pytest.mark.parametrize("line", RESULTS)
def test_a_count_of_results_is_no_progress(line: str) -> None:
    finder = ProgressFinder()
    earlier = line.replace("9832", "9000").replace("5/5", "1/5").replace(" 8/", " 7/")
    assert finder.feed(f"{earlier}\n{line}\n") is None


@pytest.mark.proves("jobs.results-no-progress")
@pytest.mark.parametrize(
    ("line", "done", "total"),
    [
        ("Train Epoch: 1 [640/60000 (1%)]\tLoss: 2.3", 640, 60000),
        ("Validating 3/10 (30%)", 3, 10),
        ("loss 0.5 [30/100 (30%)]", 30, 100),
    ],
)
def test_results_beside_a_count_of_work_do_not_hide_it(line: str, done: float, total: float) -> None:
    found = ProgressFinder().feed(line + "\n")
    assert found is not None
    assert (found.done, found.total) == (done, total)


@pytest.mark.proves("jobs.results-no-progress")
def test_the_folds_of_a_search_are_not_the_whole_of_it() -> None:
    found = recorded("sklearn-search")
    assert [one.done for one in found] == list(range(1, 21))
    assert {one.total for one in found} == {20}


def test_a_bar_that_goes_back_by_backspaces_is_read() -> None:
    found = recorded("keras-backspaces")
    assert found[-1].done == 1.5
    assert found[-1].total == 2


def test_a_result_is_no_last_word_after_a_bar() -> None:
    found = follow("epoch 1 of 1, step 10/10\nTest set: Average loss: 0.05, Accuracy: 9832/10000 (98%)\n")
    assert found[-1].total != 10000
