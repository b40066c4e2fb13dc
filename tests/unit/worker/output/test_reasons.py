from __future__ import annotations

import sys

import pytest

from jupyter_crispdm.worker.output.reasons import ended_with, killed, why
from tests.unit.worker.conftest import StartJob

_PYTHON = """epoch 1
Traceback (most recent call last):
  File "train.py", line 1, in <module>
    import nothing
ModuleNotFoundError: No module named 'nothing'
"""
_CHAINED = """Traceback (most recent call last):
  File "a.py", line 2, in <module>
    int("x")
ValueError: invalid literal

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "a.py", line 4, in <module>
    raise Refused("no data")
shop.Refused: no data
some last cleaning up
"""


@pytest.mark.proves("jobs.reasons")
@pytest.mark.parametrize(
    ("log", "reason"),
    [
        (_PYTHON, "ModuleNotFoundError: No module named 'nothing'"),
        (_CHAINED, "shop.Refused: no data"),
        ("Traceback (most recent call last):\n  File \"a\", line 1\n    f()\nKeyboardInterrupt\n", "KeyboardInterrupt"),
        ('  File "a.py", line 1\n    def\n       ^\nSyntaxError: invalid syntax\n', "SyntaxError: invalid syntax"),
        ("\x1b[31mValueError: \x1b[0mred\n", "ValueError: red"),
        ("Error in library(nope) : there is no package called 'nope'\nExecution halted\n",
         "Error in library(nope) : there is no package called 'nope'"),
        ("/a.js:1\nthrow new Error('x')\n^\n\nError: x\n    at Object.<anonymous> (/a.js:1:7)\n\nNode.js v20.1.0\n",
         "Error: x"),
        ("run.sh: line 3: nope: command not found\n", "run.sh: line 3: nope: command not found"),
        ("run.sh: 3: nope: not found\n", "run.sh: 3: nope: not found"),
        ("fatal: not a git repository\n", "fatal: not a git repository"),
        ("ERROR: LoadError: UndefVarError: x not defined\nStacktrace:\n [1] top-level scope\n",
         "ERROR: LoadError: UndefVarError: x not defined"),
        ("panic: runtime error: index out of range\n\ngoroutine 1 [running]:\n",
         "panic: runtime error: index out of range"),
        ("epoch 3: loss 0.3\nvalidation error 0.1\nError rate: 3 %\n", None),
        ("", None),
        ("\xff\xfe\x00", None),
    ],
)  # fmt: skip
def test_the_line_that_says_why(log: str, reason: str | None) -> None:
    assert why(log.encode()) == reason


_RECORDED = {  # what real programs printed
    "group": ("""  + Exception Group Traceback (most recent call last):
  |   File "<string>", line 1, in <module>
  | ExceptionGroup: many (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | ValueError: a
    +---------------- 2 ----------------
    | Traceback (most recent call last):
    |   File "a.py", line 2, in f
    | TypeError: b
    +------------------------------------
""", "ExceptionGroup: many (2 sub-exceptions)"),
    "two lines": ("""Traceback (most recent call last):
  File "a.py", line 2, in <module>
  File "a.py", line 1, in f
ValueError: first
second
""", "ValueError: first"),
    "state dict": ("""Traceback (most recent call last):
  File "a.py", line 3, in <module>
    net.load_state_dict({})
RuntimeError: Error(s) in loading state_dict for Linear:
\tMissing key(s) in state_dict: "weight", "bias".
""", "RuntimeError: Error(s) in loading state_dict for Linear"),
    "pydantic": ("""Traceback (most recent call last):
  File "/x/config.py", line 7, in load
    Settings()
pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings
rate
  Field required [type=missing, input_value={}, input_type=dict]
    For further information visit https://errors.pydantic.dev/2.9/v/missing
""", "pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings"),
    "cuda": ("""Traceback (most recent call last):
  File "/x/a.py", line 4, in step
    loss.backward()
RuntimeError: CUDA error: device-side assert triggered
CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.
For debugging consider passing CUDA_LAUNCH_BLOCKING=1
Compile with `TORCH_USE_CUDA_DSA` to enable device-side assertions.

""", "RuntimeError: CUDA error: device-side assert triggered"),
    "rank": ("""[rank0]: Traceback (most recent call last):
[rank0]:   File "/x/a.py", line 4, in <module>
[rank0]:     main()
[rank0]: ValueError: bad rank
""", "ValueError: bad rank"),
    "torchrun": ("""Traceback (most recent call last):
  File "/x/train.py", line 4, in <module>
    main()
KeyError: 'lr'
Traceback (most recent call last):
  File "/x/bin/torchrun", line 8, in <module>
    sys.exit(main())
torch.distributed.elastic.multiprocessing.errors.ChildFailedError:
============================================================
train.py FAILED
------------------------------------------------------------
Failures:
  <NO_OTHER_FAILURES>
------------------------------------------------------------
Root Cause (first observed failure):
[0]:
  exitcode  : 1 (pid: 23)
============================================================
""", "KeyError: 'lr'"),
    "ignored": ("""Traceback (most recent call last):
  File "a.py", line 9, in <module>
    raise ValueError("the reason")
ValueError: the reason
Exception ignored in: <function Box.__del__ at 0x7f>
Traceback (most recent call last):
  File "a.py", line 4, in __del__
AttributeError: 'Box' object has no attribute 'x'
""", "ValueError: the reason"),
    "wandb": ("""Traceback (most recent call last):
  File "a.py", line 9, in fit
    raise ValueError("the reason")
ValueError: the reason
wandb:
wandb: Run summary:
wandb:  loss 0.3
wandb: Synced 5 W&B file(s)
Epoch 3:  40%|####      | 4/10 [00:02<00:03,  1.90it/s]
""", "ValueError: the reason"),
    "no module": ("/x/bin/python: No module named nothing\n", None),
    "assertion": ('Traceback (most recent call last):\n  File "a.py", line 1, in <module>\nAssertionError\n',
                  "AssertionError"),
    "argparse": ("usage: a.py [-h] --rate RATE\na.py: error: the following arguments are required: --rate\n",
                 "a.py: error: the following arguments are required: --rate"),
    "node": ("""node:internal/modules/cjs/loader:1210
  throw err;
  ^

Error: Cannot find module 'nothing'
Require stack:
- /tmp/n.js
    at Module._resolveFilename (node:internal/modules/cjs/loader:1207:15)
    at Function.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:164:12) {
  code: 'MODULE_NOT_FOUND',
  requireStack: [ '/tmp/n.js' ]
}

Node.js v20.20.2
""", "Error: Cannot find module 'nothing'"),
    "node type": ("""/tmp/m.js:1
async function f(){ await 0; throw new TypeError('bad thing'); }
                                   ^

TypeError: bad thing
    at f (/tmp/m.js:1:36)

Node.js v20.20.2
""", "TypeError: bad thing"),
    "java": ("""Exception in thread "main" java.lang.IllegalStateException: no data
\tat J.main(J.java:1)
Caused by: java.lang.RuntimeException: inner
\tat J.f(J.java:1)
\t... 12 more
""", 'Exception in thread "main" java.lang.IllegalStateException: no data'),
    "rust": ("""thread 'main' (23841) panicked at p.rs:1:54:
index out of bounds: the len is 0 but the index is 4
stack backtrace:
   0: __rustc::rust_begin_unwind
             at /rustc/59807616/library/std/src/panicking.rs:689:5
note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.
""", "thread 'main' (23841) panicked at p.rs:1:54: index out of bounds: the len is 0 but the index is 4"),
    "make": ("""bash t.sh
t.sh: line 3: nothing_here: command not found
make: *** [Makefile:2: x] Error 127
""", "t.sh: line 3: nothing_here: command not found"),
    "make alone": ("false\nmake: *** [Makefile:2: x] Error 1\n", "make: *** [Makefile:2: x] Error 1"),
    "long R": ("Error in validate(x, strict = TRUE) : \n  the table has no column 'y'\nCalls: main -> validate\n"
               "Execution halted\n",
               "Error in validate(x, strict = TRUE) : the table has no column 'y'"),
    "control": ("Traceback (most recent call last):\n  x\nValueError: a\x00b\x07c\x1b]0;t\x07\n", "ValueError: abc"),
}  # fmt: skip


