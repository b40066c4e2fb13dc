from __future__ import annotations

from typing import Any

from jupyter_crispdm.serving.inference.batching.deadly import Deadly

POISON: tuple[dict[str, Any], list[bytes]] = ({"do": "infer"}, [b"666"])
OTHER: tuple[dict[str, Any], list[bytes]] = ({"do": "infer"}, [b"777"])


def test_what_ended_a_process_twice_is_refused_and_nothing_else() -> None:
    deadly = Deadly()
    assert not deadly
    deadly.blame([POISON])
    assert deadly
    assert not deadly.refuses(*POISON)
    deadly.blame([POISON])
    assert deadly.refuses(*POISON)
    assert not deadly.refuses(*OTHER)
    assert not deadly.refuses({"do": "predict"}, POISON[1])


def test_who_shares_the_blame_has_less_of_it() -> None:
    deadly = Deadly()
    for _ in range(3):
        deadly.blame([POISON, OTHER])
    assert not deadly.refuses(*POISON)
    deadly.blame([POISON, OTHER])
    assert deadly.refuses(*POISON)


def test_what_is_answered_is_forgiven() -> None:
    deadly = Deadly()
    deadly.blame([POISON])
    deadly.forgive(*OTHER)
    assert deadly
    deadly.forgive(*POISON)
    assert not deadly
    deadly.blame([POISON])
    assert not deadly.refuses(*POISON)


def test_only_so_many_are_remembered() -> None:
    deadly = Deadly()
    for _ in range(2):
        deadly.blame([POISON])
    for number in range(64):
        deadly.blame([({"do": "infer"}, [b"%d" % number])])
    assert not deadly.refuses(*POISON)
    assert deadly


def test_blame_of_nobody_is_none() -> None:
    deadly = Deadly()
    deadly.blame([])
    assert not deadly
