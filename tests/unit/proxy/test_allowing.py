"""Which upstreams may be asked: exact origins, and addresses that nobody can exchange."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from jupyter_crispdm.base.errors import BadRequest, Forbidden, SetupError
from jupyter_crispdm.proxy import allowing
from jupyter_crispdm.proxy.allowing import AllowList, Origin, is_public, parsed, resolve_name
from jupyter_crispdm.proxy.errors import UpstreamFailed, UpstreamTimeout

LISTED = ["https://models.example.org", "http://plain.example.org:8080", "http://127.0.0.1:9000", "http://[::1]:9000/"]
PUBLIC, PRIVATE = "93.184.216.34", "10.0.0.7"


def allow(*answers: str, private: tuple[str, ...] = ()) -> AllowList:
    async def resolve(host: str, port: int) -> list[str]:
        return list(answers)

    return AllowList(LISTED, private, resolve)


def origin(url: str) -> Origin:
    return allow().origin(parsed(url))


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://models.example.org/v1?x=1#y", "https://models.example.org:443"),
        ("HTTPS://MODELS.Example.org:443/", "https://models.example.org:443"),
        ("http://plain.example.org:8080", "http://plain.example.org:8080"),
        ("http://127.0.0.1:9000/a", "http://127.0.0.1:9000"),
        ("http://[::1]:9000/a", "http://[::1]:9000"),
    ],
)
def test_a_listed_origin_is_found_however_it_is_written(url: str, found: str) -> None:
    assert str(origin(url)) == found


@pytest.mark.proves("files.proxying")
@pytest.mark.parametrize(
    "url",
    [
        "http://models.example.org/",  # another scheme
        "https://models.example.org:444/",
        "http://plain.example.org/",
        "https://a.models.example.org/",
        "https://models.example.org.evil.org/",
        "https://models.example.org./",
        "https://evil.org/https://models.example.org/",
        "https://evil.org?models.example.org",
        "https://evil.org#models.example.org",
        "https://models.example.org%2f@evil.org/",
        "https://evil.org\\@models.example.org/",
        "https://models.example.org\\.evil.org/",
        "http://127.1:9000/",
        "http://2130706433:9000/",
        "http://0x7f000001:9000/",
        "http://[::ffff:127.0.0.1]:9000/",
        "https://mοdels.example.org/",  # a Greek letter
        "file:///etc/passwd",
        "gopher://models.example.org/",
        "//models.example.org/",
        "models.example.org",
        "https://user:pass@models.example.org/",
        "https://",
        "",
        "https://models.example.org:99999999/",
        "https://exa mple.org/",
        "https://models.example.org/\n",
        "https://" + "a" * 5000,
    ],
)
def test_nothing_else_is_asked(url: str) -> None:
    with pytest.raises((BadRequest, Forbidden)) as refused:
        origin(url)
    assert refused.value.details["field"] == "url"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "240.0.0.1", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:db8::1",
    ],
)  # fmt: skip
async def test_a_name_that_stands_for_a_private_address_is_refused(address: str) -> None:
    assert not is_public(address)
    name = Origin("https", "models.example.org", 443)
    with pytest.raises(Forbidden, match="private network"):
        await allow(address).addresses(name)
    assert await allow(address, PUBLIC).addresses(name) == [PUBLIC]
    assert await allow(address, private=("Models.Example.org",)).addresses(name) == [address]


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:2800:220:1::1", "64:ff9b::808:808"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


async def test_an_address_that_is_listed_as_such_is_meant() -> None:
    listed = allow(PRIVATE)
    for text, address in (("http://127.0.0.1:9000", "127.0.0.1"), ("http://[::1]:9000", "::1")):
        assert await listed.addresses(listed.origin(parsed(text))) == [address]
    assert await allow(PRIVATE).addresses(Origin("http", "localhost", 80)) == [PRIVATE]


async def test_a_name_that_nobody_knows_is_told() -> None:
    with pytest.raises(UpstreamFailed, match="no address"):
        await allow().addresses(Origin("https", "models.example.org", 443))
    assert await resolve_name("no-such-host.invalid", 80) == []
    assert await resolve_name("a" * 80 + ".invalid", 80) == []


async def test_a_name_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: object, **__: object) -> list[object]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(allowing, "_RESOLVE_SECONDS", 0.001)
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", never)
    with pytest.raises(UpstreamTimeout):
        await resolve_name("models.example.org", 80)


@pytest.mark.parametrize(
    "entry",
    ["models.example.org", "https://*.example.org", "https://a.org/path", "ftp://a.org", "https://u:p@a.org", "", "https://a.org:x"],
)
def test_an_entry_that_names_no_origin_is_a_mistake_of_the_settings(entry: str) -> None:
    with pytest.raises(SetupError, match="proxy_allow"):
        AllowList([entry])


def test_without_a_list_nobody_is_asked() -> None:
    with pytest.raises(Forbidden):
        AllowList([]).origin(httpx.URL("https://models.example.org/"))
