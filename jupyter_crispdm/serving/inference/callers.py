"""Whose request it is."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

KEY, USER, PREFIX = "x-crispdm-key", "x-crispdm-user", "x-crispdm-prefix"
"""Headers that only the Jupyter server may send: its key, for whom it asks, and where that one sees these calls."""

_LOCAL = "this machine"
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Caller:
    """Who asks: for fairness (`name`), for configurations (`address`; "" is the default's), for links (`prefix`)."""

    name: str
    address: str = ""
    prefix: str = ""


def identify(address: str, headers: Mapping[str, str], key: str, token: str | None) -> Caller:
    """Who asks: a person whom the Jupyter server names, the name of a token, or an address.

    The configuration is everybody's for those who hold a secret, the server's key or a token of the service; for
    others it is their address's own.
    """
    if knows(headers.get(KEY, ""), key):
        user = headers.get(USER, "")[:_LONGEST_NAME]
        return Caller(f"user {user}", "", headers.get(PREFIX, ""))
    return _outsider(address) if token is None else Caller(token)


@lru_cache(1024)
def _outsider(address: str) -> Caller:
    return Caller(household(address), address)


@lru_cache(1024)
def household(address: str) -> str:
    """Addresses that are one caller: all of this machine; all of an IPv6 network, which one machine may have whole."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return _LOCAL
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if found.is_loopback:
        return _LOCAL
    return str(found) if isinstance(found, IPv4Address) else str(IPv6Address(int(found) >> 64 << 64))


def knows(given: str, secret: str | None) -> bool:
    """Whether somebody knows a secret; nobody knows an empty one."""
    return bool(given and secret) and hmac.compare_digest(given.encode(), str(secret).encode())
