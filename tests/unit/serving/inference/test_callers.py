from __future__ import annotations

import pytest

from jupyter_crispdm.serving.inference.callers import household


@pytest.mark.parametrize(
    ("address", "same"),
    [
        ("127.0.0.1", "127.9.8.7"), ("127.0.0.1", "::1"), ("127.0.0.1", "::ffff:127.0.0.1"), ("", "127.0.0.1"),
        ("2001:db8::1", "2001:db8::ffff:2"), ("10.1.2.3", "::ffff:10.1.2.3"), ("fe80::1%eth0", "fe80::2%eth0"),
    ],
)  # fmt: skip
def test_addresses_of_one_machine_are_one_caller(address: str, same: str) -> None:
    assert household(address) == household(same)


def test_addresses_of_others_are_others() -> None:
    assert len({household(address) for address in ("10.1.2.3", "10.1.2.4", "2001:db8::1", "2001:db8:0:1::1")}) == 4
