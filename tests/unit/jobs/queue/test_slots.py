from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_crispdm.jobs.queue import machine
from jupyter_crispdm.jobs.queue.slots import Capacity, Excess, Need, Slots

BIG = Capacity(places=4, cpus=8, memory=1000, devices=("0", "1", "2"))


def test_what_is_held_is_not_free_until_it_is_released() -> None:
    slots = Slots(BIG)
    assert slots.take("a", "ada", Need(cpus=3, gpus=2, memory=600)) == ("0", "1")
    assert [slots.free(name) for name in ("places", "cpus", "memory", "gpus")] == [3, 5, 400, 1]
    assert slots.lacking(Need(cpus=6, gpus=2, memory=500)) == ["cpus", "gpus", "memory"]
    assert slots.lacking(Need(cpus=5, gpus=1, memory=400)) == []
    assert slots.running("ada") == 1
    slots.release("a")
    slots.release("a")
    assert [slots.free(name) for name in ("places", "cpus", "memory", "gpus")] == [4, 8, 1000, 3]
    assert slots.running("ada") == 0


@pytest.mark.proves("jobs.slots")
def test_a_device_that_came_back_is_given_again_and_no_other_twice() -> None:
    slots = Slots(BIG)
    assert slots.take("a", "x", Need(gpus=1)) == ("0",)
    assert slots.take("b", "x", Need(gpus=1)) == ("1",)
    slots.release("a")
    assert slots.take("c", "x", Need(gpus=2)) == ("0", "2")
    assert slots.lacking(Need(gpus=1)) == ["gpus"]


def test_what_is_not_counted_is_never_lacking() -> None:
    slots = Slots(Capacity(places=1))
    need = Need(cpus=10**6, gpus=10**6, memory=10**12)
    assert (slots.excess(need), slots.lacking(need)) == (None, [])
    assert slots.take("a", "x", need) == ()
    assert slots.lacking(Need()) == ["places"]


@pytest.mark.parametrize(
    ("need", "excess"),
    [
        (Need(cpus=8, gpus=3, memory=1000), None),
        (Need(cpus=9), Excess("cpus", 8)),
        (Need(gpus=4), Excess("gpus", 3)),
        (Need(memory=1001), Excess("memory", 1000)),
    ],
)
def test_more_than_there_is(need: Need, excess: Excess | None) -> None:
    assert Slots(BIG).excess(need) == excess


def test_jobs_of_before_hold_what_they_have_although_a_setting_was_lowered() -> None:
    slots = Slots(Capacity(places=1, cpus=2, devices=("0",)))
    slots.hold("a", "x", Need(cpus=4, gpus=2), ("0", "7"))
    slots.hold("b", "x", Need(), ())
    assert slots.lacking(Need(gpus=1)) == ["places", "cpus", "gpus"]
    assert slots.free("cpus") == -3


@pytest.mark.parametrize(
    ("given", "expected"),
    [("2,3", ("2", "3")), (" GPU-ab , 1", ("GPU-ab", "1")), ("", ()), ("-1", ())],
)
def test_whoever_started_the_server_says_which_gpus_it_may_use(given: str, expected: tuple[str, ...]) -> None:
    assert machine.devices({"CUDA_VISIBLE_DEVICES": given}) == expected


def test_gpus_are_found_by_reading_directories(tmp_path: Path) -> None:
    assert machine.devices({}, tmp_path) == ()
    for bus in ("0000:01:00.0", "0000:02:00.0"):
        (tmp_path / "proc/driver/nvidia/gpus" / bus).mkdir(parents=True)
    assert machine.devices({}, tmp_path) == ("0", "1")
    (tmp_path / "dev").mkdir()
    for name in ("nvidia3", "nvidiactl", "nvidia-uvm", "null"):
        (tmp_path / "dev" / name).touch()
    assert machine.devices({}, tmp_path) == ("0",), "a container sees one of them, and CUDA calls it 0"


def test_variables_show_the_devices_in_the_order_people_know() -> None:
    assert machine.device_variables(["0", "2"]) == {"CUDA_VISIBLE_DEVICES": "0,2", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
    assert machine.device_variables(["GPU-ab"]) == {"CUDA_VISIBLE_DEVICES": "GPU-ab"}
    assert machine.device_variables([]) == {"CUDA_VISIBLE_DEVICES": ""}


def test_a_container_has_as_much_memory_as_it_is_left(tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    whole = machine.memory(limit)
    limit.write_text("max\n")
    assert machine.memory(limit) == whole
    limit.write_text("1000000\n")
    assert machine.memory(limit) == 1_000_000


@pytest.mark.proves("settings.slots")
def test_defaults_and_settings() -> None:
    cores = machine.cores()
    found = machine.capacity(None)
    assert (found.places, found.cpus, found.memory) == (cores, cores, machine.memory())
    assert not found.strict_gpus
    assert machine.capacity(cores + 5).cpus == cores + 5
    named = machine.capacity(3, 7, 9, ["0"])
    assert named == Capacity(places=3, cpus=7, memory=9, devices=("0",), strict_gpus=True)
    assert machine.capacity(1, gpus=[]).devices == ()