@pytest.mark.parametrize("name", _RECORDED)
def test_what_real_programs_print_at_their_end(name: str) -> None:
    log, reason = _RECORDED[name]
    assert why(f"epoch 1\nepoch 2\n{log}".encode()) == reason


_CAUGHT = """Traceback (most recent call last):
  File "a.py", line 4, in <module>
    log_metrics()
ConnectionError: no server
"""


@pytest.mark.parametrize(
    ("log", "code"),
    [
        (_CAUGHT + "epoch 2: loss 0.3\nno more data\n", 1),
        (_CAUGHT + "no more data\n", 3),
        (_CAUGHT.replace("<module>", "send") + "no more data\n", 1),
        (_CAUGHT + "2026-11-29 00:00:01 giving up\n", 1),
        (_CAUGHT + "going on\n" * 12, 1),
        ("ValueError: tried again\n" + "going on\n" * 3, 1),
        ("t.sh: line 3: nothing_here: command not found\nall the same\n", 4),
        ("Error: 0.12\n", 3),
        ("val: error: 0.3, 1e-4\n", 3),
        ("Exception ignored in: <f>\nTraceback (most recent call last):\n  x\nValueError: a\n", 2),
    ],
)
def test_an_error_that_was_told_before_the_end_is_no_reason(log: str, code: int) -> None:
    assert why(log.encode(), code) is None


def test_what_was_said_last_counts_when_an_earlier_error_was_caught() -> None:
    assert why(f"{_CAUGHT}fatal: no repository\n".encode()) == "fatal: no repository"


@pytest.mark.parametrize("piece", ["(", "1.1 ", "a.", "| ", "Error: ", "Traceback (most recent call last)\n", "\n"])
def test_no_log_is_slow_to_read(piece: str) -> None:
    why((piece * 8192)[:8192].encode())


def test_a_reason_is_short() -> None:
    reason = why(b"Traceback (most recent call last):\nValueError: " + b"x" * 5000)
    assert reason is not None
    assert len(reason) == 200


def test_signals_are_said_in_words() -> None:
    assert killed("SIGSEGV") == "killed by SIGSEGV (segmentation fault)"
    assert killed("SIGUSR1") == "killed by SIGUSR1"
    assert ended_with(135) == "exited with code 135: killed by SIGBUS (bus error)"
    assert ended_with(3) == "exited with code 3"


@pytest.mark.proves("jobs.reasons")
def test_a_job_says_why_it_failed_in_its_own_words(start_job: StartJob) -> None:
    job = start_job([sys.executable, "-c", "import nothing_of_that_name"])
    ended = job.exit()
    assert (ended["exit_code"], ended["reason"]) == (1, "ModuleNotFoundError: No module named 'nothing_of_that_name'")


def test_a_job_that_a_signal_ended_says_what_the_signal_means(start_job: StartJob) -> None:
    job = start_job([sys.executable, "-c", "import os; os.kill(os.getpid(), 11)"])
    ended = job.exit()
    assert (ended["signal"], ended["reason"]) == ("SIGSEGV", "killed by SIGSEGV (segmentation fault)")
