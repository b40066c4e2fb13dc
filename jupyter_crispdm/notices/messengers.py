"""Ways to tell somebody what happened: a webhook, an e-mail.

A messenger tries once. It raises `NotDelivered`, which says whether another try makes sense.
"""

from __future__ import annotations

import asyncio
import re
import smtplib
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Protocol
from urllib.parse import urlsplit

import httpx
import msgspec

from jupyter_crispdm.base.tasks import within

from .notice import Notice, one_line

_SECONDS = 10.0
_PASSING = frozenset({408, 425, 429})
_PORTS = {"none": 25, "starttls": 587, "tls": 465}
_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+@-]{0,127}")
_LOOPBACK = ("all://127.0.0.1", "all://localhost", "all://[::1]")


class NotDelivered(Exception):
    """A notice did not arrive; when `passing`, it may the next time."""

    def __init__(self, message: str, *, passing: bool) -> None:
        super().__init__(message)
        self.passing = passing


class Messenger(Protocol):
    """A way to tell it."""

    @property
    def key(self) -> str:
        """What tells it from other messengers."""

    @property
    def name(self) -> str:
        """What it is called in the server's log; no secret."""

    async def send(self, notice: Notice) -> None:
        """Try once. Raises NotDelivered."""

    async def close(self) -> None:
        """Give back what it holds."""


class Webhook:
    """Posts JSON; ``text`` is what Slack and Mattermost show."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"CrispdmApp.webhooks: '{url[:50]}' is not an address that begins with http(s)://.")
        self.key = f"webhook {url}"
        self.name = f"webhook at {parts.hostname}"
        self._url = url
        mounts = {pattern: httpx.AsyncHTTPTransport() for pattern in _LOOPBACK}
        self._http = httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False, mounts=mounts)

    async def send(self, notice: Notice) -> None:
        """Try once. Raises NotDelivered."""
        try:
            status = await within(self._post(notice), 2 * _SECONDS)
        except (httpx.HTTPError, OSError, asyncio.TimeoutError) as error:
            raise NotDelivered(type(error).__name__, passing=True) from error
        if not 200 <= status < 300:
            raise NotDelivered(f"it answered {status}", passing=status in _PASSING or status >= 500)

    async def close(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def _post(self, notice: Notice) -> int:
        body = msgspec.json.encode(
            {"event": notice.event, "text": _for_chat(notice.text), "url": notice.url, **notice.about}
        )
        headers = {"Content-Type": "application/json"}
        async with self._http.stream("POST", self._url, content=body, headers=headers) as answer:
            return answer.status_code  # whatever else it says is not read


@dataclass(frozen=True)
class Mail:
    """Sends an e-mail through a server at ``host:port``.

    `{owner}` in a recipient stands for the owner of the job or stream; where the name makes no address, that recipient
    is left out. With a password it logs in as `user`, and never over a connection that can be listened to.
    """

    server: str
    sender: str
    to: Sequence[str]
    security: str = "none"
    user: str = ""
    password: str = field(default="", repr=False)
    context: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        try:
            address = (self.host, self.port)
        except ValueError:
            address = ("", 0)
        if not all(address):
            raise ValueError(f"CrispdmApp.mail_server: '{self.server[:50]}' is not HOST:PORT.")
        if _address(self.sender) is None:
            raise ValueError("CrispdmApp.mail_from must be the address that the mails come from.")
        if self.password and self.security == "none":
            raise ValueError(
                "CRISPDM_MAIL_PASSWORD is set, but CrispdmApp.mail_security is 'none': set it to 'starttls' or 'tls', "
                "so that the password is not sent in the clear."
            )

    @property
    def key(self) -> str:
        """What tells it from other messengers."""
        return "mail"

    @property
    def name(self) -> str:
        """What it is called in the server's log."""
        return f"mail server {self.host}"

    @property
    def host(self) -> str:
        """The server's name."""
        return urlsplit(f"//{self.server}").hostname or ""

    @property
    def port(self) -> int:
        """The server's port; what is usual for its security when none is given."""
        return urlsplit(f"//{self.server}").port or _PORTS[self.security]

    async def send(self, notice: Notice) -> None:
        """Try once. Raises NotDelivered."""
        recipients = self.recipients(notice.owner)
        if recipients:
            await _in_daemon(lambda: self._send(notice, recipients))

    async def close(self) -> None:
        """Nothing is held."""

    def recipients(self, owner: str) -> list[str]:
        """Who gets it."""
        safe = _OWNER.fullmatch(owner)
        filled = [to.replace("{owner}", owner) for to in self.to if safe or "{owner}" not in to]
        return [to for to in filled if _address(to) is not None]

    def message(self, notice: Notice, recipients: Sequence[str]) -> EmailMessage:
        """The mail; whatever a job or stream is called, it stays in its place."""
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = ", ".join(recipients)
        message["Subject"] = one_line(notice.text)[:200]
        message["Date"] = format_datetime(notice.time)
        message["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(_details(notice))
        return message

    def _send(self, notice: Notice, recipients: Sequence[str]) -> None:
        message = self.message(notice, recipients)
        try:
            with self._connect() as connection:
                if self.password:
                    connection.login(self.user or self.sender, self.password)
                refused = connection.send_message(message, self.sender, list(recipients))
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError) as error:
            raise NotDelivered(type(error).__name__, passing=False) from error
        except smtplib.SMTPResponseException as error:
            text = f"{error.smtp_code} {one_line(str(error.smtp_error))[:100]}"
            raise NotDelivered(text, passing=error.smtp_code < 500) from error
        except (OSError, smtplib.SMTPException) as error:
            raise NotDelivered(f"{type(error).__name__}: {one_line(str(error))[:100]}", passing=True) from error
        if refused:
            raise NotDelivered(f"{len(refused)} of {len(recipients)} recipients were refused", passing=False)

    def _connect(self) -> smtplib.SMTP:
        context = self.context or ssl.create_default_context()
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=_SECONDS, context=context)
        connection = smtplib.SMTP(self.host, self.port, timeout=_SECONDS)
        if self.security == "starttls":
            try:
                connection.starttls(context=context)
            except BaseException:
                connection.close()
                raise
        return connection


def _address(text: str) -> Address | None:
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError, HeaderParseError):  # what the parser raises for what it cannot read
        return None
    return address if address.username and address.domain and text.isprintable() else None


def _details(notice: Notice) -> str:
    return "\n".join([notice.text, "", *notice.details, "", notice.url]) + "\n"


def _for_chat(text: str) -> str:
    """So that a job's name cannot call everybody, or hide a link behind other words."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


async def _in_daemon(work: Callable[[], None]) -> None:
    """Run it in a thread that keeps no server from ending."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def settle(error: BaseException | None) -> None:
        if done.done():  # nobody waits any more
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    def run() -> None:
        failure: BaseException | None = None
        try:
            work()
        except BaseException as error:  # belongs to who waits for it
            failure = error
        with suppress(RuntimeError):  # the server is gone
            loop.call_soon_threadsafe(settle, failure)

    threading.Thread(target=run, name="crispdm-mail", daemon=True).start()
    await done
