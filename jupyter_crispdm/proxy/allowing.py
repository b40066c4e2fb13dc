"""Which upstreams may be asked: by exact scheme, host and port, and by the address that the name stands for.

A name is resolved once, and that address is connected to. So nobody can show one address to the check and another to
the connection.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from jupyter_crispdm.base.errors import BadRequest, Forbidden, SetupError
from jupyter_crispdm.base.tasks import within

from .errors import UpstreamFailed, UpstreamTimeout

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[list[str]]]
_PORTS = {"http": 80, "https": 443}
_NAT64 = IPv6Network("64:ff9b::/96")
_LONGEST = 4096
_RESOLVE_SECONDS = 10.0
_MOST_ADDRESSES = 3


@dataclass(frozen=True)
class Origin:
    """Where an upstream is."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: httpx.URL) -> Origin:
        """The origin of an address."""
        return cls(url.scheme, url.raw_host.decode("ascii").lower(), url.port or _PORTS.get(url.scheme, 0))

    @property
    def literal(self) -> Address | None:
        """The host as an address, where it is written as one."""
        try:
            return ip_address(self.host.strip("[]"))
        except ValueError:
            return None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


class AllowList:
    """The upstreams of the settings. Raises SetupError for an entry that names none."""

    def __init__(self, allowed: Iterable[str], private: Iterable[str] = (), resolve: Resolve | None = None) -> None:
        self._origins = {_listed(entry) for entry in allowed}
        self._private = {name.lower() for name in private} | {"localhost"}
        self._resolve = resolve or resolve_name

    def origin(self, url: httpx.URL) -> Origin:
        """Where an address leads. Raises BadRequest for what is no address, Forbidden for what is not listed."""
        if url.scheme not in _PORTS or not url.host:
            raise BadRequest("'url' must begin with http:// or https:// and name a host.", field="url")
        if url.userinfo:
            raise BadRequest("'url' must not hold a name or a password.", field="url")
        origin = Origin.of(url)
        if origin not in self._origins:
            raise Forbidden(f"{origin} is not among the upstreams that this server asks.", field="url")
        return origin

    async def addresses(self, origin: Origin) -> list[str]:
        """The addresses to connect to, one after the other.

        Raises Forbidden where none of them may be, UpstreamFailed where there is none.
        """
        literal = origin.literal
        if literal is not None:
            return [str(literal)]
        found = await self._resolve(origin.host, origin.port)
        if not found:
            raise UpstreamFailed(f"The name {origin.host} stands for no address.")
        fit = [text for text in found if origin.host in self._private or is_public(text)]
        if not fit:
            raise Forbidden(f"{origin.host} stands for an address of a private network.", field="url")
        return fit[:_MOST_ADDRESSES]


def parsed(text: str) -> httpx.URL:
    """An address. Raises BadRequest."""
    if len(text) > _LONGEST:
        raise BadRequest(f"'url' is over {_LONGEST} characters.", field="url")
    try:
        return httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise BadRequest(f"'url' is no address: {error}.", field="url") from error


def is_public(text: str) -> bool:
    """Whether an address is one of the internet, also where it is wrapped into another kind of address."""
    address = _unwrapped(ip_address(text.partition("%")[0]))
    return address.is_global and not address.is_multicast and not address.is_reserved


def _unwrapped(address: Address) -> Address:
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)


def _listed(entry: str) -> Origin:
    try:
        url = httpx.URL(entry)
    except (httpx.InvalidURL, ValueError) as error:
        raise SetupError(f"proxy_allow: {entry!r} is no address: {error}.") from error
    is_bare = url.scheme in _PORTS and url.host and url.path in ("", "/") and not url.query and not url.userinfo
    if not is_bare or "*" in url.host:
        raise SetupError(f"proxy_allow: {entry!r} must be scheme, host and port, as https://models.example.org:443.")
    return Origin.of(url)


async def resolve_name(host: str, port: int) -> list[str]:
    """The addresses that a name stands for. Raises UpstreamTimeout."""
    asked = asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    try:
        found = await within(asked, _RESOLVE_SECONDS)
    except asyncio.TimeoutError as error:
        raise UpstreamTimeout(f"Nobody says which address {host} has.") from error
    except (OSError, UnicodeError):
        return []
    return [str(entry[4][0]) for entry in found]
